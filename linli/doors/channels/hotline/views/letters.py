"""The desk's pages: what goes out to the hotline, what could not be sent and why, and sheets for those without an
interface."""

from typing import Any

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from linli.base.commands import Refused
from linli.base.pages import actor_of, page
from linli.base.ui import downloads
from linli.base.ui.paging import numbered
from linli.base.ui.refused import beside
from linli.doors.channels.hotline import commands, queries, sheets
from linli.doors.channels.hotline.commands.letters import MOST_IN_SHEET
from linli.doors.channels.hotline.forms import SORTS, LetterFilter, NoteForm
from linli.doors.channels.hotline.models import Exchange, Letter
from linli.doors.channels.hotline.reporting import LABELS

MOST_EXPORTED = 20_000


@page("hotline.desk")
@require_safe
def listing(request: HttpRequest) -> HttpResponse:
    """What went out and what did not, the latest first."""
    bar, sort = LetterFilter(request.GET), _sort(request)
    actor = actor_of(request)
    counts = queries.counted(actor)
    context = {
        "filter": bar,
        "sort": sort,
        "chosen": request.GET.get("state", ""),
        "page": numbered(_rows(request, bar, sort), request),
        "labels": LABELS,
        "waiting": counts.get(Letter.State.WAITING, 0),
        "dead": counts.get(Letter.State.DEAD, 0),
        "sheets": Exchange.objects.filter(transport=Exchange.Transport.SHEET, active=True).order_by("name")[:20],
    }
    return render(request, "hotline/letters.html", context)


def _sort(request: HttpRequest) -> str:
    sort = request.GET.get("sort", "-created")
    return sort if sort.removeprefix("-") in SORTS else "-created"


def _rows(request: HttpRequest, bar: LetterFilter, sort: str) -> Any:
    sign = "-" if sort.startswith("-") else ""
    rows = bar.narrow(queries.visible_to(actor_of(request)))
    return rows.order_by(f"{sign}{SORTS[sort.removeprefix('-')]}", f"{sign}id")


@page("hotline.desk")
@require_safe
def export(request: HttpRequest) -> HttpResponseBase:
    """The list as a sheet: numbers and states, none of the words."""
    head = [
        _("时间"),
        _("热线"),
        _("热线工单号"),
        _("办件"),
        _("类型"),
        _("状态"),
        _("尝试次数"),
        _("原因"),
        _("处理说明"),
    ]
    rows = _rows(request, LetterFilter(request.GET), "-created")[:MOST_EXPORTED]
    lines = [
        (
            row.created_at, row.exchange.name, row.order.number if row.order else "",
            row.order.case.number if row.order and row.order.case else "", str(LABELS.get(row.type, row.type)),
            row.get_state_display(), row.attempts, row.error, row.note,
        )
        for row in rows
    ]  # fmt: skip
    return downloads.sheet(_("发往热线"), head, lines, downloads.form_of(request))


@page("hotline.desk")
@require_safe
def letter(request: HttpRequest, pk: int) -> HttpResponse:
    """One letter: what became of it, why, and what can be done."""
    return _page(request, _one(request, pk))


@page("hotline.desk")
@require_POST
def again(request: HttpRequest, pk: int) -> HttpResponse:
    row = _one(request, pk)
    try:
        commands.send_again(actor_of(request), row)
    except Refused as no:
        return _page(request, row, 409, problem=no.message)
    messages.success(request, _("已重新排队，马上再发。"))
    return redirect("hotline:letter", pk)


@page("hotline.desk")
@require_POST
def drop(request: HttpRequest, pk: int) -> HttpResponse:
    row, form = _one(request, pk), NoteForm(request.POST)
    if form.is_valid():
        with beside(form):
            commands.drop(actor_of(request), row, note=form.cleaned_data["note"])
            messages.success(request, _("已记下，不再发。"))
            return redirect("hotline:letter", pk)
    return _page(request, row, 422, drop_form=form)


@page("hotline.desk")
@require_POST
def hand_over(request: HttpRequest, pk: int) -> HttpResponse:
    """Put what waits into a sheet, and show it."""
    row = Exchange.objects.filter(pk=pk).first()
    if row is None:
        raise Http404
    try:
        number = commands.hand_over(actor_of(request), row)
    except Refused as no:
        messages.error(request, no.message)
        return redirect("hotline:letters")
    return redirect("hotline:sheet", pk, number)


@page("hotline.desk")
@require_safe
def sheet(request: HttpRequest, pk: int, batch: int) -> HttpResponseBase:
    """A sheet that was made, again."""
    rows = queries.visible_to(actor_of(request)).filter(exchange_id=pk, batch=batch).order_by("id")
    found = list(rows[:MOST_IN_SHEET])
    if not found:
        raise Http404
    lines = sheets.lines(found)
    return downloads.sheet(f"hotline-{pk}-{batch}", sheets.HEADER, lines)


def _one(request: HttpRequest, pk: int) -> Letter:
    row = queries.visible_to(actor_of(request)).filter(pk=pk).first()
    if row is None:
        raise Http404
    return row


def _page(request: HttpRequest, row: Letter, status: int = 200, **more: Any) -> HttpResponse:
    open_ = row.state in (Letter.State.WAITING, Letter.State.DEAD)
    context = {"letter": row, "labels": LABELS, "open": open_, "drop_form": NoteForm(), "problem": "", **more}
    return render(request, "hotline/letter.html", context, status=status)
