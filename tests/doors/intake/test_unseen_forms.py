"""Ten more layouts as people make them: each must be read without anybody's help, or say plainly what is missing."""

import io
from collections.abc import Callable
from datetime import UTC, date, datetime
from typing import Any

import pytest
import xlsxwriter

from linli.base.exchange import Problem, identifiers, values
from linli.base.exchange.headers import assign, of_main, suggest, vocabulary
from linli.base.policies.registry import shipped
from linli.doors.intake.registers import blocks, opening, targets

WORDS = vocabulary(shipped()["headers"])
Rows = list[tuple[int, dict[str, str]]]


def book(fill: Callable[[Any], None]) -> bytes:
    buffer = io.BytesIO()
    made = xlsxwriter.Workbook(buffer)
    fill(made)
    made.close()
    return buffer.getvalue()


def read(content: bytes, name: str, sheet: str | None = None) -> tuple[str, Rows, list[Problem]]:
    """(register, rows by field, rows that cannot be read) as the assistant proposes them."""
    problems: list[Problem] = []
    with opening.readable(content, name) as path:
        head = opening.find_head(path, WORDS, sheet)
        assert head is not None
        columns = head.columns(WORDS)
        target = suggest(columns, WORDS, f"{head.title} {head.sheet or ''} {name}")[0].form.target
        fields = {field.code: field.concepts for field in targets.get(target).fields}
        rows = list(opening.rows_of(path, head, assign(of_main(columns, WORDS), fields), problems))
    return target, rows, problems


def test_two_merged_lines_under_two_titles_with_units_breaks_and_a_sum(tmp_path: Any) -> None:
    def fill(made: Any) -> None:
        page = made.add_worksheet("常住人口")
        page.merge_range(0, 0, 0, 9, "春光里社区常住人口信息采集表")
        page.merge_range(1, 0, 1, 9, "填报单位：春光里社区      填报日期：2026年3月")
        for column, name in ((0, "序号"), (7, "现住址\n（详细到门牌号）"), (8, "人员\n类别"), (9, "备注")):
            page.merge_range(2, column, 3, column, name)
        page.merge_range(2, 1, 2, 4, "基本信息")
        page.merge_range(2, 5, 2, 6, "联系方式")
        page.write_row(3, 1, ["姓 名", "性 别", "出生年月\n（年.月）", "公民身份\n号码", "手机号码", "固定电话"])
        page.write_row(4, 0, [1.0, "张 三", "男", 1990.5, "", 13900139000.0, "", "春光里小区3-2-501", "业主"])
        page.write_row(
            5, 0, [2.0, "李四 ", "女", "九〇年五月", "", "１３９００１３９００１", "", "春光里小区3-2-502", "租户"]
        )
        page.write_row(6, 0, ["合计", "2人"])

    target, rows, problems = read(book(fill), "a.xlsx")
    assert (target, problems, len(rows)) == ("residents", [], 2)
    first, second = rows[0][1], rows[1][1]
    assert (first["name"], first["birth"], first["phone"], first["tenure"]) == (
        "张 三",
        "1990.5",
        "13900139000",
        "业主",
    )
    assert values.day(first["birth"]) == values.day(second["birth"]) == values.Day(1990, 5)
    assert identifiers.phone(second["phone"]) == "13900139001"


