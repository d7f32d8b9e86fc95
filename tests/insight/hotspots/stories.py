"""A search with one hot spot and one season in community A, for tests of pages."""

from datetime import date
from typing import Any

from linli.base.actor import system
from linli.base.policies import load
from linli.base.scope import enter
from linli.insight.hotspots.models import Hotspot, HotspotRun
from tests.cast import GRID, HERE, MONDAY, STREET

WEEKS = 52


def searched(**given: Any) -> HotspotRun:
    """A search that is done."""
    enter(system("test"))
    data = load("hotspots").data
    facts: dict[str, Any] = {
        "region_code": STREET,
        "first": date(2025, 3, 3),
        "last": date(2026, 3, 1),
        "policy": "hotspots v1",
        "parameters": {key: data[key] for key in ("scan", "season", "effect")},
        "seed": 1,
        "state": HotspotRun.State.DONE,
        "done": 199,
        "by": "凌主任",
        "asked_at": MONDAY,
        "finished_at": MONDAY,
    }
    return HotspotRun.objects.create(**{**facts, **given})


def spot(run: HotspotRun, **given: Any) -> Hotspot:
    """An open hot spot of February in the first grid."""
    facts: dict[str, Any] = {
        "run": run,
        "kind": Hotspot.Kind.SPOT,
        "region_code": GRID,
        "region_codes": [GRID],
        "category": "utilities.heating",
        "first": date(2026, 2, 2),
        "last": date(2026, 2, 15),
        "cases": 14,
        "expected": 3.2,
        "ratio": 12.0,
        "p": 0.005,
        "counts": [*[0] * (WEEKS - 4), 6, 8, 1, 0],
        "by_grid": {GRID: 14},
    }
    return Hotspot.objects.create(**{**facts, **given})


def season(run: HotspotRun, **given: Any) -> Hotspot:
    """An open season of winter in the community."""
    facts: dict[str, Any] = {
        "kind": Hotspot.Kind.SEASON, "region_code": HERE, "region_codes": [HERE], "ratio": None, "month": 11, "months": 3,
        "first": date(2024, 3, 1), "last": date(2026, 2, 28), "years": 2, "returned": 2, "cases": 61, "expected": 20.3,
        "p": 0.0001, "counts": [20, 4, 2, 1, 1, 0, 1, 0, 1, 2, 18, 23], "by_grid": {HERE: 61},
    }  # fmt: skip
    return spot(run, **{**facts, **given})
