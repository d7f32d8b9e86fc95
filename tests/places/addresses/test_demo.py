"""The demo's compounds: as many of a kind as the sources say, all else plainly invented. No database."""

import json
from collections import Counter

import pytest
import shapely

from linli.places.addresses import demo
from linli.places.addresses.commands import NewCompound
from linli.places.addresses.models import Compound
from linli.places.regions import demo as regions

NAMED_IN_THE_SOURCES = {"滨河春天小区", "丽康瑞居小区"}


@pytest.fixture(scope="module")
def compounds() -> list[NewCompound]:
    return demo.compounds()


def test_none_is_presented_as_real(compounds: list[NewCompound]) -> None:
    for compound in compounds:
        assert "虚构" in compound.source
        assert (compound.name in NAMED_IN_THE_SOURCES) == (compound.source != "演示用，虚构")
    assert {one.name for one in compounds} & NAMED_IN_THE_SOURCES == NAMED_IN_THE_SOURCES


def test_the_named_ones_lie_where_the_sources_say(compounds: list[NewCompound]) -> None:
    at = {one.name: one.region_code for one in compounds}
    assert at["滨河春天小区"].startswith("411102001")  # 老街街道
    assert at["丽康瑞居小区"].startswith("630102003008")  # 园山社区


def test_as_many_as_the_sources_say(compounds: list[NewCompound]) -> None:
    tongbai = [one for one in compounds if one.region_code.startswith("410102005")]
    served = demo.managed()
    assert sum((one.region_code, one.name) not in served for one in tongbai) == 78
    laojie = [one for one in compounds if one.region_code.startswith("411102001")]
    assert sum(one.kind == Compound.Kind.OLD for one in laojie) == 108
    assert len(laojie) > 108


def test_every_grid_has_some(compounds: list[NewCompound]) -> None:
    grids = {record.code for record in regions.records() if len(record.code) == 15}
    counts = Counter(one.region_code for one in compounds)
    assert set(counts) == grids
    assert all(2 <= counts[code] <= (10 if code.startswith("411102001") else 4) for code in grids)


def test_names_are_unique_in_a_sub_district(compounds: list[NewCompound]) -> None:
    names = Counter((one.region_code[:9], one.name) for one in compounds)
    assert max(names.values()) == 1


def test_compounds_and_buildings_lie_in_their_grid(compounds: list[NewCompound]) -> None:
    shapes = {
        record.code: shapely.from_geojson(json.dumps(record.polygon)) for record in regions.records() if record.polygon
    }
    for one in compounds:
        spots = [(one.longitude, one.latitude), *((b.longitude, b.latitude) for b in one.buildings)]
        assert shapely.contains_xy(shapes[one.region_code], spots).all(), one.name
        assert one.buildings
        assert len({b.name for b in one.buildings}) == len(one.buildings)


def test_buildings_stand_apart(compounds: list[NewCompound]) -> None:
    spots = Counter((b.longitude, b.latitude) for one in compounds for b in one.buildings)
    assert max(spots.values()) == 1


def test_the_same_every_time(compounds: list[NewCompound]) -> None:
    demo._made.cache_clear()
    assert demo.compounds() == compounds
