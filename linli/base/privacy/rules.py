"""Predicates of the protection of personal information. Pure: no database, no clock of its own."""

from collections.abc import Mapping, Sequence
from datetime import date, timedelta
from typing import Any

CLASSES = {"ordinary": "一般", "sensitive": "敏感"}
# What of a field its own subject gets in the file of what is held: the value, or the mask only.
TO_SELF = ("whole", "masked", "said")
_ENTRY = ("field", "name", "class", "purpose", "basis", "retention", "who")


def field_problems(data: Mapping[str, Any]) -> list[str]:
    """What is wrong with a registry of personal fields, in the editor's words."""
    fields, periods = data.get("fields"), data.get("retention")
    if not isinstance(fields, list) or not fields or not isinstance(periods, list) or not periods:
        return ["要写个人信息字段 [[fields]] 和保存期限 [[retention]]。"]
    codes = [str(one.get("code", "")) for one in periods]
    found = [f"保存期限“{code}”写了两次。" for code in sorted({c for c in codes if codes.count(c) > 1})]
    found += [
        f"保存期限“{one.get('code')}”要写名称和依据。" for one in periods if not (one.get("name") and one.get("basis"))
    ]
    found += [
        f"保存期限“{one.get('code')}”的天数要写 1 到 36500 之间的整数。"
        for one in periods
        if "days" in one and one["days"] not in range(1, 36501)
    ]
    names = [str(one.get("field", "")) for one in fields]
    found += [f"字段“{name}”写了两次。" for name in sorted({n for n in names if names.count(n) > 1})]
    for one in fields:
        name = one.get("field", "")
        missing = [key for key in _ENTRY if not one.get(key)]
        if missing:
            found.append(f"字段“{name}”没有写：{'、'.join(missing)}。")
        elif one["class"] not in CLASSES:
            found.append(f"字段“{name}”的类别要写 ordinary 或 sensitive。")
        elif one["retention"] not in codes:
            found.append(f"字段“{name}”的保存期限“{one['retention']}”没有定义。")
        elif one["class"] == "sensitive" and not one.get("sealed"):
            found.append(f"敏感字段“{name}”必须加密保存（sealed = true）。")
        elif one.get("to_self", "whole") not in TO_SELF:
            found.append(f"字段“{name}”的 to_self 要写 whole、masked 或 said。")
    return found


def field_answer(data: Mapping[str, Any], given: Mapping[str, Any]) -> dict[str, Any]:
    """What the registry says of one field for one role."""
    one = next((each for each in data["fields"] if each["field"] == given["field"]), None)
    if one is None:
        return {"known": False}
    return {
        "known": True,
        "class": one["class"],
        "sealed": bool(one.get("sealed")),
        "sees": given["role"] in one["who"],
    }


def protection_problems(data: Mapping[str, Any]) -> list[str]:
    """What is wrong with the policy of requests, codes and exports, in the editor's words."""
    ranges = {
        "answer_days": (1, 30),
        "code_minutes": (1, 30),
        "page_minutes": (5, 60),
        "export_limit": (1, 50_000),
        "export_hours": (1, 168),
        "approval_hours": (1, 168),
        "retention_batch": (1, 5000),
        "reveals_per_hour": (1, 1000),
    }
    found = [
        f"{name} 要写 {least} 到 {most} 之间的整数。"
        for name, (least, most) in ranges.items()
        if data.get(name) not in range(least, most + 1)
    ]
    purposes = data.get("purposes")
    if not isinstance(purposes, list) or not purposes or any(not (p.get("code") and p.get("name")) for p in purposes):
        found.append("要写导出的用途 [[purposes]]，每项有编码和名称。")
    if not isinstance(data.get("rotate_after_retention"), bool):
        found.append("rotate_after_retention 要写 true 或 false。")
    return found


def protection_answer(data: Mapping[str, Any], given: Mapping[str, Any]) -> Any:
    """What the policy says: by when a request is answered, or whether an export needs a second person."""
    if "asked" in given:
        return answer_by(date.fromisoformat(given["asked"]), data["answer_days"]).isoformat()
    return needs_approval(int(given["rows"]), data["export_limit"])


def answer_by(asked: date, days: int) -> date:
    """The last day for an answer to a request about personal information (GB/T 35273-2020: at most 30 days)."""
    return asked + timedelta(days=days)


def needs_approval(rows: int, limit: int) -> bool:
    """Whether taking out so many rows of personal information needs a second person. rows: with what was taken shortly before."""
    return rows > limit


def problem_of_words(words: str, most: int = 500) -> str:
    """Why this cannot be a request; empty when it can."""
    if not words.strip():
        return "请写清楚要求什么。"
    return f"最多写 {most} 个字，现在有 {len(words)} 个。" if len(words) > most else ""


def summed(rows: Sequence[tuple[str, str]]) -> list[tuple[str, str, int]]:
    """(kind, rule, how many), the most first, of (kind, rule) of each thing that would go."""
    counts: dict[tuple[str, str], int] = {}
    for row in rows:
        counts[row] = counts.get(row, 0) + 1
    return sorted(((kind, rule, n) for (kind, rule), n in counts.items()), key=lambda one: (-one[2], one[:2]))
