"""The worklist as a sheet: what the page shows under its filters, without end but with a limit."""

from django.http import Http404, HttpRequest, HttpResponseBase
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from linli.base import policies
from linli.base.clockwork import now
from linli.base.pages import page
from linli.base.privacy.exports import Leaving, leave
from linli.base.ui.downloads import conditions
from linli.matters.cases import commands, listing, sheets
from linli.matters.cases.commands.exporting import FORMS
from linli.matters.cases.forms.filters import WorklistFilter
from linli.matters.cases.views.worklist import narrowed_rows
from linli.procedures.definitions import definition
from linli.procedures.paging import ordered


@page("cases.export")
@require_safe
def export(request: HttpRequest, form: str) -> HttpResponseBase:
    """CSV row by row, XLSX by way of a temporary file; both say who took it, above the limit with a second person."""
    if form not in FORMS:
        raise Http404
    actor, moment = request.actor, now()  # type: ignore[attr-defined]
    tab = listing.tab_of(actor, request.GET.get("tab", ""))
    bar = WorklistFilter(request.GET, actor=actor)
    found = ordered(narrowed_rows(actor, tab, bar.chosen, moment), listing.order_of(tab, request.GET.get("sort", "")))
    under = conditions(str(tab.label), bar)
    told = sheets.told(found)
    leaving = leave(request, what=str(_("工单")), under=under, rows=found.count(), told=told, most=sheets.ROWS_MOST)
    if not isinstance(leaving, Leaving):
        return leaving
    commands.export(actor, tab=tab.code, form=form, conditions=under)
    shape = definition(policies.load("procedure.case").id)
    return leaving.sheet(_("工单"), sheets.header(), sheets.rows(found, actor, shape), form, seen_by=actor)
