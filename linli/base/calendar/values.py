"""The words a time limit is written in: units, pauses, extensions, conventions, and the lines of an explanation."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from fractions import Fraction
from typing import Literal

Amount = int | Decimal | Fraction | float
Unit = Literal["minutes", "hours", "days", "working_days", "working_hours", "months"]
UNITS: dict[str, str] = {
    "minutes": "分钟",
    "hours": "小时",
    "days": "天",
    "working_days": "个工作日",
    "working_hours": "个工作小时",
    "months": "个月",
}
CONTINUOUS = {"minutes": 60, "hours": 3600}
_DAYS_LIKE = {"days", "working_days", "months"}
_LARGEST = {
    "minutes": 5_256_000,
    "hours": 87_600,
    "days": 3_660,
    "working_days": 2_500,
    "working_hours": 20_000,
    "months": 120,
}
ONE_DAY = timedelta(days=1)


@dataclass(frozen=True)
class Convention:
    """How an office counts. See the module docstring for the meaning and the source of each default."""

    first_day: Literal["next", "same"] = "next"
    day_ends: Literal["midnight", "close", "same_time"] = "midnight"
    receipt: Literal["as_is", "next_opening"] = "as_is"
    roll: bool = False


@dataclass(frozen=True)
class Pause:
    """A span in which the clock stands still; ``end`` is None while it is still paused. Both ends are aware."""

    start: datetime
    end: datetime | None = None
    reason: str = ""


@dataclass(frozen=True)
class Extension:
    """More time that was granted; ``unit`` None means the unit of the clock."""

    amount: Amount
    unit: Unit | None = None
    granted_at: datetime | None = None
    reason: str = ""


@dataclass(frozen=True)
class Line:
    """One step of the answer to "why is it due then?". ``kind``: start, count, skip, pause, extend, warn, due."""

    kind: str
    template: str
    values: Mapping[str, str] = field(default_factory=dict)

    @property
    def text(self) -> str:
        return self.template.format(**self.values)

    def __str__(self) -> str:
        return self.text


@dataclass(frozen=True)
class Explained:
    """A due time with its reasons. ``due`` is None while the clock is paused with no end."""

    due: datetime | None
    lines: tuple[Line, ...]

    @property
    def warnings(self) -> tuple[Line, ...]:
        return tuple(line for line in self.lines if line.kind == "warn")


def aware(moment: datetime) -> datetime:
    if moment.tzinfo is None:
        raise ValueError("a time without a zone cannot start, pause or end a clock")
    return moment.astimezone(UTC)


def check_amount(amount: Amount, unit: str) -> None:
    if unit not in UNITS:
        raise ValueError(f"unknown unit {unit!r}")
    if not 0 <= amount <= _LARGEST[unit]:
        raise ValueError(f"{amount} {unit} is not between 0 and {_LARGEST[unit]}")
    if unit in _DAYS_LIKE and int(amount) != amount:
        raise ValueError(f"{unit} are whole numbers")


def amount_text(amount: Amount) -> str:
    return f"{round(float(amount), 2):g}"


def seconds_of(span: timedelta) -> Fraction:
    return Fraction(span // timedelta(microseconds=1), 1_000_000)
