"""The circle of a quarter of an hour: the measure, the numbers by community, the gaps."""

import dataclasses
import math
import random
import time

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from linli.base.actor import system
from linli.base.facts.noting import Given
from linli.base.scope import enter
from linli.places.addresses import commands as addresses
from linli.places.addresses.commands import NewBuilding, NewCompound, NewDwelling
from linli.places.addresses.models import Building
from linli.places.regions.coordinates import metres_between
from linli.places.sites import circle, commands, coverage, policy
from linli.places.sites.commands import NewSite
from linli.places.sites.models import Site
from tests.cast import GRID, GRID_2, GRID_THERE, HERE, POINT_HERE, STREET, Cast

WALK = circle.Walk(15, 80, 1.3)
LON, LAT = POINT_HERE


def test_a_quarter_of_an_hour() -> None:
    assert round(WALK.reach) == 923
    assert [WALK.minutes_for(metres) for metres in (0, 1, 400, 923, 924)] == [0, 1, 7, 15, 16]


@given(
    st.lists(st.tuples(st.floats(116.2, 116.4), st.floats(39.8, 40.0)), min_size=1, max_size=8),
    st.lists(st.tuples(st.floats(116.2, 116.4), st.floats(39.8, 40.0)), min_size=1, max_size=5),
)
def test_the_nearest_is_the_nearest(homes: list[tuple[float, float]], sites: list[tuple[float, float]]) -> None:
    """Against distances on the globe, one by one."""
    metres, which = circle.nearest(circle.points(homes), circle.points(sites))
    for place, home in enumerate(homes):
        best = min(metres_between(*home, *one) for one in sites)
        assert math.isclose(metres[place], best, rel_tol=0.003, abs_tol=0.5)
        assert metres_between(*home, *sites[which[place]]) <= best * 1.003 + 0.5


def test_without_sites_nobody_is_covered() -> None:
    metres, which = circle.nearest(circle.points([POINT_HERE]), circle.points([]))
    assert np.isinf(metres[0]) and which[0] == -1


def test_five_thousand_buildings_and_two_hundred_sites_take_no_time() -> None:
    rng = random.Random(7)
    homes = circle.points([(116.2 + rng.random() / 5, 39.8 + rng.random() / 5) for _ in range(5000)])
    sites = circle.points([(116.2 + rng.random() / 5, 39.8 + rng.random() / 5) for _ in range(200)])
    begun = time.perf_counter()
    circle.nearest(homes, sites)
    assert time.perf_counter() - begun < 1.0


@pytest.fixture
def around(cast: Cast) -> list[int]:
    """One building at the site, one two kilometres away in the other grid, with dwellings in both; and the site."""
    far = NewCompound("远处小区", GRID_2, LON + 0.0235, LAT, buildings=(NewBuilding("1号楼", LON + 0.0235, LAT),))
    addresses.add_compound(cast.secretary, compound=far)
    keys = list(Building.objects.order_by("id").values_list("id", flat=True))
    addresses.enter_dwellings(
        cast.secretary, dwellings=[NewDwelling(key, f"{n}01", "1") for key in keys for n in range(1, 4)]
    )
    commands.open_sites(
        cast.secretary,
        sites=[NewSite("和顺议事厅", "council", GRID, LON, LAT, services=("mediation",))],
    )
    return keys


def test_who_lives_within_a_walk(cast: Cast, around: list[int]) -> None:
    found = coverage.cover(coverage.homes(STREET), "mediation", policy.walk())
    assert [(part.code, part.buildings, part.covered, part.gaps) for part in found.parts(12)] == [(HERE, 2, 1, 1)]
    assert {part.code: part.share for part in found.parts(15)} == {GRID: 1.0, GRID_2: 0.0}
    assert (found.whole.dwellings, found.whole.dwellings_covered) == (6, 3)
    (gap,) = found.gaps()
    assert gap.home.id == around[1] and gap.home.label == "远处小区 1号楼" and gap.site is not None
    assert 1990 < gap.metres < 2030 and gap.minutes == WALK.minutes_for(gap.metres)
    nobody = coverage.cover(coverage.homes(STREET), "reading", policy.walk())
    assert nobody.whole.covered == 0 and [one.site for one in nobody.gaps()] == [None, None]


def test_the_page_the_map_and_the_sheet(cast: Cast, around: list[int]) -> None:
    client = cast.client("leader")
    overview = client.get("/sites/circle/").content.decode()
    assert "矛盾调解" in overview and "图书阅览" in overview and "923" in overview
    page = client.get("/sites/circle/", {"service": "mediation"}).content.decode()
    assert (
        "50.0%" in page
        and "远处小区 1号楼" in page
        and "linli-map" in page
        and f"/addresses/buildings/{around[1]}/" in page
    )
    for query in ({"place": HERE}, {"sort": "-gaps"}, {"sort": "nonsense"}, {"place": "nowhere"}):
        assert client.get("/sites/circle/", {"service": "mediation", **query}).status_code == 200
    sheet = client.get("/sites/circle/gaps.csv", {"service": "mediation"}).content.decode("utf-8-sig").splitlines()
    assert len(sheet) == 2 and sheet[1].startswith("矛盾调解,远处小区 1号楼")
    assert cast.client("volunteer").get("/sites/circle/").status_code == 404


def test_what_one_may_not_see_is_not_counted(cast: Cast, around: list[int]) -> None:
    enter(cast.neighbour)
    assert coverage.cover(coverage.homes(STREET), "mediation", policy.walk()).whole.dwellings == 0
    enter(system("test"))


