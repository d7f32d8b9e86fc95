"""Predicates of people, homes and care. Pure: no database, no clock of its own.

What may be kept of a person is little, by the rule of the least that is necessary (个人信息保护法第六条): a name, a year of birth, a way to
reach them, where they live, and whether they need care. Never why they need it.
"""

import json
import math
import re
import unicodedata
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any, Protocol

from linli.base import masks
from linli.base.masks.rules import HIDDEN

NAME_MOST = 40
OLDEST = 125
SEXES = ("0", "1", "2", "9")  # GB/T 2261.1
# Groups that the law calls sensitive (health, specific identity, under age: 个人信息保护法第二十八条). A policy may add others, never take one away.
ALWAYS_SENSITIVE = frozenset({"young", "ill", "disabled", "pregnant"})
CONSENTS = ("none", "self", "guardian")
# What a page shows of a sensitive group to whoever has not stated a purpose.
HIDDEN_GROUP = "hidden"
LIST_NAME_MOST = 30

# Nearly every name that is written; it is its own spelling already.
_USUAL = re.compile(r"[\u4e00-\u9fff]{1,6}")
_NAME = re.compile(r"[\u3400-\u9fff\U00020000-\U0003ffff〇a-zA-Z·•.'\- ]+")


def clean_name(text: str) -> str:
    """One spelling of a name: NFKC, single spaces, none between Chinese characters, one kind of middle dot."""
    if _USUAL.fullmatch(text):
        return text
    plain = " ".join(unicodedata.normalize("NFKC", text).split())
    plain = re.sub(r"[•．・‧∙]", "·", plain)
    return re.sub(r"(?<=[\u3400-\U0003ffff]) (?=[\u3400-\U0003ffff])", "", plain)


def sought(text: str) -> str:
    """What somebody looks for with these words: name, phone, identity or address; masked for what was copied from a masked page; or ""."""
    plain = unicodedata.normalize("NFKC", text).strip()
    if not plain or "*" in plain:
        return "masked" if plain else ""
    bare = re.sub(r"[\s'‘’]", "", plain)
    if re.fullmatch(r"\d{15}|\d{17}[\dxX]", bare):
        return "identity"
    groups = re.split(r"[-—－()+]", bare)
    longish = any(len(group) >= 6 for group in groups) or re.fullmatch(r"(86)?1[3-9]\d{9}", "".join(groups))
    if longish and all(group.isdigit() or not group for group in groups):
        return "phone"
    return "address" if re.search(r"\d", bare) else "name"


def problem_of_name(name: str) -> str:
    """Why this cannot be somebody's name; empty when it can. name: as `clean_name` gives it."""
    if not name:
        return "请填写姓名。"
    if len(name) > NAME_MOST:
        return f"姓名不超过 {NAME_MOST} 个字。"
    return "" if _NAME.fullmatch(name) else "姓名里只写汉字、字母和间隔号，不写数字、称呼或备注。"


def problem_of_birth(year: int, born: date | None, today: date) -> str:
    """Why this cannot be a birth; empty when it can. year 0: not known."""
    if born is not None and born > today:
        return "出生日期不能在将来。"
    if year and not today.year - OLDEST <= year <= today.year:
        return "请核对出生年份。"
    return "出生日期和出生年份不一致。" if born is not None and year and born.year != year else ""


def age(year: int, today: date, born: date | None = None) -> int | None:
    """Whole years; from the year alone it may be one too many. None when the year is not known."""
    if not year:
        return None
    passed = born is None or (today.month, today.day) >= (born.month, born.day)
    return max(0, today.year - year - (0 if passed else 1))


def is_minor(year: int, today: date, born: date | None = None, majority: int = 18) -> bool:
    """Whether somebody is under age. With only the year, whoever may still be is: the stricter reading protects."""
    if not year:
        return False
    if born is None:
        return today.year - year <= majority
    reached = age(born.year, today, born)
    return reached is not None and reached < majority


def review_on(verified_on: date, days: int) -> date:
    """The day by which a need for care must be looked at again. days: from the policy of care."""
    return verified_on + timedelta(days=days)


def may_reach(regions: Iterable[str], code: str, everything: bool = False) -> bool:
    """Whether somebody who answers for these regions keeps people who live at `code`; no region, nobody."""
    return everything or code.startswith(tuple(region for region in regions if region))


def mask_group(code: str) -> str:
    """A group of care as it may be shown without a purpose: a sensitive one only as being there."""
    return HIDDEN_GROUP if code in ALWAYS_SENSITIVE or not code else code


