"""The calendar value object: what kind of day a date is, and where days and office hours begin and end."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from datetime import UTC, date, datetime, time, timedelta
from functools import cached_property
from typing import Any, Literal
from zoneinfo import ZoneInfo

Kind = Literal["holiday", "workday"]
_MIDNIGHT = time(0)
_INSTANT = timedelta(microseconds=1)


@dataclass(frozen=True)
class Special:
    """A day that is not what its weekday says: a holiday, or a rest day on which people work (调休)."""

    kind: Kind
    reason: str


@dataclass(frozen=True)
class Status:
    """What a date is. ``published`` is False where only the weekday rule could be used."""

    working: bool
    reason: str
    published: bool


@dataclass(frozen=True)
class Calendar:
    """Working days of one office, as a value.

    version: what a clock stores to say which calendar it was counted by (``queries.calendar_at`` finds it again).
    specials: the days that differ from the weekday rule. published: years with an official arrangement.
    weekend: ISO weekdays of rest. office_hours: spans of the working day, in order, in local time.
    """

    specials: Mapping[date, Special] = field(default_factory=dict)
    published: frozenset[int] = frozenset()
    zone: str = "Asia/Shanghai"
    weekend: frozenset[int] = frozenset({6, 7})
    office_hours: tuple[tuple[time, time], ...] = ((time(9), time(12)), (time(13, 30), time(18)))
    sources: Mapping[int, str] = field(default_factory=dict)
    version: str = ""

    def __post_init__(self) -> None:
        if not self.weekend < frozenset(range(1, 8)):
            raise ValueError("weekend: ISO weekdays 1..7, and at least one day of work")
        edges = [edge for span in self.office_hours for edge in span]
        if not edges or sorted(set(edges)) != edges:
            raise ValueError("office_hours: at least one span, in order and without overlap")
        _ = self.tz  # raises on an unknown zone

    @cached_property
    def tz(self) -> ZoneInfo:
        return ZoneInfo(self.zone)

    @cached_property
    def remembered(self) -> dict[Any, Any]:
        """What was reckoned by this calendar, for whoever reckons: it is true as long as this value lives."""
        return {}

    def override(self, days: Mapping[date, Special], version: str = "") -> Calendar:
        """This calendar with some days decided otherwise."""
        return replace(self, specials={**self.specials, **days}, version=version or self.version)

    def status(self, day: date) -> Status:
        special = self.specials.get(day)
        published = day.year in self.published or special is not None
        if special is not None:
            return Status(special.kind == "workday", special.reason, published)
        resting = day.isoweekday() in self.weekend
        return Status(not resting, "周末" if resting else "", published)

    # -- moments of a day ----------------------------------------------------------------------------------------
    def local(self, moment: datetime) -> datetime:
        return moment.astimezone(self.tz)

    def at(self, day: date, clock: time) -> datetime:
        """A local wall time as UTC. A wall time that a change of clocks skips counts from before the change."""
        return datetime.combine(day, clock, self.tz).astimezone(UTC)

    def day_end(self, day: date) -> datetime:
        """24:00 of a day as its last microsecond, so that the date stays the date people say."""
        return self.at(day + timedelta(days=1), _MIDNIGHT) - _INSTANT

    def closing(self, day: date) -> datetime:
        return self.at(day, self.office_hours[-1][1])

    def office_spans(self, day: date) -> tuple[tuple[datetime, datetime], ...]:
        return tuple((self.at(day, opens), self.at(day, closes)) for opens, closes in self.office_hours)


def moment_text(moment: datetime, calendar: Calendar) -> str:
    """2026-10-09 17:30, and 2026-10-09 24:00 for the end of a day."""
    local = calendar.local(moment)
    if moment == calendar.day_end(local.date()):
        return f"{local:%Y-%m-%d} 24:00"
    return f"{local:%Y-%m-%d %H:%M}"


def parse_office_hours(spans: Iterable[str]) -> tuple[tuple[time, time], ...]:
    parts = [span.split("-") for span in spans]
    return tuple((time.fromisoformat(opens.strip()), time.fromisoformat(closes.strip())) for opens, closes in parts)
