"""Writing compounds and buildings."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass

from django.db import IntegrityError, transaction
from django.utils.translation import gettext as _

from linli.base.actor import Actor
from linli.base.commands import Refused, command, detail
from linli.places.addresses.models import Building, Compound
from linli.places.addresses.rules import building_order, searchable
from linli.places.regions import queries as regions
from linli.places.regions.coordinates import is_position
from linli.places.regions.models import Region
from linli.places.regions.rules import Level


@dataclass(frozen=True, slots=True)
class NewBuilding:
    """A building to be written: name such as 3号楼, and its place in WGS84 degrees."""

    name: str
    longitude: float
    latitude: float


@dataclass(frozen=True, slots=True)
class NewCompound:
    """A compound to be written, with its buildings."""

    name: str
    region_code: str
    longitude: float
    latitude: float
    kind: str = Compound.Kind.COMPOUND
    managed: bool = True
    source: str = ""
    buildings: tuple[NewBuilding, ...] = ()


@command("addresses.add_compound")
def add_compound(actor: Actor, *, compound: NewCompound) -> Compound:
    """Add one compound. Refused: no name, no such grid in use, no position, the name exists in that grid."""
    return _write([compound])[0]


@command("addresses.add_compounds")
def add_compounds(actor: Actor, *, compounds: Sequence[NewCompound]) -> int:
    """Add many compounds with their buildings, all or none; refused as `add_compound`. Returns how many."""
    rows = _write(compounds)
    detail(compounds=len(rows), buildings=sum(len(compound.buildings) for compound in compounds))
    return len(rows)


@command("addresses.add_building")
def add_building(actor: Actor, compound: Compound, *, building: NewBuilding) -> Building:
    """Add one building to a compound. Refused: no name, no position, the name exists there."""
    _check_building(building)
    try:
        with transaction.atomic():
            return Building.objects.create(**_building(compound, building))
    except IntegrityError as error:
        raise Refused(
            _("%(compound)s已经有%(name)s") % {"compound": compound, "name": building.name}, field="name"
        ) from error


def _write(compounds: Sequence[NewCompound]) -> list[Compound]:
    codes = {compound.region_code for compound in compounds}
    in_use = regions.current(Region.objects.filter(code__in=codes, level__gte=Level.COMMUNITY))
    known = set(in_use.values_list("code", flat=True))
    for compound in compounds:
        _check(compound, known)
    rows = [_compound(compound) for compound in compounds]
    try:
        with transaction.atomic():
            Compound.objects.bulk_create(rows, batch_size=1000)
    except IntegrityError as error:
        raise Refused(_("这个网格里已经有同名的小区"), field="name") from error
    pairs = [(row, one) for row, compound in zip(rows, compounds, strict=True) for one in compound.buildings]
    Building.objects.bulk_create([Building(**_building(row, one)) for row, one in pairs], batch_size=2000)
    return rows


def _check(compound: NewCompound, known: set[str]) -> None:
    if not searchable(compound.name) or len(compound.name) > 60:
        raise Refused(_("小区名称要填 1 到 60 个字"), field="name")
    if compound.region_code not in known:
        facts = {"name": compound.name, "code": compound.region_code or _("（空）")}
        raise Refused(_("%(name)s：没有在用的社区或网格 %(code)s") % facts, field="region_code")
    if compound.kind not in Compound.Kind.values:
        raise Refused(_("%(name)s：没有这个类别") % {"name": compound.name}, field="kind")
    if not is_position(compound.longitude, compound.latitude):
        raise Refused(_("%(name)s：经纬度不对") % {"name": compound.name}, field="longitude")
    for building in compound.buildings:
        _check_building(building)
    if twice := [name for name, count in Counter(b.name for b in compound.buildings).items() if count > 1]:
        raise Refused(
            _("%(name)s：%(building)s写了两次") % {"name": compound.name, "building": twice[0]}, field="buildings"
        )


def _check_building(building: NewBuilding) -> None:
    if not searchable(building.name) or len(building.name) > 30:
        raise Refused(_("楼号要填 1 到 30 个字"), field="name")
    if not is_position(building.longitude, building.latitude):
        raise Refused(_("%(name)s：经纬度不对") % {"name": building.name}, field="longitude")


def _compound(compound: NewCompound) -> Compound:
    return Compound(
        name=compound.name,
        search_name=searchable(compound.name)[:60],
        region_code=compound.region_code,
        longitude=compound.longitude,
        latitude=compound.latitude,
        kind=compound.kind,
        managed=compound.managed,
        source=compound.source,
    )


def _building(compound: Compound, building: NewBuilding) -> dict[str, object]:
    return {
        "compound": compound,
        "name": building.name,
        "order": building_order(building.name),
        "longitude": building.longitude,
        "latitude": building.latitude,
    }
