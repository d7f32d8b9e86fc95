"""Residents: one row, one person, in the dwelling that its address means.

The number of an identity card is read to check the row, and to take birth and sex from it; it is kept only where the
sheet is brought for business that a statute asks it for. Of a minor no telephone number of their own is kept.
"""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any

from django.db.models import Count
from django.utils.translation import gettext_lazy as _

from linli.base.actor import Actor
from linli.base.commands import Refused
from linli.base.exchange import identifiers, values
from linli.base.facts.noting import Given
from linli.doors.intake.registers.targets import places
from linli.doors.intake.registers.targets.base import Examined, Field, Option, Passed, RowRefused, Undone
from linli.people.residents import commands, queries, rules
from linli.people.residents.commands import alike_many
from linli.people.residents.models import Person, PersonFact
from linli.people.residents.policy import care, register_policy
from linli.places.addresses import commands as addresses

_OWNERS, _TENANTS = ("业主", "产权", "房主", "自有", "自购", "房东", "所有"), ("租", "借住", "寄住")
# Words of lists for groups that need care; what is none of them is named as an error, since it may be an illness.
_CARE = {
    "老": "old", "独居": "old", "空巢": "old", "高龄": "old", "孤寡": "old",
    "儿童": "young", "未成年": "young", "留守": "young", "孩子": "young", "孤儿": "young",
    "身体不便": "ill", "行动不便": "ill", "残": "disabled", "孕": "pregnant", "产妇": "pregnant", "租": "tenant", "流动人口": "tenant",
}  # fmt: skip


@dataclass(slots=True)
class Ready:
    """One person ready to go in. row: as `residents.register_many` takes it; door: the dwelling that is entered first."""

    row: dict[str, Any]
    door: addresses.NewDwelling | None = None
    number: str = ""  # of the identity card, for comparing only


@dataclass(slots=True)
class _Reading:
    """One row while it is read: what was understood, and the first thing that was not."""

    row: Mapping[str, str]
    today: date
    told: dict[str, Any] = field(default_factory=dict)
    identity: identifiers.Identity | None = None

    def text(self, name: str) -> str:
        written = self.row.get(name, "").strip()
        return "" if not written or values.is_nothing(written) else written


class _Wrong(Exception):
    def __init__(self, name: str, reason: str):
        super().__init__(reason)
        self.name, self.reason = name, reason


