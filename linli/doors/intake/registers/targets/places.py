"""Where a row is: from one cell with the whole address, or from cells for compound, building, unit and room."""

import re
from collections.abc import Mapping, Sequence

from linli.base.actor import Actor
from linli.base.exchange import values
from linli.doors.intake.registers.targets.base import Field
from linli.places.addresses.finding import Match, match_addresses
from linli.places.addresses.models import Building, BuildingPart
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


def matches(actor: Actor, texts: Sequence[str]) -> list[Match]:
    """What each address means, within the actor's own regions."""
    return match_addresses(texts, prefix(actor))


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


def out_of_reach(actor: Actor, found: Sequence[Match]) -> set[int]:
    """Places in the list of matches whose building or unit lies where the actor does not keep the register."""
    keys = {match.building_id for match in found if match.building_id is not None}
    grids = dict(Building.objects.filter(pk__in=keys).values_list("pk", "region_code"))
    parts = BuildingPart.objects.filter(building_id__in=keys)
    units = {
        (building, unit): grid for building, unit, grid in parts.values_list("building_id", "unit_name", "region_code")
    }
    outside = set()
    for place, match in enumerate(found):
        if match.building_id is None:
            continue
        code = match.region_code or units.get((match.building_id, match.unit_name)) or grids[match.building_id]
        if not actor.everything and not in_reach(actor.regions, code):
            outside.add(place)
    return outside
