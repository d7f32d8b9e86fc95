"""The worklist: the home of everybody who handles cases."""

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from linli.base import policies
from linli.base.clockwork import now
from linli.base.pages import page
from linli.matters.cases import listing
from linli.matters.cases.forms.filters import WorklistFilter
from linli.matters.cases.presenting import DUE_ICONS, rows_for_page
from linli.procedures.definitions import definition


@page("cases.view")
@require_safe
def worklist(request: HttpRequest) -> HttpResponse:
    """Tabs, filters and one page of rows, sorted by what burns."""
    actor, moment = request.actor, now()  # type: ignore[attr-defined]
    tabs = listing.tabs_for(actor)
    tab = listing.tab_of(actor, request.GET.get("tab", ""))
    bar = WorklistFilter(request.GET, actor=actor)
    chosen = bar.chosen
    rows = listing.filtered(listing.cases(actor, tab, moment), chosen, moment)
    sort = request.GET.get("sort", "")
    found = listing.page(rows, tab, sort=sort, after=request.GET.get("after", ""), before=request.GET.get("before", ""))
    counts = listing.counts(actor, tabs, moment)
    return render(request, "cases/worklist.html", {
        "tab": tab,
        "tabs": [_tab(one, tab, counts) for one in tabs],
        "filter": bar,
        "narrowed": bool(set(chosen) - {"tab"}),
        "sort": listing.sort_shown(tab, sort),
        "page": found,
        "due_icons": DUE_ICONS,
        "rows": rows_for_page(found.rows, definition(policies.load("procedure.case").id), moment),
        "may_file": actor.may("cases.take"),
    })  # fmt: skip


def _tab(one: listing.Tab, current: listing.Tab, counts: dict[str, int]) -> dict[str, Any]:
    count = counts.get(one.code)
    more = count is not None and count > listing.COUNT_MOST
    return {
        "code": one.code,
        "label": one.label,
        "current": one is current,
        "count": f"{listing.COUNT_MOST}+" if more else count,
    }
