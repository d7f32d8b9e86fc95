"""The circle of a quarter of an hour: which buildings lie within a walk of which service."""

from typing import Any

from django.http import Http404, HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.views.decorators.http import require_safe

from linli.base.pages import actor_of, page
from linli.base.ui.downloads import form_of, sheet
from linli.base.ui.paging import numbered
from linli.places.addresses.models import Building
from linli.places.addresses.queries import dwellings_visible_to, place_names
from linli.places.addresses.rules import in_reach
from linli.places.sites import coverage, policy, queries
from linli.places.sites.forms import CircleFilter

GAPS_SHOWN, POINTS_MOST, EXPORT_MOST = 100, 2000, 100_000
SORTS = ("share", "-share", "gaps", "-gaps", "place", "-place")


@page("sites.view")
@require_safe
def circle(request: HttpRequest) -> HttpResponse:
    """Covered and uncovered by community; the gaps as a list and on the map."""
    bar = CircleFilter(request.GET, actor_of(request))
    region, service = bar.cleaned_data.get("place") or "", bar.cleaned_data.get("service") or ""
    walk, names = policy.walk(), policy.circle_services()
    homes = coverage.homes(region)
    context: dict[str, Any] = {
        "filter": bar, "region": region, "service": service, "walk": walk, "homes": len(homes),
        "may_view": actor_of(request).may("addresses.view"), "street": region[:9],
        "partial": not in_reach(actor_of(request).regions, region),
    }  # fmt: skip
    if not service:
        context["services"] = [
            (code, name, coverage.cover(homes, code, walk)) for code, name in names.items()
        ]  # fmt: skip
        return render(request, "sites/circle.html", context)
    cover = coverage.cover(homes, service, walk)
    digits = 15 if len(region) >= 12 else 12
    parts = cover.parts(digits)
    sort = request.GET.get("sort", "")
    sort = sort if sort in SORTS else "share"
    keys = {"share": lambda part: part.share, "gaps": lambda part: part.gaps, "place": lambda part: part.code}
    parts.sort(key=keys[sort.lstrip("-")], reverse=sort.startswith("-"))
    gaps = cover.gaps()
    context |= {
        "name": names[service],
        "cover": cover,
        "parts": parts,
        "sort": sort,
        "place": place_names({part.code for part in parts} | {one.home.region_code for one in gaps[:GAPS_SHOWN]}),
        "values": {part.code: round(part.share, 4) for part in parts},
        "level": 6 if digits == 15 else 5,
        "gaps": gaps[:GAPS_SHOWN],
        "gap_count": len(gaps),
        "points": [
            *(
                {"lon": one.longitude, "lat": one.latitude, "label": one.name, "url": reverse("sites:site", args=[one.pk])}
                for one in cover.shown(region[:9])
            ),
            *(
                {
                    "lon": one.home.longitude, "lat": one.home.latitude, "label": one.home.label, "tone": "over",
                    "url": reverse("addresses:building", args=[one.home.id]),
                }
                for one in gaps[:POINTS_MOST]
            ),
        ],
    }  # fmt: skip
    return render(request, "sites/circle.html", context)


@page("sites.view")
@require_safe
def gaps(request: HttpRequest) -> HttpResponseBase:
    """Every building without the service in reach, as a sheet; without a service, for each of them."""
    bar = CircleFilter(request.GET, actor_of(request))
    walk, names = policy.walk(), policy.circle_services()
    homes = coverage.homes(bar.cleaned_data.get("place") or "")
    wanted = [bar.cleaned_data["service"]] if bar.cleaned_data.get("service") else list(names)
    found = [(names[code], one) for code in wanted for one in coverage.cover(homes, code, walk).gaps()]
    place = place_names({one.home.region_code for _name, one in found})
    head = ("服务", "楼栋", "所在网格", "区划代码", "房屋套数", "最近的阵地", "直线米数", "步行分钟")
    lines = (
        (
            name, one.home.label, place(one.home.region_code), one.home.region_code, one.home.dwellings,
            one.site.name if one.site else "", round(one.metres) if one.site else "", one.minutes if one.site else "",
        )
        for name, one in found
    )  # fmt: skip
    return sheet("一刻钟生活圈缺口", head, lines, form_of(request), maker=actor_of(request).name)


def _beyond(request: HttpRequest, bar: CircleFilter) -> tuple[Any, dict[int, coverage.Gap]]:
    """(dwellings of the buildings without the service in reach, building -> gap): what the numbers of the circle count."""
    service, region = bar.cleaned_data.get("service") or "", bar.cleaned_data.get("place") or ""
    if not service:
        raise Http404
    grid = request.GET.get("grid", "")
    found = coverage.cover(coverage.homes(region), service, policy.walk()).gaps()
    gaps = {one.home.id: one for one in found if any(code.startswith(grid) for code in one.home.by_grid)}
    rows = queries.within(dwellings_visible_to(actor_of(request)), grid if grid.startswith(region) else region).filter(
        building__in=list(gaps), valid_to=None
    )
    rows = rows.select_related("building__compound")
    order = (
        "region_code",
        "building__compound",
        "building__order",
        "building",
        "unit_name",
        "floor",
        "room_name",
        "id",
    )
    return rows.order_by("-region_code" if request.GET.get("sort") == "-place" else "region_code", *order[1:]), gaps


@page("addresses.view")
@require_safe
def dwellings(request: HttpRequest) -> HttpResponse:
    """The dwellings from which the service is too far, behind the number of the circle."""
    bar = CircleFilter(request.GET, actor_of(request))
    rows, gaps = _beyond(request, bar)
    found: Any = numbered(rows, request)
    context = {
        "filter": bar,
        "name": policy.circle_services()[bar.cleaned_data["service"]],
        "page": found,
        "place": place_names({row.region_code for row in found.rows}),
        "gaps": gaps,
        "sort": "-place" if request.GET.get("sort") == "-place" else "place",
    }
    return render(request, "sites/beyond.html", context)


@page("addresses.view")
@require_safe
def export_dwellings(request: HttpRequest) -> HttpResponseBase:
    """The same dwellings as a sheet."""
    bar = CircleFilter(request.GET, actor_of(request))
    rows, gaps = _beyond(request, bar)
    rows = list(rows[:EXPORT_MOST])
    place, name = place_names({row.region_code for row in rows}), policy.circle_services()[bar.cleaned_data["service"]]
    head = ("服务", "小区", "楼栋", "房屋", "所在网格", "区划代码", "最近的阵地", "步行分钟")
    lines = (
        (
            name, row.building.compound.name, row.building.name, row.door, place(row.region_code), row.region_code,
            *((gap.site.name, gap.minutes) if (gap := gaps[row.building_id]).site else ("", "")),
        )
        for row in rows
    )  # fmt: skip
    return sheet("一刻钟生活圈走不到的房屋", head, lines, form_of(request), maker=actor_of(request).name)


@page("sites.view")
@require_safe
def of_building(request: HttpRequest, building: int) -> HttpResponse:
    """A fragment for the page of a building: what lies within a walk of it."""
    row = get_object_or_404(Building, pk=building)
    walk, names = policy.walk(), policy.circle_services()
    found = coverage.around(row.longitude, row.latitude, names, walk)
    rows = [
        (name, found[code], (near := found[code]) is not None and near.metres <= walk.reach)
        for code, name in names.items()
    ]
    return render(request, "sites/_around.html", {"rows": rows, "walk": walk})
