"""Codes on the walls: what a scan opens, and the sheets on which staff print them."""

from typing import Any

import segno
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.http import urlencode
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe
from markupsafe import Markup

from linli.base.pages import actor_of, page
from linli.doors.portal import labels
from linli.doors.portal.policy import site as words
from linli.doors.portal.views.reporting import absolute
from linli.places.addresses.models import Building, Compound
from linli.places.sites import queries as sites

WHY_OPEN = "a code names what stands on the wall"
MOST = 400


@page.public("a code on a wall opens the form with that place filled in")
@require_safe
def code(request: HttpRequest, code: str) -> HttpResponse:
    """The form of a report; a code that cannot be read opens it empty. Whoever works here is asked what they want to do."""
    found = labels.read_code(code)
    if found and request.actor.signed_in and labels.about(code)[1]:  # type: ignore[attr-defined]
        return redirect("portal:scanned", labels.code_of(*found))
    query = f"?{urlencode({'at': labels.code_of(*found)})}" if found else ""
    return redirect(reverse("portal:report") + query)


def _drawn(request: HttpRequest, label: labels.Label) -> dict[str, Any]:
    address = absolute(request, reverse("portal:code", args=[label.code]))
    drawn = segno.make(address, error="m").svg_inline(scale=4, border=2, svgclass="qr", lineclass=None, light="white")
    return {"label": label, "address": address, "qr": Markup(drawn)}  # noqa: S704 (made by segno from our own address)


def _labels(request: HttpRequest, kind: str, key: int) -> tuple[str, list[labels.Label]]:
    """(title, labels) of a compound's buildings, of one building, site or thing."""
    actor = actor_of(request)
    if kind == "compound":
        compound = get_object_or_404(Compound, pk=key, valid_to=None)
        rows = compound.buildings.filter(valid_to=None)[:MOST]
        return compound.name, [_of_building(compound.name, row) for row in rows]
    if kind == "building":
        building = get_object_or_404(Building.objects.select_related("compound"), pk=key, valid_to=None)
        return str(building), [_of_building(building.compound.name, building)]
    visible: Any = {"site": sites.visible_to, "thing": sites.things_visible_to}.get(kind)
    if visible is None:
        raise Http404
    row = get_object_or_404(visible(actor).filter(valid_to=None), pk=key)
    return row.name, [labels.Label(row.name, row.address, labels.code_of(kind, row.pk))]


def _of_building(compound: str, row: Building) -> labels.Label:
    return labels.Label(f"{compound} {row.name}", "", labels.code_of("building", row.pk))


@page.signed_in(WHY_OPEN)
@require_safe
def sheet(request: HttpRequest, kind: str, key: int) -> HttpResponse:
    """Labels for A4 paper, eight on a page."""
    title, found = _labels(request, kind, key)
    context = {
        "title": _("%(name)s的二维码") % {"name": title},
        "labels": [_drawn(request, one) for one in found],
        "hotline": words()["hotline"],
        "hotline_name": words()["hotline_name"],
    }
    return render(request, "portal/labels.html", context)


def _fragment(request: HttpRequest, kind: str, key: int) -> HttpResponse:
    _title, found = _labels(request, kind, key)
    context = {
        "drawn": _drawn(request, found[0]) if found and kind != "compound" else None,
        "count": len(found),
        "sheet": reverse("portal:labels", args=[kind, key]),
        "report": f"{reverse('portal:report')}?{urlencode({'at': found[0].code})}" if found else "",
        "thing": kind == "thing",
    }
    return render(request, "portal/_label.html", context)


@page.signed_in(WHY_OPEN)
@require_safe
def of_compound(request: HttpRequest, pk: int) -> HttpResponse:
    """A fragment for the page of a compound."""
    return _fragment(request, "compound", pk)


@page.signed_in(WHY_OPEN)
@require_safe
def of_building(request: HttpRequest, building: int) -> HttpResponse:
    """A fragment for the page of a building."""
    return _fragment(request, "building", building)


@page.signed_in(WHY_OPEN)
@require_safe
def of_site(request: HttpRequest, site: int) -> HttpResponse:
    """A fragment for the page of a site."""
    return _fragment(request, "site", site)


@page("sites.view")
@require_safe
def of_thing(request: HttpRequest, thing: int) -> HttpResponse:
    """A fragment for the page of a thing: its code, and the way to report what is wrong with it."""
    return _fragment(request, "thing", thing)
