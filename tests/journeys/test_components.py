"""The living page of components in a real browser: accessible in both frames and sizes, each behaviour as it says."""

import re
import struct
import zlib
from contextlib import suppress
from pathlib import Path

import pytest
from playwright.sync_api import Error, Page, Route, expect

from tests.journeys.steps import drafted

LARGE = {"name": "linli_print", "value": "large"}


@pytest.mark.parametrize("frame", ["staff", "plain"])
@pytest.mark.parametrize("large", [False, True], ids=["normal", "large-print"])
def test_every_component_is_accessible(sized: Page, axe, shot, site: str, frame: str, large: bool):
    if large:
        sized.context.add_cookies([LARGE | {"url": site}])
    sized.goto(f"/ui/?frame={frame}")
    expect(sized.locator(".map-canvas canvas")).to_have_count(3)
    expect(sized.locator(".chart-drawing svg")).to_have_count(4)
    for closed in sized.locator("details.map-list, details.why").all():
        closed.locator("summary").click()
    axe(sized)
    shot(sized, f"components-{frame}{'-large' if large else ''}", full=True)
    size = float(sized.evaluate("parseFloat(getComputedStyle(document.body).fontSize)"))
    assert size >= (18 if large else 14 if frame == "staff" else 17)


def test_targets_are_large_enough_for_a_thumb(phone: Page):
    phone.goto("/ui/?frame=plain")
    small = phone.evaluate(
        """[...document.querySelectorAll(".btn, .form-select, .preference, .form-control:not([type=file])")]
        .map((one) => [one.outerHTML.slice(0, 90), one.getBoundingClientRect()])
        .filter(([, box]) => box.width > 1 && box.height < 44).map(([html, box]) => `${box.height} ${html}`)"""
    )
    assert small == []


def test_a_row_opens_beside_its_list_and_back_closes_it(page: Page):
    page.goto("/ui/")
    rows = page.locator("tr.row-open")
    rows.nth(2).locator(".row-link").click()
    inside = page.locator("#panel-body h1")
    expect(inside).to_be_visible()
    expect(page.locator("#panel-body .topbar")).to_have_count(0)
    expect(rows.first).to_be_visible()
    expect(page).to_have_url(re.compile(r"#open=/ui/(%3F|\?)row=2"))
    page.keyboard.press("Escape")
    expect(page.locator("#panel")).to_be_hidden()
    expect(rows.nth(2).locator(".row-link")).to_be_focused()
    page.go_forward()
    expect(inside).to_be_visible()
    page.reload()
    expect(inside).to_be_visible()
    page.go_back()
    expect(page.locator("#panel")).to_be_hidden()


def test_a_row_opened_while_the_panel_closes_stays_open(page: Page):
    page.goto("/ui/")
    page.locator("tr.row-open .row-link").first.click()
    inside = page.locator("#panel-body h1")
    expect(inside).to_be_visible()
    # In one breath: the browser goes back only afterwards.
    page.evaluate(
        """() => {
          for (const _twice of [1, 2]) document.body.dispatchEvent(new KeyboardEvent("keydown", { key: "Escape", bubbles: true }));
          document.querySelectorAll("tr.row-open .row-link")[2].click();
        }"""
    )
    expect(page).to_have_url(re.compile(r"/ui/#open=/ui/(%3F|\?)row=2"))
    expect(inside).to_be_visible()
    expect(page.locator("tr.row-here").first).to_have_attribute("data-href", "/ui/?row=2")
    page.go_back()
    expect(page.locator("#panel")).to_be_hidden()
    expect(page).to_have_url(re.compile(r"/ui/$"))


