"""The register of regions: list, one region, map, and what writes them."""

from typing import Any

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods

from linli.base.pages import page
from linli.base.ui import panels
from linli.base.ui.downloads import form_of, sheet
from linli.base.ui.refused import beside
from linli.places.regions import commands, listing, mapping, queries
from linli.places.regions.forms import FIGURES, SORTS, ListFilter, MapFilter, RenameForm, RetireForm
from linli.places.regions.models import Region
from linli.places.regions.rules import Level

EXPORT_COLUMNS = (
    "代码",
    "名称",
    "简称",
    "层级",
    "上级代码",
    "城乡分类代码",
    "户数",
    "面积（平方米）",
    "启用日期",
    "停用日期",
)
MOST_CHILDREN = 500


@page.signed_in("regions are public facts; the register is for staff")
@require_GET
def register(request: HttpRequest) -> HttpResponse:
    """The list, with search, filters, order, pages."""
    form = ListFilter(request.GET)
    rows = _filtered(request, form)
    sort = request.GET.get("sort", "code")
    sort = sort if sort in SORTS else "code"
    found = listing.page(
        rows.defer("polygon"), sort, after=request.GET.get("after", ""), before=request.GET.get("before", "")
    )
    within = form.cleaned_data.get("within") if form.is_valid() else ""
    return render(
        request,
        "regions/list.html",
        {
            "filter": form,
            "rows": found.rows,
            "page": found,
            "sort": sort,
            "above": Region.objects.filter(pk=within).first() if within else None,
        },
    )


@page.signed_in("regions are public facts; the register is for staff")
@require_GET
def export(request: HttpRequest) -> HttpResponseBase:
    """The filtered list as a sheet."""
    rows = _filtered(request, ListFilter(request.GET)).order_by("code")
    values = rows.values_list(
        "code",
        "name",
        "short_name",
        "level",
        "parent_code",
        "urban_rural",
        "households",
        "area",
        "valid_from",
        "valid_to",
    )
    lines = ((*row[:3], Level(row[3]).label, *row[4:]) for row in values.iterator(2000))
    return sheet("区划", EXPORT_COLUMNS, lines, form_of(request))


@page.signed_in("regions are public facts; the register is for staff")
@require_GET
def region(request: HttpRequest, code: str) -> HttpResponse:
    """One region: facts, map, what lies below it."""
    row = get_object_or_404(Region, pk=code)
    children = list(queries.children(code).defer("polygon").order_by("code")[: MOST_CHILDREN + 1])
    return render(
        request,
        "regions/region.html",
        {
            "region": row,
            "path": queries.ancestors(code),
            "children": children[:MOST_CHILDREN],
            "more_children": len(children) > MOST_CHILDREN,
            "map_within": _map_within(row),
            "map_level": int(mapping.level_below(code)) if row.level < Level.GRID else int(Level.GRID),
            "may_edit": not row.valid_to,
            "panels": panels.of("region", request.actor, code),  # type: ignore[attr-defined]
        },
    )


@page.signed_in("regions are public facts; the map is for staff")
@require_GET
def map_page(request: HttpRequest) -> HttpResponse:
    """A map that draws communities or grids without any tile server."""
    choices = _map_choices()
    given = {
        "within": _own_region(request, choices),
        "level": str(int(Level.GRID)),
        "figure": "name",
    } | request.GET.dict()
    form = MapFilter(given, choices)
    form.is_valid()
    cleaned = form.cleaned_data
    within = cleaned.get("within") or (choices[0][0] if choices else "")
    level = Level(cleaned.get("level") or Level.GRID)
    figure = cleaned.get("figure") if cleaned.get("figure") in FIGURES else ""
    return render(
        request,
        "regions/map.html",
        {
            "filter": form,
            "within": within,
            "level": int(level),
            "figure": figure,
            "values": _figures(within, level, figure) if figure and within else None,
            "above": Region.objects.filter(pk=within).first() if within else None,
        },
    )


@page("regions.rename")
@require_http_methods(["GET", "POST"])
def rename(request: HttpRequest, code: str) -> HttpResponse:
    """Give a region another name."""
    row = get_object_or_404(Region, pk=code)
    form = RenameForm(row, request.POST or None)
    if request.method == "POST" and form.is_valid():
        with beside(form):
            commands.rename(request.actor, row, **form.cleaned_data)  # type: ignore[attr-defined]
            messages.success(request, _("名称已更改"))
            return redirect("regions:region", code=code)
    return _form_page(request, row, form, _("更名"), danger=False)


@page("regions.retire")
@require_http_methods(["GET", "POST"])
def retire(request: HttpRequest, code: str) -> HttpResponse:
    """Give a region up from a day on."""
    row = get_object_or_404(Region, pk=code)
    form = RetireForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        with beside(form):
            commands.retire(request.actor, row, **form.cleaned_data)  # type: ignore[attr-defined]
            messages.success(request, _("%(name)s已设为停用") % {"name": row.short_name})
            return redirect("regions:region", code=code)
    return _form_page(request, row, form, _("停用"), danger=True)


def _form_page(request: HttpRequest, row: Region, form: Any, act: str, *, danger: bool) -> HttpResponse:
    if row.valid_to is not None:
        raise Http404
    context = {"region": row, "path": queries.ancestors(row.code), "form": form, "act": act, "danger": danger}
    return render(request, "regions/act.html", context, status=422 if form.is_bound and not form.is_valid() else 200)


def _filtered(request: HttpRequest, form: ListFilter) -> Any:
    rows = queries.visible_to(request.actor)  # type: ignore[attr-defined]
    form.is_valid()  # a filter that makes no sense is left out, the others hold
    wanted = form.cleaned_data
    rows = queries.search(rows, wanted.get("q") or "")
    if wanted.get("level"):
        rows = rows.filter(level=wanted["level"])
    if wanted.get("within"):
        rows = rows.filter(queries.in_subtree(wanted["within"]))
    if wanted.get("boundary"):
        rows = rows.filter(polygon__isnull=wanted["boundary"] == "no")
    return rows if wanted.get("retired") else queries.current(rows)


def _map_choices() -> list[tuple[str, str]]:
    """The sub-districts that have a boundary, with their district."""
    rows = queries.current(Region.objects.filter(level=Level.SUB_DISTRICT, polygon__isnull=False)).order_by("code")
    pairs = list(rows.values_list("code", "short_name", "parent_code"))
    districts = dict(Region.objects.filter(code__in={pair[2] for pair in pairs}).values_list("code", "short_name"))
    return [(code, f"{districts.get(parent, '')} {name}".strip()) for code, name, parent in pairs]


def _own_region(request: HttpRequest, choices: list[tuple[str, str]]) -> str:
    """The sub-district of the post through which this person acts."""
    for prefix in request.actor.regions:  # type: ignore[attr-defined]
        for code, _name in choices:
            if code.startswith(prefix) or prefix.startswith(code):
                return code
    return choices[0][0] if choices else ""


def _map_within(row: Region) -> str:
    """What the map of a region's page draws: what lies below it; a grid is shown among its neighbours."""
    return row.code if row.level < Level.GRID else row.parent_code or ""


def _figures(within: str, level: Level, figure: str) -> dict[str, float | None]:
    rows = queries.current(Region.objects.filter(queries.in_subtree(within), level=level))
    found: dict[str, float | None] = {}
    for code, households, area in rows.values_list("code", "households", "area"):
        if figure == "households":
            found[code] = households
        else:
            found[code] = round(households / (area / 10_000), 1) if households is not None and area else None
    return found
