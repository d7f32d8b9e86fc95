"""The pages of regions: list, one region, map, import, rename, retire; and the JSON behind maps."""

import html
import json
import re
from datetime import UTC, datetime
from typing import Any
from urllib.parse import quote

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client

from linli.base.clockwork import frozen
from linli.places.regions import forms, locating
from linli.places.regions.models import Region, RegionImport
from tests.cast import GRID, GRID_2, GRID_THERE, HERE, POINT_HERE, STREET, THERE, Cast, square
from tests.places.regions.test_importing import NEW, boundaries, sheet

SATURDAY = datetime(2026, 3, 7, 1, 0, tzinfo=UTC)


def text(answer: Any) -> str:
    return answer.content.decode()


def listed(page: str) -> list[str]:
    """Codes of the rows of a list page."""
    return re.findall(r'data-href="/regions/(\d+)/"', page)


def turn(page: str, rel: str) -> str:
    """Where the pager's `next` or `prev` leads; empty at the end."""
    found = re.search(rf'rel="{rel}" href="([^"]+)"', page)
    return html.unescape(found[1]) if found else ""


def values(page: str) -> Any:
    """The figures that the map is shaded by."""
    found = re.search(r"data-values>(.+?)</script>", page)
    return json.loads(found[1]) if found else None


# --- list ------------------------------------------------------------------------------------------------------------


def test_everybody_signed_in_sees_all_regions(cast: Cast) -> None:
    for who in ("dispatcher", "grid_worker", "neighbour", "sysadmin", "volunteer"):
        answer = cast.client(who).get("/regions/")
        assert answer.status_code == 200
        assert "东大街西里" in text(answer)
        assert GRID in text(answer)


def test_nobody_is_sent_to_the_sign_in(cast: Cast) -> None:
    for url in ("/regions/", "/regions/map/", f"/regions/{GRID}/", "/regions/export.csv", "/regions/import/"):
        answer = cast.client().get(url)
        assert answer.status_code == 302
        assert "next=" in answer["Location"]


@pytest.mark.parametrize(
    ("query", "shown", "hidden"),
    [
        ("q=东大街", {THERE}, {HERE, GRID}),
        (f"q={HERE}", {HERE, GRID, GRID_2}, {THERE, STREET}),
        ("level=6", {GRID, GRID_2, GRID_THERE}, {HERE, STREET}),
        (f"within={THERE}", {THERE, GRID_THERE}, {HERE, GRID}),
        ("boundary=no", set(), {HERE, GRID}),
        ("boundary=yes&level=5", {HERE, THERE}, {GRID}),
        ("level=99&q=第二网格", {GRID_2}, {HERE}),
        ("within=x", {HERE, THERE}, set()),
        ("q=" + "长" * 500, {HERE}, set()),
    ],
)
def test_filters(cast: Cast, query: str, shown: set[str], hidden: set[str]) -> None:
    page = text(cast.client("leader").get(f"/regions/?{quote(query, safe='=&%')}"))
    assert all(f"/regions/{code}/" in page for code in shown)
    assert not any(f'href="/regions/{code}/"' in page for code in hidden)


def test_an_empty_list_says_what_to_do(cast: Cast) -> None:
    assert "没有符合条件的区划" in text(cast.client("leader").get("/regions/?q=没有这个名字"))


def test_retired_regions_are_shown_on_request(cast: Cast) -> None:
    Region.objects.filter(pk=GRID_2).update(valid_to="2026-01-01")
    client = cast.client("leader")
    assert f'href="/regions/{GRID_2}/"' not in text(client.get("/regions/"))
    page = text(client.get("/regions/?retired=1"))
    assert f'href="/regions/{GRID_2}/"' in page
    assert "已停用" in page


