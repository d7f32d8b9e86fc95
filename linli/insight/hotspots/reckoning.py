"""From the kept days to hot spots: what a run looks at (frozen), and what it finds in it. No case is read here."""

import hashlib
import json
import zlib
from collections import defaultdict
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

import numpy as np

from linli.insight.hotspots import scan, seasons
from linli.insight.indicators.queries import Period, raised
from linli.places.regions.models import Region
from linli.places.regions.queries import in_subtree
from linli.places.regions.rules import Level


@dataclass(frozen=True, slots=True)
class Inputs:
    """grids: (code, longitude, latitude); weekly: (grid, category, week, count); monthly: (community, category, month number, count)."""

    first: date
    last: date
    grids: list[tuple[str, float | None, float | None]]
    weekly: list[tuple[str, str, int, int]]
    monthly: list[tuple[str, str, int, int]]

    def frozen(self) -> bytes:
        """As it is kept: the same inputs, the same bytes."""
        told = [str(self.first), str(self.last), self.grids, self.weekly, self.monthly]
        return zlib.compress(json.dumps(told, ensure_ascii=False, separators=(",", ":")).encode())

    @classmethod
    def thawed(cls, kept: bytes) -> "Inputs":
        first, last, grids, weekly, monthly = json.loads(zlib.decompress(kept))
        return cls(
            date.fromisoformat(first), date.fromisoformat(last),
            [tuple(row) for row in grids], [tuple(row) for row in weekly], [tuple(row) for row in monthly],
        )  # fmt: skip


def digest(kept: bytes) -> str:
    return hashlib.sha256(zlib.decompress(kept)).hexdigest()


def period_of(last: date, weeks: int) -> Period:
    """Whole weeks up to and with `last`."""
    return Period(last - timedelta(days=7 * weeks - 1), last)


def gather(region: str, last: date, parameters: Mapping[str, Any]) -> Inputs:
    """What is to be looked at: complaints by grid, category and week, and by community, category and month of whole years."""
    period = period_of(last, parameters["scan"]["weeks"])
    # The grids of today, also for weeks before one was drawn: complaints are kept under the codes they have now.
    rows = Region.objects.filter(in_subtree(region), level__gte=Level.GRID, valid_to=None)
    grids = list(rows.order_by("code").values_list("code", "longitude", "latitude"))
    weekly = [row for row in raised(region, period, step="week") if row[1]]
    starts = seasons.whole_years(last, parameters["season"]["years"])
    first = date(starts[0] // 12, starts[0] % 12 + 1, 1)
    end = last.replace(day=1) - timedelta(days=1)
    monthly = [
        row for row in raised(region, Period(first, end), step="month", digits=12) if row[1] and len(row[0]) == 12
    ]
    return Inputs(period.first, last, grids, weekly, monthly)


def spots(
    inputs: Inputs, rule: Mapping[str, Any], seed: int, progress: Callable[[int], None] | None = None
) -> tuple[list[dict[str, Any]], int, int]:
    """(hot spots as fields of the model, topics looked at, circles looked at)."""
    codes = {code: index for index, (code, _lon, _lat) in enumerate(inputs.grids)}
    weeks = ((inputs.last - inputs.first).days + 1) // 7
    topics = sorted({row[1] for row in inputs.weekly})
    counts = np.zeros((len(topics), len(codes), weeks), dtype=np.int64)
    place = {topic: index for index, topic in enumerate(topics)}
    for grid, topic, week, number in inputs.weekly:
        if grid in codes and 0 <= week < weeks and number > 0:
            counts[place[topic], codes[grid], week] += number
    points = [None if lon is None or lat is None else (lon, lat) for _code, lon, lat in inputs.grids]
    zones = scan.circles(points, rule["most_grids"], rule["radius_metres"])
    if not codes or not topics:
        return [], len(topics), len(zones)
    found = scan.search(
        counts, zones, longest=rule["longest_weeks"], least=rule["least_cases"], replicates=rule["replicates"],
        alpha=rule["alpha"], seed=seed, progress=progress,
    )  # fmt: skip
    names = list(codes)
    return (
        [_spot(one, counts[one.topic], topics[one.topic], names, inputs.first) for one in found],
        len(topics),
        len(zones),
    )


def _spot(one: scan.Cylinder, counts: scan.Counts, topic: str, names: list[str], first: date) -> dict[str, Any]:
    grids = list(one.grids)
    inside = counts[grids, one.first : one.last + 1].sum(axis=1)
    return {
        "kind": "spot",
        "region_codes": [names[index] for index in grids],
        "category": topic,
        "first": first + timedelta(days=7 * one.first),
        "last": first + timedelta(days=7 * one.last + 6),
        "cases": one.cases,
        "expected": one.expected,
        "ratio": one.ratio,
        "p": one.p,
        "counts": counts[grids].sum(axis=0).tolist(),
        "by_grid": {names[index]: int(number) for index, number in zip(grids, inside, strict=True)},
    }


def yearly(inputs: Inputs, rule: Mapping[str, Any]) -> tuple[list[dict[str, Any]], int]:
    """(seasons as fields of the model, how many places and topics were tried)."""
    starts = seasons.whole_years(inputs.last, rule["years"])
    told: dict[tuple[str, str], dict[int, int]] = defaultdict(dict)
    for community, topic, month, number in inputs.monthly:
        told[community, topic][month] = number
    # Only years that were kept from their beginning: the first month with anything in it says from when there are records.
    earliest = min((month for months in told.values() for month in months), default=0)
    whole = [start for start in starts if start >= earliest]
    found: dict[tuple[str, str], seasons.Arc] = {}
    if whole:
        for key, months in sorted(told.items()):
            years = [_months(months, start) for start in whole]
            if (arc := seasons.season(years, rule["longest_months"])) is not None:
                found[key] = arc
    kept = seasons.kept(
        found, share_false=rule["share_false"], least_cases=rule["least_cases"], least_ratio=rule["least_ratio"]
    )
    return [_season(key, arc, told[key], whole) for key, arc in kept.items()], len(found)


def _months(months: Mapping[int, int], start: int) -> list[int]:
    """January to December of the whole year that begins at `start`."""
    return [months.get(start + (month - start) % 12, 0) for month in range(12)]


def _season(key: tuple[str, str], arc: seasons.Arc, months: Mapping[int, int], whole: list[int]) -> dict[str, Any]:
    together = np.array([_months(months, start) for start in whole]).sum(axis=0)
    return {
        "kind": "season",
        "region_codes": [key[0]],
        "category": key[1],
        "month": arc.start,
        "months": arc.length,
        "cases": arc.cases,
        "expected": arc.cases / arc.ratio,
        "p": arc.p,
        "years": arc.years,
        "returned": arc.returned,
        "first": date(whole[0] // 12, whole[0] % 12 + 1, 1),
        "last": date(whole[-1] // 12 + 1, whole[-1] % 12 + 1, 1) - timedelta(days=1),
        "counts": together.tolist(),
        "by_grid": {key[0]: arc.cases},
    }