def mask_date(text: str) -> str:
    """1950-03-02 -> 1950-**-**."""
    return f"{text[:4]}-**-**" if re.fullmatch(r"\d{4}-\d\d-\d\d", text) else HIDDEN


_MASKS = {
    "name": masks.name,
    "phone": masks.phone,
    "identity": masks.id_number,
    "birth_date": mask_date,
    "group": mask_group,
    "home": masks.address,
    "contact_name": masks.name,
    "contact_phone": masks.phone,
}
PLAIN = ("sex", "birth_year", "kind", "state")


def mask_before(text: str) -> str:
    """What was known before, as the history keeps it (JSON, field -> text), with every personal value masked.

    What carries on an undoing (keys that begin with `_`) is left out.
    """
    try:
        values = json.loads(text)
    except ValueError:
        return "{}"
    shown = {
        name: _MASKS[name](value) if name in _MASKS else value if name in PLAIN else HIDDEN
        for name, value in values.items()
        if not name.startswith("_")
    }
    return json.dumps(shown, ensure_ascii=False)


class Door(Protocol):
    """A dwelling, as far as a walk is concerned."""

    unit_name: str
    room_name: str
    floor: int | None
    building: Any


def door_order(home: Door) -> tuple[Any, ...]:
    """What sorts dwellings as they are walked: building by building, unit by unit, up the stairs; 9号楼 before 10号楼."""
    building = home.building
    return (natural(building.name), building.pk, natural(home.unit_name), home.floor or 0, natural(home.room_name))


def natural(text: str) -> tuple[tuple[int, int, str], ...]:
    """A key that sorts 9 before 10: runs of digits as numbers, the rest as it is written."""
    parts = re.findall(r"[0-9]+|[^0-9]+", text)
    return tuple((0, int(part), "") if part.isdigit() else (1, 0, part) for part in parts)


@dataclass(frozen=True, slots=True)
class Stop:
    """Somebody to visit. due: the day of the review; at: (longitude, latitude) of the building; door: as `door_order` gives it."""

    person: int
    due: date
    building: int
    at: tuple[float, float]
    door: tuple[Any, ...]


def walk(stops: Iterable[Stop], most: int) -> list[int]:
    """Whom to visit: the most overdue people, at most so many, in the order of a walk.

    It begins at the building of whoever is most overdue and always goes on to the nearest building that is left, so that nobody goes up the
    same stairs twice; in a building unit by unit, up the stairs.
    """
    first: dict[int, Stop] = {}
    for stop in stops:
        if stop.person not in first or stop.due < first[stop.person].due:
            first[stop.person] = stop
    chosen = sorted(first.values(), key=lambda stop: (stop.due, stop.person))[:most]
    left: dict[int, list[Stop]] = {}
    for stop in chosen:
        left.setdefault(stop.building, []).append(stop)
    order: list[int] = []
    building = chosen[0].building if chosen else 0
    while left:
        here = left[building][0].at
        order += [stop.person for stop in sorted(left.pop(building), key=lambda stop: (stop.door, stop.person))]
        building = min(left, key=lambda one: _apart(here, left[one][0].at), default=0)
    return order


def _apart(one: tuple[float, float], other: tuple[float, float]) -> float:
    """How far two places are apart, good enough to say which is nearer: a degree east is shorter than one north."""
    east = (one[0] - other[0]) * math.cos(math.radians(one[1]))
    return math.hypot(east, one[1] - other[1])


# The policy of care (linli/policies/care.toml) and that of the register (linli/policies/residents.toml).