def test_of_two_rows_the_last_one_clicked_is_shown(page: Page):
    page.goto("/ui/")
    held: list[Route] = []
    page.route(re.compile(r"row=1$"), lambda route: held.append(route))
    rows = page.locator("tr.row-open .row-link")
    rows.nth(1).click()
    expect(page.locator("#panel-body .skeleton")).to_be_visible()
    rows.nth(2).click()
    inside = page.locator("#panel-body h1")
    expect(inside).to_be_visible()
    [late] = held
    with suppress(Error):  # a browser that has given it up takes no answer
        late.fulfill(body="<h1>too late</h1>")
    page.wait_for_timeout(300)
    expect(inside).not_to_have_text("too late")
    expect(page.locator("tr.row-here").first).to_have_attribute("data-href", "/ui/?row=2")


def test_of_two_searches_the_last_one_is_shown(page: Page):
    page.goto("/ui/")
    state, asked = page.locator("#filter-state"), page.locator(".chip", has_text="已超期")
    with page.expect_request(re.compile("state=")) as _first:
        state.select_option("over")
    for text in ("楼", "楼道", "楼道灯"):  # each asked for before the one before it is answered
        page.evaluate(
            """(text) => {
              const field = document.getElementById("filter-q");
              field.value = text;
              field.form.requestSubmit();
            }""",
            text,
        )
    expect(page.locator(".chip", has_text="楼道灯")).to_be_visible()
    expect(asked).to_be_visible()
    expect(page).to_have_url(re.compile("%E6%A5%BC%E9%81%93%E7%81%AF"))


def test_the_list_is_worked_without_a_mouse(page: Page):
    page.goto("/ui/")
    page.keyboard.press("j")
    page.keyboard.press("j")
    expect(page.locator("tr.row-here")).to_have_attribute("data-href", "/ui/?row=1")
    page.keyboard.press("k")
    page.keyboard.press("Enter")
    expect(page.locator("#panel-body h1")).to_be_visible()
    page.keyboard.press("Escape")
    expect(page.locator("#panel")).to_be_hidden()
    page.keyboard.press("?")
    expect(page.locator("#keys")).to_be_visible()
    page.keyboard.press("Escape")
    expect(page.locator("#keys")).to_be_hidden()
    page.keyboard.press("/")
    expect(page.locator("#filter-q")).to_be_focused()


def test_filters_submit_themselves_and_keep_the_address_clean(page: Page):
    page.goto("/ui/")
    page.locator("#filter-state").select_option("over")
    expect(page.locator(".chip", has_text="已超期")).to_be_visible()
    expect(page).to_have_url(re.compile(r"/ui/\?state=over$"))
    page.locator("#filter-q").fill("楼道")
    expect(page.locator(".chip", has_text="楼道")).to_be_visible()
    page.go_back()
    expect(page.locator(".chip", has_text="楼道")).to_have_count(0)
    expect(page.locator("#filter-q")).to_have_value("")


def test_a_long_text_survives_a_lost_page_and_leaves_when_discarded(page: Page):
    page.goto("/ui/")
    text = page.locator("#form textarea")
    text.press_sequentially("楼道里的灯已经坏了三个星期")
    expect(page.locator("#form .field-counter")).to_have_text("还可以写 487 字")
    drafted(page, "楼道里的灯已经坏了三个星期")
    page.reload()
    expect(text).to_have_value("楼道里的灯已经坏了三个星期")
    page.get_by_role("button", name="清除", exact=True).click()
    expect(text).to_have_value("")
    page.reload()
    expect(text).to_have_value("")
    expect(page.locator(".draft-note")).to_have_count(0)


def noisy_png(path: Path, width: int, height: int) -> Path:
    """A picture that does not compress: about width * height * 3 bytes."""
    import random

    dice = random.Random(1)
    raw = b"".join(b"\0" + dice.randbytes(width * 3) for _ in range(height))

    def chunk(kind: bytes, data: bytes) -> bytes:
        return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))

    head = struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0)
    path.write_bytes(
        b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", head) + chunk(b"IDAT", zlib.compress(raw, 1)) + chunk(b"IEND", b"")
    )
    return path


