"""A year laid out as twelve months of weeks: what the calendar page draws. Pure."""

import calendar as months
from collections.abc import Container
from dataclasses import dataclass
from datetime import date

from linli.base.calendar.days import Calendar

WEEKDAYS = "一二三四五六日"


@dataclass(frozen=True)
class Square:
    """One day: its mark is 休 or 班 where it differs from an ordinary day of its weekday."""

    day: date
    working: bool
    mark: str
    reason: str
    decided_here: bool


@dataclass(frozen=True)
class Stretch:
    """Special days in a row with one reason."""

    first: date
    last: date
    reason: str
    working: bool
    decided_here: bool

    @property
    def length(self) -> int:
        return (self.last - self.first).days + 1


def year_grid(calendar: Calendar, year: int, decided_here: Container[str] = ()) -> list[list[list[Square | None]]]:
    """Twelve months, each a list of weeks from Monday to Sunday; None outside the month."""
    return [
        [
            [_square(calendar, date(year, month, day), decided_here) if day else None for day in week]
            for week in months.Calendar().monthdayscalendar(year, month)
        ]
        for month in range(1, 13)
    ]


def special_days(calendar: Calendar, year: int, decided_here: Container[str] = ()) -> list[Stretch]:
    """Every day of the year that differs from the weekday rule, joined into stretches."""
    stretches: list[Stretch] = []
    for day in sorted(day for day in calendar.specials if day.year == year):
        status, here = calendar.status(day), str(day) in decided_here
        last = stretches[-1] if stretches else None
        alike = last and (last.reason, last.working, last.decided_here) == (status.reason, status.working, here)
        if last and alike and (day - last.last).days == 1:
            stretches[-1] = Stretch(last.first, day, last.reason, last.working, here)
        else:
            stretches.append(Stretch(day, day, status.reason, status.working, here))
    return stretches


def working_days(calendar: Calendar, year: int) -> int:
    return sum(square.working for month in year_grid(calendar, year) for week in month for square in week if square)


def _square(calendar: Calendar, day: date, decided_here: Container[str]) -> Square:
    status = calendar.status(day)
    special = day in calendar.specials
    mark = ("班" if status.working else "休") if special else ""
    return Square(day, status.working, mark, status.reason if special else "", str(day) in decided_here)
