"""What pages show of buildings and dwellings: the plan of a building, the words of its facts."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from typing import Any

from django.utils.translation import gettext as _

from linli.base.facts.noting import timeline
from linli.places.addresses.models import Building, Compound, Dwelling
from linli.places.addresses.moves import named_grids
from linli.places.regions import locating

# The tone of a use; beside it stand always its words.
TONES = {"home": "neutral", "let": "info", "shop": "open", "office": "open", "empty": "off", "unknown": "warn"}


@dataclass(slots=True)
class Gate:
    """One unit of a building as it stands: its floors from the top, each with its doors. floors: (名称, dwellings)."""

    name: str
    grid: str
    floors: list[tuple[str, list[Dwelling]]] = field(default_factory=list)
    count: int = 0


def floor_name(floor: int | None) -> str:
    """6层, 地下1层; dwellings whose floor nobody knows stand together."""
    if floor is None:
        return _("楼层未填")
    return _("%(floor)d层") % {"floor": floor} if floor > 0 else _("地下%(floor)d层") % {"floor": -floor}


def plan_of(dwellings: Sequence[Dwelling]) -> list[Gate]:
    """The units in the order of their names, each with its floors from the top down and its doors in order."""
    gates: dict[str, dict[int | None, list[Dwelling]]] = {}
    for row in sorted(dwellings, key=lambda row: (_order(row.unit_name), _order(row.room_name))):
        gates.setdefault(row.unit_name, {}).setdefault(row.floor, []).append(row)
    found = []
    for unit, floors in gates.items():
        rows = [row for doors in floors.values() for row in doors]
        gate = Gate(_("%(unit)s单元") % {"unit": unit.upper()} if unit else "", rows[0].region_code, count=len(rows))
        order = sorted(floors, key=lambda floor: (floor is None, -(floor or 0)))
        gate.floors = [(floor_name(floor), floors[floor]) for floor in order]
        found.append(gate)
    return found


def _order(name: str) -> tuple[int, str]:
    return (int(name), "") if name.isdigit() and len(name) < 9 else (10**9, name)


_ROWS = {"compound": ("小区", Compound), "building": ("楼栋", Building), "dwelling": ("房屋", Dwelling)}


def label(kind: str, name: str) -> str:
    """The word for one field of a compound, building or dwelling."""
    title, model = _ROWS[kind]
    if name == "":
        return str(_(title))
    if name == "dwellings":
        return _("房屋")
    if name == "longitude":
        return _("位置")
    field: Any = model._meta.get_field(name)
    return str(field.verbose_name)


def history(of: Iterable[tuple[str, int]]) -> list[dict[str, Any]]:
    """How these rows came to be, for `ui.timeline`; regions by their names."""
    return [{**entry, "title": named_grids(entry["title"], locating.index().names)} for entry in timeline(of, label)]
