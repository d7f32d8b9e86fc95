"""A sheet comes in through the same command as the web form: each row once, or on the error sheet with its reason."""

from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile

from linli.base.actor import system
from linli.base.scope import enter
from linli.doors.intake.sheet.commands import of_street
from linli.doors.intake.sheet.mapping import BadMapping, SheetMap, arguments, of, read
from linli.doors.intake.sheet.models import SheetImport
from linli.doors.intake.sheet.running import NotThisSheet, run
from linli.matters.cases.models import Case
from tests.cast import GRID_THERE, HERE, POINT_HERE, POINT_THERE, STREET, THERE, Cast

MAP = of(
    {
        "source": "信箱",
        "default_region": "110106009",
        "dates": ["%Y/%m/%d"],
        "columns": {
            "number": "编号",
            "text": ["标题", "内容"],
            "filed_at": "日期",
            "longitude": "经度",
            "latitude": "纬度",
            "phone": "电话",
            "kind": "类别",
        },
        "values": {"kind": {"投诉类": "complaint", "*": "help"}},
    }
)
HEAD = "编号,标题,内容,日期,经度,纬度,电话,类别"
GOOD = f"A1,路灯,路灯不亮三天了,2026/3/1,{POINT_HERE[0]},{POINT_HERE[1]},13800138000,投诉类"


def sheet(folder: Path, *rows: str, head: str = HEAD, encoding: str = "utf-8") -> Path:
    path = folder / "sheet.csv"
    path.write_bytes("\n".join([head, *rows]).encode(encoding))
    return path


def bring(path: Path, mapping: SheetMap = MAP, **more: Any) -> tuple[int, int, list[tuple[int, str, str]]]:
    outcome = run(system("sheet"), path, mapping, **more)
    enter(system("test"))
    return outcome.filed, outcome.known, [(one.row, one.column, one.reason) for one in outcome.problems]


def test_a_good_row_becomes_a_case(cast: Cast, tmp_path: Path) -> None:
    assert bring(sheet(tmp_path, GOOD)) == (1, 0, [])
    case = Case.objects.select_related("proceeding").get()
    assert (case.foreign_source, case.foreign_number, case.channel, case.kind) == (
        "110106009/信箱",
        "A1",
        "sheet",
        "complaint",
    )
    assert case.text == "路灯\n路灯不亮三天了" and str(case.filed_on) == "2026-03-01"
    assert case.proceeding.region_code == "110106009008001"


def test_a_second_run_adds_nothing(cast: Cast, tmp_path: Path) -> None:
    path = sheet(tmp_path, GOOD, GOOD.replace("A1", "A2"))
    assert bring(path)[:2] == (2, 0)
    assert bring(path)[:2] == (0, 2)
    assert Case.objects.count() == 2


def test_the_same_number_with_other_words_is_told_and_not_stored(cast: Cast, tmp_path: Path) -> None:
    bring(sheet(tmp_path, GOOD))
    filed, known, problems = bring(sheet(tmp_path, GOOD.replace("三天", "五天")))
    assert (filed, known, len(problems)) == (0, 0, 1) and "内容不一样" in problems[0][2]


def test_rows_without_a_number_are_told_apart_by_their_words(cast: Cast, tmp_path: Path) -> None:
    rows = [GOOD.replace("A1", ""), GOOD.replace("A1", "").replace("三天", "五天"), GOOD.replace("A1", "")]
    assert bring(sheet(tmp_path, *rows))[:2] == (2, 1)


def test_every_broken_row_stands_on_the_error_sheet_with_row_column_and_reason(cast: Cast, tmp_path: Path) -> None:
    rows = [
        GOOD,
        "A2,,,2026/3/1,116.275,39.855,,",
        "A3,路灯,坏了,三月一日,116.275,39.855,,",
        "A4,路灯,坏了,2026/3/1,北纬,39.855,,",
        "A5,路灯,坏了,2026/3/1,39.855,116.275,,",
        "A6,路灯,坏了,2026/3/1,116.275,39.855,12,",
        "A7,路灯,坏了,2999/3/1,116.275,39.855,,",
        "A8,路灯",
    ]
    filed, _known, problems = bring(sheet(tmp_path, *rows))
    assert filed == 1
    told = {row: (column, reason) for row, column, reason in problems}
    assert sorted(told) == [3, 4, 5, 6, 7, 8, 9]
    assert told[4][0] == "日期" and told[5][0] == "经度" and told[7][0] == "电话" and told[8][0] == "日期"
    assert "写反" in told[6][1] or "辖区" in told[6][1]


