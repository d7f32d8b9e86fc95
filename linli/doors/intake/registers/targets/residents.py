"""Residents: one row, one person, in the dwelling that its address means."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from django.utils.translation import gettext_lazy as _

from linli.base.actor import Actor
from linli.base.commands import Refused
from linli.base.facts.noting import Given
from linli.doors.intake.registers.targets import places
from linli.doors.intake.registers.targets.base import KNOWN, Examined, Field, Option, Passed, RowRefused, Rows, Undone
from linli.doors.intake.registers.targets.people import Reading, Wrong, read
from linli.people.residents import commands, queries
from linli.people.residents.models import Person
from linli.people.residents.policy import register_policy
from linli.places.addresses import commands as addresses
from linli.places.addresses.models import Building

# What an address tells of where it came from: the name of a list of people may say what nobody may know of a home.
OF_PEOPLE = "居民台账导入"
_DAYS = ("birth_date", "moved_in", "moved_out")


@dataclass(slots=True)
class Ready:
    """One person ready to go in. row: as `residents.register_many` takes it; door: the dwelling that is entered first."""

    row: dict[str, Any]
    door: addresses.NewDwelling | None = None
    number: str = ""  # of the identity card, for comparing only


class Residents:
    code = "residents"
    name = _("居民")
    noun = _("人")
    right = "residents.import"
    list_url = "residents:list"
    people = True
    fields: tuple[Field, ...] = (
        Field("name", "姓名", ("name",), required=True, kind="person_name"),
        Field("identity", "身份证号", ("identity",), kind="identity", help="用来核对和算出生日期，没有法定依据不保存"),
        Field("identity_kind", "证件类型", ("identity_kind",), help="不是身份证的号码不核对，也不保存"),
        Field("sex", "性别", ("sex",)),
        Field("birth", "出生日期", ("birth",), kind="date"),
        Field("age", "年龄", ("age",), help="没有出生日期时用来推算出生年份"),
        Field("phone", "联系电话", ("phone",), kind="phone", help="未成年人的手机号不收"),
        *places.PLACE_FIELDS,
        Field("household", "户号", ("household_number",), help="同一套房屋里户号相同的是一户"),
        Field("relation", "与户主关系", ("relation_to_head", "relation")),
        Field("tenure", "居住类别", ("tenure",), help="业主、家人、租户"),
        Field("moved_in", "入住日期", ("move_in",), kind="date", help="从哪天起住在这里；不填就算登记的这一天"),
        Field("moved_out", "迁出日期", ("move_out",), kind="date", help="写了就登记为已迁出"),
        Field("guardian_name", "监护人姓名", ("guardian.name",), kind="person_name"),
        Field("guardian_phone", "监护人电话", ("guardian.phone",), kind="phone"),
        Field("care", "关照类别", ("care",), help="老人、孩子、残疾人、孕产妇、租户；不写病名"),
    )

    def options(self, actor: Actor) -> tuple[Option, ...]:
        bases = tuple((one["code"], one["name"]) for one in register_policy().get("identity_bases", []))
        kinds = tuple((code, label) for code, label in Person.Kind.choices)
        consents = (("none", _("没有单独征得")), ("self", _("本人已单独同意")), ("guardian", _("监护人已同意")))
        found = [
            Option("kind", _("没写居住类别的按"), choices=kinds, default="family"),
            Option("basis", _("身份证号"), choices=(("", _("只用来核对，不保存")), *((c, _("保存，依据：%(n)s") % {"n": n}) for c, n in bases)), once=True),
            Option("consent", _("关照类别的同意"), help=_("孩子、残疾人、孕产妇等要有单独同意才能收"), choices=consents, default="none", once=True),
        ]  # fmt: skip
        found.append(
            Option(
                "blocks",
                _("住址空着的家人跟上面的户主走"),
                help=_("一户一块、只有户主一行写住址的表才勾"),
                default=False,
                once=True,
            )
        )
        if actor.may("addresses.enter"):
            found.append(Option("doors", _("台账里没有的房屋一并登记"), help=_("小区和楼栋要先有"), default=True))
        return tuple(found)

    def examiner(self, actor: Actor, options: Mapping[str, Any]) -> Callable[[Rows], Examined]:
        finder, today = places.Finder(actor), queries.today()
        majority = register_policy()["majority"]
        enter = bool(options.get("doors")) and actor.may("addresses.enter")

        def examine(rows: Rows) -> Examined:
            found = Examined.of(len(rows))
            for place, row in enumerate(rows):
                try:
                    reading = read(row, today, options, majority)
                    spot = finder.find(row)
                    door = _door(row, spot, enter)
                except Wrong as wrong:
                    found.refuse(place, wrong.name, wrong.reason)
                    continue
                reading.told["dwelling"] = spot.match.dwelling_id
                number = reading.identity.number if reading.identity is not None else ""
                found.values[place] = Ready(reading.told, door, number)
                found.keys[place] = _key(reading, spot.match)
            ready = [(place, value) for place, value in enumerate(found.values) if value is not None]
            for index, name, reason in commands.check_many(actor, [value.row for _place, value in ready]):
                place, value = ready[index]
                if name != "dwelling" or value.door is None:  # else it is entered together with the person
                    found.refuse(place, _OURS.get(name, name), reason)
            alike = commands.alike_many(actor, [_compared(value) for _place, value in ready])
            found.known |= {ready[index][0] for index in alike}
            return found

        return examine

    def pack(self, value: Any) -> Any:
        row, door = value.row, value.door
        days = {name: row[name].isoformat() for name in _DAYS if row.get(name)}
        return [row | days, door and [door.building_id, door.room_name, door.unit_name], value.number]

    def unpack(self, data: Any) -> Any:
        row, door, number = data
        for name in _DAYS:
            if row.get(name):
                row[name] = date.fromisoformat(row[name])
        return Ready(row, addresses.NewDwelling(*door) if door else None, number)

    def stale(
        self, actor: Actor, values: Sequence[Any], options: Mapping[str, Any], passed: Passed
    ) -> dict[int, tuple[str, str]]:
        """What the register says by now; `register_many` itself refuses the rest, such as dwellings that were closed."""
        found: dict[int, tuple[str, str]] = {}
        wanted = {value.door.building_id for value in values if value.door is not None}
        if wanted:
            there = set(Building.objects.filter(pk__in=wanted, valid_to=None).values_list("pk", flat=True))
            for place, value in enumerate(values):
                if value.door is not None and value.door.building_id not in there:
                    found[place] = ("address", "这栋楼已经停用")
        for index, name, reason in commands.closed_dwellings(actor, [value.row for value in values]):
            if values[index].door is None:
                found[index] = (_OURS.get(name, name), reason)
        if _others_since(actor, passed):
            found |= dict.fromkeys(commands.alike_many(actor, list(map(_compared, values))), ("", KNOWN))
        return found

    def ahead(self, values: Sequence[Any]) -> Any:
        return commands.seal_ahead([value.row for value in values])

    def apply(
        self, actor: Actor, values: Sequence[Any], options: Mapping[str, Any], source: str, ahead: Any = None
    ) -> dict[str, list[int]]:
        doors = {value.door: 0 for value in values if value.door is not None}
        if doors:
            keys = addresses.enter_dwellings(actor, dwellings=list(doors), given=Given(source=OF_PEOPLE))
            doors = dict(zip(doors, keys, strict=True))
        rows = [value.row if value.door is None else {**value.row, "dwelling": doors[value.door]} for value in values]
        try:
            people = commands.register_many(actor, rows, ahead=ahead)
        except Refused as no:
            if no.rule.startswith("row:"):
                name = no.field or ""
                raise RowRefused(int(no.rule[4:]), _OURS.get(name, name), no.message.partition("：")[2]) from no
            raise
        return {"dwellings": list(doors.values()), self.code: people} if doors else {self.code: people}

    def undo(self, actor: Actor, ids: Sequence[int], since: datetime) -> Undone:
        """Those to whom nothing has happened since are withdrawn in one act; the others stay and are named by number."""
        pointed = _pointed_at(set(ids))
        try:
            return Undone(commands.withdraw_many(actor, ids=[key for key in ids if key not in pointed]), _kept(pointed))
        except Refused:
            mine, touched = commands.unchanged(actor, ids)
        pointed = {key: words for key, words in pointed.items() if key in mine - touched}
        undone = Undone(kept=[(key, "已不在您的工作范围内，或已经撤回") for key in ids if key not in mine])
        undone.kept += [(key, "登记以后又办过事") for key in sorted(touched)] + _kept(pointed)
        free = sorted(mine - touched - set(pointed))
        if free:
            undone.gone = commands.withdraw_many(actor, ids=free)
        return undone


def _kept(pointed: Mapping[int, str]) -> list[tuple[int, str]]:
    return [(key, f"已经有{words}") for key, words in sorted(pointed.items())]


# Fields of the room that have another name in a sheet.
_OURS = {"birth_year": "birth", "birth_date": "birth", "dwelling": "address", "kind": "tenure"}
# What comes with the registration itself and goes with it.
_PARTS = {"Residence", "PersonFact", "Contact", "CareNeed", "Household", "Person"}


def _others_since(actor: Actor, passed: Passed) -> bool:
    """Whether somebody else has been registered since the check: then the rows must be compared again."""
    rows = queries.visible_to(actor).filter(registered_at__gte=passed.at)
    return rows.count() > passed.brought


def _compared(value: Ready) -> dict[str, Any]:
    return {**value.row, "identity": value.number}


def _key(reading: Reading, match: places.Match) -> str:
    """What makes two rows of one sheet the same person."""
    if reading.identity is not None:
        return f"identity:{reading.identity.number}"
    home = match.dwelling_id or f"{match.building_id}|{match.unit_name}|{match.room_name}"
    return f"{reading.told['name']}|{reading.told.get('birth_year', 0)}|{home}"


def _pointed_at(people: set[int]) -> dict[int, str]:
    """People whom something of another room points at, and what."""
    found: dict[int, str] = {}
    for relation in Person._meta.related_objects:
        model: Any = relation.related_model
        if model._meta.app_label == "residents" and model.__name__ in _PARTS:
            continue
        found |= dict.fromkeys(places.pointing(model, relation.field.attname, people), str(model._meta.verbose_name))
    return found


def _door(row: Mapping[str, str], spot: places.Spot, enter: bool) -> addresses.NewDwelling | None:
    """None where the dwelling is there; the one to be entered first where that is wanted."""
    match = spot.match
    if not spot.text:
        raise Wrong("address", "没有写住在哪里")
    if spot.outside:
        raise Wrong("address", "不在您负责的区划里")
    if not match.problem:
        return None
    if match.problem == "door" and match.building_id is not None and match.room_name and enter:
        return addresses.NewDwelling(match.building_id, match.room_name, match.unit_name)
    name, reason = places.problem_of(match, row)
    raise Wrong(name, reason + ("；可以选“一并登记”" if match.problem == "door" and match.room_name else ""))