class Residents:
    code = "residents"
    name = _("居民")
    noun = _("人")
    right = "residents.import"
    list_url = "residents:list"
    fields: tuple[Field, ...] = (
        Field("name", "姓名", ("name",), required=True, kind="person_name"),
        Field("identity", "身份证号", ("identity",), kind="identity", help="用来核对和算出生日期，没有法定依据不保存"),
        Field("sex", "性别", ("sex",)),
        Field("birth", "出生日期", ("birth",), kind="date"),
        Field("age", "年龄", ("age",), help="没有出生日期时用来推算出生年份"),
        Field("phone", "联系电话", ("phone",), kind="phone", help="未成年人的手机号不收"),
        *places.PLACE_FIELDS,
        Field("household", "户号", ("household_number",), help="同一套房屋里户号相同的是一户"),
        Field("relation", "与户主关系", ("relation_to_head",)),
        Field("tenure", "居住类别", ("tenure",), help="业主、家人、租户"),
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
            Option("basis", _("身份证号"), choices=(("", _("只用来核对，不保存")), *((c, _("保存，依据：%(n)s") % {"n": n}) for c, n in bases))),
            Option("consent", _("关照类别的同意"), help=_("孩子、残疾人、孕产妇等要有单独同意才能收"), choices=consents, default="none"),
        ]  # fmt: skip
        if actor.may("addresses.enter"):
            found.append(Option("doors", _("台账里没有的房屋一并登记"), help=_("小区和楼栋要先有"), default=True))
        return tuple(found)

    def examine(
        self, actor: Actor, rows: Sequence[Mapping[str, str]], options: Mapping[str, Any], passed: Passed | None = None
    ) -> Examined:
        found, today = Examined.of(len(rows)), queries.today()
        texts = [places.text_of(row) for row in rows]
        matches = places.matches(actor, texts)
        outside = places.out_of_reach(actor, matches)
        majority = register_policy()["majority"]
        enter = bool(options.get("doors")) and actor.may("addresses.enter")
        for place, (row, match) in enumerate(zip(rows, matches, strict=True)):
            try:
                reading = _read(row, today, options, majority)
                door = _door(row, texts[place], match, enter, place in outside)
            except _Wrong as wrong:
                found.refuse(place, wrong.name, wrong.reason)
                continue
            reading.told["dwelling"] = match.dwelling_id
            number = reading.identity.number if reading.identity is not None else ""
            found.values[place] = Ready(reading.told, door, number)
            home = match.dwelling_id or f"{match.building_id}|{match.unit_name}|{match.room_name}"
            found.keys[place] = (
                f"identity:{number}" if number else f"{reading.told['name']}|{reading.told.get('birth_year', 0)}|{home}"
            )
        ready = [(place, value) for place, value in enumerate(found.values) if value is not None]
        if passed is None:
            self._check(actor, found, ready)
        if passed is None or _others_since(actor, passed):
            compared = [{**value.row, "identity": value.number} for _place, value in ready]
            found.known |= {ready[index][0] for index in alike_many(actor, compared)}
        return found

    def _check(self, actor: Actor, found: Examined, ready: Sequence[tuple[int, Ready]]) -> None:
        """What the room itself says of the rows."""
        asked = [value.row for _place, value in ready]
        for index, name, reason in commands.check_many(actor, asked):
            place, value = ready[index]
            if name == "dwelling" and value.door is not None:
                continue  # it is entered together with the person
            found.refuse(place, _OURS.get(name, name), reason)

    def apply(
        self, actor: Actor, values: Sequence[Any], options: Mapping[str, Any], source: str
    ) -> dict[str, list[int]]:
        doors = {value.door: 0 for value in values if value.door is not None}
        if doors:
            keys = addresses.enter_dwellings(actor, dwellings=list(doors), given=Given(source=source))
            doors = dict(zip(doors, keys, strict=True))
        rows = [value.row if value.door is None else {**value.row, "dwelling": doors[value.door]} for value in values]
        try:
            people = commands.register_many(actor, rows)
        except Refused as no:
            if no.rule.startswith("row:"):
                name = no.field or ""
                raise RowRefused(int(no.rule[4:]), _OURS.get(name, name), no.message.partition("：")[2]) from no
            raise
        return {"dwellings": list(doors.values()), self.code: people} if doors else {self.code: people}

    def undo(self, actor: Actor, ids: Sequence[int], since: datetime) -> Undone:
        """Those to whom nothing has happened since are withdrawn in one act; the others stay and are named by number."""
        undone = Undone()
        mine = set(queries.visible_to(actor).filter(pk__in=ids).values_list("pk", flat=True))
        worked = PersonFact.objects.filter(person__in=mine).values("person").annotate(n=Count("id")).filter(n__gt=1)
        touched = set(worked.values_list("person", flat=True))
        into = Person.objects.filter(merged_into__in=mine).values_list("merged_into_id", flat=True)
        touched |= {key for key in into if key is not None}
        pointed = _pointed_at(mine - touched)
        undone.kept += [(key, "已不在您的工作范围内，或已经撤回") for key in ids if key not in mine]
        undone.kept += [(key, "登记以后又办过事") for key in sorted(touched)]
        undone.kept += [(key, f"已经有{words}") for key, words in sorted(pointed.items())]
        free = sorted(mine - touched - set(pointed))
        if free:
            undone.gone = commands.withdraw_many(actor, ids=free)
        return undone


# Fields of the room that have another name in a sheet.
_OURS = {"birth_year": "birth", "birth_date": "birth", "dwelling": "address", "kind": "tenure"}
# What comes with the registration itself and goes with it.
_PARTS = {"Residence", "PersonFact", "Contact", "CareNeed", "Household", "Person"}


def _others_since(actor: Actor, passed: Passed) -> bool:
    """Whether somebody else has been registered since the check: then the rows must be compared again."""
    rows = queries.visible_to(actor).filter(registered_at__gte=passed.at)
    return rows.count() > passed.brought


def _pointed_at(people: set[int]) -> dict[int, str]:
    """People whom something of another room points at, and what."""
    found: dict[int, str] = {}
    for relation in Person._meta.related_objects:
        model: Any = relation.related_model
        if model._meta.app_label == "residents" and model.__name__ in _PARTS:
            continue
        column = relation.field.attname
        rows = model._base_manager.filter(**{f"{column}__in": people}).values_list(column, flat=True).distinct()
        found |= dict.fromkeys(rows, str(model._meta.verbose_name))
    return found


def _read(row: Mapping[str, str], today: date, options: Mapping[str, Any], majority: int) -> _Reading:
    reading = _Reading(row, today)
    told = reading.told
    told["name"] = rules.clean_name(reading.text("name"))
    if not told["name"]:
        raise _Wrong("name", "没有写姓名")
    if problem := rules.problem_of_name(told["name"]):
        raise _Wrong("name", problem)
    _read_identity(reading, options)
    _read_birth(reading)
    _read_phone(reading, majority)
    relation, tenure = reading.text("relation"), reading.text("tenure")
    told["head"] = relation in ("户主", "本人", "户主本人", "本人或户主", "01", "1")
    told["household_key"] = reading.text("household")[:40]
    told["kind"] = _kind(tenure, str(options.get("kind") or "family"), told["head"])
    if care_words := reading.text("care"):
        told["care"] = _care(care_words)
        told["consent"] = str(options.get("consent") or "none")
    return reading