def test_gb18030_is_read_as_it_was_meant(cast: Cast, tmp_path: Path) -> None:
    assert bring(sheet(tmp_path, GOOD.replace("路灯,", "𠮷祥里路灯,"), encoding="gb18030"))[0] == 1
    assert "𠮷祥里" in Case.objects.get().text


def test_a_dry_run_leaves_nothing(cast: Cast, tmp_path: Path) -> None:
    assert bring(sheet(tmp_path, GOOD), dry=True)[0] == 1
    assert not Case.objects.exists()


def test_a_mapping_that_does_not_fit_is_told_before_anything_is_read(cast: Cast, tmp_path: Path) -> None:
    with pytest.raises(NotThisSheet, match="内容"):
        run(system("sheet"), sheet(tmp_path, "1,2", head="甲,乙"), MAP)
    for text, words in [
        ("", "诉求内容"),
        ("source='x'\n[columns]\ntext='a'\nwhat='b'", "what"),
        ("[columns", "TOML"),
        ("[columns]\ntext='a'", "来源名"),
    ]:
        with pytest.raises(BadMapping, match=words):
            read(text)


def test_times_without_a_zone_are_local() -> None:
    given = arguments(MAP, {"标题": "路灯", "内容": "坏了", "日期": "2026/3/1"})
    assert given["filed_at"].isoformat() == "2026-03-01T00:00:00+08:00"
    assert given["region_code"] == "110106009"


def test_the_page_tries_a_sheet_and_starts_it(cast: Cast, tmp_path: Path) -> None:
    client = cast.client("dispatcher")
    upload = SimpleUploadedFile(
        "三月.csv", sheet(tmp_path, GOOD, GOOD.replace("A1,", "A2,").replace("13800138000", "1")).read_bytes()
    )
    answer = client.post("/intake/sheet/", {"file": upload})
    assert answer.status_code == 302
    url = answer.headers["Location"]
    page = client.get(url).content.decode()
    assert "试一试" in page and 'value="编号" selected' in page
    chosen = {
        "source": "信箱", "default_region": "", "date_form": "%Y/%m/%d", "all_kind": "help", "column_number": "编号", "column_title": "标题",
        "column_text": "内容", "column_filed_at": "日期", "column_longitude": "经度", "column_latitude": "纬度", "column_phone": "电话",
    }  # fmt: skip
    tried = client.post(url, {**chosen, "try": "1"}).content.decode()
    assert "可以收 1 件" in tried and "有错 1 行" in tried
    enter(system("test"))
    assert not Case.objects.exists()
    assert client.post(url, {**chosen, "start": "1"}).status_code == 302
    row = SheetImport.objects.get()
    assert row.state == "waiting"
    from linli.doors.intake.sheet.tasks import import_sheet

    import_sheet(import_id=row.pk)
    done = client.get(url).content.decode()
    assert "新收" in done and "电话" in done
    assert client.get(f"{url}errors.csv").getvalue().decode("utf-8-sig").count("\r\n") == 2
    assert cast.client("call_taker").get(url).status_code == 404
    assert client.post(f"{url}discard/").status_code == 302


def test_a_file_that_is_no_sheet_says_so_beside_the_field(cast: Cast) -> None:
    answer = cast.client("dispatcher").post("/intake/sheet/", {"file": SimpleUploadedFile("a.exe", b"MZ")})
    assert answer.status_code == 422 and "CSV" in answer.content.decode()


def test_the_same_source_name_in_two_sub_districts_is_two_sources(cast: Cast, tmp_path: Path) -> None:
    """Both have a 信箱 that begins at A1: each row comes in once for each, and a second run of either adds nothing."""
    path, other = sheet(tmp_path, GOOD), replace(MAP, street="110106010")
    assert MAP.street == "110106009", "from the region where a row does not say where"
    assert bring(path)[:2] == (1, 0)
    assert bring(path, other) == (1, 0, [])
    assert bring(path, other)[:2] == bring(path)[:2] == (0, 1)
    sources = Case.objects.order_by("pk").values_list("foreign_source", flat=True)
    assert list(sources) == ["110106009/信箱", "110106010/信箱"]


