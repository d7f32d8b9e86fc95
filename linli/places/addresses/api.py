"""What pickers ask (the register is in views.py): compounds by name or around a point, and the buildings of one. All of it is public."""

from typing import Any

from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import get_object_or_404
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from linli.base.pages import page
from linli.base.throttle import Limit, address, spend
from linli.places.addresses import queries
from linli.places.addresses.models import Compound
from linli.places.addresses.rules import search_words
from linli.places.regions.rules import MAX_LENGTH

MOST = 20
MAX_QUERY = 60
# Somebody typing asks a few times a second at most; a whole office may stand behind one address.
ASKING = Limit("addresses.search", times=600, seconds=60)


@page.public("names and places of compounds can be read at their gates")
@require_safe
def search(request: HttpRequest) -> HttpResponse:
    """Compounds whose name holds `q`, within a code prefix; at most 20. `more`: there are others, type on."""
    query, prefix = request.GET.get("q", ""), request.GET.get("within", "")
    if prefix and not (prefix.isascii() and prefix.isdigit() and len(prefix) <= MAX_LENGTH):
        return _wrong("within", _("within 应为区划代码的前几位"))
    if len(query) > MAX_QUERY:
        return _wrong("q", _("最多 %(most)d 个字") % {"most": MAX_QUERY})
    _count(request)
    rows = queries.within(queries.visible_to(request.actor), prefix)  # type: ignore[attr-defined]
    if not search_words(query):
        return _listed([], more=False)
    found = list(queries.search(rows, query)[: MOST + 1])
    return _listed([(row, None) for row in found[:MOST]], more=len(found) > MOST)


@page.public("names and places of compounds can be read at their gates; the point is not kept")
@require_safe
def near(request: HttpRequest) -> HttpResponse:
    """The compounds nearest to `lon`, `lat` (WGS84), within 300 m, at most five."""
    try:
        lon, lat = float(request.GET.get("lon", "")), float(request.GET.get("lat", ""))
    except ValueError:
        return _wrong("lon", _("lon、lat 应为经纬度的小数"))
    _count(request)
    return _listed(list(queries.near(lon, lat)), more=False)


@page.public("numbers of buildings can be read on their walls")
@require_safe
def buildings(request: HttpRequest, pk: int) -> HttpResponse:
    """The buildings of one compound in the order of their numbers."""
    rows: QuerySet[Compound] = queries.visible_to(request.actor)  # type: ignore[attr-defined]
    compound = get_object_or_404(rows, pk=pk)
    items = list(queries.buildings(compound.pk).values("id", "name", "longitude", "latitude"))
    return JsonResponse({"compound": {"id": compound.pk, "name": compound.name}, "items": items})


def _count(request: HttpRequest) -> None:
    """Staff type all day; only visitors are counted."""
    if not request.actor.signed_in:  # type: ignore[attr-defined]
        spend(ASKING, address(request))


def _listed(found: list[tuple[Compound, int | None]], *, more: bool) -> JsonResponse:
    names = queries.place_names({row.region_code for row, _metres in found})
    items: list[dict[str, Any]] = [
        {
            "id": row.pk,
            "name": row.name,
            "kind": row.get_kind_display(),
            "region_code": row.region_code,
            "place": names(row.region_code),
            "longitude": row.longitude,
            "latitude": row.latitude,
            "metres": metres,
        }
        for row, metres in found
    ]
    answer = JsonResponse({"items": items, "more": more})
    answer["Cache-Control"] = "no-store"
    return answer


def _wrong(field: str, message: str) -> JsonResponse:
    return JsonResponse({"field": field, "detail": message}, status=400)
