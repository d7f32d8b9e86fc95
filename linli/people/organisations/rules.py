"""Which organisation may stand under which, and when a term runs out. Pure: kinds, links and days in, answers out."""

import re
import unicodedata
from calendar import monthrange
from collections import defaultdict
from collections.abc import Iterable, Mapping
from datetime import date
from itertools import combinations
from typing import Any

from linli.base.exchange import identifiers

# 党工委 - 社区党总支 - 网格党支部 - 楼院党小组 is one chain; what serves the street stands under its office.
PARENTS: Mapping[str, tuple[str, ...]] = {
    "party_committee": ("party_committee",),
    "general_branch": ("party_committee",),
    "grid_branch": ("general_branch", "party_committee"),
    "branch": ("party_committee", "general_branch"),
    "party_group": ("grid_branch", "branch"),
    "sub_district_office": ("sub_district_office",),
    "desk": ("sub_district_office",),
    "community": ("sub_district_office",),
    "department": ("sub_district_office", "department"),
    "property_firm": ("property_firm",),
    "partner_unit": ("partner_unit",),
    "enterprise": ("enterprise",),
    "shop": ("enterprise",),
    "social_organisation": ("social_organisation",),
    "owners_committee": (),
}
# Below these nothing makes sense without the one above.
NEEDS_PARENT = ("grid_branch", "party_group")
PARTY = ("party_committee", "general_branch", "grid_branch", "branch", "party_group")
# What a community keeps in its register, as against the structure of the office that administrators keep.
REGISTERED = ("enterprise", "shop", "social_organisation", "owners_committee", "property_firm", "partner_unit")
# Too many to be held by every process, and no work is ever given to them.
UNLISTED = ("enterprise", "shop", "social_organisation", "owners_committee")


def may_stand_under(kind: str, parent_kind: str | None) -> bool:
    """Whether an organisation of this kind may have a parent of that kind (None: no parent at all)."""
    if parent_kind is None:
        return kind not in NEEDS_PARENT
    return parent_kind in PARENTS.get(kind, ())


def makes_circle(moved: int, under: int | None, parents: Mapping[int, int | None]) -> bool:
    """Whether `moved` would stand below itself. parents: organisation -> its parent."""
    seen: set[int] = set()
    while under is not None and under not in seen:
        if under == moved:
            return True
        seen.add(under)
        under = parents.get(under)
    return False


def add_months(day: date, months: int) -> date:
    """The same day of the month, so many months on (or back); the last of the month where there is no such day."""
    count = day.year * 12 + day.month - 1 + months
    year, month = divmod(count, 12)
    return date(year, month + 1, min(day.day, monthrange(year, month + 1)[1]))


def due_day(starts: date, years: int) -> date:
    """The day on which a term of so many years runs out."""
    return add_months(starts, 12 * years)


def may_postpone(due_on: date, to: date, most_months: int) -> bool:
    """Whether an election may be put off to that day: after it is due, and by no more than so many months."""
    return due_on < to <= add_months(due_on, most_months)


def is_early(due_on: date, held_on: date, months: int) -> bool:
    """Whether an election on that day is so many months or more ahead of the end of its term, and needs leave."""
    return held_on < add_months(due_on, -months)


def reminders_due(due_on: date, months: Iterable[int], today: date) -> list[int]:
    """Which reminders, each so many months ahead of the due day, have come by today; the longest ahead first."""
    return sorted((ahead for ahead in months if today >= add_months(due_on, -ahead)), reverse=True)


def stage(due_on: date, months: Iterable[int], today: date) -> str:
    """How near a term is to its end: "over" after the due day, else the shortest reminder that has come, else ""."""
    if today > due_on:
        return "over"
    passed = reminders_due(due_on, months, today)
    return str(passed[-1]) if passed else ""


def term_years(terms: Iterable[Mapping[str, Any]], kind: str, domain: str) -> int | None:
    """How many years a term lasts: the first row of the policy that fits; None where none does."""
    for row in terms:
        if kind in row.get("kinds", [kind]) and domain in row.get("domains", [domain]):
            return int(row["years"])
    return None


def term_problems(data: Mapping[str, Any]) -> list[str]:
    """What is wrong with a policy of terms, in the editor's words."""
    found = []
    reminders = data.get("reminders")
    if not (
        isinstance(reminders, list) and reminders and all(isinstance(one, int) and 0 < one <= 24 for one in reminders)
    ):
        found.append("提醒（reminders）要写提前的月数，1 到 24。")
    if not (isinstance(data.get("postpone_months"), int) and 0 <= data["postpone_months"] <= 24):
        found.append("延期上限（postpone_months）要写 0 到 24 个月。")
    if not (isinstance(data.get("early_months"), int) and 0 <= data["early_months"] <= 60):
        found.append("提前换届（early_months）要写 0 到 60 个月。")
    for number, row in enumerate(data.get("terms", []), 1):
        if not (isinstance(row.get("years"), int) and 1 <= row["years"] <= 10):
            found.append(f"第{number}条届期的年数应为 1 到 10。")
        if not row.get("source"):
            found.append(f"第{number}条届期没有写依据（source）。")
    return found


