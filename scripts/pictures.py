"""Take the pictures of the front page from a running demo: `.venv/bin/python scripts/pictures.py http://127.0.0.1:8000`.

Writes docs/images/*.png, small enough for a README. Files one case in the demo, as a resident would.
"""

import io
import os
import re
import sys
import tempfile
from pathlib import Path

from PIL import Image
from playwright.sync_api import Browser, Page, sync_playwright

ROOT = Path(__file__).resolve().parents[1]
sys.path.insert(0, str(ROOT))

from linli.doors.demo.sign_ins import PASSWORD, SIGN_INS  # noqa: E402
from tests.journeys.conftest import NARROW, find_browser, glyphs  # noqa: E402

WIDE = (1440, 940)
FOLDER = ROOT / "docs" / "images"
MOST_BYTES, COLOURS = 250_000, 255
SAID = "3号楼2单元的楼道灯坏了一个星期，晚上老人上下楼看不见。"


def keep(page: Page, name: str) -> None:
    """The window as it stands; with a palette only where true colours would weigh too much."""
    page.wait_for_function("document.querySelectorAll('.htmx-request').length === 0")
    page.wait_for_timeout(1200)  # maps and charts are drawn by then
    picture = Image.open(io.BytesIO(page.screenshot())).convert("RGB")
    path = FOLDER / f"{name}.png"
    picture.save(path, optimize=True)
    if path.stat().st_size > MOST_BYTES:
        picture.quantize(COLOURS, kmeans=4, dither=Image.Dither.NONE).save(path, optimize=True)
    print(f"{path.relative_to(ROOT)}  {path.stat().st_size // 1024} KB")


def window(browser: Browser, site: str, size: tuple[int, int], login: str = "") -> Page:
    """A window of its own, signed in as one of the demo's people."""
    context = browser.new_context(
        base_url=site,
        viewport={"width": size[0], "height": size[1]},
        device_scale_factor=2 if size == NARROW else 1,
        has_touch=size == NARROW,
        locale="zh-CN",
        timezone_id="Asia/Shanghai",
        reduced_motion="reduce",
    )
    page = context.new_page()
    if login:
        page.goto("/sign-in/")
        page.get_by_label("登录名").fill(login)
        page.get_by_label("密码").fill(PASSWORD)
        page.get_by_role("button", name="登录", exact=True).click()
        page.get_by_text(SIGN_INS[login][0]).first.wait_for(state="attached")
    return page


def place_of(page: Page) -> tuple[str, str]:
    """Community, and compound with building, of the case that is open."""
    grid, *home = page.locator("#said dd").first.inner_text().split()
    return re.sub(r"第\d+网格$", "", grid), home[-1] if home else ""


def staff(browser: Browser, site: str) -> tuple[str, str]:
    """What people at work see; returns a community and a compound in it."""
    board = window(browser, site, WIDE, "lingdao")
    board.goto("/board/")
    board.locator(".map-canvas canvas").wait_for()
    keep(board, "board")

    lists = window(browser, site, WIDE, "paidan")
    lists.goto("/cases/?tab=open")
    lists.locator("tr.row-open", has_text="办理中").first.locator(".row-link").click()
    lists.locator("#panel-body #timeline").wait_for()
    keep(lists, "worklist")

    case = window(browser, site, WIDE, "shuji")
    case.goto("/cases/?tab=open")
    rows = case.locator("tr.row-open")
    again = rows.filter(has_text="二次办理")
    (again if again.count() else rows).first.locator(".row-link").click()
    case.locator("#panel-body #timeline").wait_for()
    case.locator("[data-panel-full]").click()
    case.locator(".map-canvas canvas").wait_for()
    keep(case, "case")
    (community, place), words = place_of(case), case.locator(".case-words").inner_text()

    take = window(browser, site, WIDE, "huawu")
    take.goto("/cases/take/")
    take.get_by_label("说了什么").fill(words[:80])
    where = take.get_by_role("combobox", name="在哪里")
    where.press_sequentially(place)
    take.get_by_role("option").first.wait_for()
    where.press("Enter")
    take.get_by_label("诉求人").fill("陈女士")
    take.get_by_label("联系电话").fill("13800138000")
    take.locator(".likely li").first.wait_for()
    keep(take, "take")

    grid = window(browser, site, NARROW, "wangge")
    keep(grid, "phone-worklist")
    return community, re.sub(r"\d+号楼$", "", place)


def resident(browser: Browser, site: str, community: str, place: str) -> None:
    """What a resident sees: the one question, and how it goes after the community has accepted."""
    page = window(browser, site, NARROW)
    page.goto("/")
    page.get_by_label("您遇到了什么问题").fill(SAID)
    keep(page, "phone-file")
    page.get_by_role("button", name="下一步").click()
    page.get_by_label("小区、楼院或社区的名字").fill(place)
    page.get_by_role("radio", name=re.compile(f"{place}.*{community}")).first.check()
    page.get_by_label("联系电话").fill("13800138000")
    page.get_by_role("button", name="提交", exact=True).click()
    page.get_by_role("link", name="看进度").click()
    number = page.url.rstrip("/").split("/")[-1]
    secretary = window(browser, site, WIDE, "shuji")
    secretary.goto(f"/cases/{number}/")
    secretary.locator("#act form").get_by_role("button", name="签收", exact=True).click()
    secretary.locator("#timeline").get_by_text("签收", exact=True).wait_for()
    page.reload()
    keep(page, "phone-track")


def main(site: str) -> None:
    found = find_browser()
    if not found:
        sys.exit("no browser: run `make browser`")
    program, environment = found
    FOLDER.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory() as folder, sync_playwright() as running:
        settings = {**os.environ, **environment, **glyphs(Path(folder))}
        browser = running.chromium.launch(executable_path=program, env=settings, args=["--no-sandbox", "--disable-gpu"])
        resident(browser, site, *staff(browser, site))
        browser.close()


if __name__ == "__main__":
    main(sys.argv[1] if len(sys.argv) > 1 else "http://127.0.0.1:8000")
