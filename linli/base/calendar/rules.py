"""Working-time arithmetic: pure functions over a calendar value; no database, no clock of its own.

Conventions (each is a field of :class:`Convention`, so policy may choose otherwise)
------------------------------------------------------------------------------------
* Periods in days begin **the day after** the start, and the last day ends at **24:00** (Civil Code of the PRC, art. 201
  and 203). 24:00 is stored as the last microsecond of that day, so that the date of a due time is the date people say;
  compare with ``<=``.
* A period in months ends on the day of the same number; where the month has none, on its last day (art. 202).
* Hours and minutes run without a break, nights and holidays included. Working hours run in the office hours of working
  days.
* The last day of a calendar-day period is **not** moved when it is a rest day. Civil Code art. 203 moves it, but an
  office's own promise to a resident must not become later by itself; set ``roll`` where the law of the matter asks.
* While a clock is paused, a day does not count if the clock stands still at the moment when that day ends. A pause
  within one day therefore changes no period counted in days.
* An extension goes on counting from the due time reached before it, in its own unit.
* A year whose official arrangement is not published yet is counted by weekdays, and says so in a warning line.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import date, datetime
from fractions import Fraction

from .counting import Count
from .days import Calendar
from .values import (
    CONTINUOUS,
    ONE_DAY,
    UNITS,
    Amount,
    Convention,
    Explained,
    Extension,
    Line,
    Pause,
    Unit,
    aware,
    check_amount,
    seconds_of,
)

__all__ = ["UNITS", "Convention", "Explained", "Extension", "Line", "Pause", "Unit", "due", "elapsed"]


def due(
    started: datetime,
    amount: Amount,
    unit: Unit,
    calendar: Calendar,
    pauses: Sequence[Pause] = (),
    extensions: Sequence[Extension] = (),
    convention: Convention | None = None,
) -> Explained:
    """When a time limit runs out, with every step of the calculation.

    started: aware moment at which the clock starts. amount: how many ``unit``; whole for days and months.
    Returns an :class:`Explained` whose ``due`` is aware, in UTC. Raises ValueError on a naive time, an unknown unit,
    an amount below zero or beyond ten years, or a pause that ends before it starts.
    """
    count = Count(calendar, tuple(pauses), convention or Convention())
    moment = count.begin(started, amount, unit)
    result = count.segment(moment, amount, unit, first=True)
    for extension in extensions:
        extension_unit = extension.unit or unit
        check_amount(extension.amount, extension_unit)
        count.say_extension(extension, extension_unit)
        if result is not None:
            result = count.segment(result, extension.amount, extension_unit, first=False)
            unit = extension_unit
    return count.finish(result, unit)


def elapsed(
    started: datetime,
    ended: datetime,
    unit: Unit,
    calendar: Calendar,
    pauses: Sequence[Pause] = (),
) -> Fraction:
    """How much of ``unit`` passed on the clock between two moments, pauses left out.

    Days are whole: the day of the start is not counted, the day of the end is. Months are not measured (ValueError).
    """
    if unit == "months" or unit not in UNITS:
        raise ValueError(f"cannot measure in {unit}")
    count = Count(calendar, tuple(pauses), Convention())
    started, ended = aware(started), aware(ended)
    if ended <= started:
        return Fraction(0)
    if unit in CONTINUOUS:
        seconds = sum((seconds_of(b - a) for a, b in count.running(started, ended)), Fraction(0))
        return seconds / CONTINUOUS[unit]
    first, last = calendar.local(started).date(), calendar.local(ended).date()
    if unit == "working_hours":
        total = Fraction(0)
        for day in _dates(first, last):
            for opens, closes in calendar.office_spans(day) if calendar.status(day).working else ():
                lower, upper = max(opens, started), min(closes, ended)
                if lower < upper:
                    total += sum((seconds_of(b - a) for a, b in count.running(lower, upper)), Fraction(0))
        return total / 3600
    days = 0
    for day in _dates(first + ONE_DAY, last):
        counted = unit == "days" or calendar.status(day).working
        if counted and not count.stands(min(calendar.day_end(day), ended)):
            days += 1
    return Fraction(days)


def _dates(first: date, last: date) -> Iterator[date]:
    while first <= last:
        yield first
        first += ONE_DAY
