"""Figures of places and periods, and the cases behind each of them."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from functools import lru_cache
from typing import Any

from django.db import connection
from django.db.models import Q, QuerySet

from linli.base import policies
from linli.base.actor import Actor
from linli.insight.indicators import rules
from linli.insight.indicators.models import CaseDaily
from linli.insight.indicators.rules import MEASURES, Figure, Value, read
from linli.matters.cases.models import Case
from linli.matters.cases.queries import visible_to
from linli.procedures import queries as procedures

_SUMS = ", ".join(f"sum({name}) AS {name}" for name in MEASURES)
_COLUMNS = ", ".join(MEASURES)

# What makes a case count for a measure, beside its day: the same words as in the trigger that counts. What was found on
# patrol is no complaint and counts for its own measure alone.
_SAID = Q(proactive=False)
BEHIND: dict[str, tuple[str, Q]] = {
    "filed": ("filed_on", _SAID),
    "proactive": ("filed_on", Q(proactive=True)),
    "answered": ("answered_on", _SAID),
    "answered_late": ("answered_on", _SAID & Q(answered_late=True)),
    "settled": ("settled_on", _SAID),
    "reachable": ("settled_on", _SAID & Q(reachable=True)),
    "contacted": ("settled_on", _SAID & Q(reachable=True, contacted=True)),
    "resolved": ("settled_on", _SAID & Q(reachable=True, resolved=True)),
    "satisfied": ("settled_on", _SAID & Q(reachable=True, satisfaction="satisfied")),
    "basic": ("settled_on", _SAID & Q(reachable=True, satisfaction="basic")),
    "dissatisfied": ("settled_on", _SAID & Q(reachable=True, satisfaction="dissatisfied")),
    "both_full": ("settled_on", _SAID & Q(reachable=True, resolved=True, satisfaction="satisfied")),
}


# Periods up to so many days are shown by day or week, longer ones by month.
DAILY_MOST = 100
# Stands in addresses for cases that nobody has put into a category.
NO_CATEGORY = "none"


@dataclass(frozen=True, slots=True)
class Period:
    """first and last day, both counted."""

    first: date
    last: date


def whole_months(period: Period) -> Period | None:
    """The months of a long period that lie in it from end to end, but for its latest month; None for a short one.

    The latest month is left to its days, so that today can be told apart from it.
    """
    if (period.last - period.first).days <= DAILY_MOST:
        return None
    first = period.first if period.first.day == 1 else (period.first.replace(day=1) + timedelta(days=32)).replace(day=1)
    return Period(first, period.last.replace(day=1) - timedelta(days=1))


def figures() -> dict[str, Figure]:
    """The figures of the policy in force, compiled once per version."""
    return _compiled(policies.load("figures").id)


@lru_cache(maxsize=8)
def _compiled(policy_id: int) -> dict[str, Figure]:
    return read(policies.version(policy_id).data)


def basic_weight() -> float:
    return float(policies.load("settlement").data["basic_weight"])


def by_region(prefix: str, period: Period, digits: int) -> dict[str, dict[str, int]]:
    """Measures of each region below `prefix`, cut at `digits` digits (12 communities, 15 grids). Nought regions are absent.

    Scope is row-level security's business here: figures are stored by region, and the web role sees only its own.
    """
    return _sums((f"left(region_code, {int(digits)})",), CaseDaily.Grain.GRID, prefix, period)


def by_day(prefix: str, period: Period) -> dict[str, dict[str, int]]:
    """Measures of each day, by ISO date; of long periods the months stand under their first day, but for the latest one."""
    return _sums(("day::text",), CaseDaily.Grain.GRID, prefix, period)


def by_region_and_day(
    prefix: str, period: Period, digits: int
) -> tuple[dict[str, dict[str, int]], dict[str, dict[str, int]]]:
    """What by_region and by_day give, read once."""
    both = _sums((f"left(region_code, {int(digits)})", "day::text"), CaseDaily.Grain.GRID, prefix, period)
    return {key[0]: row for key, row in both.items() if key[0]}, {key[1]: row for key, row in both.items() if key[1]}


def by_category(prefix: str, period: Period) -> dict[str, dict[str, int]]:
    """Measures of each first-level category; grids below a community are not kept apart here."""
    return _sums(("dimension",), CaseDaily.Grain.CATEGORY, prefix, period)


def by_channel(prefix: str, period: Period) -> dict[str, dict[str, int]]:
    return _sums(("dimension",), CaseDaily.Grain.CHANNEL, prefix, period)


_DIMENSION = {
    CaseDaily.Grain.GRID: "''",
    CaseDaily.Grain.CATEGORY: "split_part(category, '.', 1)",
    CaseDaily.Grain.CHANNEL: "channel",
}
_REGION = {
    CaseDaily.Grain.GRID: "region_code",
    CaseDaily.Grain.CATEGORY: "left(region_code, 12)",
    CaseDaily.Grain.CHANNEL: "left(region_code, 9)",
}
_MONTHLY = {
    CaseDaily.Grain.GRID: CaseDaily.Grain.GRID_MONTH,
    CaseDaily.Grain.CATEGORY: CaseDaily.Grain.CATEGORY_MONTH,
}
_HERE = "region_code >= %(low)s AND region_code < %(high)s"


def _sums(keys: tuple[str, ...], grain: CaseDaily.Grain, prefix: str, period: Period) -> dict[Any, dict[str, int]]:
    """Sum what is added up and the changes that are not yet, in one statement; whole months of long periods as months.

    keys: one expression, or two: then the sums of the first and those of the second are both given, with
    None in the other's place.
    """
    months = whole_months(period) if grain in _MONTHLY else None
    by_month = f"""
      UNION ALL
      SELECT region_code, dimension, day, {_COLUMNS} FROM indicators_casedaily
      WHERE grain = %(months)s AND {_HERE} AND day BETWEEN %(from)s AND %(to)s"""
    outside = "NOT day BETWEEN %(from)s AND %(to)s"
    both = len(keys) == 2
    sql = f"""
    SELECT {", ".join(keys)}, {_SUMS} FROM (
      SELECT region_code, dimension, day, {_COLUMNS} FROM indicators_casedaily
      WHERE grain = %(grain)s AND {_HERE} AND day BETWEEN %(first)s AND %(last)s{f" AND {outside}" if months else ""}
      {by_month if months else ""}
      UNION ALL
      SELECT {_REGION[grain]}, {_DIMENSION[grain]}, day, {_COLUMNS} FROM indicators_casedelta
      WHERE {_HERE} AND day BETWEEN %(first)s AND %(last)s
    ) AS together GROUP BY {"GROUPING SETS (1, 2)" if both else "1"} ORDER BY {"1, 2" if both else "1"}"""
    values: dict[str, Any] = {
        "grain": int(grain),
        "low": prefix,
        "high": prefix + "~",
        "first": period.first,
        "last": period.last,
    }
    if months:
        values |= {"months": int(_MONTHLY[grain]), "from": months.first, "to": months.last}
    with connection.cursor() as cursor:
        cursor.execute(sql, values)
        rows = cursor.fetchall()
    found = {
        row[:2] if both else row[0]: {
            name: int(number) for name, number in zip(MEASURES, row[len(keys) :], strict=True)
        }
        for row in rows
    }
    return {key: measures for key, measures in found.items() if any(measures.values())}


def raised(prefix: str, period: Period, *, step: str, digits: int = 24) -> list[tuple[str, str, int, int]]:
    """(region cut at `digits`, category, number of the time step, complaints raised), from the days kept by grid and category.

    step: "week" (seven days from the first day of the period) or "month" (year * 12 + month - 1). Noughts are absent.
    """
    number = {
        "week": "(day - %(first)s) / 7",
        "month": "(extract(year FROM day) * 12 + extract(month FROM day) - 1)::int",
    }
    sql = f"""
    SELECT left(region_code, %(digits)s), dimension, {number[step]}, sum(filed)::int FROM (
      SELECT region_code, dimension, day, filed FROM indicators_casedaily
      WHERE grain = 4 AND region_code >= %(low)s AND region_code < %(high)s AND day BETWEEN %(first)s AND %(last)s
      UNION ALL
      SELECT region_code, category, day, filed FROM indicators_casedelta
      WHERE region_code >= %(low)s AND region_code < %(high)s AND day BETWEEN %(first)s AND %(last)s
    ) AS together GROUP BY 1, 2, 3 HAVING sum(filed) <> 0 ORDER BY 1, 2, 3"""
    values: dict[str, Any] = {
        "digits": digits,
        "low": prefix,
        "high": prefix + "~",
        "first": period.first,
        "last": period.last,
    }
    with connection.cursor() as cursor:
        cursor.execute(sql, values)
        return [(row[0], row[1], int(row[2]), int(row[3])) for row in cursor.fetchall()]


def total(rows: Mapping[str, Mapping[str, int]]) -> dict[str, int]:
    """All rows pooled: counts are added, and rates are made from the sums."""
    return {name: sum(row[name] for row in rows.values()) for name in MEASURES}


def values(measures: Mapping[str, int], wanted: Collection[str] | None = None) -> dict[str, Value]:
    """Every figure of the policy from one row of measures, or those that are wanted."""
    known = figures()
    chosen = known if wanted is None else {code: known[code] for code in wanted}
    return rules.values(chosen, measures, basic_weight())


def standing(actor: Actor, prefix: str, digits: int, moment: datetime) -> dict[str, dict[str, int]]:
    """How many are open and overdue at this moment, by region below `prefix`; a pause hides no delay that came before it."""
    from django.db.models import Count, F
    from django.db.models.functions import Left

    rows = (
        procedures.visible_to(actor)
        .filter(procedures.within(prefix), kind="case", closed_at=None)
        .annotate(area=Left(F("region_code"), digits))
        .values("area")
        .annotate(open=Count("id"), overdue=Count("id", filter=Q(due_at__lt=moment)))
    )
    return {row["area"]: {"open": row["open"], "overdue": row["overdue"]} for row in rows}


def behind(
    actor: Actor, measure: str, prefix: str, period: Period, *, category: str = "", channel: str = ""
) -> QuerySet[Case]:
    """The cases that make up one number. Raises KeyError on an unknown measure."""
    day, condition = BEHIND[measure]
    rows = visible_to(actor).filter(condition, **{f"{day}__range": (period.first, period.last)})
    if prefix:
        rows = rows.filter(proceeding__in=procedures.visible_to(actor).filter(procedures.within(prefix)))
    if category == NO_CATEGORY:
        rows = rows.filter(category="")
    elif category:
        rows = rows.filter(Q(category=category) | Q(category__startswith=f"{category}."))
    if channel:
        rows = rows.filter(channel=channel)
    return rows.order_by(f"-{day}", "-proceeding_id")


def disagreements(limit: int = 20) -> list[dict[str, Any]]:
    """Where the kept figures differ from a count over the cases themselves, by grid and day; empty when all agrees."""
    kept = f"""SELECT region_code, day, {_SUMS} FROM (
        SELECT region_code, day, {_COLUMNS} FROM indicators_casedaily WHERE grain = 1
        UNION ALL SELECT region_code, day, {_COLUMNS} FROM indicators_casedelta) k GROUP BY 1, 2"""
    counted = """SELECT region_code, day, sum(filed) AS filed, sum(proactive) AS proactive, sum(answered) AS answered, sum(settled) AS settled,
        sum(resolved) AS resolved FROM (
        SELECT p.region_code, c.filed_on AS day, (NOT c.proactive)::int AS filed, c.proactive::int AS proactive, 0 AS answered, 0 AS settled, 0 AS resolved
          FROM cases_case c JOIN procedures_proceeding p ON p.id = c.proceeding_id
        UNION ALL SELECT p.region_code, c.answered_on, 0, 0, 1, 0, 0
          FROM cases_case c JOIN procedures_proceeding p ON p.id = c.proceeding_id WHERE NOT c.proactive AND c.answered_on IS NOT NULL
        UNION ALL SELECT p.region_code, c.settled_on, 0, 0, 0, 1, (c.reachable AND coalesce(c.resolved, false))::int
          FROM cases_case c JOIN procedures_proceeding p ON p.id = c.proceeding_id WHERE NOT c.proactive AND c.settled_on IS NOT NULL) t GROUP BY 1, 2"""
    compared = ("filed", "proactive", "answered", "settled", "resolved")
    differs = " OR ".join(f"coalesce(k.{name}, 0) <> coalesce(t.{name}, 0)" for name in compared)
    shown = ", ".join(f"coalesce(k.{name}, 0), coalesce(t.{name}, 0)" for name in compared)
    with connection.cursor() as cursor:
        cursor.execute(
            f"""SELECT coalesce(k.region_code, t.region_code), coalesce(k.day, t.day), {shown}
            FROM ({kept}) k FULL JOIN ({counted}) t ON t.region_code = k.region_code AND t.day = k.day WHERE {differs} LIMIT %s""",
            [limit],
        )
        rows = cursor.fetchall()
    return [
        {
            "region": row[0],
            "day": row[1],
            "kept_and_counted": dict(zip(compared, zip(row[2::2], row[3::2], strict=True), strict=True)),
        }
        for row in rows
    ]
