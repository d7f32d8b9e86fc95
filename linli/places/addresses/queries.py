"""Finding compounds and buildings. Both are public facts: everybody may see all of them."""

from django.db.models import F, QuerySet
from django.db.models.functions import Abs

from linli.base.actor import Actor
from linli.places.addresses.models import Building, Compound
from linli.places.addresses.rules import search_words
from linli.places.regions.coordinates import is_position, metres_between
from linli.places.regions.rules import bounds


def visible_to(actor: Actor) -> QuerySet[Compound]:
    """All compounds: their names and places can be read at their gates."""
    return Compound.objects.all()


def within(rows: QuerySet[Compound], prefix: str) -> QuerySet[Compound]:
    """Compounds in a region and everything below it; an empty prefix is the whole office."""
    if not prefix:
        return rows
    low, high = bounds(prefix)
    return rows.filter(region_code__gte=low, region_code__lt=high)


def search(rows: QuerySet[Compound], words: str) -> QuerySet[Compound]:
    """Compounds whose name holds every part of the words, whatever the spaces and widths; shorter names first."""
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
        longitude__range=(lon - east, lon + east), latitude__range=(lat - north, lat + north)
    ).order_by(Abs(F("longitude") - lon) + Abs(F("latitude") - lat))[: most * 4]
    measured = [(row, round(metres_between(lon, lat, row.longitude, row.latitude))) for row in rows]
    return sorted([pair for pair in measured if pair[1] <= metres], key=lambda pair: (pair[1], pair[0].pk))[:most]


def buildings(compound_id: int) -> QuerySet[Building]:
    """The buildings of one compound in the order of their numbers."""
    return Building.objects.filter(compound_id=compound_id)
