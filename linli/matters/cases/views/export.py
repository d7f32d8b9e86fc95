"""The worklist as a sheet: what the page shows under its filters, without end but with a limit."""

import tempfile
from collections.abc import Iterator

from django.http import FileResponse, Http404, HttpRequest, HttpResponseBase, StreamingHttpResponse
from django.utils.http import content_disposition_header
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from linli.base import policies
from linli.base.clockwork import now
from linli.base.exchange import csv_bytes, write_xlsx
from linli.base.pages import page
from linli.base.scope import scope
from linli.base.ui.fields import filter_views
from linli.base.ui.words import local
from linli.matters.cases import commands, listing, sheets
from linli.matters.cases.commands.exporting import FORMS
from linli.matters.cases.forms.filters import WorklistFilter
from linli.matters.cases.views.worklist import narrowed_rows
from linli.people.organisations.queries import directory
from linli.procedures.definitions import definition
from linli.procedures.paging import ordered

_TYPES = {"csv": "text/csv; charset=utf-8", "xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"}


@page("cases.export")
@require_safe
def export(request: HttpRequest, form: str) -> HttpResponseBase:
    """CSV row by row, XLSX by way of a temporary file; both end with the line that says who took it."""
    if form not in FORMS:
        raise Http404
    actor, moment = request.actor, now()  # type: ignore[attr-defined]
    tab = listing.tab_of(actor, request.GET.get("tab", ""))
    bar = WorklistFilter(request.GET, actor=actor)
    found = ordered(narrowed_rows(actor, tab, bar.chosen, moment), listing.order_of(tab, request.GET.get("sort", "")))
    conditions = "、".join(
        [str(tab.label), *(f"{view.label} {view.text}" for view in filter_views(bar) if view.label and view.text)]
    )
    commands.export(actor, tab=tab.code, form=form, conditions=conditions)
    shape = definition(policies.load("procedure.case").id)
    organisation = directory().label(actor.organisation_id)
    name = f"{_('工单')}-{local(moment):%Y%m%d-%H%M}.{form}"

    def lines() -> Iterator[list[object]]:
        yield from sheets.marked(sheets.rows(found, actor, shape), actor, organisation, moment, conditions)

    if form == "xlsx":
        file = tempfile.TemporaryFile()  # noqa: SIM115  FileResponse closes it
        write_xlsx(file, sheets.header(), lines(), title=str(_("工单")))
        file.seek(0)
        return _named(FileResponse(file, content_type=_TYPES[form]), name)

    def pieces() -> Iterator[bytes]:
        # The request's transaction, and with it the scope, has ended when the answer is sent: this one is its own.
        with scope(actor):
            yield from csv_bytes(sheets.header(), lines())

    return _named(StreamingHttpResponse(pieces(), content_type=_TYPES[form]), name)


def _named(answer: HttpResponseBase, name: str) -> HttpResponseBase:
    answer.headers["Content-Disposition"] = content_disposition_header(True, name) or "attachment"
    answer.headers["Cache-Control"] = "no-store"
    return answer
