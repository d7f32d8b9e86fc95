"""The days of a period: a calendar month, or from a day of one month to the day before it in the next."""

import re
from calendar import monthrange
from dataclasses import dataclass
from datetime import date, timedelta


@dataclass(frozen=True, slots=True)
class Month:
    """A period called after the month it ends in. first and last: both counted."""

    year: int
    month: int
    first: date
    last: date

    @property
    def label(self) -> str:
        return f"{self.year}-{self.month:02d}"


def month(label: str, first_day: int = 1) -> Month:
    """`2026-03`: March; with first_day 19 from 19 February to 18 March. Raises ValueError on anything else."""
    found = re.fullmatch(r"(\d{4})-(\d{1,2})", label.strip())
    if not found or not 1 <= int(found[2]) <= 12 or int(found[1]) < 2000:
        raise ValueError(f"“{label}”不是月份，要写成 2026-03 这样")
    year, number = int(found[1]), int(found[2])
    if first_day == 1:
        return Month(year, number, date(year, number, 1), date(year, number, monthrange(year, number)[1]))
    before = date(year, number, 1) - timedelta(days=1)
    return Month(year, number, before.replace(day=first_day), date(year, number, first_day) - timedelta(days=1))


def last_complete(today: date, first_day: int = 1) -> str:
    """The label of the latest period that has ended before today."""
    at = today
    for _ in range(3):
        label = f"{at.year}-{at.month:02d}"
        if month(label, first_day).last < today:
            return label
        at = at.replace(day=1) - timedelta(days=1)
    raise AssertionError("a period ends within two months")


def before(label: str, by: int = 1) -> str:
    """The label so many months earlier."""
    found = month(label)
    count = found.year * 12 + found.month - 1 - by
    return f"{count // 12}-{count % 12 + 1:02d}"


def year_of(year: int, first_month: int = 1) -> list[str]:
    """Labels of a year of assessment, called after the year it ends in: with first_month 11 from last November to October."""
    last = f"{year}-{(first_month - 2) % 12 + 1:02d}"
    return [before(last, by) for by in range(11, -1, -1)]
