"""What maps and pickers ask: boundaries and the place of a point, as JSON. Public: regions are public facts."""

import math
from typing import Any

from django.http import HttpRequest, HttpResponse, HttpResponseNotModified, JsonResponse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from linli.base.pages import page
from linli.places.regions import locating, mapping, queries
from linli.places.regions.coordinates import from_gcj02
from linli.places.regions.rules import MAX_LENGTH, Level, stored_level

LEVELS = {level.name.lower(): level for level in Level}
_NUMBERED = {str(int(level)): level for level in Level}
# Only this browser keeps it: an answer may carry a cookie, which no shared cache must hand on.
KEEP = "private, max-age=30, must-revalidate"


@page.public("boundaries of regions are public facts")
@require_safe
def boundaries(request: HttpRequest) -> HttpResponse:
    """GeoJSON of the regions below `within` (a code prefix) at `level`; `zoom` lets it be simplified.

    304 when unchanged.
    """
    prefix = request.GET.get("within", "")
    if prefix and not (prefix.isascii() and prefix.isdigit() and 2 <= len(prefix) <= MAX_LENGTH):
        return _wrong("within", _("within 应为区划代码的前几位"))
    wanted = request.GET.get("level", "")
    level = LEVELS.get(wanted) or _NUMBERED.get(wanted) or (mapping.level_below(prefix) if not wanted else None)
    if level is None:
        return _wrong("level", _("level 应为 %(known)s 之一") % {"known": "、".join(LEVELS)})
    zoom = request.GET.get("zoom", "")
    if zoom and not (zoom.isascii() and zoom.isdigit() and int(zoom[:3]) <= 24):
        return _wrong("zoom", _("zoom 应为 0 到 24 的整数"))
    step = int(zoom) if zoom else None
    tag = mapping.tag(prefix, level, step)
    answer: HttpResponse
    if tag in request.headers.get("If-None-Match", ""):
        answer = HttpResponseNotModified()
    else:
        answer = HttpResponse(mapping.collection(prefix, level, step).body, content_type="application/geo+json")
    answer["ETag"], answer["Cache-Control"] = tag, KEEP
    return answer


@page.public("which grid a point lies in is a public fact; the point is not kept")
@require_safe
def locate(request: HttpRequest) -> HttpResponse:
    """The region that holds `lon`, `lat` (WGS84; `system=gcj02` for points of consumer maps), or why there is none."""
    try:
        lon, lat = float(request.GET.get("lon", "")), float(request.GET.get("lat", ""))
    except ValueError:
        return _wrong("lon", _("lon、lat 应为经纬度的小数"))
    system = request.GET.get("system", "wgs84")
    if system not in ("wgs84", "gcj02"):
        return _wrong("system", _("system 应为 wgs84 或 gcj02"))
    if system == "gcj02" and math.isfinite(lon) and math.isfinite(lat):
        lon, lat = from_gcj02(lon, lat)
    found = locating.locate(lon, lat)
    near: dict[str, Any] | None = None
    if found.near_code:
        near = {"code": found.near_code, "names": queries.path_names(found.near_code), "metres": found.near_metres}
    answer = JsonResponse(
        {
            "code": found.code,
            "names": queries.path_names(found.code) if found.code else [],
            "level": stored_level(found.code).name.lower() if found.code else None,
            "reason": found.reason,
            "swapped": found.swapped,
            "near": near,
        }
    )
    answer["Cache-Control"] = "no-store"
    return answer


def _wrong(field: str, message: str) -> JsonResponse:
    return JsonResponse({"field": field, "detail": message}, status=400)
