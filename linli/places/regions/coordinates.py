"""Longitude and latitude as they come in: checks, and the shift of Chinese consumer maps (GCJ-02). Pure.

Linli stores WGS84, which agrees with CGCS2000 to less than a metre. Phones and most Chinese map sites give GCJ-02,
which lies 20 to 700 m off: it has to be turned back before a point is located.
"""

import math

_A = 6_378_245.0  # Krasovsky 1940, as the published GCJ-02 formula uses
_EE = 0.00669342162296594323


def is_position(lon: float, lat: float) -> bool:
    """Whether the two numbers can be a place on earth: finite, within bounds."""
    return math.isfinite(lon) and math.isfinite(lat) and -180 <= lon <= 180 and -90 <= lat <= 90


def to_gcj02(lon: float, lat: float) -> tuple[float, float]:
    """WGS84 -> GCJ-02. Outside China the two agree."""
    if not (72.004 <= lon <= 137.8347 and 0.8293 <= lat <= 55.8271):
        return lon, lat
    x, y = lon - 105.0, lat - 35.0
    root = math.sqrt(abs(x))
    waves = 20 * math.sin(6 * x * math.pi) + 20 * math.sin(2 * x * math.pi)
    north = -100 + 2 * x + 3 * y + 0.2 * y * y + 0.1 * x * y + 0.2 * root
    north += (waves + 20 * math.sin(y * math.pi) + 40 * math.sin(y / 3 * math.pi)) * 2 / 3
    north += (160 * math.sin(y / 12 * math.pi) + 320 * math.sin(y * math.pi / 30)) * 2 / 3
    east = 300 + x + 2 * y + 0.1 * x * x + 0.1 * x * y + 0.1 * root
    east += (waves + 20 * math.sin(x * math.pi) + 40 * math.sin(x / 3 * math.pi)) * 2 / 3
    east += (150 * math.sin(x / 12 * math.pi) + 300 * math.sin(x / 30 * math.pi)) * 2 / 3
    angle = math.radians(lat)
    magic = 1 - _EE * math.sin(angle) ** 2
    north = math.degrees(north * magic**1.5 / (_A * (1 - _EE)))
    east = math.degrees(east * math.sqrt(magic) / (_A * math.cos(angle)))
    return lon + east, lat + north


def from_gcj02(lon: float, lat: float) -> tuple[float, float]:
    """GCJ-02 -> WGS84, by iteration; the way there and back closes to better than a millimetre."""
    west, south = lon, lat
    for _round in range(10):
        there = to_gcj02(west, south)
        east, north = there[0] - lon, there[1] - lat
        west, south = west - east, south - north
        if abs(east) < 1e-10 and abs(north) < 1e-10:
            break
    return west, south


def metres_between(lon1: float, lat1: float, lon2: float, lat2: float) -> float:
    """Distance in metres on a sphere of mean radius; 0.3 % off at worst."""
    a1, a2 = math.radians(lat1), math.radians(lat2)
    half = math.sin((a2 - a1) / 2) ** 2 + math.cos(a1) * math.cos(a2) * math.sin(math.radians(lon2 - lon1) / 2) ** 2
    return 2 * 6_371_008.8 * math.asin(math.sqrt(min(1.0, half)))
