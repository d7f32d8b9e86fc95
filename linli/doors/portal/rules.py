"""What the residents' door decides. Pure: values in, values out."""

import hashlib
import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

# The road of a case as a resident sees it; side steps stand on the stage they belong to.
STAGES: tuple[tuple[str, frozenset[str]], ...] = (
    ("收到", frozenset({"filed"})),
    ("派单", frozenset({"dispatched", "returned", "deliberating"})),
    ("办理", frozenset({"handling", "paused", "hung_up"})),
    ("答复", frozenset()),
    ("评价", frozenset({"answered"})),
    ("办结", frozenset({"closed"})),
)
# Notes that are written to the reporter. Others stay inside, though the act itself is shown.
NOTES_SHOWN = frozenset(
    {
        "answer", "extend", "grant_extension", "pause", "resume", "visit", "measure", "supplement", "reopen", "withdraw",
        "hang_up", "review_hang_up", "lift", "decline",
    }
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Emergency:
    """call: the number to ring first; say: the sentence that tells so."""

    call: str
    name: str
    say: str


def emergencies(text: str, groups: Iterable[Mapping[str, Any]]) -> list[Emergency]:
    """The services to call first, judged by words in the text; empty for everyday matters."""
    plain = "".join(text.split())
    return [
        Emergency(group["call"], group["name"], group["say"])
        for group in groups
        if any(word in plain for word in group["words"])
    ]


def hints(groups: Iterable[Mapping[str, Any]], month: int) -> list[str]:
    """Examples for the time of the year."""
    return [text for group in groups if month in group["months"] for text in group["texts"]]


def problem_of_photos(count: int, most: int) -> str:
    """Why so many photos cannot be taken; empty when they can."""
    return f"最多 {most} 张照片。" if count > most else ""


def may_remind_from(last: datetime | None, hours: int, now: datetime) -> datetime | None:
    """The moment from which the reporter may remind again; None when that is now."""
    if last is None or last + timedelta(hours=hours) <= now:
        return None
    return last + timedelta(hours=hours)


def stages(step: str, round_: int) -> list[tuple[str, str]]:
    """(label, done | current | todo) of the road; empty for a step of a procedure that takes another road."""
    at = next((index for index, (_label, steps) in enumerate(STAGES) if step in steps), None)
    if at is None:
        return []
    labels = [label for label, _steps in STAGES]
    if round_ > 1:
        labels[1] = "重新派单"
    last = len(STAGES) - 1
    return [
        (label, "done" if i < at or at == last else "current" if i == at else "todo") for i, label in enumerate(labels)
    ]


def fingerprint(typed: Mapping[str, Any]) -> str:
    """A short name of what was typed: the same words, the same name."""
    text = json.dumps(typed, sort_keys=True, ensure_ascii=False, default=str)
    return hashlib.sha256(text.encode("utf-8", "surrogatepass")).hexdigest()[:32]


def problems(data: Mapping[str, Any]) -> list[str]:
    """What is wrong with an edited site policy, in the editor's words."""
    found = [
        f"缺少“{key}”"
        for key in ("site_name", "hotline", "hotline_name", "privacy_version")
        if not _text(data.get(key))
    ]
    found += [f"“{key}”要写文字" for key in ("office", "kept_words") if not isinstance(data.get(key), str)]
    for key, most in (("photos_most", 12), ("photo_megabytes", 15), ("remind_hours", 720)):
        value = data.get(key)
        if not isinstance(value, int) or isinstance(value, bool) or not 1 <= value <= most:
            found.append(f"“{key}”要写 1 到 {most} 之间的整数")
    told = data.get("door_told", [])
    if not isinstance(told, list) or not all(_text(code) for code in told):
        found.append("“door_told”要写角色代码的清单")
    for number, group in enumerate(_rows(data, "emergencies"), 1):
        if not all(_text(group.get(key)) for key in ("call", "name", "say")) or not _texts(group.get("words")):
            found.append(f"第{number}组紧急用语要写 call、name、say 和 words")
    for number, group in enumerate(_rows(data, "hints"), 1):
        months = group.get("months")
        good = isinstance(months, list) and months and all(isinstance(m, int) and 1 <= m <= 12 for m in months)
        if not good or not _texts(group.get("texts")):
            found.append(f"第{number}组例子要写 months(1 到 12)和 texts")
    return found


def answer(data: Mapping[str, Any], given: Mapping[str, Any]) -> Any:
    """What the policy says of an example: numbers to call for a text, why not so many photos, hints of a month."""
    if "text" in given:
        return [found.call for found in emergencies(given["text"], data["emergencies"])]
    if "photos" in given:
        return problem_of_photos(given["photos"], data["photos_most"])
    return hints(data["hints"], given["hint_month"])


def _text(value: Any) -> bool:
    return isinstance(value, str) and bool(value.strip())


def _texts(value: Any) -> bool:
    return isinstance(value, list) and bool(value) and all(_text(one) for one in value)


def _rows(data: Mapping[str, Any], key: str) -> Sequence[Mapping[str, Any]]:
    rows = data.get(key, [])
    return [row if isinstance(row, dict) else {} for row in rows] if isinstance(rows, list) else [{}]