def term_answer(data: Mapping[str, Any], given: Mapping[str, Any]) -> dict[str, Any]:
    """What the policy says of an example: a term by kind and domain, how near its end is, or whether it may be put
    off."""
    if "to" in given:
        due, to = date.fromisoformat(given["due_on"]), date.fromisoformat(given["to"])
        return {"may": may_postpone(due, to, data["postpone_months"])}
    if "held_on" in given:
        due, held = date.fromisoformat(given["due_on"]), date.fromisoformat(given["held_on"])
        return {"early": is_early(due, held, data["early_months"])}
    if "today" in given:
        due, today = date.fromisoformat(given["due_on"]), date.fromisoformat(given["today"])
        return {
            "stage": stage(due, data["reminders"], today),
            "reminders": reminders_due(due, data["reminders"], today),
        }
    years = term_years(data["terms"], given["kind"], given["domain"])
    if years is None:
        return {}
    return {"years": years, "due_on": due_day(date.fromisoformat(given["starts"]), years).isoformat()}


# Letters that GB 32100 leaves out because they look like these.
_LOOKS = {"O": "0", "I": "1", "Z": "2", "S": "5", "V": "U"}
_SIGNS = "0123456789ABCDEFGHJKLMNPQRTUWXY"


def credit_code(text: str) -> str:
    """A unified social credit code (GB 32100-2015). Raises ValueError that says which of the eighteen signs is wrong."""
    try:
        return identifiers.credit_code(text)
    except ValueError as error:
        raise ValueError(_credit_problem(text) or str(error)) from None


def _credit_problem(text: str) -> str:
    """Which sign is wrong, and what it may be; "" when there are not eighteen of them."""
    code = "".join(unicodedata.normalize("NFKC", text).upper().split()).strip("'")
    if len(code) != 18:
        return ""
    for at, sign in enumerate(code, 1):
        if sign not in _SIGNS:
            like = f"，是不是“{_LOOKS[sign]}”？" if sign in _LOOKS else "。"
            return f"第 {at} 位是“{sign}”，统一社会信用代码里不会有{like}"
    for at, sign in enumerate(code[2:8], 3):
        if not sign.isdigit():
            return f"第 {at} 位是“{sign}”，第 3 至 8 位应为行政区划代码的数字。"
    for sign in _SIGNS:
        try:
            identifiers.credit_code(code[:17] + sign)
        except ValueError:
            continue
        return f"校验码不对：按前 17 位算，第 18 位应为“{sign}”，这里是“{code[17]}”，请核对每一位。"
    return ""


_FORMS = re.compile(
    r"(股份有限公司|有限责任公司|有限公司|分公司|公司|（个体工商户）|\(个体工商户\)|个体工商户|经营部|店)$"
)


def name_key(name: str) -> str:
    """A name as far as two spellings of it agree: one width of signs, no punctuation, no legal form at its end."""
    plain = unicodedata.normalize("NFKC", name).upper()
    while (short := _FORMS.sub("", plain)) != plain and len(short) >= 2:
        plain = short
    return re.sub(r"[\W_]+", "", plain)


def near_names(keys: Mapping[int, str]) -> set[tuple[int, int]]:
    """Pairs whose keys are the same, or differ by one sign when they have five or more. keys: id -> `name_key`."""
    buckets: dict[str, set[int]] = defaultdict(set)
    for number, key in keys.items():
        buckets[key].add(number)
        if len(key) >= 5:
            for at in range(len(key)):
                # What is left without one sign: two that differ in one share such a rest.
                buckets[key[:at] + "\0" + key[at + 1 :]].add(number)
                buckets[key[:at] + key[at + 1 :]].add(number)
    found = set()
    for numbers in buckets.values():
        # What very many share is a family of names, and no slip of the pen.
        if 1 < len(numbers) <= 20:
            for one, other in combinations(sorted(numbers), 2):
                if _one_apart(keys[one], keys[other]):
                    found.add((one, other))
    return found


_NUMERALS = frozenset("0123456789零一二三四五六七八九十百甲乙丙丁东西南北")


def _one_apart(one: str, other: str) -> bool:
    """Whether two keys are the same, or one sign put in, left out or changed makes them so. A numeral or a point of the compass
    is no slip: the second shop is another one than the third."""
    if one == other:
        return True
    if abs(len(one) - len(other)) > 1:
        return False
    long, short = (one, other) if len(one) >= len(other) else (other, one)
    at = next((at for at, (a, b) in enumerate(zip(long, short, strict=False)) if a != b), len(short))
    if len(long) == len(short):
        return long[at + 1 :] == short[at + 1 :] and not (long[at] in _NUMERALS and short[at] in _NUMERALS)
    return long[at + 1 :] == short[at:] and long[at] not in _NUMERALS
