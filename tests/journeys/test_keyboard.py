"""A worklist without a mouse: down to a row, into its panel, through the form, and back to where one was."""

from playwright.sync_api import expect

from tests.journeys.steps import Keys, recorded, settled
from tests.matters.cases import stories


def test_works_the_list_by_keyboard(enter, axe, stage):
    with stage.ground() as cast:
        row = stories.dispatched(cast, text="楼顶平台的避雷针松了，风大的时候响。")
        stories.dispatched(cast, text="楼顶平台的门锁坏了，报纸总丢。")
    page = enter("secretary")
    keys = Keys(page)
    page.goto("/cases/?q=楼顶平台")  # what other journeys have left fills more than one page
    for _row in range(60):
        keys.press("j")
        keys.seen()
        if row.number in page.locator("tr.row-here").inner_text():
            break
    keys.press("Enter")
    panel = page.locator("#panel-body")
    expect(panel.locator("#timeline")).to_contain_text("派单")
    keys.to(panel.get_by_role("button", name="签收", exact=True))
    keys.press("Enter")
    recorded(panel, "签收")
    axe(page)
    reached = panel.get_by_role("radio", name="联系上了", exact=True)
    keys.to(reached)
    keys.press("Space")
    expect(reached).to_be_checked()
    keys.to(panel.get_by_label("说了什么"))
    keys.write("已经约好上门。")
    keys.to(panel.get_by_role("button", name="记下", exact=True))
    keys.press("Enter")
    expect(panel.locator("#timeline")).to_contain_text("已经约好上门。")
    keys.press("Escape")
    expect(page.locator("#panel")).to_be_hidden()
    # The list comes anew after every act; the focus is on the same row nevertheless.
    expect(page.locator(".htmx-request")).to_have_count(0)
    expect(page.locator("tr.row-open").filter(has_text=row.number).locator(".row-link")).to_be_focused()
    keys.seen()
    keys.press("?")
    expect(page.locator("#keys")).to_be_visible()
    axe(page)


def test_a_resident_files_by_keyboard(enter):
    page = enter()
    keys = Keys(page)
    page.goto("/")
    keys.to(page.get_by_label("您遇到了什么问题"))
    keys.write("楼道灯坏了一个星期")
    keys.to(page.get_by_role("button", name="下一步"))
    keys.press("Enter")
    expect(page.get_by_role("heading", level=1)).to_have_text("说说您的问题")
    settled(page)
    keys.to(page.get_by_label("小区、楼院或社区的名字"))
    keys.write("春光里")
    place = page.locator("#place-found input[type=radio]")
    expect(place).to_have_count(1)
    keys.to(place)
    keys.press("Space")
    building = page.get_by_label("哪栋楼")
    expect(building).to_be_visible()
    keys.to(building)
    keys.press("3")
    keys.to(page.get_by_label("联系电话"))
    keys.write("13800138000")
    keys.to(page.get_by_role("button", name="提交", exact=True))
    keys.press("Enter")
    expect(page.get_by_role("heading", level=1)).to_have_text("已经收到")