def care_problems(data: Mapping[str, Any]) -> list[str]:
    """What is wrong with a policy of care, in the editor's words."""
    groups, purposes = data.get("groups"), data.get("purposes")
    if not isinstance(groups, list) or not groups or not isinstance(purposes, list) or not purposes:
        return ["要写需关照的类别 [[groups]] 和用途 [[purposes]]。"]
    found: list[str] = []
    codes = [str(group.get("code", "")) for group in groups]
    found += [f"类别“{code}”写了两次。" for code in sorted({code for code in codes if codes.count(code) > 1})]
    for group in groups:
        code = str(group.get("code", ""))
        if not code or not group.get("name") or not group.get("basis"):
            found.append(f"类别“{code}”要写编码、名称和依据。")
        if group.get("review_days") not in range(1, 367):
            found.append(f"类别“{code}”的复核间隔要写 1 到 366 天。")
        if group.get("consent") not in CONSENTS:
            found.append(f"类别“{code}”的同意要写 none、self 或 guardian。")
        if code in ALWAYS_SENSITIVE and not group.get("sensitive"):
            found.append(f"类别“{code}”属于敏感个人信息，不能按不敏感处理。")
        if group.get("sensitive") and group.get("consent") == "none":
            found.append(f"类别“{code}”属于敏感个人信息，要有单独同意。")
        if not group.get("roles"):
            found.append(f"类别“{code}”要写哪些角色可以看。")
    if len({group.get("review_days") for group in groups if group.get("sensitive")}) > 1:
        found.append("各个敏感类别的复核间隔要一样：核实日期和复核日期不加密，间隔不同就看得出是哪一类。")
    for one in data.get("lists", []):
        if not one.get("code") or not 0 < len(one.get("name", "")) <= LIST_NAME_MOST or not one.get("work"):
            found.append(
                f"名单用途“{one.get('code', '')}”要写编码、名称（不超过 {LIST_NAME_MOST} 个字）和凭哪些在办的事。"
            )
    most_of = (
        ("horizon_days", 60),
        ("retry_days", 30),
        ("visits_most", 100),
        ("list_most", 500),
        ("lists_per_hour", 100),
    )
    for name, most in most_of:
        if data.get(name) not in range(1, most + 1):
            found.append(f"{name} 要写 1 到 {most} 之间的整数。")
    return found


def care_answer(data: Mapping[str, Any], given: Mapping[str, Any]) -> dict[str, Any]:
    """What the policy says of one group for one role, or of one kind of work as the reason for a list."""
    if "list" in given:
        wanted = next(one for one in data["lists"] if one["code"] == given["list"])
        return {"reason": given["work"] in wanted["work"], "due": wanted.get("due", False)}
    group = next(one for one in data["groups"] if one["code"] == given["group"])
    return {
        "sees": given["role"] in group["roles"],
        "consent": group["consent"],
        "review_on": review_on(date.fromisoformat(given["verified_on"]), group["review_days"]).isoformat(),
    }


Told = tuple[str, date]


def takes_over(data: Mapping[str, Any], held: Told, said: Told, decided: bool = False) -> bool:
    """Whether what is said now takes the place of what is held. held, said: (source, the day it was true on), by the policy of the register.

    decided: somebody has looked at both, so that on one day theirs holds. Between equals the one that came last does.
    """
    order = list(data["sources"])
    rank = [-(order.index(source) if source in order else len(order)) for source, _day in (held, said)]
    if data["precedence"] == "source":
        return (rank[1], said[1]) >= (rank[0], held[1])
    return said[1] > held[1] or (said[1] == held[1] and (decided or rank[1] >= rank[0]))


def register_problems(data: Mapping[str, Any]) -> list[str]:
    """What is wrong with the policy of the register, in the editor's words."""
    found = [
        f"{name} 要写 {least} 到 {most} 之间的整数。"
        for name, least, most in (
            ("majority", 14, 21),
            ("found_most", 1, 100),
            ("searches_per_hour", 1, 10_000),
            ("misses_per_hour", 1, 10_000),
            ("stale_days", 30, 3650),
        )
        if data.get(name) not in range(least, most + 1)
    ]
    if data.get("precedence") not in ("newer", "source"):
        found.append("precedence 要写 newer 或 source。")
    if not isinstance(data.get("sources"), list) or len(set(data["sources"])) != len(data["sources"]):
        found.append("sources 要从强到弱列出来源，不重复。")
    bases = data.get("identity_bases", [])
    if not isinstance(bases, list):
        return [*found, "收身份证号的依据 [[identity_bases]] 写法不对。"]
    wrong = [one for one in bases if not (one.get("code") and one.get("name") and one.get("basis"))]
    return found + ["每一项收身份证号的依据都要写编码、名称和文件。" for _one in wrong]


def register_answer(data: Mapping[str, Any], given: Mapping[str, Any]) -> dict[str, Any]:
    """What the policy says of two sources; or of one person: is the number of the identity card kept, and may a telephone number of their own be?"""
    if "held" in given:
        held, said = ((one["source"], date.fromisoformat(one["day"])) for one in (given["held"], given["said"]))
        return {"holds": "said" if takes_over(data, held, said) else "held"}
    today = date.fromisoformat(given["today"])
    return {
        "identity": given.get("basis", "") in {one["code"] for one in data.get("identity_bases", [])},
        "own_phone": not is_minor(given["birth_year"], today, majority=data["majority"]),
    }
