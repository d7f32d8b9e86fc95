"""The cases that make up one number of a board: a list like every other, with search, filters, order and export."""

import re
from dataclasses import dataclass
from datetime import date
from typing import Any

from django import forms
from django.db.models import QuerySet
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_safe

from linli.base import masks, policies
from linli.base.actor import Actor
from linli.base.pages import actor_of, page
from linli.base.privacy.exports import Leaving, leave
from linli.base.ui.downloads import TYPES, conditions
from linli.base.ui.fields import filter_views
from linli.base.ui.query import encode
from linli.insight.boards import reading
from linli.insight.indicators import queries
from linli.insight.indicators.models import Measures
from linli.insight.indicators.queries import BEHIND, Period
from linli.matters.cases import commands, searching, sheets
from linli.matters.cases.models import Case
from linli.matters.cases.queries import category_map
from linli.people.organisations.queries import directory
from linli.procedures import queries as procedures
from linli.procedures.definitions import definition
from linli.procedures.models import Proceeding
from linli.procedures.paging import LATEST, OLDEST, Order, ordered, page_of

# More hits of a search than this are not looked at; the page says so.
FOUND_MOST = 500
ORDERS = {"-opened": LATEST, "opened": OLDEST}
COLUMNS = (
    "id",
    "number",
    "title",
    "step",
    "holder_id",
    "opened_at",
    "closed_at",
    "case__category",
    "case__resolved",
    "case__satisfaction",
)
_REGION = re.compile(r"[0-9]{1,24}")


class BehindFilter(forms.Form):
    """What narrows the list further; which number it is stays in the address. A wrong value narrows nothing."""

    q = forms.CharField(label=gettext_lazy("搜索"), required=False, max_length=searching.QUERY_MOST)
    category = forms.ChoiceField(label=gettext_lazy("分类"), required=False)
    channel = forms.ChoiceField(label=gettext_lazy("渠道"), required=False)
    step = forms.ChoiceField(label=gettext_lazy("环节"), required=False)
    measure = forms.CharField(required=False, widget=forms.HiddenInput)
    region = forms.CharField(required=False, widget=forms.HiddenInput)
    first = forms.CharField(required=False, widget=forms.HiddenInput)
    last = forms.CharField(required=False, widget=forms.HiddenInput)

    def __init__(self, data: Any) -> None:
        super().__init__(data, label_suffix="")
        shape, names = definition(policies.load("procedure.case").id), category_map()
        given = str(data.get("category", ""))
        tops = [(code, str(row["name"])) for code, row in names.items() if row["top"] == code or code == given]
        everything = [("", _("全部"))]
        for name, choices in {
            "category": [*tops, (queries.NO_CATEGORY, _("未分类"))],
            "channel": list(Case.Channel.choices),
            "step": [(step.code, step.name) for step in shape.steps.values()],
        }.items():
            self.fields[name].choices = everything + choices  # type: ignore[attr-defined]
        self.is_valid()

    def chosen(self, name: str) -> str:
        return str(self.cleaned_data.get(name) or "")


@dataclass(frozen=True)
class Asked:
    """One number and what narrows it. full: the search met more than it looked at."""

    measure: str
    region: str
    period: Period
    bar: BehindFilter
    rows: QuerySet[Proceeding]
    order: Order
    sort: str
    full: bool


def ask(request: HttpRequest) -> Asked:
    """What the address asks for, within what the reader may see. Raises Http404 on what is no number of a board."""
    actor: Actor = actor_of(request)
    if not (actor.may("cases.view") and actor.may("boards.view")):
        raise Http404
    measure, region = request.GET.get("measure", ""), request.GET.get("region", "")
    if measure not in BEHIND or not _REGION.fullmatch(region):
        raise Http404
    try:
        period = Period(*(date.fromisoformat(request.GET.get(name, "")) for name in ("first", "last")))
    except ValueError:
        raise Http404 from None
    bar = BehindFilter(request.GET)
    cases = queries.behind(
        actor, measure, region, period, category=bar.chosen("category"), channel=bar.chosen("channel")
    )
    rows = procedures.visible_to(actor).filter(pk__in=cases.order_by().values("pk"))
    if step := bar.chosen("step"):
        rows = rows.filter(step=step)
    full = False
    if query := bar.chosen("q"):
        number = searching.by_number(actor, query)
        words = searching.Words() if number else searching.by_words(actor, query, most=FOUND_MOST)
        rows, full = (
            rows.filter(number=number) if number else rows.filter(pk__in=words.ids),
            len(words.ids) >= FOUND_MOST,
        )
    sort = request.GET.get("sort", "")
    sort = sort if sort in ORDERS else "-opened"
    return Asked(measure, region, period, bar, rows, ORDERS[sort], sort, full)


def measure_name(measure: str) -> str:
    return str(getattr(Measures._meta.get_field(measure), "verbose_name", measure))


def place_name(region: str) -> str:
    return reading.names_below(region, len(region)).get(region, region)


@page("boards.view")
@require_safe
def behind(request: HttpRequest) -> HttpResponse:
    """The cases that make up one number: the same condition that counted them. For whoever may see cases."""
    asked = ask(request)
    shown = page_of(
        asked.rows,
        COLUMNS,
        asked.order,
        after=request.GET.get("after", ""),
        before=request.GET.get("before", ""),
    )
    labels, names = directory(), category_map()
    for row in shown.rows:
        row["holder"] = labels.label(row["holder_id"])
        row["title"] = masks.scrub(row["title"])
        row["category"] = str(names[row["case__category"]]["name"]) if row["case__category"] in names else ""
    number = {
        "measure": asked.measure,
        "region": asked.region,
        "first": asked.period.first.isoformat(),
        "last": asked.period.last.isoformat(),
    }
    narrowed = any(asked.bar.chosen(name) for name in ("q", "category", "channel", "step"))
    return render(
        request,
        "boards/behind.html",
        {
            "rows": shown.rows,
            "page": shown,
            "measure": measure_name(asked.measure),
            "place": place_name(asked.region),
            "period": asked.period,
            "filter": filter_views(asked.bar),
            "narrowed": narrowed,
            "whole": reverse("boards:behind") + encode(number),
            "sort": asked.sort,
            "full": asked.full,
            "found_most": FOUND_MOST,
            "may_export": actor_of(request).may("cases.export"),
        },
    )


@page("cases.export")
@require_safe
def export(request: HttpRequest, form: str) -> HttpResponseBase:
    """The same list as a sheet: contacts masked, marked with who took it, above the limit with a second person."""
    if form not in TYPES:
        raise Http404
    asked, actor = ask(request), actor_of(request)
    number = f"{place_name(asked.region)} {measure_name(asked.measure)} {asked.period.first}—{asked.period.last}"
    under = conditions(number, asked.bar)
    found = ordered(asked.rows, asked.order)
    told = sheets.told(found)
    leaving = leave(request, what=str(_("工单")), under=under, rows=found.count(), told=told, most=sheets.ROWS_MOST)
    if not isinstance(leaving, Leaving):
        return leaving
    commands.export(actor, tab="behind", form=form, conditions=under)
    name, shape = f"{_('工单')}-{measure_name(asked.measure)}", definition(policies.load("procedure.case").id)
    return leaving.sheet(name, sheets.header(), sheets.rows(found, actor, shape), form, seen_by=actor)