@pytest.mark.parametrize("sort", [*forms.SORTS, "nonsense"])
def test_paging_visits_every_region_once_and_comes_back(cast: Cast, sort: str, monkeypatch: pytest.MonkeyPatch) -> None:
    from linli.places.regions import listing

    Region.objects.filter(pk__in=[GRID, GRID_2]).update(households=400)
    Region.objects.filter(pk=GRID_THERE).update(households=300)
    expected = list(Region.objects.order_by("code").values_list("pk", flat=True))
    monkeypatch.setattr(listing.page, "__kwdefaults__", {"after": "", "before": "", "size": 2})
    client = cast.client("leader")
    seen: list[list[str]] = []
    url = f"/regions/?sort={sort}"
    while url:
        page = text(client.get(url))
        seen.append(listed(page))
        url = turn(page, "next")
    assert [len(codes) for codes in seen] == [2, 2, 2, 2, 1]
    flat = [code for codes in seen for code in codes]
    assert sorted(flat) == expected
    if sort in ("code", "nonsense"):
        assert flat == expected
    if sort == "-households":
        assert flat[:3] == [GRID_2, GRID, GRID_THERE]
    back = [seen[-1]]
    while url := turn(page, "prev"):
        page = text(client.get(url))
        back.insert(0, listed(page))
    assert [code for codes in back for code in codes] == flat


@pytest.mark.parametrize("cursor", ["x", "!!!", "", "OTk5fHg", "bmFufDEx"])
def test_a_cursor_without_sense_gives_the_first_page(cast: Cast, cursor: str) -> None:
    answer = cast.client("leader").get(f"/regions/?sort=households&after={cursor}")
    assert answer.status_code == 200
    assert len(listed(text(answer))) == 9


def test_the_list_costs_the_same_with_few_and_with_many(cast: Cast, django_assert_num_queries: Any) -> None:
    client = cast.client("leader")
    client.get("/regions/")
    from django.db import connection
    from django.test.utils import CaptureQueriesContext

    with CaptureQueriesContext(connection) as few:
        client.get("/regions/")
    Region.objects.bulk_create(
        [
            Region(code=f"{HERE}{n}", name="格", short_name="格", valid_from="2020-01-01", updated_at=SATURDAY)
            for n in range(100, 160)
        ]
    )
    with CaptureQueriesContext(connection) as many:
        answer = client.get("/regions/")
    assert len(listed(text(answer))) == 50
    assert len(many) == len(few) <= 6
    assert not any("polygon" in query["sql"] or "COUNT(" in query["sql"] for query in many.captured_queries)


def test_the_export_is_a_sheet_that_runs_nothing(cast: Cast) -> None:
    Region.objects.filter(pk=GRID_2).update(name="=cmd|'/c calc'!A1", short_name="@x")
    answer = cast.client("leader").get("/regions/export.csv?level=6")
    assert answer["Content-Type"] == "text/csv; charset=utf-8"
    assert "attachment" in answer["Content-Disposition"]
    lines = answer.content.decode("utf-8-sig").splitlines()
    assert lines[0].startswith("代码,名称,简称,层级")
    assert len(lines) == 4
    assert "'=cmd" in lines[2]
    assert "'@x" in lines[2]
    assert lines[1].startswith(f"{GRID}\t,第一网格")


# --- one region, map -------------------------------------------------------------------------------------------------


def test_a_region_shows_its_facts_its_way_down_and_what_lies_below(cast: Cast) -> None:
    page = text(cast.client("grid_worker").get(f"/regions/{HERE}/"))
    for words in ("北大街北里", HERE, "丰台街道", "第一网格", "第二网格", "linli-map", "within=110106009008"):
        assert words in page
    assert "更名" not in page
    assert "停用</" not in page


def test_the_one_who_may_is_offered_the_acts(cast: Cast) -> None:
    page = text(cast.client("sysadmin").get(f"/regions/{HERE}/"))
    assert f"/regions/{HERE}/rename/" in page
    assert f"/regions/{HERE}/retire/" in page


@pytest.mark.parametrize("code", ["99", "110106009077", "1" * 20])
def test_an_unknown_region_is_not_found(cast: Cast, code: str) -> None:
    assert cast.client("leader").get(f"/regions/{code}/").status_code == 404


def test_the_map_opens_on_the_street_of_ones_own_post(cast: Cast) -> None:
    page = text(cast.client("grid_worker").get("/regions/map/"))
    assert f"/regions/map.json?within={STREET}&amp;level=6" in page
    assert values(page) is None
    assert f"within={STREET}" in text(cast.client("sysadmin").get("/regions/map/"))


