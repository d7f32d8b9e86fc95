"""Places in a browser: a whole building in one act, an address found, a site for residents, a thing with a photo, the circle, a scan."""

from pathlib import Path

from playwright.sync_api import expect

from linli.doors.portal.labels import code_of
from tests.cast import GRID
from tests.journeys.steps import photo


def test_a_whole_building_is_entered_found_and_corrected(enter, axe, shot, size, stage):
    with stage.ground() as cast:
        from linli.places.addresses import commands
        from linli.places.addresses.commands import NewBuilding

        building = commands.add_building(
            cast.secretary, cast.compound, building=NewBuilding(f"{size[0]}号楼", *(116.275, 39.855))
        )
        key = building.pk
    page = enter("worker")
    page.goto(f"/addresses/buildings/{key}/")
    expect(page.get_by_text("还没有登记房屋")).to_be_visible()
    axe(page)
    page.get_by_label("单元").first.fill("1-2")
    page.get_by_label("楼层").fill("1-6")
    page.get_by_label("每层房号").fill("01-02")
    page.locator("#dwellings").get_by_role("button", name="登记").click()
    expect(page.get_by_text("共 24 套")).to_be_visible()
    expect(page.locator(".gate")).to_have_count(2)
    axe(page)
    shot(page, "building", full=True)
    page.goto("/addresses/find/")
    page.locator("#filter-q").fill(f"春光里 {size[0]}-2-501")
    page.locator("#filter-q").press("Enter")
    row = page.locator("tr.row-open").filter(has_text="2单元501")
    expect(row).to_be_visible()
    axe(page)
    shot(page, "find-address")
    href = row.locator(".row-link").get_attribute("href")
    page.goto(href)
    page.get_by_role("link", name="更正或核实").click()
    page.get_by_label("用途").select_option("let")
    page.get_by_label("更正原因").fill("入户核实")
    axe(page)
    page.get_by_role("button", name="保存").click()
    expect(page.get_by_text("未核实 → 出租")).to_be_visible()
    axe(page)
    shot(page, "dwelling", full=True)
    page.goto("/addresses/dwellings/")
    axe(page)
    page.goto("/addresses/unmanaged/")
    page.goto("/addresses/unmanaged/?day=2026-01-01")
    axe(page)
    shot(page, "unmanaged")


def test_residents_find_a_site_that_staff_have_entered(enter, axe, shot, size, tmp_path: Path):
    name = f"北里议事厅{size[0]}"
    page = enter("secretary")
    page.goto("/sites/register/new/")
    page.get_by_label("名称").fill(name)
    page.get_by_label("类别").select_option("council")
    page.get_by_label("矛盾调解").check()
    page.get_by_label("开放时间").fill("每天 全天")
    page.locator("input[type=file]").set_input_files(str(photo(tmp_path, "议事厅.jpg")))
    page.get_by_label("所在社区或网格").select_option(GRID)
    axe(page)
    shot(page, "site-new", full=True)
    page.get_by_role("button", name="保存").click()
    expect(page.get_by_role("heading", level=1)).to_have_text(name)
    expect(page.get_by_text("居民扫码")).to_be_visible()
    axe(page)
    shot(page, "site", full=True)
    page.goto("/sites/circle/?place=&service=mediation")
    expect(page.locator("linli-map canvas").first).to_be_attached()
    axe(page)
    shot(page, "circle", full=True)
    page.goto("/sites/circle/dwellings/?place=&service=mediation")
    axe(page)
    shot(page, "beyond")
    other = enter()
    other.goto("/")
    other.get_by_role("link", name="身边的服务").click()
    expect(other.get_by_role("link", name=name)).to_be_visible()
    expect(other.get_by_text("开放中").first).to_be_visible()
    axe(other)
    shot(other, "sites-public", full=True)
    other.get_by_role("link", name=name).click()
    expect(other.get_by_role("heading", level=1)).to_have_text(name)
    expect(other.locator("main img").first).to_be_visible()
    axe(other)
    shot(other, "site-public", full=True)


def test_a_thing_is_entered_with_a_photo_and_reported(enter, axe, shot, size, tmp_path: Path):
    name = f"南门井盖{size[0]}"
    page = enter("grid_worker")
    page.goto("/sites/things/new/")
    page.get_by_label("名称").fill(name)
    page.get_by_label("类别").select_option("污水井盖")
    page.locator("input[type=file]").set_input_files(str(photo(tmp_path, "井盖.jpg")))
    page.get_by_label("所在社区或网格").select_option(GRID)
    axe(page)
    page.get_by_role("button", name="保存").click()
    expect(page.get_by_role("heading", level=1)).to_have_text(name)
    expect(page.locator("main img").first).to_be_visible()
    axe(page)
    shot(page, "thing", full=True)
    page.get_by_role("link", name="报告这里的问题").click()
    expect(page.get_by_label("具体位置")).to_have_value(name)
    axe(page)
    page.goto("/sites/things/")
    axe(page)
    page.goto("/sites/constructions/")
    axe(page)


def test_a_scan_opens_the_form_with_the_building_chosen(enter, axe, shot, stage):
    with stage.ground() as cast:
        key, compound = cast.building.pk, cast.compound.pk
    page = enter()
    page.goto(f"/q/{code_of('building', key)}/")
    expect(page.get_by_text("春光里小区").first).to_be_visible()
    expect(page.get_by_label("哪栋楼")).to_have_value(str(key))
    axe(page)
    shot(page, "scanned", full=True)
    page.get_by_role("link", name="这栋楼归谁管").click()
    expect(page.get_by_role("heading", name="归谁管")).to_be_visible()
    expect(page.get_by_text("网格员")).to_be_visible()
    axe(page)
    shot(page, "who-building", full=True)
    page.goto("/")
    page.get_by_role("link", name="我家归谁管").click()
    axe(page)
    page.get_by_label("小区和楼号").fill("春光里3号楼2单元501")
    page.get_by_label("小区和楼号").press("Enter")
    expect(page.get_by_role("heading", level=1)).to_have_text("春光里小区 3号楼")
    page.goto("/who/?q=春光里")
    axe(page)
    shot(page, "who-found", full=True)
    staff = enter("worker")
    staff.goto(f"/labels/compound/{compound}/")
    expect(staff.locator(".labels svg").first).to_be_visible()
    axe(staff)
    shot(staff, "labels")


def test_eight_labels_stand_on_one_sheet_of_paper(enter, stage, size):
    with stage.ground() as cast:
        from linli.places.addresses import commands
        from linli.places.addresses.commands import NewBuilding, NewCompound

        keys = []
        for count in (8, 9):
            houses = tuple(NewBuilding(f"{number}号楼", 116.275, 39.855) for number in range(1, count + 1))
            new = NewCompound(f"标签{count}里{size[0]}", GRID, 116.275, 39.855, buildings=houses)
            keys.append(commands.add_compound(cast.secretary, compound=new).pk)
    page = enter("worker")
    sheets = []
    for key in keys:
        page.goto(f"/labels/compound/{key}/")
        expect(page.locator(".labels svg").first).to_be_visible()
        sheets.append(page.pdf(format="A4").count(b"/Type /Page\n"))
    assert sheets == [1, 2]
