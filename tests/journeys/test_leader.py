"""The leader: from the board to a number, the cases behind it, one of them, its due time; then the map and a sheet."""

import re
from pathlib import Path

from playwright.sync_api import expect

from tests.cast import HERE
from tests.journeys.steps import led, settled
from tests.matters.cases import stories


def test_opens_a_number_down_to_the_record(enter, axe, stage):
    with stage.ground() as cast:
        row = stories.closed(cast, text="楼门口的台阶破了一块，绊了好几个人。")
    page = enter("leader")
    page.goto("/board/")
    expect(page.locator(".map-canvas canvas")).to_have_count(1)
    expect(page.locator(".chart-drawing svg").first).to_be_visible()
    axe(page)
    figures = page.locator("dl.stats")
    resolved = figures.locator(".stat").filter(has_text="解决率").locator("a")
    assert re.fullmatch(r"\d+(\.\d)?%", resolved.locator(".num").inner_text())
    resolved.click()
    expect(page.locator("tr.row-open").filter(has_text=row.number)).to_be_visible()
    axe(page)
    page.locator("tr.row-open").filter(has_text=row.number).locator(".row-link").click()
    panel = page.locator("#panel-body")
    expect(panel.locator("#settlements")).to_contain_text("已解决")
    axe(page)
    page.locator("[data-panel-full]").click()
    expect(page.get_by_role("heading", level=1)).to_contain_text("楼门口的台阶")
    axe(page)
    page.locator("#clocks").get_by_role("link", name=re.compile("为什么是这个时间")).click()
    expect(page.locator(".why-lines li").first).to_be_visible()
    expect(page.locator("main")).to_contain_text("办理答复")
    axe(page)


def test_shades_the_map_by_another_figure_and_takes_the_sheet(enter, axe, stage, size, tmp_path: Path):
    with stage.ground() as cast:
        stories.closed(cast, text="单元门关不上，夜里总响。")
    page = enter("leader")
    page.goto("/board/")
    page.get_by_role("link", name="大地图").click()
    expect(page.locator(".map-canvas canvas")).to_have_count(1)
    axe(page)
    settled(page)
    if page.get_by_role("button", name="筛选").is_visible():
        page.get_by_role("button", name="筛选").click()
    page.get_by_label("地图颜色").select_option(label="受理量")
    expect(page.get_by_role("columnheader", name="受理量")).to_be_attached()
    expect(page).to_have_url(re.compile("figure=filed"))
    page.locator("details.map-list summary").click()
    expect(page.locator("details.map-list").get_by_role("row", name=re.compile("北大街北里"))).to_be_visible()
    axe(page)
    page.locator("details.map-list").get_by_role("link", name=re.compile("北大街北里")).click()
    page.wait_for_url(f"**/map/?region={HERE}*")
    expect(page.locator(".map-canvas canvas")).to_have_count(1)
    axe(page)
    led(page, page.locator(".page-actions").get_by_role("link", name="驾驶舱"))
    with page.expect_download() as coming:
        page.get_by_role("link", name="导出").click()
    sheet = tmp_path / "board.csv"
    coming.value.save_as(sheet)
    text = sheet.read_text(encoding="utf-8-sig")
    assert "第一网格" in text
    assert "解决率" in text.splitlines()[0]
