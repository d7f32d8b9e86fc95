"""The space-time permutation scan statistic (Kulldorff, Heffernan, Hartman, Assunção, Mostashari, PLoS Med 2005; 2(3): e59).

Pure: arrays in, values out. A cylinder is a circle of neighbouring grids during some consecutive weeks. Its expected
count is what its grids usually have times what its weeks usually have, divided by all (per topic); so neither a grid
that always complains nor a week in which everybody does is a hot spot by itself. Its statistic is Kulldorff's
log likelihood ratio. Significance is by Monte Carlo: the weeks of the complaints are shuffled within each topic, and the
largest statistic over **all** topics, circles and windows of a shuffled year is what one cylinder has to beat. So the p of
a cylinder is already corrected for everything that was looked at, and the chance of any false alarm in a run is at
most alpha — as long as complaints come independently of each other (see docs/develop/hotspots.md for what is measured
when they do not).
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

Counts = NDArray[np.int64]
Numbers = NDArray[np.float64]
METRES_PER_DEGREE = 111_320.0
# Two ratios that differ by less than this are the same ratio: sums of logarithms taken in another order.
SAME = 1e-9
# Measured by `python -m bench.hotspots --false-alarms` at alpha 0.05: the share of simulated quiet years with any alarm, when
# each event brings one complaint, and two on average. Shown on the page of a run; see docs/develop/hotspots.md.
FALSE_ALARMS = {"years": "500", "one": "4.8%", "two": "98.8%"}


@dataclass(frozen=True, slots=True)
class Cylinder:
    """One candidate. first, last: numbers of weeks, both inside; ratio: log likelihood ratio; p: None before it is tested."""

    topic: int
    grids: tuple[int, ...]
    first: int
    last: int
    cases: int
    expected: float
    ratio: float
    p: float = 1.0


def circles(points: Sequence[tuple[float, float] | None], most: int, metres: float) -> list[tuple[int, ...]]:
    """Every grid with its nearest neighbours, one by one up to `most` grids and `metres` between centres; each set once.

    points: (longitude, latitude) in degrees; a grid without a centre stands alone.
    """
    found: dict[tuple[int, ...], None] = {(index,): None for index in range(len(points))}
    known = [index for index, point in enumerate(points) if point is not None]
    if not known:
        return list(found)
    degrees = np.array([points[index] for index in known], dtype=float)
    east = np.cos(np.radians(degrees[:, 1].mean())) * METRES_PER_DEGREE
    plane = degrees * np.array([east, METRES_PER_DEGREE])
    for row, index in enumerate(known):
        away = np.hypot(*(plane - plane[row]).T)
        near = [known[other] for other in np.lexsort((known, away)) if away[other] <= metres and known[other] != index]
        for size in range(1, min(most, len(near) + 1)):
            found[tuple(sorted([index, *near[:size]]))] = None
    return list(found)


def ratio(cases: Numbers, expected: Numbers, total: float) -> Numbers:
    """Kulldorff's log likelihood ratio of what lies inside against what lies outside; nought where there is no excess."""
    outside, usual = total - cases, total - expected
    with np.errstate(divide="ignore", invalid="ignore"):
        inner = np.where(cases > 0, cases * np.log(cases / expected), 0.0)
        outer = np.where(outside > 0, outside * np.log(outside / usual), 0.0)
    return np.where(cases > expected, inner + outer, 0.0)


