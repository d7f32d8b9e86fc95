"""Dwellings: one row, one door."""

from collections.abc import Callable, Mapping, Sequence
from datetime import datetime
from typing import Any

from django.utils.translation import gettext_lazy as _

from linli.base.actor import Actor
from linli.base.exchange import values
from linli.base.facts.noting import Given
from linli.doors.intake.registers.targets import places
from linli.doors.intake.registers.targets.base import KNOWN, Examined, Field, Option, Passed, Rows, Undone
from linli.places.addresses import commands
from linli.places.addresses.models import Building, Dwelling

_USES = {
    "自住": "home", "自用": "home", "住宅": "home", "居住": "home", "常住": "home", "否": "home", "未出租": "home",
    "出租": "let", "租赁": "let", "出租房": "let", "出租屋": "let", "租住": "let", "是": "let", "已出租": "let", "群租": "let",
    "商铺": "shop", "商业": "shop", "门面": "shop", "底商": "shop", "商用": "shop", "门店": "shop",
    "办公": "office", "办公用房": "office", "写字间": "office",
    "空置": "empty", "空闲": "empty", "空房": "empty", "无人居住": "empty", "闲置": "empty", "未入住": "empty",
}  # fmt: skip


class Dwellings:
    code = "dwellings"
    name = _("房屋")
    noun = _("套")
    right = "addresses.enter"
    list_url = "addresses:list"
    people = False
    fields: tuple[Field, ...] = (
        *places.PLACE_FIELDS,
        Field("floor", "楼层", ("floor",), help="不填就从房号看"),
        Field("use", "用途", ("dwelling_use",), help="自住、出租、商铺、办公、空置"),
    )

    def options(self, actor: Actor) -> tuple[Option, ...]:
        return ()

    def examiner(self, actor: Actor, options: Mapping[str, Any]) -> Callable[[Rows], Examined]:
        finder = places.Finder(actor)

        def examine(rows: Rows) -> Examined:
            found = Examined.of(len(rows))
            for place, row in enumerate(rows):
                spot = finder.find(row)
                match = spot.match
                if not spot.text:
                    found.refuse(place, "address", "没有写地址")
                elif spot.outside:
                    found.refuse(place, "address", "不在您负责的区划里")
                elif not match.problem:
                    found.known.add(place)
                    found.keys[place] = f"dwelling:{match.dwelling_id}"
                elif match.problem == "door" and match.building_id is not None and match.room_name:
                    self._new(found, place, row, match)
                else:
                    found.refuse(place, *places.problem_of(match, row))
            return found

        return examine

    def pack(self, value: Any) -> Any:
        return [value.building_id, value.room_name, value.unit_name, value.floor, value.use]

    def unpack(self, data: Any) -> Any:
        return commands.NewDwelling(*data)

    def stale(
        self, actor: Actor, values: Sequence[Any], options: Mapping[str, Any], passed: Passed
    ) -> dict[int, tuple[str, str]]:
        buildings = {value.building_id for value in values}
        open_ones = set(Building.objects.filter(pk__in=buildings, valid_to=None).values_list("pk", flat=True))
        rows = Dwelling.objects.filter(building__in=buildings, valid_to=None)
        there = set(rows.values_list("building_id", "unit_name", "room_name"))
        found: dict[int, tuple[str, str]] = {}
        for place, value in enumerate(values):
            if value.building_id not in open_ones:
                found[place] = ("address", "这栋楼已经停用")
            elif (value.building_id, value.unit_name, value.room_name) in there:
                found[place] = ("", KNOWN)
        return found

    def _new(self, found: Examined, place: int, row: Mapping[str, str], match: places.Match) -> None:
        floor, use = None, "unknown"
        if not values.is_nothing(row.get("floor", "")):
            try:
                floor = int(row["floor"].replace("层", "").replace("楼", ""))
            except ValueError:
                found.refuse(place, "floor", "楼层应为整数")
                return
        if not values.is_nothing(row.get("use", "")):
            word = row["use"].strip()
            use = _USES.get(word) or (word if word in Dwelling.Use.values else "")
            if not use:
                found.refuse(place, "use", "用途应为自住、出租、商铺、办公或空置")
                return
        if floor is not None and not -9 <= floor <= 200:
            found.refuse(place, "floor", "没有这个楼层")
            return
        assert match.building_id is not None
        found.keys[place] = f"{match.building_id}|{match.unit_name}|{match.room_name}"
        found.values[place] = commands.NewDwelling(
            building_id=match.building_id, room_name=match.room_name, unit_name=match.unit_name, floor=floor, use=use
        )

    def ahead(self, values: Sequence[Any]) -> Any:
        return None

    def apply(
        self, actor: Actor, values: Sequence[Any], options: Mapping[str, Any], source: str, ahead: Any = None
    ) -> dict[str, list[int]]:
        return {self.code: commands.enter_dwellings(actor, dwellings=list(values), given=Given(source=source))}

    def undo(self, actor: Actor, ids: Sequence[int], since: datetime) -> Undone:
        """What nobody lives in and nobody has corrected is closed; a dwelling is never deleted, its history stays."""
        return places.withdraw(
            actor, Dwelling, "dwelling", ids, since, lambda row: row.door, commands.withdraw_dwellings
        )