def test_a_closed_site_covers_nobody(cast: Cast, around: list[int]) -> None:
    commands.close_site(cast.secretary, Site.objects.get(), basis="搬走")
    assert coverage.cover(coverage.homes(STREET), "mediation", policy.walk()).whole.covered == 0


def test_the_page_of_a_building_says_what_lies_within_a_walk(cast: Cast, around: list[int]) -> None:
    client = cast.client("grid_worker")
    near = client.get(f"/sites/circle/of/building/{around[0]}/").content.decode()
    assert "矛盾调解" in near and "和顺议事厅" in near and "0 分钟" in near and "没有" in near
    far = client.get(f"/sites/circle/of/building/{around[1]}/").content.decode()
    assert "走不到" in far and "和顺议事厅" in far
    assert client.get("/sites/circle/of/building/999999/").status_code == 404
    assert cast.client("volunteer").get(f"/sites/circle/of/building/{around[0]}/").status_code == 404


def test_sites_that_are_hardly_open_count_only_when_the_policy_says_so(cast: Cast) -> None:
    new = NewSite("两小时", "council", GRID, LON, LAT, hours="周一 9:00-11:00", services=("reading",))
    commands.open_sites(cast.secretary, sites=[new])
    homes = coverage.homes(HERE)
    walk = policy.walk()
    assert homes and coverage.cover(homes, "reading", walk).whole.share == 1
    strict = dataclasses.replace(walk, open_hours=3)
    assert coverage.cover(homes, "reading", strict).whole.share == 0
    assert coverage.around(LON, LAT, ["reading"], strict) == {"reading": None}


def test_a_number_opens_the_dwellings_it_counts(cast: Cast, around: list[int]) -> None:
    client = cast.client("leader")
    page = client.get("/sites/circle/", {"service": "mediation", "place": ""}).content.decode()
    link = f"/sites/circle/dwellings/?service=mediation&amp;grid={HERE}&amp;place="
    assert link in page
    far = client.get("/sites/circle/dwellings/", {"service": "mediation", "place": "", "grid": HERE}).content.decode()
    assert far.count("远处小区 1号楼 1单元") >= 3 and "春光里小区" not in far and "和顺议事厅" in far
    assert (
        "没有走不到的房屋"
        in client.get("/sites/circle/dwellings/", {"service": "mediation", "place": "", "grid": GRID}).content.decode()
    )
    sheet = client.get("/sites/circle/dwellings/export.csv", {"service": "mediation", "place": ""}).content.decode()
    assert sheet.count("远处小区") == 3
    assert client.get("/sites/circle/dwellings/").status_code == 404
    assert (
        "远处小区"
        not in cast.client("neighbour")
        .get("/sites/circle/dwellings/", {"service": "mediation", "place": ""})
        .content.decode()
    )


def test_a_building_across_grids_is_counted_where_its_dwellings_lie(cast: Cast, around: list[int]) -> None:
    """Or the dwellings of such a unit would be in no number of their own grid, and in that of a grid where they do not lie."""
    far = Building.objects.get(pk=around[1])
    addresses.enter_dwellings(
        cast.secretary, dwellings=[NewDwelling(far.pk, "101", "2"), NewDwelling(far.pk, "201", "2")]
    )
    addresses.set_grids(cast.secretary, far, grid=GRID_2, units={"2": GRID}, given=Given())
    walk = policy.walk()
    found = coverage.cover(coverage.homes(STREET), "mediation", walk)
    parts = {part.code: (part.gaps, part.dwellings - part.dwellings_covered) for part in found.parts(15)}
    assert parts == {GRID: (1, 2), GRID_2: (1, 3)}
    assert (found.whole.buildings, found.whole.gaps, found.whole.dwellings) == (2, 1, 8)
    for grid, (gaps, dwellings) in parts.items():
        alone = coverage.cover(coverage.homes(grid), "mediation", walk).whole
        assert (alone.gaps, alone.dwellings - alone.dwellings_covered) == (gaps, dwellings), "the same, asked for alone"
        query = {"service": "mediation", "place": "", "grid": grid}
        sheet = cast.client("leader").get("/sites/circle/dwellings/export.csv", query).content.decode()
        assert sheet.count("远处小区") == dwellings, "and behind the number"
        enter(system("test"))


def test_sites_of_other_streets_are_not_counted_as_ours(cast: Cast, around: list[int]) -> None:
    elsewhere = NewSite("外地议事厅", "council", GRID_THERE, LON + 5, LAT, services=("mediation",))
    commands.open_sites(system("test"), sites=[elsewhere])
    Site.objects.filter(name="外地议事厅").update(region_code="420102001001001")
    page = cast.client("leader").get("/sites/circle/", {"service": "mediation", "place": STREET}).content.decode()
    assert "外地议事厅" not in page and "整个街道" in page
    enter(system("test"))
    found = coverage.cover(coverage.homes(STREET), "mediation", policy.walk())
    assert (found.offered(STREET), found.offered("")) == (1, 2)


def test_the_number_of_dwellings_says_of_whom_it_is(cast: Cast, around: list[int]) -> None:
    query = {"service": "mediation", "place": HERE}
    assert "您负责的网格里 3 套中" in cast.client("grid_worker").get("/sites/circle/", query).content.decode()
    assert "已登记的 6 套里" in cast.client("secretary").get("/sites/circle/", query).content.decode()
