"""Which buildings of a region have a service within a walk: reads buildings and sites, and lets `circle` measure."""

from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from functools import cached_property

import numpy as np
from django.db.models import Count, Q

from linli.places.addresses.models import Building, BuildingPart, Dwelling
from linli.places.regions.queries import in_subtree
from linli.places.sites import circle, hours
from linli.places.sites.models import Site, SiteService
from linli.places.sites.queries import within


@dataclass(frozen=True, slots=True)
class Home:
    """A building as the circle sees it. dwellings: as far as this transaction may see them, by the grids of the region in which
    they lie; a building across grids lies in several."""

    id: int
    label: str
    region_code: str
    longitude: float
    latitude: float
    by_grid: Mapping[str, int] = field(default_factory=dict)

    @property
    def dwellings(self) -> int:
        return sum(self.by_grid.values())


@dataclass(frozen=True, slots=True)
class Gap:
    """A building without the service in reach; site: the nearest all the same, None when nobody offers it."""

    home: Home
    site: Site | None
    metres: float
    minutes: int


@dataclass(slots=True)
class Part:
    """One community or grid: how many of its buildings (and dwellings) have the service in reach."""

    code: str
    buildings: int = 0
    covered: int = 0
    dwellings: int = 0
    dwellings_covered: int = 0

    @property
    def gaps(self) -> int:
        return self.buildings - self.covered

    @property
    def share(self) -> float:
        """Share of buildings in reach, between 0 and 1."""
        return self.covered / self.buildings if self.buildings else 0.0


@dataclass
class Cover:
    """One service over the buildings of one region."""

    homes: list[Home]
    sites: list[Site]
    walk: circle.Walk
    metres: "np.ndarray[tuple[int], np.dtype[np.float64]]" = field(repr=False)
    which: "np.ndarray[tuple[int], np.dtype[np.int64]]" = field(repr=False)

    @cached_property
    def whole(self) -> Part:
        """All of it together; a building across grids is one building."""
        (total,) = self.parts(0) or [Part("")]
        return total

    def parts(self, digits: int) -> list[Part]:
        """By community (12 digits) or grid (15). A building across grids is counted in each of them, a dwelling in its own."""
        found: dict[str, Part] = {}
        for home, near in zip(self.homes, (self.metres <= self.walk.reach).tolist(), strict=True):
            for code in {code[:digits] for code in home.by_grid}:
                part = found.setdefault(code, Part(code))
                part.buildings += 1
                part.covered += near
            for grid, dwellings in home.by_grid.items():
                part = found[grid[:digits]]
                part.dwellings += dwellings
                part.dwellings_covered += dwellings * near
        return list(found.values())

    def shown(self, prefix: str) -> list[Site]:
        """The sites of a region, and those outside that are the nearest of one of its buildings."""
        nearest = {self.sites[at].pk for at in set(self.which.tolist()) if at >= 0}
        return [one for one in self.sites if one.region_code.startswith(prefix) or one.pk in nearest]

    def offered(self, prefix: str) -> int:
        """How many sites of a region offer the service."""
        return sum(one.region_code.startswith(prefix) for one in self.sites)

    def gaps(self) -> list[Gap]:
        """Buildings that are too far, those with most dwellings and the longest way first."""
        found = []
        for place in np.flatnonzero(self.metres > self.walk.reach).tolist():
            nearest, metres = int(self.which[place]), float(self.metres[place])
            site = self.sites[nearest] if nearest >= 0 else None
            found.append(Gap(self.homes[place], site, metres, self.walk.minutes_for(metres) if site else 0))
        found.sort(key=lambda one: (-one.home.dwellings, -one.metres, one.home.id))
        return found


def homes(prefix: str) -> list[Home]:
    """Every building in use in a region, also one that stands outside and reaches into it with a unit."""
    counted = within(Dwelling.objects.filter(valid_to=None), prefix).order_by().values("building", "region_code")
    inside: dict[int, dict[str, int]] = defaultdict(dict)
    parts = within(BuildingPart.objects.all(), prefix)
    for key, grid in parts.values_list("building", "region_code"):
        inside[key][grid] = 0
    rows = Building.objects.filter(valid_to=None)
    if prefix:
        rows = rows.filter(in_subtree(prefix, "region_code") | Q(pk__in=list(inside)))
    found = list(
        rows.order_by("region_code", "compound_id", "order", "id").values_list(
            "pk", "compound__name", "name", "region_code", "longitude", "latitude"
        )
    )
    for key, _compound, _name, grid, _lon, _lat in found:
        if grid.startswith(prefix):
            inside[key].setdefault(grid, 0)
    for key, grid, count in counted.annotate(count=Count("id")).values_list("building", "region_code", "count"):
        inside[key][grid] = count
    return [
        Home(key, f"{compound} {name}", grid, lon, lat, inside[key]) for key, compound, name, grid, lon, lat in found
    ]


def cover(homes: list[Home], service: str, walk: circle.Walk) -> Cover:
    """Measure one service. Sites count wherever they lie: a walk does not stop at a boundary."""
    rows = Site.objects.filter(services__service=service, valid_to=None).order_by("id")
    sites = [one for one in rows if _open_enough(one, walk)]
    metres, which = circle.nearest(
        circle.points([(home.longitude, home.latitude) for home in homes]),
        circle.points([(one.longitude, one.latitude) for one in sites]),
    )
    return Cover(homes, sites, walk, metres, which)


def _open_enough(site: Site, walk: circle.Walk) -> bool:
    """A service that is open two hours a week is none: how many it takes is policy; without such a limit every site counts."""
    return not walk.open_hours or hours.weekly(site.hours or hours.CLOSED_WEEK) >= walk.open_hours


def around(longitude: float, latitude: float, services: Iterable[str], walk: circle.Walk) -> dict[str, Gap | None]:
    """For each service its nearest site from one point, in reach or not; None when nobody offers it."""
    home = Home(0, "", "", longitude, latitude)
    offered: dict[str, list[Site]] = defaultdict(list)
    rows = SiteService.objects.filter(service__in=list(services), site__valid_to=None).select_related("site")
    for row in rows.order_by("site_id"):
        if _open_enough(row.site, walk):
            offered[row.service].append(row.site)
    found: dict[str, Gap | None] = {}
    for service in services:
        sites = offered.get(service, [])
        metres, which = circle.nearest(
            circle.points([(longitude, latitude)]), circle.points([(one.longitude, one.latitude) for one in sites])
        )
        near = float(metres[0])
        found[service] = Gap(home, sites[int(which[0])], near, walk.minutes_for(near)) if sites else None
    return found
