"""The assistant: upload, say which column is what, look at what was found, bring it in, watch it, take it back."""

from collections.abc import Callable
from typing import Any

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from linli.base.actor import Actor
from linli.base.commands import Refused
from linli.base.exchange import PROBLEM_HEADER
from linli.base.pages import page
from linli.base.ui import downloads
from linli.base.ui.paging import numbered
from linli.base.ui.refused import beside
from linli.doors.intake.registers import commands, queries, showing, targets
from linli.doors.intake.registers.forms import LayoutForm, MappingForm, UploadForm
from linli.doors.intake.registers.models import RegisterImport
from linli.doors.intake.registers.opening import Head, head_of

STATES = RegisterImport.State


def _actor(request: HttpRequest) -> Actor:
    return request.actor  # type: ignore[attr-defined]


@page("registers.import")
@require_http_methods(["GET", "HEAD", "POST"])
def listing(request: HttpRequest) -> HttpResponse:
    """Sheets of one's own organisation, and the way to bring another."""
    form = UploadForm(request.POST or None, request.FILES or None)
    if request.method == "POST" and form.is_valid():
        upload = form.cleaned_data["file"]
        content = upload.read(commands.MOST_BYTES + 1)  # one byte more tells that it is too large
        with beside(form):
            staged = commands.stage(_actor(request), content=content, file_name=upload.name)
            return redirect("registers:detail", staged.pk)
    shown = numbered(queries.visible_to(_actor(request)), request)
    context = {"form": form, "page": shown, "names": {code: targets.get(code).name for code in targets.codes()}}
    return render(request, "registers/list.html", context, status=422 if form.errors else 200)


@page("registers.import")
@require_http_methods(["GET", "HEAD", "POST"])
def detail(request: HttpRequest, import_id: int) -> HttpResponse:
    """One sheet: its columns before it is checked, what was found afterwards, the progress in between, the outcome."""
    row = _one(request, import_id)
    if row.state in (STATES.DONE, STATES.UNDONE, STATES.UNDOING, STATES.APPLYING, STATES.CHECKING):
        return _outcome(request, row)
    head = _head(row)
    if head is None:
        return _outcome(request, row)
    editing = row.state != STATES.CHECKED or "edit" in request.GET or request.method == "POST"
    return _mapping(request, row, head) if editing else _checked(request, row, head)


def _outcome(request: HttpRequest, row: RegisterImport) -> HttpResponse:
    target = targets.get(row.target) if row.target in targets.codes() else None
    context = {
        "row": row,
        "target": target,
        "problems": showing.problem_lines(row, _head(row), showing.SHOWN_PROBLEMS),
        "more": max(0, len(row.problems) - showing.SHOWN_PROBLEMS),
        "kept": showing.kept_lines(row)[: showing.SHOWN_PROBLEMS],
        "may_undo": row.state in (STATES.DONE, STATES.FAILED) and row.brought.filter(taken_back=False).exists(),
    }
    return render(request, "registers/outcome.html", context)


def _mapping(request: HttpRequest, row: RegisterImport, head: Head) -> HttpResponse:
    actor = _actor(request)
    open_to = {one.code: one for one in targets.open_to(actor)}
    asked = request.POST.get("target") or request.GET.get("target") or row.target
    target = open_to.get(asked)
    columns = showing.columns_of(head, target)
    form = None
    if target is not None:
        same = asked == row.target
        chosen = row.columns if same else commands.proposed(asked, head)
        form = MappingForm(request.POST or None, actor, target, columns, chosen, row.options if same else {})
        if request.method == "POST" and form.is_valid():
            try:
                given = form.cleaned_data
                commands.check(actor, row, target=asked, columns=given["columns"], options=given["options"])
                return redirect("registers:detail", row.pk)
            except Refused as no:
                form.add_error(None, no.message)
    context = {
        "row": row,
        "head": head,
        "kind": showing.form_of(row),
        "target": target,
        "choices": [("", _("请选")), *((code, one.name) for code, one in open_to.items())],
        "may_cases": actor.may("cases.import"),
        "form": form,
        "columns": columns,
        "layout": LayoutForm(None, head.sheets, head.sheet, head.row),
    }
    return render(request, "registers/mapping.html", context, status=422 if form is not None and form.errors else 200)


