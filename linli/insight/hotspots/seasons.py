"""Seasons: the months in which a topic at a place comes again and again. Pure.

Each place and topic has its complaints of whole years by calendar month. Every arc of one to `longest` neighbouring
months (round the end of the year) is held against complaints spread evenly over the days of the year: the exact
binomial tail of the share of days, times the number of arcs tried (Bonferroni). Over all places and topics the
procedure of Benjamini and Hochberg keeps the expected share of chance findings at `share_false`.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from math import exp, log

import numpy as np

DAYS = (31, 28.25, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31)
YEAR = sum(DAYS)


@dataclass(frozen=True, slots=True)
class Arc:
    """start: month 1 to 12; length in months; ratio: times as many as if spread evenly; p: corrected for all arcs tried.

    returned: in how many of `years` whole years the season had more than its even share.
    """

    start: int
    length: int
    cases: int
    total: int
    ratio: float
    p: float
    years: int = 1
    returned: int = 1

    @property
    def months(self) -> list[int]:
        return [(self.start - 1 + step) % 12 + 1 for step in range(self.length)]

    @property
    def text(self) -> str:
        months = self.months
        return f"{months[0]}月" if len(months) == 1 else f"{months[0]}月至{months[-1]}月"


def tail(cases: int, total: int, share: float) -> float:
    """P(X >= cases) for X binomial(total, share), exactly; summed from the smallest term up."""
    if cases <= 0:
        return 1.0
    logs = np.concatenate([[0.0], np.cumsum(np.log(np.arange(1, total + 1)))])
    several = np.arange(cases, total + 1)
    terms = (
        logs[total] - logs[several] - logs[total - several] + several * log(share) + (total - several) * log(1 - share)
    )
    largest = float(terms.max())
    return min(1.0, exp(largest) * float(np.exp(np.sort(terms) - largest).sum()))


def season(years: Sequence[Sequence[int]], longest: int) -> Arc | None:
    """The arc of months that is least like chance; None without complaints. years: for each whole year its twelve months."""
    months = np.array(years, dtype=int).sum(axis=0)
    total = int(months.sum())
    if total == 0:
        return None
    best: tuple[float, float, Arc] | None = None
    for length in range(1, longest + 1):
        for start in range(12):
            inside = [(start + step) % 12 for step in range(length)]
            cases, share = int(months[inside].sum()), sum(DAYS[month] for month in inside) / YEAR
            p = min(1.0, tail(cases, total, share) * 12 * longest)
            returned = sum(1 for year in years if sum(year) and sum(year[m] for m in inside) > share * sum(year))
            arc = Arc(start + 1, length, cases, total, cases / (share * total), p, len(years), returned)
            if best is None or (p, -arc.ratio) < best[:2]:
                best = (p, -arc.ratio, arc)
    return best[2] if best else None


def kept(
    found: Mapping[tuple[str, str], Arc], *, share_false: float, least_cases: int, least_ratio: float
) -> dict[tuple[str, str], Arc]:
    """What passes Benjamini and Hochberg over everything tried, and is large enough to matter, strongest first."""
    ranked = sorted(found.items(), key=lambda pair: (pair[1].p, pair[0]))
    passed = max(
        (rank for rank, (_k, arc) in enumerate(ranked, 1) if arc.p <= share_false * rank / len(ranked)), default=0
    )
    large = [(key, arc) for key, arc in ranked[:passed] if arc.cases >= least_cases and arc.ratio >= least_ratio]
    return dict(sorted(large, key=lambda pair: (-(pair[1].cases - pair[1].cases / pair[1].ratio), pair[0])))


def next_start(arc: Arc, today: date) -> date:
    """The first day of the next season that has not begun yet."""
    year = today.year if date(today.year, arc.start, 1) > today else today.year + 1
    return date(year, arc.start, 1)


def whole_years(last: date, most: int) -> list[int]:
    """Numbers (year * 12 + month - 1) of the first months of up to `most` whole years that end before the month of `last`."""
    end = last.year * 12 + last.month - 1
    return [end - 12 * back for back in range(most, 0, -1)]
