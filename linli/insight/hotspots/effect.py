"""What a task changed: its grids before and after, against grids that had about as many complaints before. Pure.

A hot spot is chosen because its count was high, and high counts fall by themselves. So its grids are compared only
with grids that were about as high in the same weeks before (within `tolerance`); the difference of the two changes
per grid is shown with its 95 % interval. The spread is that of the changes of the comparable grids, at least that of
independent counts (Poisson).
"""

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from math import sqrt

# 97.5 % points of Student's t by degrees of freedom; beyond the table the normal one.
_T = (
    12.71,
    4.30,
    3.18,
    2.78,
    2.57,
    2.45,
    2.36,
    2.31,
    2.26,
    2.23,
    2.20,
    2.18,
    2.16,
    2.14,
    2.13,
    2.12,
    2.11,
    2.10,
    2.09,
    2.09,
)
NORMAL = 1.96


@dataclass(frozen=True, slots=True)
class Effect:
    """before, after: complaints in the grids of the task; others: comparable grids, with theirs.

    difference: change per grid less the change per comparable grid (below nought: fewer complaints than there); low,
    high: its 95 % interval; None where there is no comparison.
    """

    grids: int
    before: int
    after: int
    others: tuple[str, ...]
    others_before: int = 0
    others_after: int = 0
    difference: float | None = None
    low: float | None = None
    high: float | None = None

    @property
    def sure(self) -> bool:
        """Whether the interval leaves nought out."""
        return self.low is not None and self.high is not None and (self.high < 0 or self.low > 0)


def compare(
    before: Mapping[str, int],
    after: Mapping[str, int],
    grids: Collection[str],
    candidates: Collection[str],
    *,
    tolerance: float,
    least_grids: int,
) -> Effect:
    """grids: those of the task; candidates: all others that no task touched; noughts may be absent from the counts."""
    own = sorted(grids)
    b, a = sum(before.get(g, 0) for g in own), sum(after.get(g, 0) for g in own)
    usual = b / len(own)
    others = sorted(
        one for one in set(candidates) - set(own) if abs(before.get(one, 0) - usual) <= max(1.0, tolerance * usual)
    )
    if len(others) < least_grids:
        return Effect(len(own), b, a, tuple(others), *_sums(others, before, after))
    changes = [after.get(one, 0) - before.get(one, 0) for one in others]
    mean = sum(changes) / len(others)
    spread = sum((change - mean) ** 2 for change in changes) / (len(others) - 1)
    counted = (b + a + sum(before.get(o, 0) + after.get(o, 0) for o in others)) / (len(own) + len(others))
    spread = max(spread, counted)
    width = _t(len(others) - 1) * sqrt(spread / len(own) + spread / len(others))
    difference = (a - b) / len(own) - mean
    return Effect(
        len(own), b, a, tuple(others), *_sums(others, before, after), difference, difference - width, difference + width
    )


def _sums(others: Collection[str], before: Mapping[str, int], after: Mapping[str, int]) -> tuple[int, int]:
    return sum(before.get(o, 0) for o in others), sum(after.get(o, 0) for o in others)


def _t(freedom: int) -> float:
    return _T[freedom - 1] if freedom <= len(_T) else NORMAL
