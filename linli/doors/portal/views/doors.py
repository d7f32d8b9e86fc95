"""Who answers for this door, for residents: by an address, by the code on a wall, or from the first page."""

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.urls import reverse
from django.utils import timezone
from django.utils.http import urlencode
from django.views.decorators.http import require_safe

from linli.base.actor import ANONYMOUS
from linli.base.clockwork import now
from linli.base.pages import page
from linli.base.throttle import address, spend
from linli.doors.portal import doors, labels, limits
from linli.doors.portal.views.showing import show
from linli.people.answering.queries import unit_words
from linli.places.addresses.finding import Found, find_addresses
from linli.places.addresses.models import Building, Compound
from linli.places.addresses.queries import place_names

FOUND_MOST, WORDS_MOST = 12, 80
WHY_OPEN = "who answers for a building is told at its door: posts and office telephones, no private number"


@page.public(WHY_OPEN)
@require_safe
def find(request: HttpRequest) -> HttpResponse:
    """One field for an address. Compounds and buildings are found, dwellings and people never."""
    words = " ".join(request.GET.get("q", "").split())[:WORDS_MOST]
    found: list[Found] = []
    if words:
        spend(limits.FIND, address(request))
        # Nobody's eyes: no dwelling is looked at, whoever asks.
        found = [one for one in find_addresses(ANONYMOUS, words, FOUND_MOST) if one.kind in _PAGES]
    if len(found) == 1 and not found[0].guessed:
        return redirect(_address(found[0]))
    place = place_names({one.region_code[:12] for one in found})
    shown = [(one, _address(one), place(one.region_code[:12])) for one in found]
    return show(request, "portal/who.html", words=words, found=shown)


_PAGES = {"compound": "portal:who_compound", "building": "portal:who_building"}


def _address(found: Found) -> str:
    return reverse(_PAGES[found.kind], args=[found.id])


@page.public(WHY_OPEN)
@require_safe
def of_building(request: HttpRequest, building: int) -> HttpResponse:
    """Who answers for one building, and the sites nearest to it."""
    row = get_object_or_404(Building.objects.select_related("compound"), pk=building, valid_to=None)
    at = labels.code_of("building", row.pk)
    return _door(request, row, report=f"{reverse('portal:report')}?{urlencode({'at': at})}", buildings=[])


@page.public(WHY_OPEN)
@require_safe
def of_compound(request: HttpRequest, pk: int) -> HttpResponse:
    """Who answers for a compound as a whole, and its buildings."""
    row = get_object_or_404(Compound, pk=pk, valid_to=None)
    return _door(request, row, report=reverse("portal:report"), buildings=list(row.buildings.filter(valid_to=None)))


def _door(request: HttpRequest, row: Building | Compound, **more: Any) -> HttpResponse:
    moment = now()
    day = timezone.localdate(moment)
    units = doors.units_elsewhere(row)
    unit = request.GET.get("unit", "")
    at = doors.place_of(row, unit if unit in units else "")
    return show(
        request,
        "portal/door.html",
        door=f"{row}{unit_words(at.unit)}",
        place=place_names({at.region_code})(at.region_code),
        unit=at.unit,
        units=[(one, unit_words(one)) for one in units],
        answers=doors.answers(at, day),
        told=doors.told(row, day),
        stations=doors.stations(row, moment),
        **more,
    )
