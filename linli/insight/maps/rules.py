"""The arithmetic of the map: points as short columns of whole numbers, counts that give nobody away. Pure."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from itertools import groupby, pairwise
from typing import Any

# A step of the coordinates in a payload: a hundred-thousandth of a degree, about a metre.
STEPS = 100_000


@dataclass(frozen=True, slots=True)
class Mark:
    """One point of a layer. place: code of the region it lies in; size: a number that goes with it, such as dwellings;
    flagged: overdue, damaged, past its day."""

    id: int
    longitude: float
    latitude: float
    place: str
    size: int = 0
    flagged: bool = False


def packed(marks: Iterable[Mark]) -> dict[str, Any]:
    """Columns of whole numbers, in the order of places, each but `size` as steps from the row before (the first from 0).

    places: codes; runs: how many marks lie in each of them, in the same order; x, y: hundred-thousandths of a degree;
    size: left out when all are 0; flagged: positions of the flagged marks, as steps.
    """
    rows = sorted(marks, key=lambda mark: (mark.place, mark.id))
    runs = [(place, len(list(group))) for place, group in groupby(rows, key=lambda mark: mark.place)]
    columns: dict[str, Any] = {
        "places": [place for place, _count in runs],
        "runs": [count for _place, count in runs],
        "id": steps([mark.id for mark in rows]),
        "x": steps([round(mark.longitude * STEPS) for mark in rows]),
        "y": steps([round(mark.latitude * STEPS) for mark in rows]),
        "flagged": steps([at for at, mark in enumerate(rows) if mark.flagged]),
    }
    if any(mark.size for mark in rows):
        columns["size"] = [mark.size for mark in rows]
    return columns


def steps(numbers: Sequence[int]) -> list[int]:
    """Each as its difference from the one before; the first as it is."""
    return [*numbers[:1], *(after - before for before, after in pairwise(numbers))]


def cut(counts: Mapping[str, int], digits: int) -> dict[str, int]:
    """Counts by region code, added up to codes of at most so many digits."""
    found: dict[str, int] = {}
    for code, number in counts.items():
        found[code[:digits]] = found.get(code[:digits], 0) + number
    return found


@dataclass(frozen=True, slots=True)
class Also:
    """One thing that is counted at `own` and lies at `other`, too: codes of regions."""

    id: int
    own: str
    other: str


def cut_also(found: Iterable[Also], digits: int) -> dict[str, int]:
    """What such things add to counts cut to so many digits: each once in every place, nothing where it is counted already."""
    lying = {(one.id, one.other[:digits]) for one in found if one.other[:digits] != one.own[:digits]}
    added: dict[str, int] = {}
    for _id, code in lying:
        added[code] = added.get(code, 0) + 1
    return added


@dataclass(frozen=True, slots=True)
class Told:
    """A count as somebody may read it. number: what may be told; hidden: how many grids under the limit are left out."""

    number: int
    hidden: int = 0

    def text(self, least: int) -> str:
        """7; <5 for one grid under the limit; ≥7 where some grids of several are left out; 各<5 where all are."""
        if not self.hidden:
            return str(self.number)
        if self.number:
            return f"≥{self.number}"
        return f"<{least}" if self.hidden == 1 else f"各<{least}"


def guarded(counts: Mapping[str, int], grids: Iterable[str], least: int, digits: int) -> dict[str, Told]:
    """What may be told of counts by grid, added up to `digits`: a grid under `least` is never told, nor added to anything.

    grids: all there are, so that a grid without any is left out like one with few. With least 0 everything is told.
    """
    found: dict[str, Told] = {}
    for grid in {*grids, *counts}:
        number = counts.get(grid, 0)
        before = found.get(grid[:digits], Told(0))
        low = number < least
        found[grid[:digits]] = Told(before.number + (0 if low else number), before.hidden + low)
    return found