def test_two_languages_in_one_header_and_the_dates_of_a_spreadsheet() -> None:
    def fill(made: Any) -> None:
        page = made.add_worksheet("Residents")
        page.write_row(
            0, 0,
            ["No.", "姓名\nName", "性别\nGender", "出生日期\nDate of Birth", "国籍\nNationality", "手机\nMobile",
             "楼号\nBuilding No.", "单元\nUnit", "房号\nRoom No.", "入住日期\nMove-in Date"],
        )  # fmt: skip
        page.write_row(1, 0, [1, "王五", "男", 20515, "中国", 13800138000, 3, 2, 501])
        page.write_datetime(
            1, 9, datetime(2015, 6, 1, tzinfo=UTC).replace(tzinfo=None), made.add_format({"num_format": "yyyy/mm/dd"})
        )
        page.write_row(2, 0, [2, "Anna Li", "Female", "1985-12-03", "", "138-0013-8001", "3#", 2.0, "502室", "2019.9"])

    target, rows, _problems = read(book(fill), "a.xlsx")
    assert target == "residents" and set(rows[0][1]) == {
        "name", "sex", "birth", "phone", "building", "unit", "room", "moved_in",
    }  # fmt: skip
    assert values.day(rows[0][1]["birth"]).whole == date(1956, 3, 1) and rows[0][1]["moved_in"] == "2015-06-01"
    assert values.day(rows[1][1]["moved_in"]) == values.Day(2019, 9) and values.sex(rows[1][1]["sex"]) == "2"


def test_a_chinese_text_file_with_numbers_that_a_spreadsheet_has_spoilt() -> None:
    content = (
        "春光里社区楼院居民台账,,,,,,,\n序号,姓名（必填）,性别(男/女),身份证号码（18位）,联系电话（手机）,"
        "居住地址（楼-单元-室）,与户主关系,居住性质（自住/租住）\n"
        "1,张三　,男,,１３８００１３８０００,春光里小区3-2-501,户主,自住\n"
        "2,赵六,女,1.10105E+17,1.38E+10,春光里小区3-2-502,配偶,租住\n,,,,,,,\n制表人：王小明,,,,,,,\n"
    ).encode("gb18030")
    target, rows, problems = read(content, "居民台账.csv")
    assert (target, problems, len(rows)) == ("residents", [], 2)
    assert rows[0][1]["name"] == "张三"
    for spoilt, reads in (
        (rows[1][1]["identity"], identifiers.identity_number),
        (rows[1][1]["phone"], identifiers.phone),
    ):
        with pytest.raises(ValueError, match="科学计数法"):
            reads(spoilt)


def test_of_several_pages_the_one_of_a_building_names_who_lives_there() -> None:
    def fill(made: Any) -> None:
        made.add_worksheet("封面").write(3, 2, "人口台账")
        page = made.add_worksheet("3号楼")
        page.write_row(0, 0, ["门牌", "房主", "房主电话", "现住人", "现住人电话", "人数", "出租情况", "备 注"])
        page.write_row(1, 0, ["2-501", "张三", 13800138000, "李四", 13900139000, 3.0, "出租", ""])

    _target, rows, _problems = read(book(fill), "a.xlsx", "3号楼")
    assert rows == [(2, {"room": "2-501", "name": "李四", "phone": "13900139000"})]


def test_tenants_with_a_lease_that_runs_out() -> None:
    head = "编号,出租屋地址,房东姓名,房东联系电话,承租人姓名,承租人联系电话,起租日期,租期至"
    content = f"{head}\n001,春光里小区3号楼2单元501,张三,13800138000,李四,13900139000,2024.3.1,2027.2.28".encode()
    _target, rows, _problems = read(content, "出租房屋台账.csv")
    assert rows[0][1] == {
        "address": "春光里小区3号楼2单元501", "name": "李四", "phone": "13900139000", "moved_in": "2024.3.1",
    }  # fmt: skip


def test_a_list_of_old_people_with_a_sum_and_what_is_not_collected() -> None:
    content = (
        "社区老年人信息统计表,,,,,,,\n序号,老人姓名,性别,年龄（周岁）,家庭住址,子女联系方式,是否独居,身体状况\n"
        "1,张老,男,86岁,春光里3号楼2单元501,13900139000,是,良好\n总计,1人,,,,,,\n"
    ).encode()
    _target, rows, _problems = read(content, "80岁以上.csv")
    assert [set(row) for _number, row in rows] == [{"name", "sex", "age", "address"}]


