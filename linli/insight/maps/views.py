"""The map of people's affairs (民情图): layers over the regions, the same as a table, and each thing by name in a list."""

from collections.abc import Callable
from typing import Any

from django.http import Http404, HttpRequest, HttpResponse, HttpResponseNotModified, JsonResponse
from django.http.response import HttpResponseBase
from django.shortcuts import render
from django.urls import reverse
from django.utils.cache import patch_vary_headers
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from linli.base.actor import Actor
from linli.base.clockwork import now
from linli.base.pages import page
from linli.base.ui.downloads import conditions, marked, sheet
from linli.base.ui.paging import numbered
from linli.base.ui.words import local
from linli.insight.indicators import queries
from linli.insight.maps import policy, reading
from linli.insight.maps.asking import MapFilter, inside
from linli.insight.maps.layers import LAYERS, Layer, items, sees_care
from linli.places.regions import locating

WORDS_MOST = 60


def _actor(request: HttpRequest) -> Actor:
    return request.actor  # type: ignore[attr-defined]


def _layer(actor: Actor, code: str) -> Layer:
    layer = LAYERS.get(code)
    if layer is None or not layer.may(actor):
        raise Http404
    return layer


@page("maps.view")
@require_safe
def map_page(request: HttpRequest) -> HttpResponse:
    """民情图."""
    actor = _actor(request)
    bar = MapFilter(request.GET, actor)
    layers, lines, whole = reading.table(actor, bar.code, bar.digits)
    listed = next((one for one in layers if one.code == request.GET.get("show") and one.rows is not None), None)
    context: dict[str, Any] = {
        "filter": bar,
        "region": bar.code,
        "place": bar.names.get(bar.code, _("全部")),
        "digits": bar.digits,
        "drawable": bool(bar.names),
        "layers": layers,
        "lines": lines,
        "whole": whole,
        "least": policy.in_force().care_least,
        "figure": None,
        "values": None,
        "listed": listed,
        "links": _links(actor),
        "made": f"{local(now()):%Y-%m-%d %H:%M}",
    }
    if bar.chosen_figure:
        figure, rows = queries.figures()[bar.chosen_figure], queries.by_region(bar.code, bar.span, bar.digits)
        found = {line.code: queries.values(rows.get(line.code, {}), [figure.code])[figure.code] for line in lines}
        context |= {
            "figure": figure,
            "figures": found,
            "period": bar.span,
            "values": {
                code: None if one.number is None else float(one.number) for code, one in found.items()
            },
        }  # fmt: skip
    context["columns"] = [
        {"label": _("名称"), "kind": "main"},
        *([{"label": context["figure"].name, "kind": "number"}] if context["figure"] else []),
        *({"label": layer.name, "kind": "number"} for layer in layers),
    ]
    if listed is not None and listed.rows is not None:
        shown = numbered(listed.rows(actor, bar.code), request)
        context |= {"shown": shown, "items": items(listed, actor, shown.rows, now()), "name_of": _place}
    return render(request, "maps/map.html", context)


def _links(actor: Actor) -> Callable[[Layer, reading.Line], str]:
    """(layer, line) -> where the number of that cell opens: the things by name, the visits that are due, or nowhere."""

    def link(layer: Layer, line: reading.Line) -> str:
        told = line.told[layer.code]
        if not told.number and not told.hidden:
            return ""
        if layer.code == "care":
            return reverse("residents:visits") if sees_care(actor) else ""
        wanted = f"{reverse('maps:map')}?region={line.code}&show={layer.code}"
        return f"{wanted}#items" if line.known and layer.rows is not None else ""

    return link


def _place(code: str) -> str:
    """北大街北里 第一网格; from the index in memory."""
    names = locating.index().names
    above, own = names.get(code[:12], ""), names.get(code, "")
    return " ".join(part for part in (above, own.removeprefix(above)) if part) or code


@page("maps.view")
@require_safe
def layer_json(request: HttpRequest, layer: str) -> HttpResponse:
    """One layer in one region. The page keeps it while it is open and asks again by its tag; no browser stores it."""
    actor = _actor(request)
    chosen, region = _layer(actor, layer), inside(actor, request.GET.get("region", ""))
    body = reading.body(
        reading.payload(chosen, actor, region, now()), request.headers.get("Accept-Encoding", "")
    )  # fmt: skip
    answer: HttpResponse
    if request.headers.get("If-None-Match") == body.tag:
        answer = HttpResponseNotModified()
    else:
        answer = HttpResponse(body.content, content_type="application/json")
        if body.packed:
            answer["Content-Encoding"] = "gzip"
    answer["ETag"], answer["Cache-Control"] = body.tag, "private, no-store"
    patch_vary_headers(answer, ("Accept-Encoding",))
    return answer


@page("maps.view")
@require_safe
def item_json(request: HttpRequest, layer: str, pk: int) -> JsonResponse:
    """The name of one thing and its page in the register: asked when somebody points at it."""
    actor = _actor(request)
    chosen = _layer(actor, layer)
    if chosen.rows is None or not actor.regions:
        raise Http404
    row = next((one for prefix in actor.regions for one in chosen.rows(actor, prefix).filter(pk=pk)), None)
    if row is None:
        raise Http404
    found = items(chosen, actor, [row], now())[0]
    answer = JsonResponse(
        {"name": found.name, "note": " · ".join(part for part in (found.note, str(found.flagged)) if part), "url": found.url}
    )  # fmt: skip
    answer["Cache-Control"] = "private, no-store"
    return answer


@page("maps.view")
@require_safe
def find(request: HttpRequest) -> HttpResponse:
    """Addresses that a text may mean, each with the place the map flies to."""
    actor, text = _actor(request), request.GET.get("q", "").strip()[:WORDS_MOST]
    region = inside(actor, "")
    found = reading.find(actor, text, region) if text else []
    answer = render(request, "maps/find.html", {"q": text, "found": found, "region": region})
    answer["Cache-Control"] = "private, no-store"
    return answer


@page("maps.view")
@require_safe
def export(request: HttpRequest) -> HttpResponseBase:
    """The table beside the map as a sheet, with its conditions and who took it."""
    actor = _actor(request)
    form = request.GET.get("form") or "csv"
    if form not in ("csv", "xlsx"):
        raise Http404
    bar = MapFilter(request.GET, actor)
    layers, lines, _whole = reading.table(actor, bar.code, bar.digits)
    least = policy.in_force().care_least
    rows = (
        (line.code, line.name, *(line.told[layer.code].text(least) for layer in layers)) for line in lines
    )  # fmt: skip
    head = [_("代码"), _("名称"), *(str(layer.name) for layer in layers)]
    return sheet(f"{_('民情图')}-{bar.code}", head, marked(rows, actor, conditions(str(_("民情图")), bar)), form)
