"""The map of people's affairs: layers on and off, an address found, a building opened from list and canvas, picture and sheet."""

import re
from contextlib import suppress
from pathlib import Path

from playwright.sync_api import Page, expect

from tests.cast import GRID, HERE
from tests.insight.maps import stories
from tests.journeys.steps import led, settled


def ready(page: Page) -> None:
    expect(page.locator("linli-map[data-ready]")).to_have_count(1)
    expect(page.locator("linli-map[data-drawn]")).to_have_count(1)


def unfold(page: Page) -> None:
    """The list is a sheet at the lower edge of a phone; on a desk it stands open."""
    settled(page)
    summary = page.locator("details.map-sheet > summary")
    if summary.is_visible() and not page.locator("details.map-sheet[open]").count():
        summary.click()


def test_a_leader_reads_the_map_and_opens_what_is_on_it(enter, axe, stage, size, tmp_path: Path):
    with stage.ground() as cast:
        stories.everything(cast)
        stories.due(cast, 2)
    page = enter("leader")
    page.goto("/map/")
    ready(page)
    axe(page)
    layers = page.get_by_role("group", name="图层")
    expect(layers.get_by_role("checkbox", name=re.compile("楼栋"))).to_be_checked()
    expect(layers.get_by_role("checkbox", name=re.compile("部件"))).not_to_be_checked()
    with page.expect_response(re.compile(r"/map/things\.json")) as coming:
        layers.get_by_role("checkbox", name=re.compile("部件")).check()
    assert coming.value.json()["marks"]["runs"]
    page.reload()
    ready(page)
    expect(layers.get_by_role("checkbox", name=re.compile("部件"))).to_be_checked()  # as it was left
    expect(layers).not_to_contain_text("待走访2 人")

    unfold(page)
    numbers = page.locator("#numbers")
    # Two people in one grid are never told exactly, whatever other journeys have left in the others.
    expect(numbers.locator("tr").filter(has_text="北大街北里")).to_contain_text(re.compile(r"[<≥]\d"))
    axe(page)
    numbers.locator("tr").filter(has_text="北大街北里").locator("td").nth(2).get_by_role("link").click()
    page.wait_for_url(f"**/map/?region={HERE}&show=buildings*")
    ready(page)
    row = page.locator("#items tr").filter(has_text="第1里小区 1号楼")
    expect(page.locator("#items tbody tr").first).to_be_visible()
    while not row.count():  # after the buildings that other journeys have left
        led(page, page.locator("#items").get_by_role("link", name="下一页"))
        settled(page)
        ready(page)
    expect(row).to_be_visible()
    axe(page)
    row.get_by_role("link", name=re.compile("在图上看")).click()
    expect(page.locator(".map-tip")).to_contain_text("第1里小区")
    row.locator(".row-link").click()
    expect(page.locator("#panel-body")).to_contain_text("第1里小区 1号楼")
    axe(page)
    page.locator("[data-panel-close]").click()

    page.locator("[data-map-picture]").scroll_into_view_if_needed()
    with page.expect_download() as saving:
        page.locator("[data-map-picture]").click()
    picture = tmp_path / "map.png"
    saving.value.save_as(picture)
    assert saving.value.suggested_filename.startswith("民情图")
    assert picture.read_bytes()[:8] == b"\x89PNG\r\n\x1a\n" and picture.stat().st_size > 3000
    with page.expect_download() as taking:
        page.get_by_role("link", name="导出表格").click()
    sheet = tmp_path / "map.csv"
    taking.value.save_as(sheet)
    assert "楼栋" in sheet.read_text(encoding="utf-8-sig").splitlines()[0]


def test_a_grid_worker_finds_an_address_and_touches_a_mark(enter, axe, stage, shot):
    with stage.ground() as cast:
        stories.building(GRID, "望春")
        cast.compound.refresh_from_db()
    page = enter("grid_worker")
    page.goto("/map/")
    ready(page)
    expect(page.locator("main")).not_to_contain_text("第二网格")
    page.get_by_label("找地址").fill("望春小区一号楼")
    page.get_by_label("找地址").press("Enter")
    found = page.locator("#map-found")
    expect(found.get_by_role("link", name="望春小区 1号楼", exact=True)).to_be_visible()
    expect(page.locator(".map-tip")).to_contain_text("望春小区")
    axe(page)
    # The map has flown there: what lies in its middle opens, or is offered when several lie together.
    page.locator(".map-canvas").scroll_into_view_if_needed()
    box = page.locator(".map-canvas").bounding_box()
    assert box is not None
    for _closer in range(6):  # what is near comes after the flight; where very many lie together, a touch goes closer
        page.locator(".map-canvas").click(position={"x": box["width"] / 2, "y": box["height"] / 2})
        with suppress(AssertionError):
            expect(page.locator("#map-here a, #panel:visible").first).to_be_visible(timeout=4000)
            break
    expect(page.locator("#map-here a, #panel-body h1").first).to_be_visible()
    axe(page)
    shot(page, "people-map")
    page.goto("/map/find/?q=没有这个地方")
    expect(page.locator("main")).to_contain_text("没有找到")
    axe(page)


def test_print_shows_the_map_its_legend_and_the_table(enter, stage):
    page = enter("secretary")
    page.goto("/map/")
    ready(page)
    unfold(page)
    page.emulate_media(media="print")
    expect(page.locator(".map-canvas canvas").first).to_be_visible()
    expect(page.locator(".map-find")).to_be_hidden()
    expect(page.locator(".map-layers")).to_be_visible()
    expect(page.locator("#numbers table")).to_be_visible()
