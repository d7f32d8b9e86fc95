"""The desk's pages: what the hotline sent, what waits for a message that is missing, what could not be done and why."""

from typing import Any

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from linli.base.clockwork import now
from linli.base.commands import Refused
from linli.base.pages import actor_of, page
from linli.base.ui import downloads
from linli.base.ui.paging import numbered
from linli.base.ui.refused import beside
from linli.doors.channels.hotline.models import Exchange
from linli.doors.intake.hotline import commands, queries, sheets
from linli.doors.intake.hotline.acts import LABELS
from linli.doors.intake.hotline.forms import SORTS, InboxFilter, NoteForm, SheetForm
from linli.doors.intake.hotline.models import Message

MOST_EXPORTED = 20_000
SHOWN_PROBLEMS = 50


@page("hotline.desk")
@require_safe
def listing(request: HttpRequest) -> HttpResponse:
    """What came in, the latest first, with how many wait and how many were turned away at the door."""
    bar, sort = InboxFilter(request.GET), _sort(request)
    counts = queries.counted(actor_of(request))
    context = {
        "filter": bar,
        "sort": sort,
        "chosen": request.GET.get("state", ""),
        "page": numbered(_rows(request, bar, sort), request),
        "labels": LABELS,
        "waiting": counts.get(Message.State.WAITING, 0),
        "refused": counts.get(Message.State.REFUSED, 0),
        "rejected": queries.rejected(timezone.localdate(now())),
    }
    return render(request, "hotline_inbox/list.html", context)


def _sort(request: HttpRequest) -> str:
    sort = request.GET.get("sort", "-received")
    return sort if sort.removeprefix("-") in SORTS else "-received"


def _rows(request: HttpRequest, bar: InboxFilter, sort: str) -> Any:
    sign = "-" if sort.startswith("-") else ""
    rows = bar.narrow(queries.visible_to(actor_of(request)))
    return rows.order_by(f"{sign}{SORTS[sort.removeprefix('-')]}", f"{sign}id")


@page("hotline.desk")
@require_safe
def export(request: HttpRequest) -> HttpResponseBase:
    """The list as a sheet: numbers and states, none of the words."""
    head = [_("收到时间"), _("热线"), _("热线工单号"), _("序号"), _("类型"), _("状态"), _("原因"), _("处理说明")]
    rows = _rows(request, InboxFilter(request.GET), "-received")[:MOST_EXPORTED]
    lines = [
        (
            row.received_at, row.exchange.name, row.order_number, row.seq, str(LABELS.get(row.type, row.type)),
            row.get_state_display(), row.error, row.note,
        )
        for row in rows
    ]  # fmt: skip
    return downloads.sheet(_("热线来件"), head, lines, downloads.form_of(request))


@page("hotline.desk")
@require_safe
def message(request: HttpRequest, pk: int) -> HttpResponse:
    """One message: what became of it, what it waits for, and what can be done."""
    return _page(request, _one(request, pk))


@page("hotline.desk")
@require_POST
def again(request: HttpRequest, pk: int) -> HttpResponse:
    row = _one(request, pk)
    try:
        row = commands.try_again(actor_of(request), row)
    except Refused as no:
        return _page(request, row, 409, problem=no.message)
    if row.state == Message.State.DONE:
        messages.success(request, _("已经办了。"))
    else:
        messages.error(request, row.error)
    return redirect("hotline_inbox:message", pk)


@page("hotline.desk")
@require_POST
def leave(request: HttpRequest, pk: int) -> HttpResponse:
    return _noted(request, pk, commands.leave_undone, _("已记下，不办。"), "leave_form")


@page("hotline.desk")
@require_POST
def skip(request: HttpRequest, pk: int) -> HttpResponse:
    return _noted(request, pk, commands.skip, _("不再等前面的消息。"), "skip_form")


def _noted(request: HttpRequest, pk: int, act: Any, said: str, name: str) -> HttpResponse:
    row, form = _one(request, pk), NoteForm(request.POST)
    if form.is_valid():
        with beside(form):
            act(actor_of(request), row, note=form.cleaned_data["note"])
            messages.success(request, said)
            return redirect("hotline_inbox:message", pk)
    return _page(request, row, 422, **{name: form})


@page("hotline.desk")
@require_http_methods(["GET", "HEAD", "POST"])
def sheet(request: HttpRequest) -> HttpResponse:
    """Bring a sheet of messages in; the outcome stands on the same page."""
    form = SheetForm(request.POST or None, request.FILES or None)
    found: dict[str, Any] | None = None
    if request.method == "POST" and form.is_valid():
        upload = form.cleaned_data["file"]
        exchange = Exchange.objects.select_related("post__account").get(pk=form.cleaned_data["exchange"])
        content = upload.read(sheets.MOST_BYTES + 1)
        with beside(form):
            found = commands.bring_sheet(actor_of(request), exchange, content=content, file_name=upload.name)
    context = {
        "form": form,
        "counts": found["counts"] if found else None,
        "problems": found["problems"][:SHOWN_PROBLEMS] if found else [],
        "exchanges": Exchange.objects.filter(active=True).exists(),
    }
    return render(request, "hotline_inbox/sheet.html", context, status=422 if form.errors else 200)


@page("hotline.desk")
@require_safe
def empty_sheet(request: HttpRequest) -> HttpResponseBase:
    """The header of the sheet, to be filled in."""
    return downloads.sheet("hotline-empty", list(sheets.HEADER), [])


def _one(request: HttpRequest, pk: int) -> Message:
    row = queries.visible_to(actor_of(request)).filter(pk=pk).first()
    if row is None:
        raise Http404
    return row


def _page(request: HttpRequest, row: Message, status: int = 200, **more: Any) -> HttpResponse:
    order = queries.order_of(row)
    context = {
        "message": row,
        "labels": LABELS,
        "case": order.case if order else None,
        "missing": queries.missing(row),
        "leave_form": NoteForm(),
        "skip_form": NoteForm(),
        "problem": "",
        **more,
    }
    return render(request, "hotline_inbox/message.html", context, status=status)
