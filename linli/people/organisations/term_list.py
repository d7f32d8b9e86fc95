"""Running terms by the day they run out: one list for owners' committees and party organisations."""

from collections.abc import Sequence
from typing import Any

from django.db.models import Exists, OuterRef
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render

from linli.base import policies
from linli.base.pages import actor_of
from linli.base.ui.paging import numbered
from linli.people.organisations import queries, rules
from linli.people.organisations.commands.checking import today
from linli.people.organisations.models import TermReminder
from linli.people.organisations.register_forms import TermFilter

SORTS = {"until": ("until", "id"), "-until": ("-until", "-id"), "name": ("organisation__name", "id")}


def near(rows: Any, chosen: str) -> Any:
    """Terms that are over, that run out within so many months, or whose reminders nobody has noted."""
    if chosen == "over":
        return rows.filter(until__lt=today())
    if chosen == "waiting":
        return rows.filter(Exists(TermReminder.objects.filter(term=OuterRef("pk"), noted_on=None)))
    return rows.filter(until__lte=rules.add_months(today(), int(chosen))) if chosen.isdigit() else rows


def shown(request: HttpRequest, kinds: Sequence[str], context: dict[str, Any]) -> HttpResponse:
    """The page. context: title, tabs, missing (what has no term, in words) and missing_url, to (the name of the page of one
    organisation), empty (what to do when there is none)."""
    bar = TermFilter(request.GET, label_suffix="")
    bar.is_valid()
    chosen = bar.cleaned_data
    rows = near(queries.terms_within(actor_of(request), kinds), chosen.get("near", ""))
    if chosen.get("q"):
        rows = rows.filter(organisation__name__contains=chosen["q"])
    sort = request.GET.get("sort", "")
    sort = sort if sort in SORTS else "until"
    found = numbered(rows.select_related("organisation__compound").order_by(*SORTS[sort]), request)
    months = policies.load("terms").data["reminders"]
    open_terms = TermReminder.objects.filter(term__in=[term.pk for term in found.rows], noted_on=None)
    waiting = set(open_terms.values_list("term_id", flat=True))
    context |= {
        "filter": bar,
        "rows": [(term, rules.stage(term.until, months, today()), term.pk in waiting) for term in found.rows],
        "page": found,
        "sort": sort,
        "narrowed": any(chosen.values()),
    }
    return render(request, "organisations/terms.html", context)