def _checked(request: HttpRequest, row: RegisterImport, head: Head, refused: str = "") -> HttpResponse:
    target = targets.get(row.target)
    columns, lines = showing.preview(row, head, target)
    context = {
        "row": row,
        "target": target,
        "columns": columns,
        "lines": lines,
        "left_out": [one for one in showing.columns_of(head, target) if one.place not in row.columns.values()],
        "problems": showing.problem_lines(row, head, showing.SHOWN_PROBLEMS),
        "more": max(0, len(row.problems) - showing.SHOWN_PROBLEMS),
        "refused": refused,
    }
    return render(request, "registers/checked.html", context, status=422 if refused else 200)


@page("registers.import")
@require_POST
def lay_out(request: HttpRequest, import_id: int) -> HttpResponse:
    """Another page of the workbook, or another row for the header."""
    row = _one(request, import_id)
    head = _head(row)
    if head is None:
        raise Http404
    form = LayoutForm(request.POST, head.sheets, head.sheet, head.row)
    if form.is_valid():
        given = form.cleaned_data
        said = (given.get("page") or None, given["header_row"]) != (head.sheet, head.row)
        other_page = (given.get("page") or None) != head.sheet
        if said:
            return _act(
                request, row,
                lambda: commands.lay_out(
                    _actor(request), row, page=given.get("page") or "", header_row=0 if other_page else given["header_row"]
                ),
            )  # fmt: skip
    return redirect("registers:detail", row.pk)


@page("registers.import")
@require_POST
def start(request: HttpRequest, import_id: int) -> HttpResponse:
    """Bring in what passed: all rows or none, or the good ones."""
    row = _one(request, import_id)
    head = _head(row)
    try:
        commands.start(_actor(request), row, whole=request.POST.get("how") == "whole")
    except Refused as no:
        if head is not None and row.state == STATES.CHECKED:
            return _checked(request, row, head, no.message)
        messages.error(request, no.message)
    return redirect("registers:detail", row.pk)


@page("registers.import")
@require_safe
def progress(request: HttpRequest, import_id: int) -> HttpResponse:
    """The fragment that tells how far it is; htmx asks for it again until it is over, then the page shows what came of it."""
    row = _one(request, import_id)
    answer = render(request, "registers/_progress.html", {"row": row})
    if row.state not in commands.RUNNING:
        answer["HX-Redirect"] = reverse("registers:detail", args=[row.pk])
    return answer


@page("registers.import")
@require_safe
def problems(request: HttpRequest, import_id: int) -> HttpResponseBase:
    """The error sheet: row, column, reason. No value stands in it."""
    row = _one(request, import_id)
    lines = showing.problem_lines(row, _head(row))
    return downloads.sheet(f"errors-{row.pk}", PROBLEM_HEADER, lines)


@page("registers.import")
@require_POST
def undo(request: HttpRequest, import_id: int) -> HttpResponse:
    """Take the import back as one act."""
    row = _one(request, import_id)
    return _act(request, row, lambda: commands.undo(_actor(request), row))


@page("registers.import")
@require_POST
def discard(request: HttpRequest, import_id: int) -> HttpResponse:
    """Forget a sheet that brought nothing in."""
    row = _one(request, import_id)
    try:
        commands.discard(_actor(request), row)
    except Refused as no:
        messages.error(request, no.message)
        return redirect("registers:detail", row.pk)
    return redirect("registers:list")


def _act(request: HttpRequest, row: RegisterImport, perform: Callable[[], Any]) -> HttpResponse:
    try:
        perform()
    except Refused as no:
        messages.error(request, no.message)
    return redirect("registers:detail", row.pk)


def _one(request: HttpRequest, import_id: int) -> RegisterImport:
    rows = queries.visible_to(_actor(request)).defer(None)
    row: RegisterImport | None = rows.filter(pk=import_id).first()
    if row is None:
        raise Http404(_("没有这张表"))
    return row


def _head(row: RegisterImport) -> Head | None:
    try:
        return head_of(row) if row.head_address else None
    except FileNotFoundError:
        return None