def test_the_map_shades_by_households(cast: Cast) -> None:
    Region.objects.filter(pk=GRID).update(households=420, area=60_000)
    page = text(cast.client("leader").get("/regions/map/?figure=households"))
    assert values(page) == {GRID: 420, GRID_2: None, GRID_THERE: None}
    page = text(cast.client("leader").get("/regions/map/?figure=density&level=6"))
    assert values(page)[GRID] == 70.0
    assert cast.client("leader").get("/regions/map/?figure=x&level=y&within=z").status_code == 200


def test_without_boundaries_the_map_says_so(cast: Cast) -> None:
    Region.objects.update(polygon=None, west=None, south=None, east=None, north=None, area=None)
    assert "还没有边界可画" in text(cast.client("leader").get("/regions/map/"))


# --- JSON ------------------------------------------------------------------------------------------------------------


def codes(answer: Any) -> list[str]:
    return [feature["id"] for feature in json.loads(answer.content)["features"]]


def test_boundaries_are_open_to_everybody(cast: Cast) -> None:
    answer = Client().get("/regions/map.json")
    assert answer["Content-Type"] == "application/geo+json"
    [street] = json.loads(answer.content)["features"]
    assert street["id"] == STREET
    assert street["properties"]["name"] == "丰台街道"
    assert street["geometry"] == square(116.27, 39.85, 0.04)
    assert codes(Client().get(f"/regions/map.json?within={STREET}")) == [HERE, THERE]
    assert codes(Client().get(f"/regions/map.json?within={STREET}&level=grid")) == [GRID, GRID_2, GRID_THERE]
    assert codes(Client().get(f"/regions/map.json?within={STREET}&level=6")) == [GRID, GRID_2, GRID_THERE]
    assert codes(Client().get(f"/regions/map.json?within={HERE}")) == [GRID, GRID_2]
    assert codes(Client().get(f"/regions/map.json?within={GRID}")) == [GRID]
    assert codes(Client().get("/regions/map.json?within=99")) == []


@pytest.mark.parametrize(
    "query",
    [
        "within=x",
        "within=1",
        "within=' OR 1=1",
        "level=galaxy",
        "level=9",
        "zoom=-1",
        "zoom=99",
        "zoom=²",
        "within=" + "1" * 21,
    ],
)
def test_a_bad_question_gets_a_clear_answer(cast: Cast, query: str) -> None:
    answer = Client().get(f"/regions/map.json?{query}")
    assert answer.status_code == 400
    assert answer.json()["field"] == query.split("=")[0]


@pytest.mark.parametrize(
    ("name", "label"),
    [("北大街北里第12网格", "12"), ("北大街北里3号网格", "3"), ("北大街北里", "北大街北里"), ("幸福里", "幸福里")],
)
def test_a_grid_is_labelled_without_the_name_of_its_community(cast: Cast, name: str, label: str) -> None:
    Region.objects.filter(pk=GRID).update(short_name=name)
    [first, *_rest] = json.loads(Client().get(f"/regions/map.json?within={HERE}").content)["features"]
    assert (first["properties"]["name"], first["properties"]["label"]) == (name, label)


def test_an_unchanged_map_is_not_sent_again(cast: Cast) -> None:
    first = Client().get(f"/regions/map.json?within={STREET}&zoom=14")
    again = Client().get(f"/regions/map.json?within={STREET}&zoom=14", headers={"If-None-Match": first["ETag"]})
    assert (again.status_code, again.content) == (304, b"")
    assert "private" in again["Cache-Control"]
    Region.objects.filter(pk=HERE).update(short_name="改了名")
    changed = Client().get(f"/regions/map.json?within={STREET}&zoom=14", headers={"If-None-Match": first["ETag"]})
    assert changed.status_code == 200
    assert "改了名" in text(changed)
    assert changed["ETag"] != first["ETag"]


