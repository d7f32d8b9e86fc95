"""Compounds and buildings, so that a register can begin from sheets alone: regions, then these, then dwellings, then people.

A place needs a position. Where the sheet has none, that of the region stands in until somebody moves it on the map; the
source of the row says so.
"""

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import asdict, dataclass
from datetime import datetime
from typing import Any

from django.utils.translation import gettext_lazy as _

from linli.base.actor import Actor
from linli.base.exchange import values
from linli.base.facts.noting import Given
from linli.doors.intake.registers.targets import places
from linli.doors.intake.registers.targets.base import KNOWN, Examined, Field, Option, Passed, Rows, Undone
from linli.places.addresses import commands
from linli.places.addresses.models import Building, Compound
from linli.places.addresses.rules import FLOORS, building_key, in_reach, searchable
from linli.places.regions.coordinates import is_position
from linli.places.regions.models import Region
from linli.places.regions.queries import current, in_subtrees
from linli.places.regions.rules import Level

_KINDS = {
    "老旧": "old",
    "楼院": "courtyard",
    "院落": "courtyard",
    "平房": "courtyard",
    "村": "village",
    "小区": "compound",
}
_YEAR = re.compile(r"[12][0-9]{3}")
ROUGH = "位置暂取区划中心"


@dataclass(slots=True)
class Ready:
    """One building, or a compound where `building` is empty. compound_id: 0 while the compound is entered along."""

    compound: str
    region_code: str
    longitude: float
    latitude: float
    rough: bool
    kind: str
    built_in: int | None
    building: str = ""
    floors: int | None = None
    compound_id: int = 0


class _Ground:
    """Regions and places of the actor, read once for a sheet."""

    def __init__(self, actor: Actor, otherwise: str):
        self._actor, self._otherwise = actor, otherwise
        rows = current(Region.objects.filter(level__gte=Level.COMMUNITY))
        if not actor.everything:
            rows = rows.filter(in_subtrees(actor.regions))
        self.regions = {row.code: row for row in rows.defer("polygon")}
        self._named: dict[str, list[str]] = {}
        for row in self.regions.values():
            for name in {searchable(row.name), searchable(row.short_name)}:
                self._named.setdefault(name, []).append(row.code)
        self.compounds: dict[str, list[Compound]] = {}
        self.buildings: set[tuple[int, str]] = set()
        for compound in Compound.objects.filter(valid_to=None):
            if actor.everything or in_reach(actor.regions, compound.region_code):
                self.compounds.setdefault(compound.search_name, []).append(compound)
        keys = [row.pk for rows_ in self.compounds.values() for row in rows_]
        self.buildings.update(
            Building.objects.filter(compound__in=keys, valid_to=None).values_list("compound_id", "key")
        )

    def region(self, row: Mapping[str, str]) -> Region | str:
        """The community or grid of a row, or what is wrong with what it says."""
        said = [text for name in ("region_code", "grid", "community") if (text := _said(row, name))]
        for text in said or [self._otherwise]:
            found = [text] if text in self.regions else self._named.get(searchable(text), [])
            if len(found) > 1:
                return f"叫这个名字的区划有 {len(found)} 个，请写区划代码"
            if found:
                return self.regions[found[0]]
        return "没有这个社区或网格，或不在您负责的区划里" if said else "没有写在哪个社区或网格"


