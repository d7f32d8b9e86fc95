"""Organisations from a sheet: upload, look, then write. What was read waits in the page itself, signed."""

from django.contrib import messages
from django.core import signing
from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from linli.base.commands import Refused
from linli.base.exchange import Problem, SheetError
from linli.base.pages import page
from linli.base.ui.downloads import sheet
from linli.people.organisations import commands, importing
from linli.people.organisations.forms import SheetForm

SHOWN = 100
SALT, HOURS = "organisations.import", 12


@page("organisations.edit")
@require_http_methods(["GET", "HEAD", "POST"])
def upload(request: HttpRequest) -> HttpResponse:
    """Choose a file; what it would found and what is wrong with it is shown before anything is written."""
    form = SheetForm(request.POST or None, request.FILES or None)
    if request.method == "POST" and form.is_valid():
        file = form.cleaned_data["file"]
        try:
            rows, problems = importing.read(file.read(importing.MAX_BYTES + 1), file.name)
        except SheetError as error:
            form.add_error("file", str(error))
        else:
            return _preview(request, rows, problems, file.name)
    return render(request, "organisations/import.html", {"form": form}, status=422 if form.errors else 200)


def _preview(
    request: HttpRequest,
    rows: list[tuple[int, importing.Values]],
    problems: list[Problem],
    name: str,
    status: int = 200,
) -> HttpResponse:
    plan = importing.plan(rows, problems)
    context = {
        "name": name,
        "plan": plan,
        "wrong": len({problem.row for problem in plan.problems}),
        "problems": plan.problems[:SHOWN],
        "created": plan.created[:SHOWN],
        "shown": SHOWN,
        "kept": signing.dumps([name, rows, [[p.row, p.column, p.reason] for p in problems]], salt=SALT, compress=True),
    }
    return render(request, "organisations/import_preview.html", context, status=status)


@page("organisations.edit")
@require_POST
def apply(request: HttpRequest) -> HttpResponse:
    """Found what the preview showed: the good rows, or nothing."""
    try:
        name, read, unread = signing.loads(request.POST.get("kept", ""), salt=SALT, max_age=HOURS * 3600)
    except signing.BadSignature:
        messages.error(request, _("预览过期了，请重新上传。"))
        return redirect("organisations:import")
    rows = [(number, values) for number, values in read]
    try:
        # Rows that could not be read at all were shown in the preview; the command never sees them.
        only_good = request.POST.get("only_good") == "1"
        counts = commands.import_sheet(request.actor, rows=rows, only_good=only_good)  # type: ignore[attr-defined]
    except Refused as refused:
        messages.error(request, refused.message)
        return _preview(request, rows, [Problem(*one) for one in unread], name, 422)
    words = _("导入完成：新设 %(created)d，已有 %(same)d，跳过 %(refused)d")
    messages.success(request, words % {**counts, "refused": counts["refused"] + len(unread)})
    return redirect("organisations:tree")


@page("organisations.edit")
@require_safe
def template(request: HttpRequest) -> HttpResponseBase:
    """An empty sheet with rows that show how."""
    head = [importing.title(name) for name in importing.COLUMNS]
    examples = [
        ("（示例）某某街道办事处", "街道办事处", "110106009", "某某街道", "", "", "010-00000000", ""),
        ("（示例）某某社区居委会", "社区居委会", "110106009008", "某某社区", "（示例）某某街道办事处", "", "", ""),
        ("（示例）某某物业公司", "物业企业", "110106009008", "", "", "", "", "110106009008001、110106009008002"),
    ]
    return sheet("组织导入模板", head, examples)
