"""Bringing regions in from a file: upload, look, then write."""

from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.http.response import HttpResponseBase
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods

from linli.base.commands import Refused
from linli.base.pages import page
from linli.base.ui.downloads import sheet
from linli.places.regions import commands
from linli.places.regions.forms import UploadForm
from linli.places.regions.models import RegionImport
from linli.places.regions.rules import SCHEMES

SHOWN = 100
COLUMNS = {
    "code": "代码",
    "name": "名称",
    "short_name": "简称",
    "urban_rural": "城乡分类代码",
    "households": "户数",
    "geometry": "边界",
}


@page("regions.edit")
@require_http_methods(["GET", "POST"])
def upload(request: HttpRequest) -> HttpResponse:
    """Choose a file; what it would change is shown before anything is written."""
    form = UploadForm(request.POST or None, request.FILES or None)
    if request.method == "POST" and form.is_valid():
        file = form.cleaned_data["file"]
        try:
            staged = commands.stage_import(request.actor, content=file.read(), file_name=file.name)  # type: ignore[attr-defined]
        except Refused as refused:
            form.add_error("file", refused.message)
        else:
            return redirect("regions:import_preview", pk=staged.pk)
    recent = RegionImport.objects.exclude(applied_at=None).defer("rows", "problems").order_by("-applied_at")[:10]
    return render(
        request,
        "regions/import.html",
        {"form": form, "recent": recent, "schemes": SCHEMES.values()},
        status=422 if form.is_bound and not form.is_valid() else 200,
    )


@page("regions.edit")
@require_http_methods(["GET", "POST"])
def preview(request: HttpRequest, pk: int) -> HttpResponse:
    """What the file would change; with a button to do it."""
    staged = _mine(request, pk)
    if request.method == "POST":
        try:
            done = commands.apply_import(request.actor, staged, only_good=request.POST.get("only_good") == "1")  # type: ignore[attr-defined]
        except Refused as refused:
            messages.error(request, refused.message)
            return redirect("regions:import_preview", pk=pk)
        counts = done.summary
        words = _("导入完成：新增 %(created)d，更新 %(changed)d，未变 %(same)d，跳过 %(refused)d") % counts
        messages.success(request, words)
        return redirect("regions:list")
    if staged.applied_at is not None:
        return redirect("regions:list")
    plan = commands.planned(staged)
    return render(
        request,
        "regions/import_preview.html",
        {
            "staged": staged,
            "plan": plan,
            "grave": len({problem.place for problem in plan.grave}),
            "problems": [_words(problem) for problem in plan.problems[:SHOWN]],
            "rows": [*plan.created[:SHOWN], *plan.changed[:SHOWN]][:SHOWN],
            "created": {row.code for row in plan.created},
            "shown": SHOWN,
        },
    )


@page("regions.edit")
@require_GET
def problems(request: HttpRequest, pk: int) -> HttpResponseBase:
    """Everything that is wrong with a file, as a sheet."""
    plan = commands.planned(_mine(request, pk))
    rows = ((p.place, COLUMNS.get(p.column, p.column), "错误" if p.grave else "提醒", p.reason) for p in plan.problems)
    return sheet("问题清单", ("位置", "列", "类别", "原因"), rows)


@page("regions.edit")
@require_GET
def drawn(request: HttpRequest, pk: int) -> HttpResponse:
    """The boundaries of a file before they are written, for the map of the preview."""
    features = [
        {
            "type": "Feature",
            "id": row["code"],
            "properties": {"code": row["code"], "name": row["short_name"] or row["name"] or row["code"]},
            "geometry": row["outline"]["geometry"],
        }
        for row in _mine(request, pk).rows
        if row["outline"]
    ]
    return JsonResponse({"type": "FeatureCollection", "features": features})


@page("regions.edit")
@require_GET
def template(request: HttpRequest) -> HttpResponseBase:
    """An empty code sheet with two rows that show how."""
    head = ("代码", "名称", "简称", "城乡分类代码", "户数")
    examples: list[tuple[Any, ...]] = [
        ("110106009008", "（示例）某某社区居委会", "某某社区", "111", "1800"),
        ("110106009008001", "（示例）某某社区第1网格", "", "", "420"),
    ]
    return sheet("区划代码表模板", head, examples)


def _mine(request: HttpRequest, pk: int) -> RegionImport:
    """A file that this person uploaded; others' do not exist for them."""
    return get_object_or_404(RegionImport, pk=pk, account_id=request.actor.account_id)  # type: ignore[attr-defined]


def _words(problem: Any) -> dict[str, Any]:
    return {
        "place": problem.place,
        "column": COLUMNS.get(problem.column, problem.column),
        "reason": problem.reason,
        "grave": problem.grave,
    }
