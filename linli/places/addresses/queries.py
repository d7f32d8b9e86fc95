"""Reading compounds, buildings and dwellings. The first two are public facts: everybody may see all of them.

Pickers are offered what is in use; the register shows what was closed too, when it is asked to.
"""

from collections.abc import Callable
from datetime import date
from typing import Any

from django.db.models import Count, F, Q, QuerySet
from django.db.models.functions import Abs

from linli.base.actor import Actor
from linli.places.addresses.finding import (
    Found,
    Match,
    dwelling_of,
    find_addresses,
    match_addresses,
    search_dwellings,
)
from linli.places.addresses.models import Building, Compound, Dwelling
from linli.places.addresses.rules import in_reach, search_words
from linli.places.regions.coordinates import is_position, metres_between
from linli.places.regions.models import Region
from linli.places.regions.queries import in_subtrees
from linli.places.regions.rules import bounds

__all__ = ["Found", "Match", "dwelling_of", "find_addresses", "match_addresses", "search_dwellings"]


def dwellings_visible_to(actor: Actor) -> QuerySet[Dwelling]:
    """Dwellings in the regions the actor answers for; nothing for anybody else."""
    rows = Dwelling.objects.all()
    return rows if actor.everything else rows.filter(in_subtrees(actor.regions, "region_code"))


def visible_to(actor: Actor) -> QuerySet[Compound]:
    """All compounds: their names and places can be read at their gates."""
    return Compound.objects.all()


def within(rows: QuerySet[Compound], prefix: str) -> QuerySet[Compound]:
    """Compounds in a region and everything below it; an empty prefix is the whole office."""
    if not prefix:
        return rows
    low, high = bounds(prefix)
    return rows.filter(region_code__gte=low, region_code__lt=high)


def search(rows: QuerySet[Compound], words: str, *, closed: bool = False) -> QuerySet[Compound]:
    """Compounds in use whose name holds every part of the words, whatever the spaces and widths; shorter names first.

    closed: also those that are closed.
    """
    rows = rows if closed else rows.filter(valid_to=None)
    for word in search_words(words):
        rows = rows.filter(Q(search_name__contains=word) | Q(other_search__contains=word))
    return rows.order_by("search_name", "id")


def near(lon: float, lat: float, *, metres: float = 300.0, most: int = 5) -> list[tuple[Compound, int]]:
    """(compound, metres) around a point, nearest first; nothing for what is no position."""
    if not is_position(lon, lat) or abs(lat) > 85:
        return []
    north = metres / 110_500
    # Widest where the parallel is shortest; 0.08 is its length at 85 degrees.
    east = north / max(0.08, 1 - (abs(lat) / 90) ** 2)
    rows = Compound.objects.filter(
        valid_to=None,
        longitude__range=(lon - east, lon + east),
        latitude__range=(lat - north, lat + north),
    ).order_by(Abs(F("longitude") - lon) + Abs(F("latitude") - lat))[: most * 4]
    measured = [(row, round(metres_between(lon, lat, row.longitude, row.latitude))) for row in rows]
    return sorted([pair for pair in measured if pair[1] <= metres], key=lambda pair: (pair[1], pair[0].pk))[:most]


def buildings(compound_id: int) -> QuerySet[Building]:
    """The buildings of one compound that are in use, in the order of their numbers."""
    return Building.objects.filter(compound_id=compound_id, valid_to=None)


def counted(rows: QuerySet[Compound]) -> QuerySet[Compound]:
    """Each with `building_count`, how many buildings in use it has."""
    return rows.annotate(building_count=Count("buildings", filter=Q(buildings__valid_to=None)))


def dwellings_in(actor: Actor, building: Building) -> QuerySet[Dwelling]:
    """The dwellings in use of one building that the actor may see."""
    return dwellings_visible_to(actor).filter(building=building, valid_to=None)