def test_a_household_that_is_merged_over_its_members() -> None:
    def fill(made: Any) -> None:
        page = made.add_worksheet()
        page.write_row(0, 0, ["户编号", "户主", "家庭成员姓名", "称谓", "性别", "出生年月", "联系方式", "住址"])
        for column, text in ((0, "H001"), (1, "张三"), (6, "13800138000"), (7, "春光里小区3号楼2单元501")):
            page.merge_range(1, column, 2, column, text)
        page.write_row(1, 2, ["张三", "本人", "男", 19560301])
        page.write_row(2, 2, ["李四", "妻子", "女", 195807])

    _target, rows, _problems = read(book(fill), "a.xlsx")
    assert [(row["name"], row["relation"], row["household"]) for _number, row in rows] == [
        ("张三", "本人", "H001"), ("李四", "妻子", "H001"),
    ]  # fmt: skip
    assert values.day(rows[1][1]["birth"]) == values.Day(1958, 7)


def test_dwellings_and_buildings_go_to_their_own_registers() -> None:
    dwellings = "楼栋,单元,楼层,房间号,业主姓名,业主手机号,建筑面积（㎡）,产权证号,房屋状态（自住/出租/空置）\n3号楼,2,5,501,张三,13800138000,86.5,x,自住"
    assert read(dwellings.encode(), "a.csv")[:2] == (
        "dwellings", [(2, {"building": "3号楼", "unit": "2", "room": "501", "floor": "5", "use": "自住"})],
    )  # fmt: skip

    def fill(made: Any) -> None:
        page = made.add_worksheet()
        page.write(0, 0, "小区楼栋基本情况一览表")
        page.write_row(
            1,
            0,
            [
                "序号",
                "社区",
                "小区（院落）名称",
                "楼号",
                "地上层数（层）",
                "单元数（个）",
                "户数（户）",
                "建成年代",
                "网格编号",
            ],
        )
        page.write_row(2, 0, [1, "第一社区", "春光里", "5号楼", 6, 4, 48, "1985年", "110106009008001"])
        page.write_row(3, 0, ["合计", "", "", "", 6, 4, 48])

    target, rows, _problems = read(book(fill), "a.xlsx")
    assert target == "buildings" and len(rows) == 1
    assert (rows[0][1]["compound"], rows[0][1]["floors"], rows[0][1]["built_in"]) == ("春光里", "6", "1985年")


def test_a_template_with_stars_and_signs_and_a_passport() -> None:
    content = (
        "*姓名,*证件类型,*证件号码,*性别,出生日期(yyyy-mm-dd),手机号(11位),*所属小区,*楼栋(幢),单元,*门牌号(室),"
        "人员类型(业主/租客/家属),迁入时间,迁出时间\n"
        "ＷＡＮＧ　Ｗｕ,护照,E12345678,男,1980-01-02,13800138009,春光里小区,3,2,０５０２,家属,2020年,2023-05-06\n"
        "张三,居民身份证,110105194912310021,女,1949-12-31,13800138000,春光里小区,3,2,501,业主,2020/1/5,"
    ).encode()
    _target, rows, _problems = read(content, "a.csv")
    assert rows[0][1] == {
        "name": "ＷＡＮＧ　Ｗｕ", "identity_kind": "护照", "identity": "E12345678", "sex": "男", "birth": "1980-01-02",
        "phone": "13800138009", "compound": "春光里小区", "building": "3", "unit": "2", "room": "０５０２", "tenure": "家属",
        "moved_in": "2020年", "moved_out": "2023-05-06",
    }  # fmt: skip
    from linli.doors.intake.registers.targets import people

    told = people.read(rows[0][1], date(2026, 3, 2), {}, 18).told
    assert (told["name"], told["moved_in"], told["moved_out"]) == ("WANG Wu", date(2020, 1, 1), date(2023, 5, 6))
    assert "identity" not in told


def test_a_year_of_two_digits_is_read_only_where_it_can_mean_one_century() -> None:
    assert values.day("56年3月1日").whole == date(1956, 3, 1)
    with pytest.raises(ValueError):
        values.day("20年5月")


