"""Writing compounds and buildings."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date
from typing import Any

from django.db import IntegrityError, transaction
from django.db.models import QuerySet
from django.utils import timezone
from django.utils.translation import gettext as _

from linli.base.actor import Actor
from linli.base.clockwork import now
from linli.base.commands import Refused, announce, command, detail
from linli.base.facts.noting import NOTHING, Given, changes, columns, facts, needs_reason, note, write
from linli.places.addresses.models import Building, Compound, Dwelling
from linli.places.addresses.queries import in_the_way
from linli.places.addresses.rules import FLOORS, building_key, building_order, in_reach, names_of, searchable
from linli.places.regions import queries as regions
from linli.places.regions.coordinates import is_position
from linli.places.regions.models import Region
from linli.places.regions.rules import Level


@dataclass(frozen=True, slots=True)
class NewBuilding:
    """A building to be written: name such as 3号楼, its place in WGS84 degrees, the year it was built, floors above ground."""

    name: str
    longitude: float
    latitude: float
    built_in: int | None = None
    floors: int | None = None


@dataclass(frozen=True, slots=True)
class NewCompound:
    """A compound to be written, with its buildings."""

    name: str
    region_code: str
    longitude: float
    latitude: float
    kind: str = Compound.Kind.COMPOUND
    source: str = ""
    buildings: tuple[NewBuilding, ...] = ()
    built_in: int | None = None
    # Separated by 、 or spaces: what it was called before, what people call it.
    other_names: str = ""


@command("addresses.add_compound", right="addresses.edit")
def add_compound(actor: Actor, *, compound: NewCompound, given: Given = NOTHING) -> Compound:
    """Add one compound. Refused: no name, no such grid in use, no position, the name exists there, out of reach."""
    return _write(actor, [compound], given)[0]


@command("addresses.add_compounds", right="addresses.edit")
def add_compounds(actor: Actor, *, compounds: Sequence[NewCompound], given: Given = NOTHING) -> int:
    """Add many compounds with their buildings, all or none; refused as `add_compound`. Returns how many."""
    rows = _write(actor, compounds, given)
    detail(compounds=len(rows), buildings=sum(len(compound.buildings) for compound in compounds))
    return len(rows)


@command("addresses.edit_compound", right="addresses.edit")
def edit_compound(actor: Actor, compound: Compound, *, changed: NewCompound, given: Given) -> Compound:
    """Another name, kind, grid, place or year, with a reason; refused as `add_compound`. Cases that lie there keep their
    region; buildings and dwellings that lay in the same grid follow.
    """
    _keeps(actor, compound)
    _check(actor, changed, in_use({changed.region_code}))
    reason = needs_reason(given)
    if searchable(changed.name) != compound.search_name:
        # Whoever knows it by its old name still finds it.
        former = [one for one in names_of(changed.other_names) if searchable(one) != searchable(changed.name)]
        changed = replace(changed, other_names="、".join(dict.fromkeys([*former, compound.name]))[:200])
    values = {name: value for name, value in _values(changed).items() if name != "source"}
    found, grid = changes(compound, values), compound.region_code
    for name, value in {**values, **columns(actor, given)}.items():
        setattr(compound, name, value)
    try:
        with transaction.atomic():
            compound.save()
    except IntegrityError as error:
        raise Refused(_("这个网格里已经有同名的小区"), field="name") from error
    _note(actor, "compound", compound.pk, compound.region_code, found, given)
    detail(changed=sorted(found), reason=reason)
    if grid != compound.region_code:
        _follow(compound, grid)
    return compound


def _note(actor: Actor, kind: str, key: int, grid: str, found: dict[str, tuple[str, str]], given: Given) -> None:
    """What was changed; nothing changed means that somebody has looked and all of it still holds."""
    shown = {name: pair for name, pair in found.items() if name not in ("search_name", "other_search", "order", "key")}
    if "longitude" in shown or "latitude" in shown:
        shown.pop("latitude", None)
        shown["longitude"] = ("", _("移动了位置"))
    note(actor, kind, key, grid, shown or {"": ("", _("核实无误"))}, given)


def _follow(compound: Compound, grid: str) -> None:
    """Buildings and dwellings that lay in the compound's grid go with it into its new one."""
    compound.buildings.filter(region_code=grid).update(region_code=compound.region_code)
    rows = Dwelling.objects.filter(building__compound=compound, region_code=grid)
    if moved := list(rows.values_list("pk", flat=True)):
        Dwelling.objects.filter(pk__in=moved).update(region_code=compound.region_code)
        announce("addresses.moved", {"dwellings": moved, "region_code": compound.region_code})
    _placed(compound)


def _placed(compound: Compound) -> None:
    """Whatever hangs on the compound or its buildings looks where they lie now, and whether they are in use."""
    buildings = list(compound.buildings.values_list("pk", flat=True))
    announce("addresses.placed", {"compounds": [compound.pk], "buildings": buildings})