def test_a_new_day_is_another_map(cast: Cast) -> None:
    Region.objects.filter(pk=GRID_2).update(valid_to="2026-03-07")
    url = f"/regions/map.json?within={HERE}"
    with frozen(datetime(2026, 3, 6, 1, 0, tzinfo=UTC)):
        friday = Client().get(url)
    with frozen(SATURDAY):
        saturday = Client().get(url, headers={"If-None-Match": friday["ETag"]})
    assert codes(friday) == [GRID, GRID_2]
    assert codes(saturday) == [GRID]


def test_a_far_zoom_sends_less_and_keeps_borders_shared(cast: Cast) -> None:
    import shapely

    from linli.places.regions import demo

    mine = [r for r in demo.records() if r.code.startswith("410102") and len(r.code) in (2, 4, 6, 9, 12, 15)]
    above = [r for r in demo.records() if r.code in ("41", "4101")]
    Region.objects.bulk_create(
        [
            Region(
                code=r.code,
                name=r.name,
                short_name=r.short_name,
                polygon=r.polygon,
                **(measured(r.polygon) if r.polygon else {}),
                valid_from="2023-06-30",
                updated_at=SATURDAY,
            )
            for r in [*above, *mine]
        ]
    )
    sizes = {}
    for zoom in (17, 13, 10):
        answer = Client().get(f"/regions/map.json?within=410102&level=grid&zoom={zoom}")
        features = json.loads(answer.content)["features"]
        assert len(features) == 200
        shapes = [shapely.from_geojson(json.dumps(f["geometry"])) for f in features]
        assert all(shapely.is_valid(shapes))
        if zoom > 10:
            assert shapely.coverage_is_valid(shapes)
        sizes[zoom] = sum(shapely.get_num_coordinates(shapes))
    assert sizes[17] > sizes[13] > sizes[10]


def measured(polygon: Any) -> dict[str, Any]:
    from linli.places.regions import outlines

    found = outlines.read(polygon)
    names = ("west", "south", "east", "north")
    place = {"longitude": found.label[0], "latitude": found.label[1], "area": found.area}
    return dict(zip(names, found.bounds, strict=True)) | place


def test_locate_answers_with_code_and_names(cast: Cast) -> None:
    lon, lat = POINT_HERE
    answer = Client().get(f"/regions/locate.json?lon={lon}&lat={lat}").json()
    assert answer["code"] == GRID
    assert answer["level"] == "grid"
    assert answer["names"] == ["丰台区", "丰台街道", "北大街北里", "第一网格"]
    swapped = Client().get(f"/regions/locate.json?lon={lat}&lat={lon}").json()
    assert (swapped["code"], swapped["swapped"], swapped["near"]["code"]) == (None, True, GRID)
    outside = Client().get("/regions/locate.json?lon=121.4&lat=31.2").json()
    assert outside["reason"] == "这个点不在本平台的辖区内"


def test_locate_takes_points_of_consumer_maps(cast: Cast) -> None:
    from linli.places.regions.coordinates import to_gcj02

    lon, lat = to_gcj02(116.2701, 39.8501)
    plain = Client().get(f"/regions/locate.json?lon={lon}&lat={lat}").json()
    shifted = Client().get(f"/regions/locate.json?lon={lon}&lat={lat}&system=gcj02").json()
    assert shifted["code"] == GRID
    assert plain["code"] == GRID
    lon, lat = to_gcj02(116.2799, 39.8550)
    assert Client().get(f"/regions/locate.json?lon={lon}&lat={lat}&system=gcj02").json()["code"] == GRID
    assert Client().get(f"/regions/locate.json?lon={lon}&lat={lat}").json()["code"] == GRID_2


@pytest.mark.parametrize("query", ["", "lon=1", "lon=a&lat=b", "lon=1&lat=2&system=mars"])
def test_locate_refuses_what_is_no_point(cast: Cast, query: str) -> None:
    assert Client().get(f"/regions/locate.json?{query}").status_code == 400


@pytest.mark.parametrize("query", ["lon=nan&lat=1", "lon=inf&lat=1", "lon=1e400&lat=2", "lon=999&lat=999"])
def test_locate_explains_what_is_no_place(cast: Cast, query: str) -> None:
    answer = Client().get(f"/regions/locate.json?{query}").json()
    assert answer["code"] is None
    assert "不是有效的位置" in answer["reason"]


