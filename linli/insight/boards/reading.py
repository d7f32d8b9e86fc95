"""One board as values: figures of the whole, of each part, of each month, and links to the records behind every number."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from typing import Any
from urllib.parse import urlencode

from django.utils.translation import gettext as _

from linli.base.actor import Actor
from linli.base.ui.menu import address
from linli.insight.indicators import queries
from linli.insight.indicators.queries import Period
from linli.insight.indicators.rules import Value
from linli.matters.cases.queries import category_map
from linli.places.regions import locating

TREND_FIGURES = ("resolution_rate", "satisfaction_rate", "both_full_rate")


@dataclass(frozen=True, slots=True)
class Part:
    """One community or grid: its figures, what stands open now, and where each number leads.

    opens: whether its numbers open the cases behind them: not for whoever may see figures alone, and not for what lies
    in the place as a whole and in none of its parts.
    """

    code: str
    name: str
    values: dict[str, Value]
    open: int
    overdue: int
    links: dict[str, str]
    opens: bool = True


@dataclass(frozen=True, slots=True)
class Trend:
    labels: list[str]
    filed: list[int]
    rates: dict[str, list[float | None]]
    links: list[str]


def behind_link(measure: str, region: str, period: Period, **more: str) -> str:
    """The page of the cases that make up a number. Measures, codes and days need no quoting; a board has 150 of them."""
    link = f"{address('boards:behind')}?measure={measure}&region={region}&first={period.first}&last={period.last}"
    return f"{link}&{urlencode(more)}" if more else link


def standing_link(kind: str, region: str) -> str:
    return f"{address('cases:worklist')}?{urlencode({'tab': kind, 'region': region})}"


def parts(
    rows: Mapping[str, Mapping[str, int]],
    standing: Mapping[str, Mapping[str, int]],
    names: Mapping[str, str],
    period: Period,
    *,
    opens: bool,
) -> list[Part]:
    """Every region of the level, also those where nothing happened: nought is an answer too.

    What is known no nearer than the place above stands in a line of its own, so that the parts add up to the whole.
    """
    found = []
    for code in [*names, *sorted((set(rows) | set(standing)) - set(names))]:
        values, here = queries.values(rows.get(code, {})), code in names
        now = standing.get(code, {})
        links = (
            {key: behind_link(value.figure.by, code, period) for key, value in values.items()} if here and opens else {}
        )
        name = names[code] if here else _("%(place)s（未定到下一级）") % {"place": _name_of(code)}
        found.append(Part(code, name, values, now.get("open", 0), now.get("overdue", 0), links, here and opens))
    return found


def _name_of(code: str) -> str:
    return locating.index().names.get(code, code).split()[-1]


def names_below(region: str, digits: int) -> dict[str, str]:
    """Codes and short names of the regions of a level; from the index in memory, no query."""
    names = locating.index().names
    return {code: names[code].split()[-1] for code in sorted(names) if len(code) == digits and code.startswith(region)}


def trend(days: Mapping[str, Mapping[str, int]], region: str, period: Period) -> Trend:
    """By month over long periods, by week over short ones; weeks begin on Monday."""
    monthly = (period.last - period.first).days > queries.DAILY_MOST
    buckets: dict[date, dict[str, int]] = {}
    for start in _starts(period, monthly):
        buckets[start] = dict.fromkeys(queries.MEASURES, 0)
    for day, measures in days.items():
        start = _start_of(date.fromisoformat(day), monthly)
        for name, number in measures.items():
            buckets[max(start, min(buckets))][name] += number
    labels = [f"{start.year % 100}年{start.month}月" if monthly else f"{start.month}/{start.day}" for start in buckets]
    wanted = [code for code in TREND_FIGURES if code in queries.figures()]
    values = [queries.values(measures, wanted) for measures in buckets.values()]
    rates = {code: [_share(row[code]) for row in values] for code in wanted}
    links = [
        behind_link("filed", region, Period(max(start, period.first), min(_end_of(start, monthly), period.last)))
        for start in buckets
    ]
    return Trend(labels, [measures["filed"] for measures in buckets.values()], rates, links)


def _share(value: Value) -> float | None:
    return None if value.number is None else float(value.number)


def _start_of(day: date, monthly: bool) -> date:
    return day.replace(day=1) if monthly else day - timedelta(days=day.weekday())


def _end_of(start: date, monthly: bool) -> date:
    return (start + timedelta(days=32)).replace(day=1) - timedelta(days=1) if monthly else start + timedelta(days=6)


def _starts(period: Period, monthly: bool) -> list[date]:
    found, at = [], _start_of(period.first, monthly)
    while at <= period.last:
        found.append(at)
        at = _end_of(at, monthly) + timedelta(days=1)
    return found


def categories(
    rows: Mapping[str, Mapping[str, int]], region: str, period: Period, most: int = 10
) -> list[tuple[str, int, str]]:
    """What people raise most: (name, how many, link)."""
    names = category_map()
    counted = sorted(
        ((code, row["filed"]) for code, row in rows.items() if row["filed"]), key=lambda pair: (-pair[1], pair[0])
    )
    return [
        (
            str(names[code]["name"]) if code in names else "未分类",
            number,
            behind_link("filed", region, period, category=code or queries.NO_CATEGORY),
        )
        for code, number in counted[:most]
    ]


def board(actor: Actor, region: str, period: Period, digits: int, moment: datetime) -> dict[str, Any]:
    """Everything a board shows, in three statements. Numbers open cases only for whoever may see cases."""
    names = names_below(region, digits)
    rows, days = queries.by_region_and_day(region, period, digits)
    standing = queries.standing(actor, region, digits, moment)
    measures = queries.total(rows)
    opens = actor.may("cases.view")
    line = trend(days, region, period)
    counted = categories(queries.by_category(region[:12], period), region[:12], period)
    return {
        "measures": measures,
        "values": queries.values(measures),
        "links": {
            code: behind_link(one.by, region, period) if opens else "" for code, one in queries.figures().items()
        },
        "parts": parts(rows, standing, names, period, opens=opens),
        "trend": line if opens else replace(line, links=[""] * len(line.links)),
        "days": days,
        "categories": counted if opens else [(name, number, "") for name, number, _link in counted],
        "open": sum(row["open"] for row in standing.values()),
        "overdue": sum(row["overdue"] for row in standing.values()),
        "open_link": standing_link("open", region) if opens else "",
        "overdue_link": standing_link("overdue", region) if opens else "",
    }