def units_of(building: Building) -> list[str]:
    """The units of a building, as far as its dwellings and parts tell; numbers in their order."""
    rows = Dwelling.objects.filter(building=building, valid_to=None).exclude(unit_name="")
    names = set(rows.values_list("unit_name", flat=True)) | set(building.parts.values_list("unit_name", flat=True))
    return sorted(names, key=lambda name: (not name.isdigit(), int(name) if name.isdigit() else 0, name))


def within_regions(rows: QuerySet[Compound], actor: Actor) -> QuerySet[Compound]:
    """Compounds where this actor works; whoever has no region sees the whole office."""
    return rows.filter(in_subtrees(actor.regions, "region_code")) if actor.regions else rows


# Which firm manages a compound on a day is known by the contracts that a higher room keeps; there is no second flag for it.
Managing = Callable[[date, str], Any]
_managing: list[Managing] = []


def managing(found: Managing) -> None:
    """A higher room gives, for a day and the name of the column that holds the compound, an expression: the name of the firm
    that manages it, or NULL. Called once, when the doors open.
    """
    _managing[:] = [found]


def with_manager(rows: "QuerySet[Any]", day: date, compound: str = "pk") -> "QuerySet[Any]":
    """Each with `manager`, the name of the property firm that serves its compound on that day, None when nobody does."""
    return rows.annotate(manager=_managing[0](day, compound))


def stood(day: date) -> Q:
    """Compounds that were not closed yet on that day."""
    return Q(valid_to=None) | Q(valid_to__gt=day)


def unmanaged(actor: Actor, day: date) -> QuerySet[Compound]:
    """Compounds where this actor works that stood on that day and had no manager (无主管楼院)."""
    rows = within_regions(visible_to(actor), actor).filter(stood(day))
    return with_manager(rows, day).filter(manager=None)


def unmanaged_by_community(actor: Actor, day: date) -> list[dict[str, Any]]:
    """{community, compounds, buildings} of compounds that had no manager on that day, most first."""
    rows = unmanaged(actor, day)
    found: dict[str, dict[str, Any]] = {}
    for compound in counted(rows):
        code = compound.region_code[:12]
        row = found.setdefault(code, {"community": code, "compounds": 0, "buildings": 0})
        row["compounds"] += 1
        row["buildings"] += compound.building_count  # type: ignore[attr-defined]
    return sorted(found.values(), key=lambda row: (-row["compounds"], row["community"]))


def may_enter(actor: Actor, building: Building) -> bool:
    """Whether this actor enters dwellings in a building: it, or one of its units, lies where they work."""
    if not actor.may("addresses.enter"):
        return False
    codes = [building.region_code, *building.parts.values_list("region_code", flat=True)]
    return any(in_reach(actor.regions, code) for code in codes)


def may_edit(actor: Actor, compound: Compound) -> bool:
    """Whether this actor keeps the register where the compound lies."""
    return actor.may("addresses.edit") and in_reach(actor.regions, compound.region_code)


def place_names(codes: set[str]) -> Callable[[str], str]:
    """code -> "丰台街道 北大街社区 第1网格"; one query for all the codes."""
    wanted = {code[:length] for code in codes for length in (9, 12, len(code))}
    names = dict(Region.objects.filter(code__in=wanted).values_list("code", "short_name"))

    def place(code: str) -> str:
        parts = [names.get(code[:length], "") for length in (9, 12)]
        if len(code) > 12 and (grid := names.get(code, "")):
            parts.append(grid.removeprefix(parts[1]))
        return " ".join(part for part in parts if part)

    return place


# What higher rooms know that keeps dwellings from being closed; each answers in words, or "".
Tie = Callable[[list[int]], str]
_ties: list[Tie] = []


def tie(found: Tie) -> None:
    """A higher room names what may still hang on dwellings, such as people. Called once, when the doors open."""
    _ties.append(found)


def in_the_way(dwellings: QuerySet[Dwelling]) -> list[str]:
    """Why these dwellings cannot be closed yet; empty when nothing depends on them."""
    keys = list(dwellings.filter(valid_to=None).values_list("pk", flat=True))
    return [words for each in _ties if keys and (words := each(keys))]