@command("addresses.close_compound", right="addresses.edit")
def close_compound(actor: Actor, compound: Compound, *, basis: str) -> Compound:
    """Nobody is offered the compound and its buildings any more; what lies there keeps it. Refused: no ground given."""
    _keeps(actor, compound)
    detail(basis=basis_of(basis), name=compound.name)
    free(Dwelling.objects.filter(building__compound=compound))
    compound.valid_to = _today()
    compound.save(update_fields=["valid_to"])
    buildings = compound.buildings.filter(valid_to=None)
    Dwelling.objects.filter(building__in=buildings, valid_to=None).update(valid_to=compound.valid_to)
    buildings.update(valid_to=compound.valid_to)
    _placed(compound)
    _note_closed(actor, "compound", compound.pk, compound.region_code, basis)
    return compound


@command("addresses.add_building", right="addresses.edit")
def add_building(actor: Actor, compound: Compound, *, building: NewBuilding, given: Given = NOTHING) -> Building:
    """Add one building to a compound. Refused: no name, no position, the name exists there, out of reach."""
    return _add(actor, compound, [building], given)[0]


@command("addresses.add_buildings", right="addresses.edit")
def add_buildings(actor: Actor, compound: Compound, *, buildings: Sequence[NewBuilding], given: Given = NOTHING) -> int:
    """Add many buildings, all or none; refused as `add_building`. Returns how many."""
    return len(_add(actor, compound, buildings, given))


@command("addresses.edit_building", right="addresses.edit")
def edit_building(actor: Actor, building: Building, *, changed: NewBuilding, given: Given) -> Building:
    """Another name, place, year or number of floors, with a reason; refused as `add_building`."""
    _keeps(actor, building.compound)
    if building.valid_to is not None:
        raise Refused(_("这栋楼已经停用"))
    _check_building(changed)
    reason = needs_reason(given)
    values = {
        name: value
        for name, value in _building(building.compound, changed).items()
        if name not in ("compound", "region_code")  # `set_grids` says where a building lies
    }
    found = changes(building, values)
    for name, value in {**values, **columns(actor, given)}.items():
        setattr(building, name, value)
    try:
        with transaction.atomic():
            building.save()
    except IntegrityError as error:
        raise _twice(building.compound, changed.name) from error
    _note(actor, "building", building.pk, building.region_code, found, given)
    detail(changed=sorted(found), reason=reason)
    return building


@command("addresses.close_building", right="addresses.edit")
def close_building(actor: Actor, building: Building, *, basis: str) -> Building:
    """Nobody is offered the building any more. Refused: no ground given."""
    _keeps(actor, building.compound)
    if building.valid_to is not None:
        raise Refused(_("这栋楼已经停用"))
    detail(basis=basis_of(basis), name=building.name, compound=building.compound_id)
    free(building.dwellings.all())
    building.valid_to = _today()
    building.save(update_fields=["valid_to"])
    building.dwellings.filter(valid_to=None).update(valid_to=building.valid_to)
    announce("addresses.placed", {"buildings": [building.pk]})
    _note_closed(actor, "building", building.pk, building.region_code, basis)
    return building


def _note_closed(actor: Actor, kind: str, key: int, grid: str, basis: str) -> None:
    note(actor, kind, key, grid, {"": (_("在用"), _("已停用"))}, Given(reason=basis))


def free(dwellings: "QuerySet[Dwelling]") -> None:
    """Refused while something still depends on the dwellings, such as people who are registered there."""
    if found := in_the_way(dwellings):
        raise Refused("；".join(found), field="basis")


def _today() -> date:
    return timezone.localdate(now())


def basis_of(text: str) -> str:
    words = " ".join(text.split())[:200]
    if not words:
        raise Refused(_("请写明停用的原因"), field="basis")
    return words


def _keeps(actor: Actor, compound: Compound) -> None:
    """Refused unless the compound is in use and lies where this actor keeps the register."""
    if not in_reach(actor.regions, compound.region_code):
        raise Refused(_("%(name)s不在您负责的区划里") % {"name": compound.name}, field="region_code")
    if compound.valid_to is not None:
        raise Refused(_("%(name)s已经停用") % {"name": compound.name})


def _add(actor: Actor, compound: Compound, buildings: Sequence[NewBuilding], given: Given) -> list[Building]:
    _keeps(actor, compound)
    if not buildings:
        raise Refused(_("请写至少一栋楼"), field="name")
    _check_buildings(compound.name, buildings)
    sourced = columns(actor, given)
    rows = [Building(**_building(compound, building), **sourced) for building in buildings]
    there = set(
        compound.buildings.filter(valid_to=None, name__in=[row.name for row in rows]).values_list("name", flat=True)
    )
    for row in rows:
        if row.name in there:
            raise _twice(compound, row.name)
    try:
        with transaction.atomic():
            Building.objects.bulk_create(rows)
    except IntegrityError as error:  # somebody else wrote the same at this moment
        raise _twice(compound, rows[0].name) from error
    entered = {"": ("", _("登记"))}
    write(facts(actor, "building", [(row.pk, row.region_code, entered) for row in rows], given))
    detail(compound=compound.pk, buildings=[row.name for row in rows])
    return rows