def test_the_page_with_the_people_is_taken_and_not_the_cover_or_a_hidden_one() -> None:
    def fill(made: Any) -> None:
        hidden = made.add_worksheet("旧表")
        hidden.write_row(0, 0, ["姓名", "性别", "出生日期", "联系电话", "居住地址", "与户主关系", "户号"])
        hidden.write_row(1, 0, ["甲某", "男", "1980-1-1", "", "春光里小区3-2-501", "户主", "1"])
        made.add_worksheet("填表说明").write_row(0, 0, ["填表说明", "必填项不能空着"])
        choices = made.add_worksheet("字典")
        choices.write_row(0, 0, ["性别", "民族", "户口性质"])
        choices.write_row(1, 0, ["男", "汉", "农业"])
        for name in ("1号楼", "2号楼"):
            page = made.add_worksheet(name)
            page.write_row(0, 0, ["姓名", "性别", "联系电话", "居住地址", "与户主关系"])
            page.write_row(1, 0, ["王小甲", "男", "13800138000", f"春光里小区{name}2单元501", "户主"])
        made.get_worksheet_by_name("填表说明").activate()
        hidden.hide()

    with opening.readable(book(fill), "a.xlsx") as path:
        head = opening.find_head(path, WORDS)
    assert head is not None
    assert (head.sheet, head.alike, head.sheets) == ("1号楼", ["2号楼"], ["填表说明", "字典", "1号楼", "2号楼"])


BLOCKS = (
    "户号,姓名,与户主关系,性别,住址\n1,王小甲,户主,男,春光里小区3号楼2单元501\n,李小乙,妻,女,\n,王小丙,子,男,\n"
    "2,赵小丁,户主,男,春光里小区3号楼2单元502\n,赵小戊,女,女,\n3,钱小己,户主,男,\n,钱小庚,妻,女,\n"
)
PLACES = {"household": 0, "name": 1, "relation": 2, "address": 4}


def followed(text: str) -> list[tuple[str, str]]:
    problems: list[Problem] = []
    with opening.readable(text.encode(), "a.csv") as path:
        head = opening.find_head(path, WORDS)
        assert head is not None
        rows = opening.rows_of(path, head, PLACES, problems, of_blocks=True)
        return [(row["name"], row["address"][-3:]) for _number, row in rows]


def test_members_below_the_head_live_where_the_head_does() -> None:
    assert followed(BLOCKS) == [
        ("王小甲", "501"), ("李小乙", "501"), ("王小丙", "501"), ("赵小丁", "502"), ("赵小戊", "502"),
        ("钱小己", ""), ("钱小庚", ""),
    ]  # fmt: skip


def test_nobody_follows_over_a_gap_a_broken_row_or_another_number() -> None:
    head, first, wife = BLOCKS.splitlines()[:3]
    for between in ("合计,2人,,,", ",,,,", "2,\ufffd\ufffd,户主,男,春光里小区3号楼2单元502", "2,赵小丁,户主,男,"):
        assert ("李小乙", "") in followed("\n".join((head, first, between, wife))), between
    assert followed("\n".join((head, first, "9,李小乙,妻,女,")))[-1] == ("李小乙", "")
    assert followed("\n".join((head, first, ",李小乙,,女,")))[-1] == ("李小乙", ""), (
        "nobody says what they are to the head"
    )


def test_a_sheet_of_blocks_is_told_by_its_first_rows() -> None:
    rows = [line.split(",") for line in BLOCKS.splitlines()[1:6]]
    assert blocks.is_of_blocks(rows, PLACES)
    assert not blocks.is_of_blocks([*rows, ["3", "钱小己", "户主", "男", ""]], PLACES), "a head without an address"
    assert not blocks.is_of_blocks(rows[:1], PLACES)
    assert not blocks.is_of_blocks(rows, {"name": 1, "address": 4})