class Buildings:
    code = "buildings"
    name = _("小区楼栋")
    noun = _("处")
    right = "addresses.edit"
    list_url = "addresses:list"
    people = False
    fields: tuple[Field, ...] = (
        Field("compound", "小区", ("compound",), required=True),
        Field("building", "楼栋", ("building",), help="空着的行只登记小区"),
        Field("region_code", "区划代码", ("region_code",), help="社区或网格的代码"),
        Field("grid", "网格", ("grid",)),
        Field("community", "社区", ("community",), help="和网格、区划代码有一项就行，都没有就归到下面选的区划"),
        Field("kind", "小区类别", ("compound_kind",), help="小区、老旧小区、楼院、村民组"),
        Field("floors", "地上层数", ("storeys",)),
        Field("built_in", "建成年份", ("built_in",)),
        Field("longitude", "经度", ("longitude",), help="没有经纬度就先放在区划中心，以后在地图上移"),
        Field("latitude", "纬度", ("latitude",)),
    )

    def options(self, actor: Actor) -> tuple[Option, ...]:
        regions = [code for code in actor.regions if len(code) >= 12]
        return (
            Option("region_code", _("没写在哪里的归到"), help=_("社区或网格的代码"), default=regions[0] if regions else ""),
        )  # fmt: skip

    def examiner(self, actor: Actor, options: Mapping[str, Any]) -> Callable[[Rows], Examined]:
        ground = _Ground(actor, str(options.get("region_code") or ""))

        def examine(rows: Rows) -> Examined:
            found = Examined.of(len(rows))
            for place, row in enumerate(rows):
                try:
                    self._examine(found, place, row, ground)
                except _Wrong as wrong:
                    found.refuse(place, *wrong.args)
            return found

        return examine

    def _examine(self, found: Examined, place: int, row: Mapping[str, str], ground: _Ground) -> None:
        name, building = _said(row, "compound"), _said(row, "building")
        if not searchable(name) or len(name) > 60:
            raise _Wrong("compound", "小区名称要填 1 到 60 个字")
        if building and not places.has_building_word(building):
            building += "号楼"
        if len(building) > 30:
            raise _Wrong("building", "楼号不超过 30 个字")
        region = ground.region(row)
        there = ground.compounds.get(searchable(name), [])
        if isinstance(region, str):
            if len(there) != 1 or any(_said(row, one) for one in ("region_code", "grid", "community")):
                raise _Wrong("region_code" if row.get("region_code") else "community", region)
            region = ground.regions.get(there[0].region_code) or Region(code=there[0].region_code)
        same = [
            one for one in there if one.region_code.startswith(region.code) or region.code.startswith(one.region_code)
        ]
        if len(same) > 1:
            raise _Wrong("compound", "叫这个名字的小区不止一个，请写网格或区划代码")
        longitude, latitude, rough = _position(row, same[0] if same else region)
        ready = Ready(
            name, region.code, longitude, latitude, rough, _kind(_said(row, "kind")), _number(row, "built_in"), building,
            _number(row, "floors"), same[0].pk if same else 0,
        )  # fmt: skip
        found.values[place] = ready
        found.keys[place] = f"{region.code}|{searchable(name)}|{building_key(building) if building else ''}"
        if same and (not building or (same[0].pk, building_key(building)) in ground.buildings):
            found.known.add(place)

    def pack(self, value: Any) -> Any:
        return list(asdict(value).values())

    def unpack(self, data: Any) -> Any:
        return Ready(*data)

    def stale(
        self, actor: Actor, values: Sequence[Any], options: Mapping[str, Any], passed: Passed
    ) -> dict[int, tuple[str, str]]:
        ground = _Ground(actor, "")
        there = {row.pk for rows in ground.compounds.values() for row in rows}
        found: dict[int, tuple[str, str]] = {}
        for place, value in enumerate(values):
            if value.region_code not in ground.regions:
                found[place] = ("region_code", "这个社区或网格已经停用")
            elif value.compound_id and value.compound_id not in there:
                found[place] = ("compound", "这个小区已经停用")
            elif value.building and (value.compound_id, building_key(value.building)) in ground.buildings:
                found[place] = ("", KNOWN)
        return found

    def ahead(self, values: Sequence[Any]) -> Any:
        return None

    def apply(
        self, actor: Actor, values: Sequence[Any], options: Mapping[str, Any], source: str, ahead: Any = None
    ) -> dict[str, list[int]]:
        """Compounds first, each once whatever the number of its buildings; those entered by an earlier batch are there."""
        known = {
            (row.region_code, row.search_name): row.pk for rows in _Ground(actor, "").compounds.values() for row in rows
        }
        first: dict[tuple[str, str], Any] = {}
        for value in values:
            pair = (value.region_code, searchable(value.compound))
            if not value.compound_id and pair not in known:
                first.setdefault(pair, value)
        new = [
            commands.NewCompound(
                name=value.compound, region_code=value.region_code, longitude=value.longitude, latitude=value.latitude,
                kind=value.kind, built_in=None if value.building else value.built_in, source=_source(source, value.rough),
            )
            for value in first.values()
        ]  # fmt: skip
        if new:
            commands.add_compounds(actor, compounds=new, given=Given(source=source))
        rows = Compound.objects.filter(valid_to=None, region_code__in={value.region_code for value in values})
        made = {pair: row.pk for row in rows if (pair := (row.region_code, row.search_name)) in first}
        known |= made
        inside: dict[int, list[Any]] = {}
        for value in values:
            if value.building:
                key = value.compound_id or known[value.region_code, searchable(value.compound)]
                inside.setdefault(key, []).append(value)
        return {"compounds": list(made.values()), self.code: _enter(actor, inside, source)}

    def undo(self, actor: Actor, ids: Sequence[int], since: datetime) -> Undone:
        """What nobody lives in, nothing points at and nobody has corrected is closed; its history stays."""
        close = commands.withdraw_buildings
        return places.withdraw(actor, Building, "building", ids, since, lambda row: row.name, close, ("BuildingPart",))


