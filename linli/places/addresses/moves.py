"""In which grids a building lies, in words that can be read again, and where it lay on a day that is past."""

import re
from collections.abc import Mapping
from datetime import date

from django.db.models import Q
from django.utils import timezone

from linli.base.actor import system
from linli.base.clockwork import now
from linli.base.facts.models import Fact
from linli.base.scope import scope
from linli.places.addresses.models import Building

# (grid of the building, unit -> grid of those that lie in others)
Grids = tuple[str, dict[str, str]]


def grids_of(building: Building) -> Grids:
    """As they are now."""
    return building.region_code, dict(building.parts.order_by("unit_name").values_list("unit_name", "region_code"))


def said_grids(grids: Grids) -> str:
    """110106009008001；2单元 110106009008002: as the history of a building keeps them."""
    return "；".join([grids[0], *(f"{unit}单元 {code}" for unit, code in grids[1].items())])


def read_grids(said: str) -> Grids:
    """What `said_grids` wrote; units that were cut off with too long a line are missing."""
    grid, *units = said.split("；")
    read = (re.fullmatch(r"(.+)单元 (\d+)", one) for one in units)
    return grid, {match[1]: match[2] for match in read if match}


def grids_on(building: Building, day: date | None) -> Grids:
    """As they were on a day that is past, by the days from which changes are said to hold; as they are on any other.

    Buildings that lay in the grid of their compound went with it.
    """
    found = grids_of(building)
    if day is None or day >= timezone.localdate(now()):
        return found
    moved = Q(kind="building", key=building.pk) | Q(kind="compound", key=building.compound_id)
    # Where a house stood is no secret, but its history is kept by those who kept it then.
    with scope(system("where a building lay")):
        later = list(Fact.objects.filter(moved, field="region_code", as_of__gt=day).order_by("-as_of", "-id"))
    for fact in later:
        if fact.kind == "building":
            found = read_grids(fact.before)
        elif found[0] == fact.after:
            found = fact.before, found[1]
    return found


def named_grids(said: str, names: Mapping[str, str]) -> str:
    """The same with the names of the regions instead of their codes, where they are known."""
    return re.sub(r"\d{12,15}", lambda code: names.get(code[0], code[0]), said)
