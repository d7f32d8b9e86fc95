"""Files of regions, good and bad: encodings, wrong codes, boundaries that cross themselves; all or the good rows."""

import io
import json
import os
import zipfile
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
import xlsxwriter
from django.db import connection
from django.test.utils import CaptureQueriesContext
from hypothesis import given
from hypothesis import strategies as st

from linli.base.actor import Actor
from linli.base.commands import Refused
from linli.base.commands.models import AuditRow
from linli.base.exchange import guarding
from linli.places.regions import commands, demo, drawing, queries, reading
from linli.places.regions.models import Region, RegionImport
from linli.places.regions.reading import Unreadable, read
from linli.places.regions.rules import BEIJING_15
from tests.cast import GRID, HERE, STREET, Cast, square

NEW = f"{HERE}003"


def sheet(*rows: tuple[object, ...], head: tuple[object, ...] = ("代码", "名称")) -> bytes:
    return "\n".join(",".join(map(str, row)) for row in (head, *rows)).encode()


def workbook(*rows: tuple[Any, ...]) -> bytes:
    file = io.BytesIO()
    with xlsxwriter.Workbook(file) as book:
        page = book.add_worksheet()
        for number, row in enumerate(rows):
            page.write_row(number, 0, row)
    return file.getvalue()


def boundaries(*features: tuple[dict[str, Any], Any], **extra: Any) -> bytes:
    made = [{"type": "Feature", "properties": facts, "geometry": geometry} for facts, geometry in features]
    return json.dumps({"type": "FeatureCollection", "features": made, **extra}, ensure_ascii=False).encode()


# --- reading -------------------------------------------------------------------------------------------------------


def test_a_sheet_is_read_whatever_it_is_saved_as() -> None:
    rows = [("区划代码", "名称", "户数"), ("110106009008", "北大街北里社区居委会", 1200)]
    text = "\n".join(",".join(map(str, row)) for row in rows)
    for content in (
        text.encode(),
        text.encode("utf-8-sig"),
        text.encode("gbk"),
        text.replace(",", "\t").encode(),
        text.replace(",", ";").encode("gbk"),
        text.replace("\n", "\r\n").encode(),
        workbook(*rows),
    ):
        found = read(content, "file", BEIJING_15)
        assert found.problems == []
        [row] = found.rows
        assert (row.code, row.name, row.short_name, row.households) == (
            "110106009008",
            "北大街北里社区居委会",
            "北大街北里社区",
            1200,
        )


def test_numbers_and_text_codes_of_a_workbook() -> None:
    found = read(
        workbook(("代码", "名称"), (110106009008, "甲"), ("110106009009", "乙"), (110106.0, "丙")), "x", BEIJING_15
    )
    assert [row.code for row in found.rows] == ["110106009008", "110106009009", "110106"]


def test_titles_above_the_header_and_empty_rows_do_not_matter() -> None:
    content = "某区区划代码表,,\n制表日期:2026-03-02,,\n序号,名 称,代 码\n\n1,丰台街道,110106009\n,,\n".encode()
    [row] = read(content, "x.csv", BEIJING_15).rows
    assert (row.code, row.name, row.place) == ("110106009", "丰台街道", "第 5 行")


@pytest.mark.parametrize(
    ("line", "column", "reason"),
    [
        ("11010600900A,甲,,", "code", "第 12 位是“A”"),
        (",甲,,", "code", "没有填写"),
        ("1101060090,甲,,", "code", "是 10 位"),
        ("1.10106E+14,甲,,", "code", "尾数已经丢失"),
        (f"110106009,{'长' * 61},,", "name", "最多 60 个字，这里有 61 个"),
        ("110106009,甲\x07乙,,", "name", "控制字符"),
        ("110106009,甲,999,", "urban_rural", "没有“999”"),
        ("110106009,甲,111,-3", "households", "整数"),
        ("110106009,甲,111,三百", "households", "三百"),
        ("110106009,甲,111,99999999999999999999", "households", "整数"),
    ],
)
def test_each_wrong_cell_is_named_by_row_column_and_reason(line: str, column: str, reason: str) -> None:
    content = f"代码,名称,城乡分类代码,户数\n110106009008,好,111,300\n{line}\n".encode()
    found = read(content, "x.csv", BEIJING_15)
    assert [row.name for row in found.rows] == ["好"]
    [problem] = found.problems
    assert (problem.place, problem.column) == ("第 3 行", column)
    assert reason in problem.reason


