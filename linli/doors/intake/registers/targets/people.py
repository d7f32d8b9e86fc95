"""One row of a sheet read as one person: what was understood, or the first thing that was not. Pure but for the policy of care.

The number of an identity card is read to check the row, and to take birth and sex from it; it is kept only where the
sheet is brought for business that a statute asks it for. Of a minor no telephone number of their own is kept.
"""

import re
import unicodedata
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from linli.base.exchange import identifiers, values
from linli.people.residents import rules
from linli.people.residents.policy import care

_OWNERS, _TENANTS = ("业主", "产权", "房主", "自有", "自购", "房东", "所有"), ("租", "借住", "寄住")
_RELATIVES = ("家人", "家属", "亲属", "子女", "配偶", "父母")
_HEADS = frozenset(("户主", "本人", "户主本人", "本人或户主", "01", "1"))
# Words of lists for groups that need care; what is none of them is named as an error, since it may be an illness.
_CARE = {
    "老": "old", "独居": "old", "空巢": "old", "高龄": "old", "孤寡": "old",
    "儿童": "young", "未成年": "young", "留守": "young", "孩子": "young", "孤儿": "young",
    "身体不便": "ill", "行动不便": "ill", "残": "disabled", "孕": "pregnant", "产妇": "pregnant", "租": "tenant", "流动人口": "tenant",
}  # fmt: skip


def is_head(relation: str) -> bool:
    """Whether a relation to the head of the household says that this is the head."""
    return relation.strip() in _HEADS


class Wrong(Exception):
    """What stops a row: the field, and why in the user's words."""

    def __init__(self, name: str, reason: str):
        super().__init__(reason)
        self.name, self.reason = name, reason


@dataclass(slots=True)
class Reading:
    """said: the cells that say something; told: a row as `residents.register_many` takes it; identity: for comparing."""

    said: Mapping[str, str]
    today: date
    told: dict[str, Any] = field(default_factory=dict)
    identity: identifiers.Identity | None = None


def read(row: Mapping[str, str], today: date, options: Mapping[str, Any], majority: int) -> Reading:
    """Raises Wrong."""
    said = {
        name: text
        for name, text in row.items()
        if text and text not in values.NOTHING and (text.isalnum() or not values.is_nothing(text))
    }
    reading = Reading(said, today)
    told = reading.told
    told["name"] = rules.clean_name(said.get("name", ""))
    if not told["name"]:
        raise Wrong("name", "没有写姓名")
    if problem := rules.problem_of_name(told["name"]):
        raise Wrong("name", problem)
    _read_identity(reading, options)
    _read_birth(reading)
    _read_phone(reading, majority)
    if "moved_in" in said or "moved_out" in said:
        _read_moves(reading)
    told["head"] = is_head(said.get("relation", ""))
    told["household_key"] = said.get("household", "")[:40]
    told["kind"] = _kind(said.get("tenure", ""), str(options.get("kind") or "family"), told["head"])
    if care_words := said.get("care"):
        told["care"] = _care(care_words)
        told["consent"] = str(options.get("consent") or "none")
    return reading


def _read_identity(reading: Reading, options: Mapping[str, Any]) -> None:
    told = reading.told
    sex = reading.said.get("sex", "")
    if sex:
        try:
            told["sex"] = values.sex(sex)
        except ValueError as error:
            raise Wrong("sex", str(error)) from None
    written = reading.said.get("identity", "")
    kind = reading.said.get("identity_kind", "身份证")
    if not written or not any(word in kind for word in ("身份证", "户口")):
        return  # a passport tells neither birth nor sex, and is kept for nothing
    if "*" in written or "＊" in written:
        raise Wrong("identity", "身份证号被遮住了，请用完整的表，或不导这一列")
    try:
        found = identifiers.identity_number(written, reading.today)
    except ValueError as error:
        raise Wrong("identity", str(error)) from None
    if told.get("sex") in ("1", "2") and told["sex"] != found.sex:
        raise Wrong("sex", "性别和身份证号不一致")
    reading.identity = found
    told["sex"], told["birth_date"], told["birth_year"] = found.sex, found.birth, found.birth.year
    if options.get("basis"):
        told["identity"], told["statutory_basis"] = found.number, options["basis"]


def _read_birth(reading: Reading) -> None:
    told = reading.told
    if written := reading.said.get("birth", ""):
        try:
            day = values.day(written)
        except ValueError as error:
            raise Wrong("birth", str(error)) from None
        if reading.identity is not None:
            known = reading.identity.birth
            if (day.year, day.month or known.month, day.day or known.day) != (known.year, known.month, known.day):
                raise Wrong("birth", "出生日期和身份证号不一致")
            return
        told["birth_year"], told["birth_date"] = day.year, day.whole
    elif reading.identity is None and (age := reading.said.get("age", "")):
        try:
            told["birth_year"] = reading.today.year - values.count(age, 125)
        except ValueError:
            raise Wrong("age", "年龄应为 0 到 125 的整数") from None


def _read_phone(reading: Reading, majority: int) -> None:
    told = reading.told
    for name in ("phone", "guardian_phone"):
        written = reading.said.get(name, "")
        if not written:
            continue
        try:
            told[name] = first_phone(written)
        except ValueError as error:
            raise Wrong(name, str(error)) from None
    if told.get("phone") and rules.is_minor(told.get("birth_year", 0), reading.today, told.get("birth_date"), majority):
        del told["phone"]
    guardian = rules.clean_name(reading.said.get("guardian_name", ""))
    if guardian and told.get("guardian_phone"):
        told["guardian_name"] = guardian
    else:
        told.pop("guardian_phone", None)  # nobody can be told from a number alone


def _read_moves(reading: Reading) -> None:
    """The days of moving in and out. Of the first the month or the year may be enough; the second is told to the day."""
    for name in ("moved_in", "moved_out"):
        written = reading.said.get(name, "")
        if not written:
            continue
        try:
            day = values.day(written)
        except ValueError as error:
            raise Wrong(name, str(error)) from None
        if name == "moved_out" and day.whole is None:
            raise Wrong(name, "迁出日期要写到日，如 2026-03-01")
        reading.told[name] = date(day.year, day.month or 1, day.day or 1)


_SEVERAL = re.compile(r"[、,/;|]|或|\n|(?<=[0-9]{7})\s+(?=[0-9+(]{3})")  # a space: only behind a whole number


def first_phone(text: str) -> str:
    """The first number of a cell that may hold several. Raises ValueError for the whole cell when none is one."""
    text = unicodedata.normalize("NFKC", text).strip()
    if _SEVERAL.search(text):
        for part in _SEVERAL.split(text):
            try:
                return identifiers.own_phone(part)
            except ValueError:
                continue
    return identifiers.own_phone(text)


def _kind(words: str, otherwise: str, head: bool) -> str:
    if any(word in words for word in _TENANTS):
        return "tenant"
    if any(word in words for word in _OWNERS):
        return "owner"
    if words and any(word in words for word in _RELATIVES):
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
            raise Wrong("care", "认不出这一类；请写老人、孩子、残疾人、孕产妇、租户，不写病名")
        found.append(code)
    return found