def _twice(compound: Compound, name: str) -> Refused:
    return Refused(_("%(compound)s已经有%(name)s") % {"compound": compound, "name": name}, field="name")


def in_use(codes: set[str]) -> set[str]:
    """Those of the codes that are communities or grids in use."""
    rows = regions.current(Region.objects.filter(code__in=codes, level__gte=Level.COMMUNITY))
    return set(rows.values_list("code", flat=True))


def _write(actor: Actor, compounds: Sequence[NewCompound], given: Given) -> list[Compound]:
    known = in_use({compound.region_code for compound in compounds})
    for compound in compounds:
        _check(actor, compound, known)
    sourced = columns(actor, given)
    rows = [Compound(**{**sourced, **_values(one), "source": one.source or sourced["source"]}) for one in compounds]
    try:
        with transaction.atomic():
            Compound.objects.bulk_create(rows, batch_size=1000)
    except IntegrityError as error:
        raise Refused(_("这个网格里已经有同名的小区"), field="name") from error
    pairs = [(row, one) for row, compound in zip(rows, compounds, strict=True) for one in compound.buildings]
    houses = Building.objects.bulk_create(
        [Building(**_building(row, one), **{**sourced, "source": row.source}) for row, one in pairs], batch_size=2000
    )
    entered = {"": ("", _("登记"))}
    noted = facts(actor, "compound", [(row.pk, row.region_code, entered) for row in rows], given)
    write(noted + facts(actor, "building", [(one.pk, one.region_code, entered) for one in houses], given))
    return rows


def _check(actor: Actor, compound: NewCompound, known: set[str]) -> None:
    if not searchable(compound.name) or len(compound.name) > 60:
        raise Refused(_("小区名称要填 1 到 60 个字"), field="name")
    if compound.region_code not in known:
        facts = {"name": compound.name, "code": compound.region_code or _("（空）")}
        raise Refused(_("%(name)s：没有在用的社区或网格 %(code)s") % facts, field="region_code")
    if not in_reach(actor.regions, compound.region_code):
        raise Refused(_("%(name)s不在您负责的区划里") % {"name": compound.name}, field="region_code")
    if compound.kind not in Compound.Kind.values:
        raise Refused(_("%(name)s：没有这个类别") % {"name": compound.name}, field="kind")
    if not is_position(compound.longitude, compound.latitude):
        raise Refused(_("%(name)s：经纬度不对") % {"name": compound.name}, field="longitude")
    if len(compound.other_names) > 200 or any(len(one) > 60 for one in names_of(compound.other_names)):
        raise Refused(_("曾用名、俗称一共不超过 200 个字，每个不超过 60 个字"), field="other_names")
    _check_year(compound.built_in)
    _check_buildings(compound.name, compound.buildings)


def _check_buildings(compound: str, buildings: Sequence[NewBuilding]) -> None:
    for building in buildings:
        _check_building(building)
    if twice := [name for name, count in Counter(b.name for b in buildings).items() if count > 1]:
        raise Refused(_("%(name)s：%(building)s写了两次") % {"name": compound, "building": twice[0]}, field="buildings")


def _check_year(year: int | None) -> None:
    if year is not None and not 1900 <= year <= _today().year:
        raise Refused(_("建成年份应在 1900 年到今年之间"), field="built_in")


def _check_building(building: NewBuilding) -> None:
    _check_year(building.built_in)
    if building.floors is not None and not 1 <= building.floors <= FLOORS[1]:
        raise Refused(_("地上层数应在 1 到 %(most)d 之间") % {"most": FLOORS[1]}, field="floors")
    if not searchable(building.name) or len(building.name) > 30:
        raise Refused(_("楼号要填 1 到 30 个字"), field="name")
    if not is_position(building.longitude, building.latitude):
        raise Refused(_("%(name)s：经纬度不对") % {"name": building.name}, field="longitude")


def _values(compound: NewCompound) -> dict[str, Any]:
    others = names_of(compound.other_names)
    return {
        "name": compound.name,
        "search_name": searchable(compound.name)[:60],
        "region_code": compound.region_code,
        "longitude": compound.longitude,
        "latitude": compound.latitude,
        "kind": compound.kind,
        "source": compound.source,
        "built_in": compound.built_in,
        "other_names": "、".join(others),
        "other_search": " ".join(dict.fromkeys(searchable(one) for one in others))[:200],
    }


def _building(compound: Compound, building: NewBuilding) -> dict[str, object]:
    return {
        "compound": compound,
        "name": building.name,
        "key": building_key(building.name),
        "region_code": compound.region_code,
        "order": building_order(building.name),
        "longitude": building.longitude,
        "latitude": building.latitude,
        "built_in": building.built_in,
        "floors": building.floors,
    }
