"""Where a row is: from one cell with the whole address, or from cells for compound, building, unit and room."""

import re
from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db import connection

from linli.base.actor import Actor
from linli.base.exchange import values
from linli.base.facts.models import Fact
from linli.doors.intake.registers.targets.base import Field, Undone
from linli.places.addresses.finding import Match, Places
from linli.places.addresses.models import Building, Dwelling
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


def has_building_word(text: str) -> bool:
    """Whether a building is called so (3号楼, 甲座) and not only numbered."""
    return _HAS_BUILDING_WORD.search(text) is not None


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
    if building and not has_building_word(building):
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
        self._houses: dict[tuple[str, str], str] = {}

    def find(self, row: Mapping[str, str]) -> Spot:
        """The place of a row, from its address or from its cells for compound, building, unit and room."""
        said = tuple([row.get(name, "") for name in NAMES])
        spot = self._known.get(said)
        if spot is None:
            spot = self._known[said] = self._spot(dict(zip(NAMES, said, strict=True)))
        return spot

    def _spot(self, row: Mapping[str, str]) -> Spot:
        match = self._of_cells(row)
        text = " ".join(row[name] for name in NAMES[1:]) if match is not None else text_of(row)
        match = match or self._places.match(text)
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
        house = self._houses.get((compound, building))
        if house is None:
            house = self._houses[compound, building] = text_of({"compound": compound, "building": building})
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


def pointing(model: type[Any], column: str, keys: Collection[int], which: str = "true") -> set[int]:
    """Those of the keys that rows of a table point at, by one statement. which: a condition on these rows, t."""
    if not keys:
        return set()
    with connection.cursor() as cursor:
        # The names are those of a model.
        cursor.execute(
            f"SELECT DISTINCT n.id FROM unnest(%s::bigint[]) AS n(id) "  # noqa: S608
            f'JOIN "{model._meta.db_table}" t ON t."{column}" = n.id WHERE {which}',
            [list(keys)],
        )
        return {key for (key,) in cursor.fetchall()}


def withdraw(
    actor: Actor,
    model: type[Any],
    kind: str,
    ids: Sequence[int],
    since: datetime,
    said: Callable[[Any], str],
    close: Callable[..., int],
    parts: Collection[str] = (),
) -> Undone:
    """Take places back by one act: those that nothing points at and nobody has corrected since; the others stay, with the
    reason.

    kind: of their facts; said: how one is called; close: the command; parts: tables that come and go with them.
    """
    rows = {row.pk: row for row in model.objects.filter(pk__in=ids)}
    used: dict[int, str] = {}
    for relation in model._meta.related_objects:
        other: Any = relation.related_model
        if other.__name__ not in parts:
            label = str(other._meta.verbose_name)
            used |= dict.fromkeys(pointing(other, relation.field.attname, rows, _in_use(other)), label)
    edited = Fact.objects.filter(kind=kind, key__in=list(rows), at__gt=since).exclude(field="dwellings")
    changed = set(edited.values_list("key", flat=True))
    free, undone = [], Undone()
    for key in ids:
        row = rows.get(key)
        if row is None:
            undone.kept.append((key, "不在您负责的区划里"))
        elif row.valid_to is not None:
            undone.kept.append((key, f"{said(row)}已经停用"))
        elif key in used:
            undone.kept.append((key, f"{said(row)}已经登记了{used[key]}"))
        elif key in changed:
            undone.kept.append((key, f"{said(row)}有人改过"))
        else:
            free.append(key)
    if free:
        undone.gone = close(actor, ids=free, basis="撤销导入")
    return undone


def _in_use(model: Any) -> str:
    """Of places that have been closed nothing is said any more."""
    return "t.valid_to IS NULL" if model in (Building, Dwelling) else "true"
