"""Who lives within a walk of what. Pure, on arrays: 5,000 buildings against 200 sites take some milliseconds.

A walk is the straight distance times a detour at a steady speed (policy `circle`). Real streets bend more round railways
and rivers, so what lies near the edge is a hint to look, not a finding.
"""

import math
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

_METRES_PER_DEGREE = 111_195.0
# Buildings taken at once: keeps the table of distances within some megabytes.
_BLOCK = 4096

Points = NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class Walk:
    """minutes at most; metres_per_minute on foot; detour: metres on foot for one metre as the crow flies; open_hours: in an
    ordinary week at least, for a site to count.
    """

    minutes: float
    metres_per_minute: float
    detour: float
    open_hours: float = 0

    @property
    def reach(self) -> float:
        """Metres as the crow flies that a walk covers."""
        return self.minutes * self.metres_per_minute / self.detour

    def minutes_for(self, metres: float) -> int:
        """Minutes on foot for a straight distance, rounded up to whole minutes."""
        return math.ceil(round(metres * self.detour / self.metres_per_minute, 9))


def points(pairs: Sequence[tuple[float, float]]) -> Points:
    """(longitude, latitude) in degrees, as an array of two columns."""
    return np.asarray(pairs, dtype=np.float64).reshape(-1, 2)


def nearest(homes: Points, sites: Points) -> tuple[NDArray[np.float64], NDArray[np.int64]]:
    """For each home the metres to the nearest site as the crow flies, and which it is; infinite and -1 without sites.

    Distances on a plane that touches the globe at the homes: within a city the error stays under one in a thousand.
    """
    metres = np.full(len(homes), np.inf)
    which = np.full(len(homes), -1, dtype=np.int64)
    if not len(sites):
        return metres, which
    for start in range(0, len(homes), _BLOCK):
        block = homes[start : start + _BLOCK]
        east = (block[:, None, 0] - sites[None, :, 0]) * np.cos(np.radians(block[:, None, 1]))
        north = block[:, None, 1] - sites[None, :, 1]
        squared = east * east + north * north
        near = squared.argmin(axis=1)
        which[start : start + _BLOCK] = near
        metres[start : start + _BLOCK] = np.sqrt(squared[np.arange(len(block)), near]) * _METRES_PER_DEGREE
    return metres, which
