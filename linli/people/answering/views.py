"""Who answers for this door: from an address, from the page of a building, on any day."""

from datetime import date
from typing import Any

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from linli.base.actor import Actor
from linli.base.pages import actor_of, page
from linli.people.answering import queries
from linli.people.answering.forms import DayFilter
from linli.people.answering.queries import Place, works_at
from linli.people.organisations.commands.checking import today
from linli.places.addresses.finding import Found, find_addresses
from linli.places.addresses.models import Building, Dwelling
from linli.places.addresses.moves import grids_on
from linli.places.addresses.queries import place_names
from linli.places.addresses.queries import visible_to as visible_compounds

FOUND_MOST = 20


def tabs(actor: Actor, current: str) -> list[dict[str, Any]]:
    """The pages of this room."""
    shown = [("find", _("查一个门")), ("charges", _("指派")), ("gaps", _("还没有人管的")), ("figures", _("统计"))]
    return [{"label": label, "url": reverse(f"answering:{name}"), "current": name == current} for name, label in shown]


def purposes() -> list[tuple[str, str]]:
    return [(row["code"], row["name"]) for row in queries.policy()["purposes"]]


@page("answering.view")
@require_safe
def find(request: HttpRequest) -> HttpResponse:
    """One field for an address as people write it; one building found opens at once, but not under who is still typing."""
    actor = actor_of(request)
    words = " ".join(request.GET.get("q", "").replace("\x00", "").split())[:60]
    found = find_addresses(actor, words, FOUND_MOST) if words else []
    typing = "HX-Request" in request.headers
    if len(found) == 1 and not typing and not found[0].guessed and (address := _address(found[0])):
        return redirect(address)
    place = place_names({one.region_code for one in found})
    context = {
        "query": words,
        "found": [(one, _address(one), place(one.region_code)) for one in found],
        "tabs": tabs(actor, "find"),
    }
    return render(request, "answering/find.html", context)


def _address(found: Found) -> str:
    """Where a find leads: a dwelling to the door of its unit, a building to its door, a compound to its buildings."""
    if found.kind == "building":
        return reverse("answering:door", args=[found.id])
    if found.kind == "dwelling":
        row = Dwelling.objects.filter(pk=found.id).values_list("building_id", "unit_name").first()
        if row is None:
            return ""
        return reverse("answering:door", args=[row[0]], query={"unit": row[1]} if row[1] else None)
    return reverse("addresses:compound", args=[found.id])


def building_of(request: HttpRequest, pk: int) -> Building:
    compounds = visible_compounds(actor_of(request))
    return get_object_or_404(Building.objects.select_related("compound"), pk=pk, compound__in=compounds)


@page("answering.view")
@require_safe
def door(request: HttpRequest, building: int) -> HttpResponse:
    """Everybody who answers for one building, or for one of its units."""
    actor, row = actor_of(request), building_of(request, building)
    unit = request.GET.get("unit", "")[:12]
    bar = DayFilter(request.GET, label_suffix="")
    day = (bar.cleaned_data.get("on") if bar.is_valid() else None) or today()
    place, (_grid, elsewhere) = queries.place_of(row, unit, day), grids_on(row, day)
    known = row.dwellings.exclude(unit_name="").values_list("unit_name", flat=True)
    units = sorted({*known, *elsewhere, *filter(None, [unit])}, key=lambda name: (len(name), name))
    name_of = place_names({place.region_code, *elsewhere.values()})
    context = {
        "building": row,
        "unit": unit,
        "unit_words": queries.unit_words(unit),
        "units": [(name, queries.unit_words(name)) for name in units],
        "place": name_of(place.region_code),
        "elsewhere": [] if unit else [(queries.unit_words(one), name_of(code)) for one, code in elsewhere.items()],
        "may_charge": actor.may("answering.charge") and works_at(actor, place.region_code),
        "filter": bar,
        "day": day,
        "past": day != today(),
        **_shown(actor, place, day),
    }
    return render(request, "answering/door.html", context)


def _shown(actor: Actor, place: Place, day: date | None = None) -> dict[str, Any]:
    return {
        "answers": queries.answers(actor, place, day or today()),
        "may_reveal": actor.may("answering.reveal") and works_at(actor, place.region_code),
        "linked": actor.may("organisations.view"),
        "purposes": purposes(),
    }


@page("answering.view")
@require_safe
def of_building(request: HttpRequest, building: int) -> HttpResponse:
    """On the page of a building: who answers for it."""
    row = building_of(request, building)
    context = _shown(actor_of(request), queries.place_of(row)) | {"more": reverse("answering:door", args=[row.pk])}
    return render(request, "answering/_answers.html", context)


@page("answering.view")
@require_safe
def of_dwelling(request: HttpRequest, dwelling: int) -> HttpResponse:
    """On the page of a dwelling: who answers for its unit."""
    row = Dwelling.objects.filter(pk=dwelling).select_related("building__compound").first()
    if row is None or not works_at(actor_of(request), row.region_code):
        raise Http404
    place = Place(row.region_code, row.building.compound, row.building, row.unit_name)
    more = reverse("answering:door", args=[row.building_id], query={"unit": row.unit_name} if row.unit_name else None)
    return render(request, "answering/_answers.html", _shown(actor_of(request), place) | {"more": more})


@page("answering.view")
@require_safe
def of_compound(request: HttpRequest, compound: int) -> HttpResponse:
    """On the page of a compound: who answers for it as a whole."""
    row = get_object_or_404(visible_compounds(actor_of(request)), pk=compound)
    context = _shown(actor_of(request), Place(row.region_code, row)) | {"more": ""}
    return render(request, "answering/_answers.html", context)