def test_all_that_is_wrong_with_a_row_is_told_at_once() -> None:
    found = read("代码,名称,户数\nX,甲,很多\n".encode(), "x.csv", BEIJING_15)
    assert [problem.column for problem in found.problems] == ["code", "households"]


def test_rare_characters_and_emoji_stay_whole() -> None:
    [row] = read("代码,名称\n110106009,𠮷祥社区🏮\n".encode(), "x.csv", BEIJING_15).rows
    assert row.name == "𠮷祥社区🏮"


def bomb() -> bytes:
    """A workbook of a few kilobytes whose sheet unpacks to eight megabytes."""
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("xl/worksheets/sheet1.xml", b"\0" * 8 * 1024 * 1024)
    return file.getvalue()


@pytest.mark.parametrize(
    ("content", "reason"),
    [
        (b"", "空的"),
        (b" \n ", "空的"),
        ("甲,乙\n1,2\n".encode(), "没有找到表头"),
        (b"code\n110106\n", "没有找到表头"),
        (b"\xff\xfe\x00\x01" * 20, "没有一行区划"),
        (b"\x89PNG\r\n\x1a\n" + b"\0" * 50, "不是文本表格"),
        (b"PK\x03\x04 not a zip", "表格打不开"),
        (workbook(("a", "b")).replace(b"xl/workbook.xml", b"xl/w0rkbook.xml"), "没有内容|打不开"),
        (b"{", "不是完整的 GeoJSON"),
        (b"[" * 200_000, "不是完整的 GeoJSON"),
        (b"[1]", "FeatureCollection"),
        (b'{"type": "Feature"}', "FeatureCollection"),
        (b'{"type": "FeatureCollection", "features": 3}', "FeatureCollection"),
        ('{"名": "社区"}'.encode("gbk"), "UTF-8"),
        (boundaries(crs={"type": "name", "properties": {"name": "EPSG:4549"}}), "坐标系.*EPSG:4549"),
        (boundaries(crs=7), "坐标系"),
    ],
)
def test_a_file_that_cannot_be_read_says_why(content: bytes, reason: str) -> None:
    with pytest.raises(Unreadable, match=reason):
        read(content, "x", BEIJING_15)


def test_a_workbook_that_unpacks_too_far_is_not_opened(monkeypatch: pytest.MonkeyPatch) -> None:
    content = bomb()
    assert len(content) < 20_000
    monkeypatch.setattr(guarding, "UNPACKED_BYTES", 1024 * 1024)
    with pytest.raises(Unreadable, match="解开后太大"):
        read(content, "x.xlsx", BEIJING_15)