def test_photos_are_made_smaller_shown_and_removable(phone: Page, tmp_path: Path):
    big = noisy_png(tmp_path / "楼道.png", 1800, 1600)
    assert big.stat().st_size > 8_000_000
    broken = tmp_path / "坏.jpg"
    broken.write_bytes(b"not a picture")
    phone.goto("/ui/?frame=plain")
    choose = phone.locator("#form input[type=file]")
    choose.set_input_files(big)
    expect(phone.locator(".previews img")).to_have_count(1)
    chosen = "[...document.querySelector('#form input[type=file]').files].map((file) => [file.name, file.size])"
    [[name, size]] = phone.evaluate(chosen)
    assert (name, size < 2 * 1024 * 1024) == ("楼道.jpg", True)
    choose.set_input_files(broken)
    expect(phone.locator(".previews li", has_text="坏.jpg")).to_be_visible()
    assert phone.evaluate(chosen) == [["坏.jpg", 13]]
    phone.get_by_role("button", name="去掉 坏.jpg").click()
    assert phone.evaluate(chosen) == []


def test_a_place_is_marked_by_keys_or_by_a_tap(page: Page):
    page.goto("/ui/")
    island = page.locator("linli-map[data-mode=pick]")
    canvas = island.locator(".map-canvas")
    canvas.focus()
    page.keyboard.press("ArrowRight")
    expect(island.locator(".map-tip")).to_contain_text("已选：示例第")
    first = float(island.locator("[data-lon]").input_value())
    page.keyboard.press("ArrowRight")
    assert float(island.locator("[data-lon]").input_value()) > first
    canvas.click(position={"x": 5, "y": 200})
    expect(island.locator(".map-tip")).to_have_text("这个位置不在辖区内")


def test_a_shaded_map_says_its_figures_and_leads_on(page: Page):
    page.goto("/ui/")
    island = page.locator("linli-map[data-mode=show]")
    island.locator("summary").click()
    expect(island.get_by_role("row", name="示例第 1 网格 93%")).to_be_visible()
    expect(island.get_by_role("row", name="示例第 4 网格 没有数据")).to_be_visible()
    island.get_by_role("link", name="示例第 2 网格").click()
    page.wait_for_url("**/ui/?region=990000000001001*")


def test_a_combobox_is_filled_by_typing_and_by_keys(sized: Page, axe):
    sized.goto("/ui/")
    field = sized.get_by_role("combobox", name="在哪里")
    field.press_sequentially("3 号")
    choice = sized.get_by_role("option", name="示例小区 3 号楼")
    expect(choice).to_be_visible()
    axe(sized, "#combobox")
    field.press("Enter")
    expect(field).to_have_value("示例小区 3 号楼")
    assert sized.locator("#combobox [data-choice]").input_value() == "3"
    field.fill("没有的地方")
    expect(sized.locator(".combobox-none")).to_be_visible()
    axe(sized, "#combobox")


def test_a_page_that_cannot_be_shown_says_so_in_the_panel(page: Page):
    page.goto("/ui/")
    link = page.locator("tr.row-open .row-link").first
    link.evaluate("(link) => link.setAttribute('hx-get', '/ui/nothing-here/')")
    link.click()
    expect(page.locator("#panel-body .notice-bad")).not_to_be_empty()
    page.keyboard.press("Escape")
    expect(page.locator("#panel")).to_be_hidden()


def test_a_double_click_sends_a_form_once(page: Page):
    page.goto("/ui/")
    sent: list[str] = []

    def answer(route: Route) -> None:
        if route.request.method == "POST":
            sent.append(route.request.url)
            route.fulfill(status=204)  # the page stays, as it does while an answer is awaited
        else:
            route.continue_()

    page.route("**/ui/", answer)
    page.locator("#form textarea").fill("一次")
    page.locator("#form button[type=submit]").dblclick()
    expect(page.locator("#form button[type=submit]")).to_be_disabled()
    page.wait_for_timeout(300)
    assert len(sent) == 1
