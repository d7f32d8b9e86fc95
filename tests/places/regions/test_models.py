"""What the database itself holds to: generated columns, checks, parents, the revision, and who may write."""

from datetime import UTC, date, datetime
from typing import Any

import pytest
from django.db import IntegrityError, ProgrammingError, connection, transaction

from linli.places.regions import queries
from linli.places.regions.models import Region, RegionRevision
from linli.places.regions.rules import Level

pytestmark = pytest.mark.django_db
NOW = datetime(2026, 3, 2, 1, 0, tzinfo=UTC)
PATH = {
    "11": "北京市",
    "1101": "市辖区",
    "110106": "丰台区",
    "110106009": "丰台街道",
    "110106009008": "北大街北里社区",
    "110106009008001": "第1网格",
}


def region(code: str, **fields: Any) -> Region:
    given = {"name": PATH.get(code, "某地"), "short_name": PATH.get(code, "某地"), "valid_from": date(2023, 6, 30)}
    return Region.objects.create(code=code, updated_at=NOW, **{**given, **fields})


def sql(statement: str) -> None:
    with connection.cursor() as cursor:
        cursor.execute(statement)


@pytest.fixture
def path() -> None:
    for code in PATH:
        region(code)


def test_level_and_parent_are_made_from_the_code(path: None) -> None:
    rows = list(Region.objects.order_by("code").values_list("code", "level", "parent_code"))
    assert [level for _code, level, _parent in rows] == list(Level)
    assert [parent for _code, _level, parent in rows] == [None, *list(PATH)[:-1]]
    assert Region.objects.get(pk="110106009008001").level_label == "网格"


def test_a_shorter_grid_code_has_the_same_parent(path: None) -> None:
    assert Region.objects.get(pk=region("11010600900801").pk).parent_code == "110106009008"


@pytest.mark.parametrize(
    "code", ["1", "011", "110", "11010", "1101060", "1101060090", "11010600900", "a1", "１１", "11 "]
)
def test_a_code_of_another_shape_is_refused(code: str) -> None:
    with pytest.raises(IntegrityError, match="region_code_shape"), transaction.atomic():
        region(code)


def test_a_parent_must_exist() -> None:
    def orphan() -> None:
        region("110106")
        sql("SET CONSTRAINTS ALL IMMEDIATE")

    with pytest.raises(IntegrityError, match="region_parent_exists"), transaction.atomic():
        orphan()


POLYGON: dict[str, Any] = {"type": "Polygon", "coordinates": [[[116, 39], [117, 39], [117, 40], [116, 39]]]}
WHOLE: dict[str, Any] = {
    "polygon": POLYGON,
    "west": 116,
    "south": 39,
    "east": 117,
    "north": 40,
    "area": 1.0,
    "longitude": 116.5,
    "latitude": 39.2,
}


def test_a_measured_boundary_is_kept() -> None:
    region("11", **WHOLE)
    assert Region.objects.get(pk="11").polygon == POLYGON


@pytest.mark.parametrize(
    "wrong",
    [
        {"area": None},
        {"area": 0},
        {"area": float("nan")},
        {"west": None},
        {"polygon": None},
        {"longitude": None},
        {"longitude": 115.0},
        {"latitude": 40.5},
        {"east": 116},
        {"east": 181},
        {"north": float("inf")},
    ],
)
def test_half_a_boundary_or_a_wrong_measure_is_refused(wrong: dict[str, Any]) -> None:
    with pytest.raises(IntegrityError, match="region_measured"), transaction.atomic():
        region("11", **{**WHOLE, **wrong})


@pytest.mark.parametrize(
    ("fields", "constraint"),
    [
        ({"name": ""}, "region_name_given"),
        ({"urban_rural": "999"}, "region_urban_rural"),
        ({"valid_to": date(2020, 1, 1)}, "region_dates"),
    ],
)
def test_other_checks(fields: dict[str, Any], constraint: str) -> None:
    with pytest.raises(IntegrityError, match=constraint), transaction.atomic():
        region("11", **fields)


def test_every_change_raises_the_revision_even_one_made_in_plain_sql(path: None) -> None:
    seen = [queries.revision()]
    Region.objects.filter(pk="11").update(short_name="京")
    seen.append(queries.revision())
    sql("UPDATE regions_region SET households = 3 WHERE code = '110106009008001'")
    seen.append(queries.revision())
    assert seen == sorted(set(seen))
    assert RegionRevision.objects.count() == 1


def test_a_revision_never_comes_back_after_a_rollback(path: None) -> None:
    before = queries.revision()
    with transaction.atomic():
        Region.objects.filter(pk="11").update(short_name="京")
        undone = queries.revision()
        transaction.set_rollback(True)
    assert queries.revision() == before
    Region.objects.filter(pk="11").update(short_name="都")
    assert queries.revision() not in (before, undone)


def test_the_web_role_may_neither_delete_a_region_nor_write_the_revision(path: None) -> None:
    for statement in ("DELETE FROM regions_region", "UPDATE regions_regionrevision SET number = 0"):
        with pytest.raises(ProgrammingError, match="permission denied"), transaction.atomic():
            sql(statement)


def test_a_subtree_is_an_index_range(path: None) -> None:
    region("1102")
    assert list(Region.objects.filter(queries.in_subtree("1101")).values_list("code", flat=True)) == list(PATH)[1:]
    sql("SET LOCAL enable_seqscan = off")
    plan = Region.objects.filter(queries.in_subtree("110106")).explain()
    assert "Index Cond" in plan
    assert "regions_region_pkey" in plan or "regions_region_code" in plan


def test_no_prefix_shows_nothing(path: None) -> None:
    assert list(Region.objects.filter(queries.in_subtrees([]))) == []
    rows = Region.objects.filter(queries.in_subtrees(["1101", "110106009008001"])).order_by("code")
    assert [row.code for row in rows] == list(PATH)[1:]


def test_a_region_in_use_has_begun_and_not_ended(path: None) -> None:
    Region.objects.filter(pk="110106009008001").update(valid_to=date(2026, 3, 1))
    codes = {
        day: set(queries.current(Region.objects.all(), day).values_list("code", flat=True))
        for day in (date(2023, 6, 29), date(2023, 6, 30), date(2026, 2, 28), date(2026, 3, 1))
    }
    assert codes[date(2023, 6, 29)] == set()
    assert codes[date(2023, 6, 30)] == codes[date(2026, 2, 28)] == set(PATH)
    assert codes[date(2026, 3, 1)] == set(PATH) - {"110106009008001"}


def test_search_by_name_and_by_code(path: None) -> None:
    def found(words: str) -> list[str]:
        return list(queries.search(Region.objects.order_by("code"), words).values_list("code", flat=True))

    assert found("丰 台") == ["110106", "110106009"]
    assert found("110106009") == ["110106009", "110106009008", "110106009008001"]
    assert found("没有") == []
    assert len(found("")) == len(PATH)
    assert found("%") == []


def test_the_way_down_to_a_region(path: None) -> None:
    assert queries.path_names("110106009008001") == ["丰台区", "丰台街道", "北大街北里社区", "第1网格"]
    assert [row.code for row in queries.ancestors("110106009")] == ["11", "1101", "110106"]
