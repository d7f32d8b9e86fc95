"""A sheet of residents with everything real sheets have: brought in by a community, its errors seen, taken back."""

import re
from pathlib import Path

from playwright.sync_api import expect

from tests.cast import GRID
from tests.insight.maps import stories

HEAD = "序号,姓名,性别,出生日期,民族,身份证号,联系电话,现住址,与户主关系,健康状况,备注"


def rows(room: int) -> list[str]:
    return [
        HEAD,
        f"1,申一,男,1956年3月1日,汉族,,138 0013 8000,春光里小区3号楼{room},户主,良好,",
        f"2,申二,女,1958/7/9,回族,11010519491231002X,,春光里小区3号楼{room},配偶,高血压,",
        f"3,申三,女,1958.7.9,满族,,13900139000,春光里小区3号楼{room},子女,,",
        f"4,申四,男,19850203,汉族,,1390013900,春光里小区3号楼{room},子女,,",
        f"5,申五,男,1985-02-30,汉族,,,夏荷里小区3号楼{room},子女,,",
    ]


def test_a_community_brings_its_residents_in_and_takes_them_back(enter, axe, shot, size, tmp_path: Path):
    room = 801 if size[0] > 1000 else 802
    sheet = tmp_path / f"入户登记{room}.csv"
    sheet.write_bytes("\n".join(rows(room)).encode("gb18030"))
    page = enter("worker")
    page.goto("/registers/import/")
    expect(page.get_by_role("heading", level=1)).to_have_text("台账导入")
    axe(page)
    shot(page, "registers-list")
    page.locator("input[type=file]").set_input_files(sheet)
    page.get_by_role("button", name="上传").click()
    table = page.get_by_role("table", name="哪一列是什么")
    expect(table).to_contain_text("不收民族")
    expect(table).to_contain_text("不收病名和病情")
    expect(table).not_to_contain_text("申一")
    expect(table).not_to_contain_text("高血压")
    axe(page)
    shot(page, "registers-mapping", full=True)
    page.get_by_role("button", name="检查这张表").click()
    expect(page.get_by_role("button", name="只导入没有问题的 2 行")).to_be_visible(timeout=30_000)
    problems = page.get_by_role("table", name="没有导入的行和原因")
    expect(problems).to_contain_text("出生日期和身份证号不一致")
    expect(problems).to_contain_text("手机号应为 11 位")
    axe(page)
    shot(page, "registers-checked", full=True)
    page.get_by_role("button", name="只导入没有问题的 2 行").click()
    expect(page.get_by_role("button", name="撤销这次导入")).to_be_visible(timeout=30_000)
    axe(page)
    shot(page, "registers-done", full=True)
    page.get_by_role("button", name="撤销这次导入").click()
    page.get_by_role("button", name="撤销", exact=True).click()
    expect(page.locator("main")).to_contain_text("已撤销", timeout=30_000)
    shot(page, "registers-undone", full=True)
    page.goto("/registers/import/")
    expect(page.get_by_role("table", name="导入过的表")).to_contain_text("已撤销")


def test_a_record_prints_on_one_sheet(enter, stage, size):
    """A person and a household: one A4 each; a building, with its QR code and who answers for it, two at most. No menu, no
    buttons, no forms."""
    from linli.base.actor import system
    from linli.people.residents import commands as residents
    from linli.places.addresses import commands as addresses

    with stage.ground():
        actor = system("journeys")
        building = stories.building(GRID, "纸页")  # of its own: other journeys write the history of the usual one
        door = addresses.NewDwelling(building.pk, f"90{size[0] % 7}", "1")
        [home] = addresses.enter_dwellings(actor, dwellings=[door])
        person = residents.register(actor, name="申纸", dwelling=home, kind="owner", birth_year=1950)
        residents.register(actor, name="申墨", dwelling=home, household=person.household_id, birth_year=1955)
        addresses_of = {
            "person": f"/residents/{person.pk}/",
            "household": f"/residents/households/{person.household_id}/",
            "building": f"/addresses/buildings/{building.pk}/",
        }
    page = enter("worker")
    most = {"person": 1, "household": 1, "building": 2}
    for name, address in addresses_of.items():
        answer = page.goto(address)
        assert answer is not None and answer.status == 200, address
        page.wait_for_load_state("networkidle")
        sheets = page.pdf(format="A4")
        assert len(re.findall(rb"/Type\s*/Page\b", sheets)) <= most[name], name
        page.emulate_media(media="print")
        assert page.get_by_role("navigation", name="主菜单").count() == 0, name
        assert page.get_by_role("button").count() == 0, name
        page.emulate_media(media="screen")
