"""A sheet of residents with everything real sheets have: brought in by a community, its errors seen, taken back."""

import re
from datetime import date
from pathlib import Path

from django.urls import reverse
from playwright.sync_api import expect

from tests.cast import GRID, HERE
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
    expect(page.locator("main")).to_contain_text("已撤销")
    shot(page, "registers-undone", full=True)
    page.goto("/registers/import/")
    expect(page.get_by_role("table", name="导入过的表")).to_contain_text("已撤销")


def test_a_record_prints_on_one_sheet(enter, stage, size):
    """Whatever has a button “打印” of its own fits on one A4, however much there is: no menu, no buttons, no forms; what is cut is
    counted."""
    from linli.base.actor import system
    from linli.people.organisations import commands as organisations
    from linli.people.residents import commands as residents
    from linli.places.addresses import commands as addresses
    from linli.places.sites import commands as sites
    from linli.places.sites.commands import NewSite

    with stage.ground():
        actor = system("journeys")
        building = stories.building(
            GRID, f"纸页{size[0]}"
        )  # of its own: other journeys write the history of the usual one
        doors = [
            addresses.NewDwelling(building.pk, f"{floor}{door:02}", str(unit), floor=floor)
            for unit in range(1, 5) for floor in range(1, 19) for door in range(1, 5)
        ]  # fmt: skip
        home = addresses.enter_dwellings(actor, dwellings=doors)[0]
        person = residents.register(actor, name="申纸", dwelling=home, kind="owner", birth_year=1950)
        for number in range(14):
            residents.register(
                actor,
                name=f"申{'甲乙丙丁戊己庚辛壬癸子丑寅卯'[number]}",
                dwelling=home,
                household=person.household_id,
                birth_year=1955,
            )
        firm = organisations.enter(actor, name=f"纸页物业{size[0]}", kind="property_firm", region_code=HERE)
        for number in range(20):
            other = stories.building(
                GRID, f"纸页{size[0]}{'甲乙丙丁戊己庚辛壬癸子丑寅卯辰巳午未申酉'[number]}"
            ).compound
            organisations.serve(actor, firm, compound=other, starts=date(2024, 1, 1))
        new = [
            addresses.NewBuilding(f"{number}号楼", building.longitude, building.latitude) for number in range(21, 51)
        ]
        addresses.add_buildings(actor, building.compound, buildings=new)
        place = (building.longitude, building.latitude)
        [site] = sites.open_sites(
            actor, sites=[NewSite(f"纸页{size[0]}室", "activity_room", GRID, *place, hours="每天 9:00-17:00")]
        )
        addresses_of = {
            "person": f"/residents/{person.pk}/",
            "household": f"/residents/households/{person.household_id}/",
            "dwelling": f"/addresses/dwellings/{home}/",
            "building": f"/addresses/buildings/{building.pk}/",
            "compound": f"/addresses/compounds/{building.compound_id}/",
            "door": f"/door/{building.pk}/",
            "site": reverse("sites:site", args=[site]),
            "organisation": f"/organisations/{firm.pk}/",
        }
    page, left = enter("worker"), {"household": 7, "dwelling": 7, "organisation": 12}
    for name, address in addresses_of.items():
        answer = page.goto(address)
        assert answer is not None and answer.status == 200, address
        page.wait_for_load_state("networkidle")
        assert page.locator("[data-print=sheet]").count() == 1, name
        sheets = page.pdf(format="A4")
        assert len(re.findall(rb"/Type\s*/Page\b", sheets)) == 1, name
        page.emulate_media(media="print")
        assert page.get_by_role("navigation", name="主菜单").count() == 0, name
        assert page.get_by_role("button").count() == 0, name
        if name in left:
            assert page.locator("tbody tr:visible").count() == 8, name
        page.emulate_media(media="null")  # else the next one would be printed as a screen
