"""What several journeys do: open a case beside its list, perform an act, walk by keyboard with the focus in sight."""

import re
from pathlib import Path

from PIL import Image
from playwright.sync_api import Locator, Page, expect

# After two frames (the ring is drawn by then) something is drawn around the focused element, and it can be seen: at one
# of nine points of it nothing lies above. A radio button of a segmented control shows itself through its label.
_FOCUS = """async () => {
  await new Promise((done) => requestAnimationFrame(() => requestAnimationFrame(done)));
  const el = document.activeElement;
  if (!el || el === document.body) return "nothing has the focus";
  const choice = el.matches("input[type=radio], input[type=checkbox]");
  const shown = (choice ? el.closest("label") : null) ?? el;
  const what = el.outerHTML.slice(0, 120);
  const drawn = [el, shown, shown.querySelector("span") ?? shown].some((one) => {
    const style = getComputedStyle(one);
    return (style.outlineStyle !== "none" && parseFloat(style.outlineWidth) >= 1) || style.boxShadow !== "none";
  });
  if (!drawn) return `no ring around ${what}`;
  const { left, top, width, height } = shown.getBoundingClientRect();
  const near = [0.1, 0.5, 0.9];
  const above = near.flatMap((x) => near.map((y) => document.elementFromPoint(left + width * x, top + height * y)));
  if (above.some((one) => one && (shown.contains(one) || one.contains(shown)))) return "";
  return `${what} at ${left},${top} is hidden behind ${above[4]?.outerHTML.slice(0, 120)}`;
}"""
MOST_STOPS = 90


def settled(page: Page) -> None:
    """Until the page stands: it has come whole, its scripts are at work, no answer is awaited.

    For what follows a click and does not wait by itself: a key, `is_visible`, `count`, `evaluate`, `content`, typing
    that a script listens to. First expect something of what the click brings, else the page that is being left is meant.
    """
    page.wait_for_load_state("load")
    expect(page.locator(".htmx-request")).to_have_count(0)


def led(page: Page, target: Locator) -> None:
    """Click what leads to another page (or to this one anew), and wait for it: nothing is done on the one being left."""
    with page.expect_navigation():
        target.click()


def drafted(page: Page, text: str) -> None:
    """Until this tab has put what was typed aside: that is done in a pause of typing."""
    page.wait_for_function("(text) => Object.values(sessionStorage).some((kept) => kept.includes(text))", arg=text)


def photo(folder: Path, name: str = "现场.jpg") -> Path:
    """A picture as a telephone might take it, small."""
    path = folder / name
    Image.effect_noise((640, 480), 60).convert("RGB").save(path, quality=80)
    return path


def open_row(page: Page, title: str | re.Pattern[str]) -> Locator:
    """Click the row with this title or number; the panel with the case in it."""
    page.locator("tr.row-open").filter(has_text=title).first.locator(".row-link").click()
    panel = page.locator("#panel-body")
    expect(panel.locator("#timeline")).to_be_visible()
    return panel


def act(page: Page, where: Locator, name: str) -> Locator:
    """Choose an act among those offered; its form."""
    settled(page)
    tabs = where.locator("#act .tabs")
    if tabs.count():
        link = tabs.get_by_role("link", name=name, exact=True)
        if not link.get_attribute("aria-current"):
            link.click()
            expect(tabs.get_by_role("link", name=name, exact=True)).to_have_attribute("aria-current", "page")
    return where.locator("#act form")


def recorded(where: Locator, title: str, times: int = 1) -> None:
    """The timeline holds so many entries of this title."""
    expect(where.locator("#timeline .timeline-head strong").get_by_text(title, exact=True)).to_have_count(times)


class Keys:
    """Somebody without a mouse. Every stop of the focus is checked: it has a ring, and nothing hides it."""

    def __init__(self, page: Page) -> None:
        self.page = page

    def press(self, *keys: str) -> None:
        for key in keys:
            self.page.keyboard.press(key)

    def write(self, text: str) -> None:
        self.page.keyboard.type(text)

    def seen(self) -> None:
        problem = self.page.evaluate(_FOCUS)
        for _again in range(5):  # a page that is still scrolling comes to rest
            if problem:
                self.page.wait_for_timeout(60)
                problem = self.page.evaluate(_FOCUS)
        assert not problem, f"{self.page.url}: {problem}"

    def to(self, target: Locator, back: bool = False) -> None:
        """Tab until the target has the focus."""
        expect(target).to_be_attached()
        for _stop in range(MOST_STOPS):
            if target.evaluate("(one) => one === document.activeElement"):
                self.seen()
                return
            self.page.keyboard.press("Shift+Tab" if back else "Tab")
            if not self.page.evaluate("document.activeElement === document.body"):
                self.seen()
        raise AssertionError(f"{self.page.url}: {MOST_STOPS} stops of Tab do not reach {target}")