def test_a_file_beyond_the_limits(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(reading, "MAX_ROWS", 3)
    with pytest.raises(Unreadable, match="最多 3 行"):
        read(sheet(*[(110106009, "甲")] * 4), "x", BEIJING_15)
    with pytest.raises(Unreadable, match="最多 3 个"):
        read(boundaries(*[({"code": GRID}, square(116, 39))] * 4), "x", BEIJING_15)
    monkeypatch.setattr(reading, "MAX_BYTES", 10)
    with pytest.raises(Unreadable, match="文件太大"):
        read(b"x" * 11, "x", BEIJING_15)


@given(st.binary(max_size=300))
def test_no_bytes_break_the_reader(content: bytes) -> None:
    try:
        read(content, "x", BEIJING_15)
    except Unreadable as refusal:
        assert str(refusal)  # noqa: PT017 (either answer is fine, any other error is not)


@given(
    st.recursive(
        st.none() | st.booleans() | st.floats() | st.text(),
        lambda inner: (
            st.lists(inner, max_size=4) | st.dictionaries(st.sampled_from(["type", "coordinates", "code"]), inner)
        ),
    )
)
def test_no_geometry_breaks_the_reader(geometry: Any) -> None:
    found = read(boundaries(({"code": GRID, "name": "甲"}, geometry)), "x", BEIJING_15)
    assert len(found.rows) + len(found.problems) == 1


def test_features_that_are_wrong_are_named() -> None:
    hourglass = {"type": "Polygon", "coordinates": [[[116, 39], [116.1, 39.1], [116.1, 39], [116, 39.1], [116, 39]]]}
    content = boundaries(
        ({"代码": GRID}, square(116.27, 39.85)),
        ({"code": NEW, "name": "第三网格"}, hourglass),
        ({"name": "没有代码"}, square(116.27, 39.85)),
        ({"code": NEW, "name": "没有边界"}, None),
    )
    whole = json.loads(content)
    whole["features"] += [None, {"type": "Feature"}]
    found = read(json.dumps(whole).encode(), "x.geojson", BEIJING_15)
    assert [row.code for row in found.rows] == [GRID]
    assert [(problem.place, problem.column) for problem in found.problems] == [
        ("第 2 个要素", "geometry"),
        ("第 3 个要素", "code"),
        ("第 4 个要素", "geometry"),
        ("第 5 个要素", ""),
        ("第 6 个要素", ""),
    ]
    assert "自相交" in found.problems[0].reason


# --- writing -------------------------------------------------------------------------------------------------------


def test_new_regions_are_written_and_known_ones_renamed(cast: Cast) -> None:
    content = sheet((NEW, "第三网格"), (GRID, "第一网格(调整)"), (HERE, "北大街北里社区"))
    counts = commands.import_sheet(cast.sysadmin, content=content, file_name="代码表.csv")
    # The community is renamed as well: its everyday name in the cast lacks 社区.
    assert counts == {"created": 1, "changed": 2, "same": 0, "refused": 0}
    new = Region.objects.get(pk=NEW)
    assert (new.name, new.polygon, new.source) == ("第三网格", None, "导入自 代码表.csv")
    assert Region.objects.get(pk=GRID).name == "第一网格(调整)"
    assert Region.objects.get(pk=GRID).polygon is not None
    audit = AuditRow.objects.latest("id")
    assert (audit.command, audit.detail["created"]) == ("regions.import_sheet", 1)
    again = commands.import_sheet(cast.sysadmin, content=content, file_name="代码表.csv")
    assert again == {"created": 0, "changed": 0, "same": 3, "refused": 0}


def test_all_or_nothing_is_the_rule(cast: Cast) -> None:
    content = sheet((NEW, "第三网格"), ("1101060090X", "坏"))
    with pytest.raises(Refused, match=r"有 1 处问题，没有导入任何一行。第 3 行：.*“X”") as refusal:
        commands.import_sheet(cast.sysadmin, content=content, file_name="x.csv")
    assert refusal.value.field == "file"
    assert not Region.objects.filter(pk=NEW).exists()


def test_the_good_rows_alone(cast: Cast) -> None:
    content = sheet((NEW, "第三网格"), ("1101060090X", "坏"), (GRID, "第一网格"))
    counts = commands.import_sheet(cast.sysadmin, content=content, file_name="x.csv", only_good=True)
    assert counts == {"created": 1, "changed": 0, "same": 1, "refused": 1}


def planned(cast: Cast, content: bytes) -> Any:
    staged = commands.stage_import(cast.sysadmin, content=content, file_name="x")
    return commands.planned(staged)


def test_a_code_twice_in_a_file(cast: Cast) -> None:
    found = planned(cast, sheet((NEW, "甲"), (NEW, "乙")))
    [problem] = found.grave
    assert (problem.place, problem.column) == ("第 3 行", "code")
    assert problem.reason == f"代码 {NEW} 与第 2 行重复"


def test_a_region_needs_its_parent_in_the_file_or_in_the_system(cast: Cast) -> None:
    found = planned(cast, sheet(("110106077001", "无主社区"), ("110106077001001", "无主网格"), ("110106077", "新街道")))
    assert [row.code for row in found.created] == ["110106077", "110106077001", "110106077001001"]
    found = planned(cast, sheet(("110106078001", "无主社区"), ("110106078001001", "无主网格")))
    assert found.created == []
    assert [problem.place for problem in found.grave] == ["第 2 行", "第 3 行"]
    assert "上级 110106078 不在" in found.grave[0].reason


def test_a_retired_code_is_not_used_again(cast: Cast) -> None:
    Region.objects.filter(pk=GRID).update(valid_to="2026-01-01")
    [problem] = planned(cast, sheet((GRID, "再来一次"))).grave
    assert "已于 2026-01-01 停用" in problem.reason


def test_a_new_region_needs_a_name_a_known_one_does_not(cast: Cast) -> None:
    found = planned(cast, boundaries(({"code": NEW}, square(116.28, 39.86)), ({"code": GRID}, square(116.27, 39.85))))
    assert [problem.reason for problem in found.grave] == ["新增的区划要填名称"]
    assert [row.code for row in found.same] == [GRID]


def test_boundaries_are_written_with_their_measures(cast: Cast) -> None:
    content = boundaries(
        ({"code": GRID}, square(116.27, 39.86)), ({"grid_code": NEW, "name": "第三网格"}, square(116.28, 39.86))
    )
    counts = commands.import_geojson(cast.sysadmin, content=content, file_name="网格.geojson")
    assert counts == {"created": 1, "changed": 1, "same": 0, "refused": 0}
    grid = Region.objects.get(pk=GRID)
    assert (grid.name, grid.west, grid.north) == ("第一网格", 116.27, 39.87)
    assert grid.area == pytest.approx(855.0 * 1110.4, rel=2e-3)
    assert (grid.longitude, grid.latitude) == (116.275, 39.865)


def test_overlaps_and_overhangs_warn_but_do_not_stop(cast: Cast) -> None:
    found = planned(cast, boundaries(({"code": NEW, "name": "第三网格"}, square(116.275, 39.845))))
    assert found.grave == []
    reasons = [problem.reason for problem in found.warnings]
    assert any(reason.startswith(f"{NEW} 与 {GRID} 的边界重叠约") for reason in reasons)
    assert any(f"在上级 {HERE} 的边界之外" in reason for reason in reasons)
    assert [row.code for row in found.created] == [NEW]


def test_neighbours_that_only_touch_do_not_warn(cast: Cast) -> None:
    found = planned(cast, boundaries(({"code": NEW, "name": "第三网格"}, square(116.27, 39.86))))
    assert found.warnings == []


def test_staged_then_applied_once(cast: Cast) -> None:
    staged = commands.stage_import(cast.sysadmin, content=sheet((NEW, "第三网格")), file_name="x.csv")
    assert not Region.objects.filter(pk=NEW).exists()
    done = commands.apply_import(cast.sysadmin, staged)
    assert done.summary["created"] == 1
    assert done.rows == []
    assert Region.objects.get(pk=NEW).name == "第三网格"
    with pytest.raises(Refused, match="已经导入过"):
        commands.apply_import(cast.sysadmin, staged)


def test_staging_again_forgets_the_earlier_file(cast: Cast) -> None:
    first = commands.stage_import(cast.sysadmin, content=sheet((NEW, "第三网格")), file_name="1.csv")
    second = commands.stage_import(cast.sysadmin, content=sheet((NEW, "第三网格")), file_name="2.csv")
    assert list(RegionImport.objects.values_list("pk", flat=True)) == [second.pk]
    assert first.pk != second.pk


def test_a_wrong_kind_of_file_is_refused(cast: Cast) -> None:
    with pytest.raises(Refused, match="这里要的是代码表"):
        commands.import_sheet(cast.sysadmin, content=boundaries(), file_name="x")
    with pytest.raises(Refused, match="这里要的是边界文件"):
        commands.import_geojson(cast.sysadmin, content=sheet((NEW, "x")), file_name="x")
    with pytest.raises(Refused, match="空的"):
        commands.stage_import(cast.sysadmin, content=b"", file_name="x")


@pytest.mark.parametrize("who", ["dispatcher", "secretary", "neighbour", "auditor", "leader"])
@pytest.mark.parametrize("act", [commands.import_sheet, commands.import_geojson, commands.stage_import])
def test_only_who_has_the_right(cast: Cast, who: str, act: Callable[..., Any]) -> None:
    actor: Actor = getattr(cast, who)
    with pytest.raises(Refused, match=r"没有.*权限"):
        act(actor, content=sheet((NEW, "x")), file_name="x")


def test_the_whole_demo_comes_in_through_the_files_and_out_the_same(
    cast: Cast, django_assert_max_num_queries: Any
) -> None:
    """Names by sheet, boundaries by GeoJSON: the map is then the drawn one, and importing it again changes nothing."""
    records = [record for record in demo.records() if not record.code.startswith(STREET) and len(record.code) <= 12]
    content = sheet(*[(record.code, record.name) for record in records])
    commands.import_sheet(cast.sysadmin, content=content, file_name="names.csv")
    whole = json.loads((drawing.DATA / "demo_grids.geojson").read_text("utf-8"))
    whole["features"] = [f for f in whole["features"] if not f["properties"]["code"].startswith(STREET)]
    content = json.dumps(whole).encode()
    with django_assert_max_num_queries(20):
        counts = commands.import_geojson(cast.sysadmin, content=content, file_name="grids.geojson")
    assert counts["created"] == len(whole["features"]) == 288
    stored = dict(Region.objects.filter(queries.in_subtree("410102"), level=6).values_list("code", "polygon"))
    drawn = {
        record.code: record.polygon
        for record in demo.records()
        if record.code[:6] == "410102" and len(record.code) == 15
    }
    assert stored == drawn
    counts = commands.import_geojson(cast.sysadmin, content=content, file_name="grids.geojson")
    assert counts == {"created": 0, "changed": 0, "same": 288, "refused": 0}


REAL = Path(os.environ.get("LINLI_REAL_DATA", Path(__file__).parents[4] / "shared" / "data"))


@pytest.mark.skipif(not (REAL / "counties.geojson").exists(), reason="the real material is not here")
def test_real_boundaries_are_read() -> None:
    found = read((REAL / "counties.geojson").read_bytes(), "counties.geojson", BEIJING_15)
    assert found.kind == "geojson"
    assert len(found.rows) + len({problem.place for problem in found.problems}) > 0


def test_queries_do_not_grow_with_the_rows(cast: Cast) -> None:
    commands.import_sheet(cast.sysadmin, content=sheet((GRID, "第一网格")), file_name="x.csv")  # what is read once
    costs = []
    for number, count in ((1, 1), (2, 60)):
        rows = [(f"{HERE}{number}{i:02d}", f"网格{i}") for i in range(count)]
        with CaptureQueriesContext(connection) as queries_made:
            commands.import_sheet(cast.sysadmin, content=sheet(*rows), file_name="x.csv")
        costs.append(len(queries_made))
    assert costs[0] == costs[1]


def test_the_source_of_a_row_is_kept_where_the_file_tells_it(cast: Cast) -> None:
    content = sheet((NEW, "第三网格", "某街道网格图(2026)"), head=("代码", "名称", "来源"))
    commands.import_sheet(cast.sysadmin, content=content, file_name="x.csv")
    commands.import_sheet(cast.sysadmin, content=sheet((NEW, "第三网格(新)")), file_name="y.csv")
    region = Region.objects.get(pk=NEW)
    assert (region.name, region.source) == ("第三网格(新)", "某街道网格图(2026)")
