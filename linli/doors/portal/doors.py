"""Who answers for a door, as residents may know it: by the name of the post and its office telephone, never a private number."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from linli.base.actor import ANONYMOUS, system
from linli.base.scope import scope
from linli.doors.portal.policy import site as words
from linli.people.answering import queries as answering
from linli.people.answering.models import Charge
from linli.people.answering.queries import Answer, Place
from linli.places.addresses.models import Building, Compound
from linli.places.addresses.moves import grids_of
from linli.places.regions.coordinates import metres_between
from linli.places.sites import queries as sites
from linli.places.sites import showing

STATIONS_SHOWN = 3


@dataclass(frozen=True, slots=True)
class Station:
    """A site near a door. metres: as the crow flies."""

    shown: showing.Shown
    metres: int


def place_of(row: Building | Compound, unit: str = "") -> Place:
    """A building or one of its units, or a compound as a whole."""
    return answering.place_of(row, unit) if isinstance(row, Building) else Place(row.region_code, row)


def units_elsewhere(row: Building | Compound) -> list[str]:
    """Units of a building that lie in another grid than the building, and so have another grid worker."""
    return list(grids_of(row)[1]) if isinstance(row, Building) else []


def answers(place: Place, day: date) -> list[Answer]:
    """The public roles of the policy `answering`, each with who holds it; those nobody holds are left out."""
    return [one for one in answering.answers(ANONYMOUS, place, day, public=True) if one.holders]


def told(row: Building | Compound, day: date) -> list[tuple[str, int]]:
    """(role, how many) of named people of whom residents are told that they are there, and nothing else of them."""
    roles = {one["code"]: str(one["name"]) for one in _roles() if one["code"] in words().get("door_told", ())}
    if not roles or not isinstance(row, Building):
        return []
    # They are named people, whom nobody outside may see: only their number leaves.
    with scope(system("who answers for a door")):
        rows = Charge.objects.filter(answering.held(day), role__in=list(roles), building=row)
        found = list(rows.values_list("role", flat=True))
    return [(name, found.count(code)) for code, name in roles.items() if code in found]


def _roles() -> Iterable[Mapping[str, Any]]:
    roles: Iterable[Mapping[str, Any]] = answering.policy()["roles"]
    return roles


def stations(row: Building | Compound, moment: datetime) -> list[Station]:
    """The nearest sites of the same community, with their hours."""
    rows = sites.within(sites.visible_to(ANONYMOUS), place_of(row).region_code[:12]).filter(valid_to=None)
    near = sorted(rows.prefetch_related("services", "exceptions"), key=lambda one: (_metres(row, one), one.pk))
    shown = showing.shown(near[:STATIONS_SHOWN], moment)
    return [Station(one, _metres(row, one.site)) for one in shown]


def _metres(row: Building | Compound, one: Any) -> int:
    return round(metres_between(row.longitude, row.latitude, one.longitude, one.latitude))