def test_a_change_in_another_process_is_seen(cast: Cast, monkeypatch: pytest.MonkeyPatch) -> None:
    lon, lat = POINT_HERE
    assert locating.locate(lon, lat).code == GRID
    Region.objects.filter(pk=GRID).update(valid_to="2026-01-01")
    assert locating.locate(lon, lat).code == GRID  # within the fresh seconds
    monkeypatch.setattr(locating, "FRESH_SECONDS", -1.0)
    assert locating.locate(lon, lat).code == HERE


def test_polygons_are_read_once_and_the_revision_seldom(cast: Cast, django_assert_num_queries: Any) -> None:
    locating.forget()
    with django_assert_num_queries(2):
        for _turn in range(50):
            locating.locate(*POINT_HERE)


# --- acts ------------------------------------------------------------------------------------------------------------


def test_import_is_looked_at_before_it_is_written(cast: Cast) -> None:
    client = cast.client("sysadmin")
    assert "代码表" in text(client.get("/regions/import/"))
    file = SimpleUploadedFile("代码表.csv", sheet((NEW, "第三网格"), (GRID, "第一网格")))
    answer = client.post("/regions/import/", {"file": file, "_nonce": "a1"})
    staged = RegionImport.objects.get()
    assert answer["Location"] == f"/regions/import/{staged.pk}/"
    page = text(client.get(answer["Location"]))
    for words in ("代码表.csv", "第三网格", NEW, "导入 1 行"):
        assert words in page
    assert not Region.objects.filter(pk=NEW).exists()
    answer = client.post(f"/regions/import/{staged.pk}/", {"_nonce": "a2"}, follow=True)
    assert "导入完成：新增 1，更新 0，未变 1，跳过 0" in text(answer)
    assert Region.objects.filter(pk=NEW).exists()
    assert client.get(f"/regions/import/{staged.pk}/").status_code == 302


def test_a_double_click_imports_once(cast: Cast) -> None:
    client = cast.client("sysadmin")
    client.post("/regions/import/", {"file": SimpleUploadedFile("x.csv", sheet((NEW, "第三网格")))})
    staged = RegionImport.objects.get()
    for _turn in range(2):
        answer = client.post(f"/regions/import/{staged.pk}/", {"_nonce": "same"})
        assert answer["Location"] == "/regions/"


def test_wrong_rows_are_listed_and_the_good_ones_can_go_alone(cast: Cast) -> None:
    client = cast.client("sysadmin")
    client.post("/regions/import/", {"file": SimpleUploadedFile("x.csv", sheet((NEW, "第三网格"), ("11X", "坏")))})
    staged = RegionImport.objects.get()
    page = text(client.get(f"/regions/import/{staged.pk}/"))
    assert "第 3 行" in page
    assert "第 3 位是“X”" in page
    assert "只导入没有错误的 1 行" in page
    answer = client.get(f"/regions/import/{staged.pk}/problems.csv")
    assert "第 3 行,代码,错误" in answer.content.decode("utf-8-sig")
    answer = client.post(f"/regions/import/{staged.pk}/", {"_nonce": "1"}, follow=True)
    assert "没有导入任何一行" in text(answer)
    assert not Region.objects.filter(pk=NEW).exists()
    client.post(f"/regions/import/{staged.pk}/", {"only_good": "1", "_nonce": "2"})
    assert Region.objects.filter(pk=NEW).exists()


def test_boundaries_are_drawn_before_they_are_written(cast: Cast) -> None:
    client = cast.client("sysadmin")
    content = boundaries(({"code": NEW, "name": "第三网格"}, square(116.27, 39.86)))
    client.post("/regions/import/", {"file": SimpleUploadedFile("x.geojson", content)})
    staged = RegionImport.objects.get()
    assert f"/regions/import/{staged.pk}/map.json" in text(client.get(f"/regions/import/{staged.pk}/"))
    assert codes(client.get(f"/regions/import/{staged.pk}/map.json")) == [NEW]


