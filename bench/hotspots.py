"""The search for hot spots: how long a year takes, and how often it cries wolf where there is none.

python -m bench.hotspots                      a year of 60 grids and 40 topics, at several sizes, in this process
python -m bench.hotspots --stored 100000      the same over stored cases: reading the kept days, then searching
python -m bench.hotspots --false-alarms 1000  simulated years without a hot spot; the share with any alarm
"""

import json
import time
from pathlib import Path
from typing import Any

import click
import numpy as np

from linli.insight.hotspots import scan

GRIDS, WEEKS, TOPICS = 60, 52, 40
RULE: dict[str, Any] = {"longest": 6, "least": 5, "replicates": 99, "alpha": 0.05}


def quiet(chance: np.random.Generator, cases: int, grids: int, topics: int, calls: float = 1.0) -> Any:
    """Counts without a hot spot: grids and weeks differ, every topic has a season, nothing happens together.

    calls: how many complaints one event brings on average (1 + Poisson(calls - 1), all in one grid and week).
    """
    weight = chance.gamma(2.0, 1.0, size=(topics, grids, 1))
    size = chance.gamma(0.7, 1.0, size=(topics, 1, 1))
    peak = chance.uniform(0, WEEKS, size=(topics, 1, 1))
    season = 1 + 0.8 * np.cos((np.arange(WEEKS)[None, None, :] - peak) * 2 * np.pi / WEEKS)
    rate = weight * size * season
    events = chance.poisson(rate * cases / calls / rate.sum())
    return events + chance.poisson(events * (calls - 1.0)) if calls > 1 else events


def places(grids: int) -> list[tuple[int, ...]]:
    return scan.circles([(116.2 + 0.004 * (i % 8), 39.8 + 0.004 * (i // 8)) for i in range(grids)], 6, 1500)


def false_alarms(
    runs: int, calls: float, seed: int, *, grids: int = 9, topics: int = 3, cases: int = 300, replicates: int = 39
) -> int:
    """In how many of `runs` simulated quiet years anything is shown as a hot spot."""
    chance = np.random.default_rng(seed)
    zones, rule = places(grids), {**RULE, "replicates": replicates}
    return sum(
        bool(scan.search(quiet(chance, cases, grids, topics, calls), zones, seed=int(chance.integers(2**31)), **rule))
        for _run in range(runs)
    )


def timed(cases: int) -> dict[str, Any]:
    counts = quiet(np.random.default_rng(1), cases, GRIDS, TOPICS)
    zones, begun = places(GRIDS), time.monotonic()
    scan.search(counts, zones, seed=1, **RULE)
    return {"cases": int(counts.sum()), "circles": len(zones), "search_s": round(time.monotonic() - begun, 1)}


def stored(size: int) -> dict[str, Any]:
    from bench.ground import ground

    with ground(size, lambda line: click.echo(f"  {line}", err=True)) as found:
        from linli.base import policies
        from linli.base.actor import system
        from linli.base.scope import scope
        from linli.insight.hotspots import reckoning
        from linli.matters.prevention.queries import today

        rule = policies.load("hotspots").data
        begun = time.monotonic()
        with scope(system("bench")):
            inputs = reckoning.gather(found.street, today(), rule)
        read, begun = time.monotonic() - begun, time.monotonic()
        spots, topics, zones = reckoning.spots(inputs, rule["scan"], 1)
        return {
            "stored": size, "in_street": sum(row[3] for row in inputs.weekly), "grids": len(inputs.grids), "topics": topics,
            "circles": zones, "found": len(spots), "read_s": round(read, 2), "search_s": round(time.monotonic() - begun, 1),
        }  # fmt: skip


@click.command()
@click.option("--stored", "size", default=0, help="over so many stored cases")
@click.option("--false-alarms", "runs", default=0, help="so many simulated quiet years")
@click.option("--out", default="var/bench-hotspots.json", show_default=True)
def main(size: int, runs: int, out: str) -> None:
    if runs:
        result: Any = {f"{calls:g} calls per event": false_alarms(runs, calls, 7) / runs for calls in (1.0, 1.2, 2.0)}
    elif size:
        result = stored(size)
    else:
        result = [timed(cases) for cases in (5_000, 50_000, 500_000)]
    Path(out).parent.mkdir(exist_ok=True)
    Path(out).write_text(json.dumps(result, indent=1))
    click.echo(json.dumps(result, indent=1))


if __name__ == "__main__":
    main()
