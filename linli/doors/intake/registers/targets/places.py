"""Where a row is: from one cell with the whole address, or from cells for compound, building, unit and room."""

import re
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from typing import Any

from django.db import connection

from linli.base.actor import Actor
from linli.base.exchange import values
from linli.doors.intake.registers.targets.base import Field
from linli.places.addresses.finding import Match, Places
from linli.places.addresses.rules import in_reach

PLACE_FIELDS = (
    Field("address", "居住地址", ("dwelling_address",), kind="address", help="写到门牌号，或分成下面几列"),
    Field("compound", "小区", ("compound",)),
    Field("building", "楼栋", ("building",)),
    Field("unit", "单元", ("unit",)),
    Field("room", "房号", ("room",)),
)
NAMES = tuple(field.code for field in PLACE_FIELDS)
_PROBLEMS = {
    "compound": ("compound", "台账里没有这个小区，请先在“小区楼栋”里登记"),
    "building": ("building", "台账里没有这栋楼，请先在“小区楼栋”里登记"),
    "several": ("address", "地址不止一处对得上，请写全楼栋和单元"),
    "door": ("room", "台账里没有这套房屋"),
}
_HAS_BUILDING_WORD = re.compile(r"楼|栋|幢|座|排|院|号|#")


@dataclass(frozen=True, slots=True)
class Spot:
    """The address of a row as one text, what it means, and whether that lies where the actor does not keep the register."""

    text: str
    match: Match
    outside: bool


def text_of(row: Mapping[str, str]) -> str:
    """The address of a row as one text; empty when it says none. Cells that say 无 or - count as empty."""
    whole, compound, building, unit, room = (
        "" if values.is_nothing(written := row.get(name, "")) else written.strip() for name in NAMES
    )
    if not (compound or building or unit or room):
        return whole
    if not compound:
        compound = whole
    if building and not _HAS_BUILDING_WORD.search(building):
        building += "号楼"
    if unit and unit[-1].isdigit():
        unit += "单元"
    if not building and whole and compound != whole:
        return f"{whole} {unit} {room}".strip()
    return " ".join(part for part in (compound, building, unit, room) if part)


class Finder:
    """Where the rows of one sheet are. What lies in the actor's regions is read once, an address understood once."""

    def __init__(self, actor: Actor):
        self._actor, self._places = actor, Places(prefix(actor))
        self._known: dict[tuple[str, ...], Spot] = {}

    def find(self, row: Mapping[str, str]) -> Spot:
        """The place of a row, from its address or from its cells for compound, building, unit and room."""
        said = tuple([row.get(name, "") for name in NAMES])
        spot = self._known.get(said)
        if spot is None:
            spot = self._known[said] = self._spot(dict(zip(NAMES, said, strict=True)))
        return spot

    def _spot(self, row: Mapping[str, str]) -> Spot:
        text = text_of(row)
        match = self._of_cells(row) or self._places.match(text)
        outside = (
            match.building_id is not None
            and not self._actor.everything
            and not in_reach(self._actor.regions, self._places.grid_of(match))
        )
        return Spot(text, match, outside)

    def _of_cells(self, row: Mapping[str, str]) -> Match | None:
        """Where every part has a cell of its own, only the building has to be read as an address."""
        compound, building, unit, room = (row[name].strip() for name in NAMES[1:])
        if not compound or not building or not _ROOM.fullmatch(room) or not _UNIT.fullmatch(unit):
            return None
        unit = str(int(unit.removesuffix("单元"))) if unit else ""
        house = text_of({"compound": compound, "building": building})
        match = self._places.match_parts(house, unit, str(int(room)))
        return None if match.problem in ("compound", "building") else match


_ROOM, _UNIT = re.compile(r"[0-9]{3,4}"), re.compile(r"(?:[0-9]{1,2}(?:单元)?)?")


def prefix(actor: Actor) -> str:
    """The region that holds all of the actor's; empty: everywhere."""
    regions = [region for region in actor.regions if region]
    if not regions:
        return ""
    shortest = min(regions, key=len)
    return shortest if all(region.startswith(shortest) for region in regions) else ""


def problem_of(match: Match, row: Mapping[str, str]) -> tuple[str, str]:
    """(field, reason) of a match that is no dwelling; the field is one that the row has."""
    name, reason = _PROBLEMS[match.problem]
    if match.problem == "door" and not match.room_name:
        name, reason = "room", "地址没有写到门牌号"
    return (name if row.get(name) else "address" if row.get("address") else name), reason


def pointing(model: type[Any], column: str, keys: Collection[int]) -> set[int]:
    """Those of the keys that rows of a table point at, by one statement."""
    if not keys:
        return set()
    with connection.cursor() as cursor:
        # The names are those of a model.
        cursor.execute(
            f"SELECT DISTINCT n.id FROM unnest(%s::bigint[]) AS n(id) "  # noqa: S608
            f'JOIN "{model._meta.db_table}" t ON t."{column}" = n.id',
            [list(keys)],
        )
        return {key for (key,) in cursor.fetchall()}