class Topic:
    """One topic of a run: what is fixed under shuffling (expected counts), and the statistic of one arrangement.

    Circles are rows, windows are columns: `spans` holds the first and last week of each.
    """

    def __init__(self, counts: Counts, zones: NDArray[np.intp], longest: int, least: int):
        weeks = counts.shape[1]
        self.counts, self.zones = counts, zones
        self.total = int(counts.sum())
        grids, at = np.nonzero(counts)
        times = counts[grids, at]
        self.grid, self.week = np.repeat(grids, times), np.repeat(at, times)
        lengths = range(1, min(longest, weeks) + 1)
        self.spans = [(first, first + length - 1) for length in lengths for first in range(weeks - length + 1)]
        sums = np.concatenate([[0.0], np.cumsum(counts.sum(axis=0), dtype=float)])
        windows = np.array([sums[last + 1] - sums[first] for first, last in self.spans])
        usual = np.append(counts.sum(axis=1), 0)[zones].sum(axis=1)
        self.expected = np.outer(usual, windows) / max(1, self.total)
        # What a cylinder must have more of: fewer than `least` are none, and without an excess there is no ratio.
        self.bound = np.maximum(self.expected, least - 0.5).astype(np.float32)
        self.lengths = lengths
        # Room for one arrangement, used again for every shuffle: making it anew costs more than filling it.
        self._found = np.empty(self.bound.shape, dtype=np.float32)
        self._over = np.empty(self.bound.shape, dtype=bool)

    def inside(self, counts: Counts) -> NDArray[np.float32]:
        """How many lie in each circle and window; good until the next call."""
        grids, weeks = counts.shape
        # A last row of noughts stands for "no further grid". Sums by index, not by matrix product: libraries of linear
        # algebra start threads for it that take longer than the sums.
        single = np.zeros((grids + 1, weeks + 1), dtype=np.float32)
        np.cumsum(counts, axis=1, out=single[:grids, 1:])
        sums = single[self.zones[:, 0]]
        for column in self.zones.T[1:]:
            sums += single[column]
        found = self._found
        start = 0
        for length in self.lengths:
            end = start + weeks - length + 1
            np.subtract(sums[:, length:], sums[:, : weeks - length + 1], out=found[:, start:end])
            start = end
        return found

    def ratios(self, counts: Counts) -> tuple[NDArray[np.intp], Numbers, Numbers]:
        """(flat positions, cases, ratios) of what has an excess and is large enough."""
        inside = self.inside(counts)
        where = np.flatnonzero(np.greater(inside, self.bound, out=self._over))
        cases = inside.ravel()[where].astype(float)
        return where, cases, ratio(cases, self.expected.ravel()[where], float(self.total))

    def largest(self, counts: Counts) -> float:
        return float(self.ratios(counts)[2].max(initial=0.0))

    def shuffled(self, chance: np.random.Generator) -> Counts:
        """The same complaints in the same grids, their weeks dealt out anew: every grid and every week keeps its sum."""
        grids, weeks = self.counts.shape
        flat = self.grid * weeks + chance.permutation(self.week)
        return np.bincount(flat, minlength=grids * weeks).reshape(grids, weeks)


def padded(zones: Sequence[tuple[int, ...]], grids: int) -> NDArray[np.intp]:
    """Circles as rows of equal length; the number after the last grid fills the shorter ones."""
    longest = max(map(len, zones))
    return np.array([[*zone, *[grids] * (longest - len(zone))] for zone in zones], dtype=np.intp)


def search(
    counts: Counts,
    zones: Sequence[tuple[int, ...]],
    *,
    longest: int,
    least: int,
    replicates: int,
    alpha: float,
    seed: int,
    progress: Callable[[int], None] | None = None,
) -> list[Cylinder]:
    """The hot spots of a run, the strongest first; of one topic none overlaps a stronger one in grids and weeks.

    counts: topics x grids x weeks. The same counts and seed give the same answer. progress(n) after n replicates.
    """
    rows = padded(zones, counts.shape[1])
    # Where hardly more than a hot spot was raised in all, its own weight makes what is expected: nothing can be found.
    live = [number for number, part in enumerate(counts) if part.sum() >= 2 * least]
    topics = {number: Topic(counts[number], rows, longest, least) for number in live}
    candidates = [one for number in live for one in _candidates(number, topics[number], zones)]
    if not candidates or replicates < 1:
        return []
    chance = np.random.default_rng(seed)
    best = np.zeros(replicates)
    for number in range(replicates):
        best[number] = max(topics[key].largest(topics[key].shuffled(chance)) for key in live)
        if progress is not None:
            progress(number + 1)
    best.sort()
    # How many of the shuffled years had a largest ratio at least as large.
    beaten = replicates - np.searchsorted(best, [one.ratio - SAME for one in candidates], side="left")
    tested = [replace(one, p=(1 + int(n)) / (replicates + 1)) for one, n in zip(candidates, beaten, strict=True)]
    return _apart([one for one in tested if one.p <= alpha])


def _candidates(number: int, topic: Topic, zones: Sequence[tuple[int, ...]], most: int = 2000) -> list[Cylinder]:
    """The strongest cylinders of one topic."""
    where, cases, values = topic.ratios(topic.counts)
    found = []
    for index in np.argsort(-values, kind="stable")[:most]:
        zone, span = divmod(int(where[index]), len(topic.spans))
        first, last = topic.spans[span]
        expected = float(topic.expected[zone, span])
        found.append(
            Cylinder(number, zones[zone], first, last, round(float(cases[index])), expected, float(values[index]))
        )
    return found


def _apart(candidates: list[Cylinder]) -> list[Cylinder]:
    """The strongest first, leaving out what overlaps a stronger one of its topic."""
    kept: list[Cylinder] = []
    for one in sorted(candidates, key=lambda c: (-c.ratio, len(c.grids), c.last - c.first, c.topic, c.grids, c.first)):
        if not any(_overlap(one, other) for other in kept):
            kept.append(one)
    return kept


def _overlap(one: Cylinder, other: Cylinder) -> bool:
    together = one.topic == other.topic and one.first <= other.last and other.first <= one.last
    return together and not set(one.grids).isdisjoint(other.grids)