class Compounds(Buildings):
    """What a sheet of buildings entered along, or a list of compounds alone: the same sheet, taken back by its own act."""

    code = "compounds"
    name = _("小区")
    noun = _("个")

    def undo(self, actor: Actor, ids: Sequence[int], since: datetime) -> Undone:
        return places.withdraw(
            actor, Compound, "compound", ids, since, lambda row: row.name, commands.withdraw_compounds
        )


class _Wrong(Exception):
    """Field and reason."""


def _said(row: Mapping[str, str], name: str) -> str:
    text = row.get(name, "").strip()
    return "" if values.is_nothing(text) else text


def _kind(text: str) -> str:
    return next((code for word, code in _KINDS.items() if word in text), "compound")


def _number(row: Mapping[str, str], name: str) -> int | None:
    text = _said(row, name)
    if not text:
        return None
    try:
        # 1994, 1994年5月, 1990年代: the first year that is written.
        year = _YEAR.search(text) if name == "built_in" else None
        number = int(year[0]) if year else values.count(text.removeprefix("地上"))
    except ValueError as error:
        raise _Wrong(name, str(error)) from None
    least, most = (1900, 2100) if name == "built_in" else (1, FLOORS[1])
    if not least <= number <= most:
        raise _Wrong(name, f"应在 {least} 到 {most} 之间")
    return number


def _position(row: Mapping[str, str], otherwise: Compound | Region) -> tuple[float, float, bool]:
    """(longitude, latitude, whether they are only those of the compound or the region)."""
    said = _said(row, "longitude"), _said(row, "latitude")
    if not any(said):
        if otherwise.longitude is None or otherwise.latitude is None:
            raise _Wrong("longitude", "没有经纬度，这个区划也没有位置")
        return otherwise.longitude, otherwise.latitude, True
    try:
        longitude, latitude = map(values.amount, said)
    except ValueError as error:
        raise _Wrong("longitude", str(error)) from None
    if not is_position(longitude, latitude):
        raise _Wrong("longitude", "经纬度不对")
    return longitude, latitude, False


def _source(source: str, rough: bool) -> str:
    return f"{source}（{ROUGH}）"[:120] if rough else source


def _enter(actor: Actor, inside: Mapping[int, Sequence[Ready]], source: str) -> list[int]:
    made: list[int] = []
    found = {row.pk: row for row in Compound.objects.filter(pk__in=list(inside))}
    for key, ready in inside.items():
        for rough in (False, True):
            new = [
                commands.NewBuilding(one.building, one.longitude, one.latitude, one.built_in, one.floors)
                for one in ready
                if one.rough == rough
            ]
            if new:
                commands.add_buildings(actor, found[key], buildings=new, given=Given(source=_source(source, rough)))
        names = [one.building for one in ready]
        rows = Building.objects.filter(compound=key, valid_to=None, name__in=names)
        made += rows.values_list("pk", flat=True)
    return made
