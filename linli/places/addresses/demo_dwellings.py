"""Invented dwellings for buildings of the demo: how high, how many units, which doors are let or empty."""

from collections.abc import Iterable
from random import Random

from linli.places.addresses.commands import NewDwelling
from linli.places.addresses.models import Building, Compound, Dwelling

# (use, weight): most live in what they own.
_USES = [("home", 72), ("let", 15), ("unknown", 8), ("empty", 5)]


def dwellings(buildings: Iterable[Building]) -> list[NewDwelling]:
    """The doors of these buildings; the same on every call."""
    return [door for building in buildings for door in _of(building)]


def _of(building: Building) -> list[NewDwelling]:
    compound = building.compound
    random = Random(f"dwellings {compound.region_code} {compound.name} {building.name}")  # noqa: S311 (a demo)
    if compound.kind == Compound.Kind.VILLAGE:
        return [
            NewDwelling(building.pk, str(number), floor=1, use="home") for number in range(1, random.randint(6, 12))
        ]
    if compound.kind == Compound.Kind.COMPOUND and random.random() < 0.35:
        floors, units, rooms = random.choice((11, 15, 18)), 1, 4
    else:
        floors, units, rooms = random.choice((5, 6, 6)), random.choice((2, 3, 3, 4)), 2
    shops = units > 1 and random.random() < 0.15
    names, weights = zip(*_USES, strict=True)
    return [
        NewDwelling(
            building.pk,
            f"{floor}{room:02d}",
            str(unit),
            floor,
            Dwelling.Use.SHOP if shops and floor == 1 and room == 1 else random.choices(names, weights)[0],
        )
        for unit in range(1, units + 1)
        for floor in range(1, floors + 1)
        for room in range(1, rooms + 1)
    ]
