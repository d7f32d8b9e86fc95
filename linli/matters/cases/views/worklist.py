"""The worklist: the home of everybody who handles cases."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from linli.base import policies
from linli.base.actor import Actor
from linli.base.clockwork import now
from linli.base.pages import page
from linli.matters.cases import listing, searching
from linli.matters.cases.first_page import first_page
from linli.matters.cases.forms.bar import bar_for
from linli.matters.cases.forms.base import organisations
from linli.matters.cases.presenting import rows_for_page
from linli.procedures import queries as procedures
from linli.procedures.definitions import definition
from linli.procedures.models import Proceeding
from linli.procedures.paging import PAGE_SIZE

PRINTED_MOST = 500
FOUND_MOST = 500


@page("cases.view")
@require_safe
def worklist(request: HttpRequest) -> HttpResponse:
    """Tabs, filters and one page of rows, sorted by what burns. `print=1` gives a longer page for paper."""
    actor, moment = request.actor, now()  # type: ignore[attr-defined]
    tabs = listing.tabs_for(actor)
    tab = listing.tab_of(actor, request.GET.get("tab", ""))
    bar = bar_for(request.GET, actor)
    chosen = bar.chosen
    sort, printing = request.GET.get("sort", ""), request.GET.get("print") == "1"
    after, before = request.GET.get("after", ""), request.GET.get("before", "")
    if after or before or printing or "q" in chosen:
        rows = narrowed_rows(actor, tab, chosen, moment)
        size = PRINTED_MOST if printing else PAGE_SIZE
        found = listing.page(rows, tab, sort=sort, after=after, before=before, size=size)
    else:
        found = first_page(actor, tab, chosen, moment, sort=sort)
    counts = listing.counts(actor, tabs, moment) if not printing else {}
    many = tab.code == "dispatch" and bool(found.rows)
    return render(
        request,
        "cases/printed.html" if printing else "cases/worklist.html",
        {
            "tab": tab,
            "tabs": [_tab(one, tab, counts) for one in tabs],
            "filter": bar,
            "narrowed": bool(set(chosen) - {"tab"}),
            "sort": listing.sort_shown(tab, sort),
            "page": found,
            "rows": rows_for_page(found.rows, definition(policies.load("procedure.case").id), moment),
            "may_file": actor.may("cases.take"),
            "may_export": actor.may("cases.export"),
            "many": many,
            "organisations": organisations(next(iter(actor.regions), "")) if many else [],
            "moment": moment,
        },
    )


def narrowed_rows(actor: Actor, tab: listing.Tab, chosen: Mapping[str, Any], moment: datetime) -> QuerySet[Proceeding]:
    """The cases of a tab under the filters; words are looked up first, at most FOUND_MOST of them."""
    given = dict(chosen)
    if query := given.get("q"):
        number = searching.by_number(actor, query)
        if number:
            return procedures.visible_to(actor).filter(number=number)
        words = searching.by_words(actor, query, most=FOUND_MOST, only_open=tab.code != "closed")
        given["ids"] = list(words.ids)
    return listing.filtered(listing.cases(actor, tab, moment), given, moment)


def _tab(one: listing.Tab, current: listing.Tab, counts: dict[str, int]) -> dict[str, Any]:
    count = counts.get(one.code)
    more = count is not None and count > listing.COUNT_MOST
    return {
        "code": one.code,
        "label": one.label,
        "current": one is current,
        "count": f"{listing.COUNT_MOST}+" if more else count,
    }
