"""The ladder of reminding and supervising: which rungs a case has reached, replayed from its clocks and its record. Pure but for `ladder`.

Each rung is raised once: the mark of a rung names the deadline (or the count) it was raised for and stands in the entry.
Running it twice, late, or after a stop therefore raises nothing twice; of several rungs of one deadline that were slept
through, only the last is raised.
"""

from collections.abc import Iterable, Mapping, Sequence, Set
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from typing import Any

from linli.base import policies
from linli.base.calendar.rules import UNITS
from linli.base.policies import Checker, register

ACTS = ("remind", "supervise")


@dataclass(frozen=True, slots=True)
class Rung:
    """One rung. clocks and hours: so long before one of these is due; acts and times: so often recorded; promised: a hang-up's date."""

    code: str
    name: str
    act: str
    clocks: tuple[str, ...] = ()
    hours: int = 0
    acts: tuple[str, ...] = ()
    times: int = 0
    promised: bool = False


@dataclass(frozen=True, slots=True)
class Running:
    """A clock that runs: its code, the entry that started it, and when it is due."""

    code: str
    seq: int
    started: datetime
    due: datetime


@dataclass(frozen=True, slots=True)
class Raised:
    """A rung that has been reached and not raised yet. mark: what it is raised for, so that it is raised once; clock: which one."""

    rung: Rung
    mark: str
    clock: str = ""


def read(data: Mapping[str, Any]) -> tuple[Rung, ...]:
    """The rungs of the preset that holds, in the order of the file."""
    chosen = {row["code"]: row for row in data["presets"]}[data["preset"]]["rungs"]
    return tuple(
        Rung(
            row["code"], row["name"], row["act"], tuple(row.get("clocks", ())), row.get("hours", 0),
            tuple(row.get("acts", ())), row.get("times", 0), row.get("promised", False),
        )
        for row in data["rungs"]
        if row["code"] in chosen
    )  # fmt: skip


def ladder() -> tuple[Rung, ...]:
    """The ladder in force."""
    return read(policies.load("supervision").data)


def reached(
    rungs: Sequence[Rung],
    running: Iterable[Running],
    counts: Mapping[str, int],
    raised: Set[str],
    now: datetime,
    *,
    promised_on: date | None = None,
    today: date | None = None,
) -> list[Raised]:
    """What is to be raised now. counts: how often each act was recorded; raised: the marks of what was raised before."""
    found = [one for clock in running if (one := _of_clock(rungs, clock, raised, now)) is not None]
    for rung in rungs:
        mark = ""
        if rung.times and (count := sum(counts.get(act, 0) for act in rung.acts) // rung.times):
            mark = f"{rung.code}:{count * rung.times}"
        elif rung.promised and promised_on is not None and today is not None and promised_on < today:
            mark = f"{rung.code}:{promised_on.isoformat()}"
        if mark and mark not in raised:
            found.append(Raised(rung, mark))
    return found


def _of_clock(rungs: Sequence[Rung], clock: Running, raised: Set[str], now: datetime) -> Raised | None:
    """The last rung of this deadline whose moment has come, unless it was raised. A rung before the start of a short clock is none."""
    moments = [
        (clock.due - timedelta(hours=rung.hours), rung)
        for rung in rungs
        if clock.code in rung.clocks and clock.due - timedelta(hours=rung.hours) > clock.started
    ]
    come = [(moment, index, rung) for index, (moment, rung) in enumerate(moments) if _come(moment, rung, now)]
    if not come:
        return None
    rung = max(come)[2]
    mark = f"{rung.code}:{clock.code}:{clock.seq}:{clock.due.astimezone(UTC).isoformat(timespec='seconds')}"
    return None if mark in raised else Raised(rung, mark, clock.code)


def _come(moment: datetime, rung: Rung, now: datetime) -> bool:
    """Before a deadline from that moment on; the deadline itself is still in time."""
    return moment <= now if rung.hours else moment < now


def problems(data: Mapping[str, Any]) -> list[str]:
    found = []
    codes = {row.get("code") for row in data.get("rungs", [])}
    for row in data.get("rungs", []):
        kinds = [bool(row.get("clocks")), bool(row.get("acts")), bool(row.get("promised"))]
        if row.get("act") not in ACTS or not row.get("name") or sum(kinds) != 1:
            found.append(
                f"梯级“{row.get('code')}”要写 name、act（remind 或 supervise），以及 clocks、acts、promised 之一"
            )
        if row.get("acts") and not (isinstance(row.get("times"), int) and row["times"] > 0):
            found.append(f"梯级“{row.get('code')}”要写 times")
        if not isinstance(row.get("hours", 0), int) or row.get("hours", 0) < 0:
            found.append(f"梯级“{row.get('code')}”的 hours 要写不小于零的整数")
    presets = {row.get("code"): row for row in data.get("presets", [])}
    if data.get("preset") not in presets:
        found.append(f"没有名为“{data.get('preset')}”的预设")
    for code, row in presets.items():
        found += [f"预设“{code}”提到不存在的梯级“{one}”" for one in row.get("rungs", []) if one not in codes]
    review = data.get("hang_up_review", {})
    if review.get("unit") not in UNITS or not isinstance(review.get("amount"), int) or review["amount"] < 1:
        found.append("“hang_up_review”要写 amount 和 unit")
    return found


def answer(data: Mapping[str, Any], given: Sequence[int]) -> list[str]:
    """An example: [hours until an answer is due that was promised for seven days, times sent back] -> codes of rungs."""
    now = datetime(2026, 3, 9, tzinfo=UTC)
    due = now + timedelta(hours=given[0])
    clock = Running("answer", 1, due - timedelta(days=7), due)
    return [one.rung.code for one in reached(read(data), [clock], {"return": given[1]}, frozenset(), now)]


register("supervision", Checker(problems, answer))