def _read_identity(reading: _Reading, options: Mapping[str, Any]) -> None:
    told = reading.told
    sex = reading.text("sex")
    if sex:
        try:
            told["sex"] = values.sex(sex)
        except ValueError as error:
            raise _Wrong("sex", str(error)) from None
    written = reading.text("identity")
    if not written:
        return
    if "*" in written or "＊" in written:
        raise _Wrong("identity", "身份证号被遮住了，请用完整的表，或不导这一列")
    try:
        found = identifiers.identity_number(written, reading.today)
    except ValueError as error:
        raise _Wrong("identity", str(error)) from None
    if told.get("sex") in ("1", "2") and told["sex"] != found.sex:
        raise _Wrong("sex", "性别和身份证号不一致")
    reading.identity = found
    told["sex"], told["birth_date"], told["birth_year"] = found.sex, found.birth, found.birth.year
    if options.get("basis"):
        told["identity"], told["statutory_basis"] = found.number, options["basis"]


def _read_birth(reading: _Reading) -> None:
    told = reading.told
    if written := reading.text("birth"):
        try:
            day = values.day(written)
        except ValueError as error:
            raise _Wrong("birth", str(error)) from None
        if reading.identity is not None:
            known = reading.identity.birth
            if (day.year, day.month or known.month, day.day or known.day) != (known.year, known.month, known.day):
                raise _Wrong("birth", "出生日期和身份证号不一致")
            return
        told["birth_year"], told["birth_date"] = day.year, day.whole
    elif reading.identity is None and (age := reading.text("age")):
        try:
            told["birth_year"] = reading.today.year - values.count(age, 125)
        except ValueError:
            raise _Wrong("age", "年龄应为 0 到 125 的整数") from None


def _read_phone(reading: _Reading, majority: int) -> None:
    told = reading.told
    for name in ("phone", "guardian_phone"):
        written = reading.text(name)
        if not written:
            continue
        try:
            told[name] = first_phone(written)
        except ValueError as error:
            raise _Wrong(name, str(error)) from None
    if told.get("phone") and rules.is_minor(told.get("birth_year", 0), reading.today, told.get("birth_date"), majority):
        del told["phone"]
    guardian = rules.clean_name(reading.text("guardian_name"))
    if guardian and told.get("guardian_phone"):
        told["guardian_name"] = guardian
    else:
        told.pop("guardian_phone", None)  # nobody can be told from a number alone


_SEVERAL = re.compile("[、，,/;；]")


def first_phone(text: str) -> str:
    """The first number of a cell that may hold several. Raises ValueError for the whole cell when none is one."""
    if _SEVERAL.search(text):
        for part in _SEVERAL.split(text):
            try:
                return identifiers.phone(part)
            except ValueError:
                continue
    return identifiers.phone(text)


def _kind(words: str, otherwise: str, head: bool) -> str:
    if any(word in words for word in _TENANTS):
        return "tenant"
    if any(word in words for word in _OWNERS):
        return "owner"
    if words and any(word in words for word in ("家人", "家属", "亲属", "子女", "配偶", "父母")):
        return "family"
    return "owner" if head and otherwise == "family" else otherwise


def _care(words: str) -> list[str]:
    found = []
    known = care().groups
    for part in words.replace("、", ",").replace("，", ",").replace("；", ",").replace("/", ",").split(","):
        part = part.strip()
        if not part or values.is_nothing(part) or part in ("否", "普通", "一般", "常住", "户籍人口", "常住人口"):
            continue
        code = part if part in known else next((code for word, code in _CARE.items() if word in part), "")
        if not code:
            raise _Wrong("care", "认不出这一类；请写老人、孩子、残疾人、孕产妇、租户，不写病名")
        found.append(code)
    return found


def _door(
    row: Mapping[str, str], text: str, match: places.Match, enter: bool, outside: bool
) -> addresses.NewDwelling | None:
    """None where the dwelling is there; the one to be entered first where that is wanted."""
    if not text:
        raise _Wrong("address", "没有写住在哪里")
    if outside:
        raise _Wrong("address", "不在您负责的区划里")
    if not match.problem:
        return None
    if match.problem == "door" and match.building_id is not None and match.room_name and enter:
        return addresses.NewDwelling(match.building_id, match.room_name, match.unit_name)
    name, reason = places.problem_of(match, row)
    raise _Wrong(name, reason + ("；可以选“一并登记”" if match.problem == "door" and match.room_name else ""))
