"""Writing dwellings, and which unit of a building lies in which grid."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date

from django.db import IntegrityError, transaction
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext as _

from linli.base.actor import Actor
from linli.base.clockwork import now
from linli.base.commands import Refused, announce, command, detail
from linli.base.facts.noting import NOTHING, Given, changes, columns, facts, needs_reason, note, write
from linli.places.addresses.commands.compounds import basis_of, free, in_use
from linli.places.addresses.models import Building, BuildingPart, Dwelling
from linli.places.addresses.moves import grids_of, said_grids
from linli.places.addresses.rules import FLOORS, door_key, floor_of, in_reach

MOST = 20_000


@dataclass(frozen=True, slots=True)
class NewDwelling:
    """A dwelling to be written. unit_name and room_name as people write them (二单元, 501室); floor: above ground from 1,
    below from -1, empty to take it from the room; use: one of Dwelling.Use; region_code: empty for the grid of the
    building or of its unit.
    """

    building_id: int
    room_name: str
    unit_name: str = ""
    floor: int | None = None
    use: str = Dwelling.Use.UNKNOWN
    region_code: str = ""


@command("addresses.enter_dwellings", right="addresses.enter")
def enter_dwellings(
    actor: Actor,
    *,
    dwellings: Sequence[NewDwelling],
    given: Given = NOTHING,
) -> list[int]:
    """Enter many dwellings, all or none, in a few statements; returns their ids in the order given.

    What is there already (same building, unit and room, in use) is left as it is and its id returned. Refused: more than
    MOST, an unknown building, no room, a floor that cannot be, a grid that is not in use, out of the actor's reach.
    """
    if len(dwellings) > MOST:
        raise Refused(_("一次最多登记 %(most)d 套") % {"most": MOST}, field="dwellings")
    known, grids = _buildings({one.building_id for one in dwellings}), _grids({one.building_id for one in dwellings})
    sourced = columns(actor, given)
    rows: dict[tuple[int, str, str], Dwelling] = {}
    order = []
    for one in dwellings:
        row = _row(one, known, grids)
        order.append((row.building_id, row.unit_name, row.room_name))
        rows.setdefault(order[-1], row)
    _check_grids(actor, {row.region_code for row in rows.values()})
    there = _there(known)
    new = [row for key, row in rows.items() if key not in there]
    for row in new:
        for name, value in sourced.items():
            setattr(row, name, value)
    try:
        with transaction.atomic():
            Dwelling.objects.bulk_create(new, batch_size=2000)
    except IntegrityError as error:  # somebody else entered the same at this moment
        raise Refused(_("这些房屋刚被别人登记了，请刷新后再看"), status=409) from error
    there |= {(row.building_id, row.unit_name, row.room_name): row.pk for row in new}
    _note_entered(actor, new, given)
    detail(entered=len(new), there=len(order) - len(new), buildings=len(known))
    return [there[key] for key in order]


def _note_entered(actor: Actor, new: list[Dwelling], given: Given) -> None:
    """One fact for each building and grid: 50,000 facts that say the same would tell nobody more."""
    doors: dict[tuple[int, str], list[Dwelling]] = {}
    for row in new:
        doors.setdefault((row.building_id, row.region_code), []).append(row)
    noted = []
    for (key, grid), rows in doors.items():
        said = _("登记 %(count)d 套：%(doors)s") % {
            "count": len(rows),
            "doors": "、".join(row.door for row in rows[:6]) + ("……" if len(rows) > 6 else ""),
        }
        noted.append((key, grid, {"dwellings": ("", said)}))
    write(facts(actor, "building", noted, given))


def _buildings(keys: set[int]) -> dict[int, Building]:
    found = {row.pk: row for row in Building.objects.filter(pk__in=keys, valid_to=None).select_related("compound")}
    if len(found) < len(keys):
        raise Refused(_("没有这栋楼，或者已经停用"), field="building_id")
    return found


def _grids(keys: set[int]) -> dict[tuple[int, str], str]:
    rows = BuildingPart.objects.filter(building_id__in=keys)
    return {(row.building_id, row.unit_name): row.region_code for row in rows}


def _there(known: Mapping[int, Building]) -> dict[tuple[int, str, str], int]:
    rows = Dwelling.objects.filter(building_id__in=list(known), valid_to=None)
    return {(row[0], row[1], row[2]): row[3] for row in rows.values_list("building", "unit_name", "room_name", "pk")}


def _row(one: NewDwelling, known: Mapping[int, Building], grids: Mapping[tuple[int, str], str]) -> Dwelling:
    building = known[one.building_id]
    unit, room = door_key(one.unit_name), door_key(one.room_name)
    if not room:
        raise Refused(_("%(building)s：请填写房号") % {"building": building}, field="room_name")
    floor = floor_of(room) if one.floor is None else one.floor
    if floor is not None and not FLOORS[0] <= floor <= FLOORS[1]:
        raise Refused(_("%(building)s：没有这个楼层") % {"building": building}, field="floor")
    if one.use not in Dwelling.Use.values:
        raise Refused(_("请从清单里选用途"), field="use")
    region = one.region_code or grids.get((building.pk, unit)) or building.region_code
    return Dwelling(building=building, unit_name=unit, floor=floor, room_name=room, use=one.use, region_code=region)


def _check_grids(actor: Actor, codes: set[str]) -> None:
    known = in_use(codes)
    for code in codes:
        if code not in known:
            raise Refused(_("没有在用的社区或网格 %(code)s") % {"code": code or _("（空）")}, field="region_code")
        if not in_reach(actor.regions, code):
            raise Refused(_("这些房屋不在您负责的区划里"), field="region_code", status=403)


@command("addresses.edit_dwelling", right="addresses.enter")
def edit_dwelling(actor: Actor, dwelling: Dwelling, *, changed: NewDwelling, given: Given) -> Dwelling:
    """Correct a dwelling; the building stays. Refused: no reason, closed, out of reach, the door is there already."""
    _keeps(actor, dwelling)
    reason = needs_reason(given)
    building = dwelling.building
    row = _row(changed, {changed.building_id: building}, _grids({building.pk}))
    if changed.building_id != building.pk:
        raise Refused(_("房屋不能换到另一栋楼，请停用后在那栋楼登记"), field="building_id")
    _check_grids(actor, {row.region_code})
    values = {name: getattr(row, name) for name in ("unit_name", "floor", "room_name", "region_code", "use")}
    moved = dwelling.region_code if row.region_code != dwelling.region_code else ""
    found = changes(dwelling, values)
    for name, value in {**values, **columns(actor, given)}.items():
        setattr(dwelling, name, value)
    try:
        with transaction.atomic():
            dwelling.save()
    except IntegrityError as error:
        raise Refused(_("这栋楼已经有%(door)s") % {"door": dwelling.door}, field="room_name") from error
    # Nothing may differ: then somebody has looked and says that all of it still holds.
    note(actor, "dwelling", dwelling.pk, dwelling.region_code, found or {"": ("", _("核实无误"))}, given)
    detail(changed=sorted(found), reason=reason)
    if moved:
        announce("addresses.moved", {"dwellings": [dwelling.pk], "region_code": dwelling.region_code})
    return dwelling


@command("addresses.close_dwelling", right="addresses.enter")
def close_dwelling(actor: Actor, dwelling: Dwelling, *, basis: str) -> Dwelling:
    """The dwelling is no more: pulled down, joined with another, entered by mistake. Refused: no ground, out of reach."""
    _keeps(actor, dwelling)
    words = basis_of(basis)
    free(Dwelling.objects.filter(pk=dwelling.pk))
    dwelling.valid_to = _today()
    dwelling.save(update_fields=["valid_to"])
    note(actor, "dwelling", dwelling.pk, dwelling.region_code, {"": (_("在用"), _("已停用"))}, Given(reason=words))
    detail(basis=words)
    announce("addresses.closed_dwelling", {"dwelling": dwelling.pk})
    return dwelling


@command("addresses.set_grids", right="addresses.edit")
def set_grids(actor: Actor, building: Building, *, grid: str, units: Mapping[str, str], given: Given) -> Building:
    """In which grid a building lies, and which of its units lie in others; its dwellings follow.

    grid: code of the building's own grid; units: unit as people write it -> code. Refused: not in use, out of reach.
    """
    if building.valid_to is not None:
        raise Refused(_("这栋楼已经停用"))
    if not in_reach(actor.regions, building.compound.region_code):
        raise Refused(_("%(name)s不在您负责的区划里") % {"name": building}, field="grid", status=403)
    parts = {door_key(unit): code for unit, code in units.items() if door_key(unit) and code and code != grid}
    _check_grids(actor, {grid, *parts.values()})
    before = said_grids(grids_of(building))
    building.region_code = grid
    for name, value in columns(actor, given).items():
        setattr(building, name, value)
    building.save(update_fields=["region_code", "source", "as_of", "verified_by"])
    building.parts.all().delete()
    BuildingPart.objects.bulk_create(
        [BuildingPart(building=building, unit_name=unit, region_code=code) for unit, code in parts.items()]
    )
    for code in {grid, *parts.values()}:
        own = [unit for unit, other in parts.items() if other == code]
        rows = Dwelling.objects.filter(building=building).exclude(region_code=code)
        wanted = Q(unit_name__in=own) if code != grid else ~Q(unit_name__in=list(parts))
        moved = list(rows.filter(wanted).values_list("pk", flat=True))
        if moved:
            Dwelling.objects.filter(pk__in=moved).update(region_code=code)
            announce("addresses.moved", {"dwellings": moved, "region_code": code})
    note(actor, "building", building.pk, grid, {"region_code": (before, said_grids(grids_of(building)))}, given)
    announce("addresses.placed", {"buildings": [building.pk]})
    detail(grid=grid, units=parts)
    return building


def _keeps(actor: Actor, dwelling: Dwelling) -> None:
    if dwelling.valid_to is not None:
        raise Refused(_("这套房屋已经停用"))
    if not in_reach(actor.regions, dwelling.region_code):
        raise Refused(_("这套房屋不在您负责的区划里"), field="region_code", status=403)


def _today() -> date:
    return timezone.localdate(now())
