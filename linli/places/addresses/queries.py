"""Reading compounds, buildings and dwellings. The first two are public facts: everybody may see all of them.

Pickers are offered what is in use; the register shows what was closed too, when it is asked to.
"""

from collections.abc import Callable

from django.db.models import Count, F, Q, QuerySet
from django.db.models.functions import Abs

from linli.base.actor import Actor
from linli.places.addresses.finding import Found, Match, dwelling_of, find_addresses, match_addresses
from linli.places.addresses.models import Building, Compound, Dwelling
from linli.places.addresses.rules import in_reach, search_words
from linli.places.regions.coordinates import is_position, metres_between
from linli.places.regions.models import Region
from linli.places.regions.queries import in_subtrees
from linli.places.regions.rules import bounds

__all__ = ["Found", "Match", "dwelling_of", "find_addresses", "match_addresses"]


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
        rows = rows.filter(search_name__contains=word)
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
