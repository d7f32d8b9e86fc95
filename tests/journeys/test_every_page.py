"""Every page of every menu, and the first record behind each list: nothing for axe to find, nothing wider than the window."""

from playwright.sync_api import Page, expect

from tests.matters.cases import stories

# Together their menus hold every entry there is.
ROLES = ("dispatcher", "policy_editor", "auditor", "sysadmin")
# Pages that no menu leads to straight away.
BESIDES = {
    "dispatcher": ("/me/", "/api/keys/", "/regions/map/", "/ui/"),
    "policy_editor": ("/calendar/", "/procedures/case/"),
    "sysadmin": ("/accounts/new/", "/organisations/new/", "/regions/import/"),
}


def drawn(page: Page) -> None:
    """Maps and charts come after the page; a picture is what axe should see."""
    for island in page.locator("linli-map").all():
        expect(island.locator("canvas").first).to_be_attached()


def test_every_page_of_every_menu(enter, axe, stage):
    with stage.ground() as cast:
        stories.handling(cast, text="小区健身器材的螺丝松了，孩子玩着危险。")
    seen: set[str] = set()
    for role in ROLES:
        page = enter(role)
        page.goto("/desk/")
        entries = page.locator("#menu a").evaluate_all("(all) => all.map((one) => one.getAttribute('href'))")
        assert entries, role
        waiting = [*entries, *BESIDES.get(role, ())]
        for address in waiting:
            if address in seen:
                continue
            seen.add(address)
            answer = page.goto(address)
            assert answer is not None
            assert answer.status == 200, address
            waiting += page.locator("main > .tabs a").evaluate_all(
                "(all) => all.map((one) => one.getAttribute('href'))"
            )
            drawn(page)
            axe(page)
            first = page.locator("main .row-link").first
            record = first.get_attribute("href") if first.count() else None
            if record and record not in seen and record.startswith("/") and "?" not in record:
                seen.add(record)
                page.goto(record)
                drawn(page)
                axe(page)
    assert len(seen) > 20, seen


def test_pages_that_say_no(enter, axe):
    page = enter()
    for address in ("/no-such-page/", "/case/11010600-2026-999999/", "/r/11010600-2026-999999/wrong/"):
        page.goto(address)
        expect(page.get_by_role("heading", level=1)).to_be_visible()
        axe(page)
    page = enter("volunteer")
    page.goto("/cases/")
    expect(page.get_by_role("heading", level=1)).to_be_visible()
    axe(page)