def test_a_sheet_that_is_uploaded_stands_in_the_name_space_of_its_street_whatever_it_says(cast: Cast) -> None:
    for who, street in (("dispatcher", "110106009"), ("neighbour_clerk", "110106009")):
        staged = SheetImport(post=cast.posts[who])
        assert of_street(staged, {"street": "110106010", "source": "信箱"}) == {"street": street, "source": "信箱"}


@pytest.mark.parametrize(
    ("given", "said"), [({"street": "11"}, "9 位"), ({"street": "十一"}, "9 位"), ({"source": "长" * 31}, "30")]
)
def test_a_wrong_street_or_source_is_named(given: dict[str, str], said: str) -> None:
    with pytest.raises(BadMapping, match=said):
        of({"source": "x", "columns": {"text": "a"}, **given})


def test_without_a_street_a_source_is_that_of_the_whole_office() -> None:
    assert of({"source": "x", "columns": {"text": "a"}}).own_source == "x"


ELSEWHERE = GOOD.replace("A1", "A2").replace(str(POINT_HERE[0]), str(POINT_THERE[0])).replace(
    str(POINT_HERE[1]), str(POINT_THERE[1])
)  # fmt: skip


def test_a_row_that_lies_elsewhere_stands_on_the_error_sheet_and_not_in_the_register(
    cast: Cast, tmp_path: Path
) -> None:
    """By the point and by the code; what is wrong with a place that is nowhere is still said by the command."""
    filed, _known, problems = bring(sheet(tmp_path, GOOD, ELSEWHERE), within=(HERE,))
    assert filed == 1 and [(row, column) for row, column, _why in problems] == [(3, "经度")]
    assert "东大街西里" in problems[0][2] and "不在您这个岗位的辖区里" in problems[0][2]
    coded = of({"source": "信箱二", "columns": {"text": "内容", "region_code": "区划"}})
    rows = ["路灯不亮三天了," + code for code in (HERE, THERE, GRID_THERE, "110106999999", "")]
    filed, _known, problems = bring(sheet(tmp_path, *rows, head="内容,区划"), coded, within=(HERE,))
    assert filed == 1 and [row for row, _column, _why in problems] == [3, 4, 5, 6]
    assert {column for _row, column, _why in problems} == {"区划"}
    assert set(Case.objects.values_list("proceeding__region_code", flat=True)) == {"110106009008001", HERE}


def test_the_post_that_covers_both_brings_both_and_an_operator_anywhere(cast: Cast, tmp_path: Path) -> None:
    assert bring(sheet(tmp_path, GOOD, ELSEWHERE), within=(STREET,))[0] == 2
    assert bring(sheet(tmp_path, GOOD.replace("A1", "A3"), ELSEWHERE.replace("A2", "A4")))[0] == 2
    assert bring(sheet(tmp_path, GOOD.replace("A1", "A5")), within=())[:2] == (0, 0), (
        "a post without a region has no place"
    )


@pytest.mark.parametrize(("region", "filed", "refused"), [(STREET, 2, 0), (HERE, 1, 1), ("110106010", 0, 2)])
def test_the_worker_holds_an_uploaded_sheet_to_the_region_of_its_post(
    cast: Cast, tmp_path: Path, region: str, filed: int, refused: int
) -> None:
    from linli.doors.intake.sheet import commands
    from linli.doors.intake.sheet.tasks import import_sheet

    cast.posts["dispatcher"].region_code = region
    cast.posts["dispatcher"].save(update_fields=["region_code"])
    content = sheet(tmp_path, GOOD, ELSEWHERE).read_bytes()
    staged = commands.stage(cast.dispatcher, content=content, file_name="三月.csv")
    raw = {
        "source": "信箱",
        "dates": list(MAP.dates),
        "columns": {name: list(one) for name, one in MAP.columns.items()},
    }
    commands.start(cast.dispatcher, staged, mapping={**raw, "values": {"kind": {"*": "help"}}})
    enter(system("test"))
    import_sheet(import_id=staged.pk)
    enter(system("test"))
    row = SheetImport.objects.get(pk=staged.pk)
    assert (row.state, row.filed, row.refused) == ("done", filed, refused)
    assert len(row.problems) == refused and all("辖区" in why for _row, _column, why in row.problems)