@pytest.mark.parametrize(
    ("content", "reason"),
    [(b"", "空的"), (b"\x89PNG\r\n\x1a\n" + b"\0" * 99, "不是文本表格"), (b"a,b\n1,2\n", "没有找到表头")],
)
def test_a_file_that_cannot_be_read_is_answered_beside_the_field(cast: Cast, content: bytes, reason: str) -> None:
    answer = cast.client("sysadmin").post("/regions/import/", {"file": SimpleUploadedFile("x.csv", content)})
    assert answer.status_code == 422
    assert any(word in text(answer) for word in reason.split("|"))
    assert not RegionImport.objects.exists()


def test_too_large_a_file_is_answered_before_it_is_read(cast: Cast, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(forms, "MAX_BYTES", 100)
    answer = cast.client("sysadmin").post("/regions/import/", {"file": SimpleUploadedFile("x.csv", b"1" * 101)})
    assert answer.status_code == 422
    assert "文件太大" in text(answer)


def test_somebody_elses_file_does_not_exist(cast: Cast) -> None:
    staged = RegionImport.objects.create(
        kind="sheet", file_name="x", account_id=cast.policy_editor.account_id, created_at=SATURDAY
    )
    client = cast.client("sysadmin")
    for tail in ("", "problems.csv", "map.json"):
        assert client.get(f"/regions/import/{staged.pk}/{tail}").status_code == 404
    assert client.get(f"/regions/import/{10**30}/").status_code == 404


@pytest.mark.parametrize("who", ["dispatcher", "secretary", "neighbour", "leader", "auditor", "policy_editor"])
def test_who_may_not_write_gets_nothing(cast: Cast, who: str) -> None:
    client = cast.client(who)
    for url in ("/regions/import/", "/regions/import/1/", f"/regions/{GRID}/rename/", f"/regions/{GRID}/retire/"):
        assert client.get(url).status_code == 404
        assert client.post(url).status_code == 404


def test_rename(cast: Cast) -> None:
    client = cast.client("sysadmin")
    url = f"/regions/{THERE}/rename/"
    assert "东大街西里社区" in text(client.get(url))
    answer = client.post(url, {"name": "东大街西里社区居民委员会", "short": ""}, follow=True)
    assert "名称已更改" in text(answer)
    region = Region.objects.get(pk=THERE)
    assert (region.name, region.short_name) == ("东大街西里社区居民委员会", "东大街西里社区")
    for wrong in ({"name": ""}, {"name": "长" * 61}, {"name": "甲\x00乙"}, {"name": "甲\x07乙"}):
        answer = client.post(url, wrong)
        assert answer.status_code == 422
    assert Region.objects.get(pk=THERE).name == "东大街西里社区居民委员会"


def test_retire_from_the_leaves_upwards_and_for_good(cast: Cast) -> None:
    client = cast.client("sysadmin")
    given = {"on": "2026-03-07", "basis": "某街办〔2026〕1号"}
    answer = client.post(f"/regions/{THERE}/retire/", given)
    assert answer.status_code == 422
    assert "下面还有 1 个在用的区划" in text(answer)
    for wrong in ({**given, "basis": " "}, {**given, "on": "2019-01-01"}, {**given, "on": "明天"}):
        assert client.post(f"/regions/{GRID_THERE}/retire/", wrong).status_code == 422
    assert client.post(f"/regions/{GRID_THERE}/retire/", given).status_code == 302
    assert client.post(f"/regions/{THERE}/retire/", given).status_code == 302
    assert "停用" in text(client.get(f"/regions/{THERE}/"))
    assert client.get(f"/regions/{THERE}/rename/").status_code == 404
    with frozen(SATURDAY):
        locating.forget()
        assert locating.locate(116.295, 39.875).code == STREET


def test_a_full_form_in_the_panel_comes_without_the_frame(cast: Cast) -> None:
    answer = cast.client("leader").get(
        f"/regions/{GRID}/", headers={"HX-Request": "true", "HX-Target": "div#panel-body"}
    )
    assert "<html" not in text(answer)
    assert "第一网格" in text(answer)
