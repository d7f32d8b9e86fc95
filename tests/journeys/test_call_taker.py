"""The call taker: one screen without a mouse, a duplicate joined, and the call-back afterwards."""

import re

from playwright.sync_api import expect

from tests.journeys.steps import Keys, act, open_row, recorded, settled
from tests.matters.cases import stories

SAID = "春光里3号楼的电梯坏了两天，老人下不了楼，请尽快来修。"


def test_files_by_keyboard_and_joins_a_duplicate(enter, axe, stage):
    with stage.ground() as cast:
        first = stories.filed(
            cast, text="春光里3号楼电梯坏了两天没人修，老人下不了楼。", kind="help",
            compound_id=cast.compound.pk, longitude=None, latitude=None,
        )  # fmt: skip
    page = enter("call_taker")
    keys = Keys(page)
    page.goto("/cases/take/")
    axe(page)
    expect(page.get_by_label("说了什么")).to_be_focused()
    keys.seen()
    keys.write(SAID)
    keys.press("Tab")
    expect(page.get_by_role("combobox", name="在哪里")).to_be_focused()
    keys.write("春光里3")
    expect(page.get_by_role("option", name=re.compile("春光里小区3号楼"))).to_be_visible()
    keys.press("Enter")
    expect(page.get_by_role("combobox", name="在哪里")).to_have_value("春光里小区3号楼")
    keys.to(page.get_by_label("联系电话"))
    keys.write("13911112222")
    join = page.locator(f"input[name=join][value='{first.number}']")
    expect(join).to_be_visible()
    # One stop for the whole group, as radio buttons are: the arrow keys choose in it.
    keys.to(page.get_by_role("radio", name="都不是,单独登记").or_(page.get_by_role("radio", name="都不是，单独登记")))
    for _other in range(page.locator("input[name=join]").count()):
        if not join.is_checked():
            keys.press("ArrowUp")
    expect(join).to_be_checked()
    axe(page)
    # The suggestions come anew after every change, and the focus stays where it was.
    expect(join).to_be_focused()
    keys.press("Control+Enter")
    expect(page.get_by_role("heading", level=1)).to_have_text("已登记")
    settled(page)
    number, code = (shown.strip() for shown in page.locator(".receipt .copy-text").all_inner_texts())
    assert re.fullmatch(r"\d{8}-\d{4}-\d{6}", number)
    assert len(code.replace("-", "")) == 12
    expect(page.get_by_role("link", name="再登记一件")).to_be_focused()
    expect(page.locator("#toasts")).to_contain_text(f"已与 {first.number} 归为同类")
    axe(page)
    keys.to(page.get_by_role("link", name="打开这件"))
    keys.press("Enter")
    expect(page.locator("#cluster")).to_contain_text(first.number)
    axe(page)


def test_calls_three_times_before_the_case_is_closed_unreached(enter, axe, stage):
    with stage.ground() as cast:
        number = stories.answered(cast, text="楼下垃圾桶满了三天没人清，味道很大。").number
    page = enter("call_taker")
    page.goto("/cases/?tab=callback&q=垃圾桶满了三天")  # a number would be found on every tab
    panel = open_row(page, number)
    axe(page)
    for times in (1, 2):
        form = act(page, panel, "回访")
        form.get_by_role("button", name="记下回访").click()
        recorded(panel, "回访", times)
    form = act(page, panel, "回访结案")
    form.get_by_role("radio", name="多次联系不上", exact=True).check()
    form.get_by_role("button", name="记下并办结").click()
    expect(panel.get_by_role("alert")).to_contain_text("现在记录了 2 次")
    axe(page)
    form = act(page, panel, "回访")
    form.get_by_role("button", name="记下回访").click()
    recorded(panel, "回访", 3)
    form = act(page, panel, "回访结案")
    form.get_by_role("radio", name="多次联系不上", exact=True).check()
    form.get_by_role("button", name="记下并办结").click()
    expect(panel.locator("#settlements")).to_contain_text("没有联系上")
    expect(panel.locator("#act")).to_contain_text("已经结案")
    axe(page)
    page.keyboard.press("Escape")
    expect(page.locator("tr.row-open").filter(has_text=number)).to_have_count(0)


def test_keeps_resolved_and_satisfied_apart(enter, axe, stage):
    with stage.ground() as cast:
        number = stories.answered(cast, text="小区门口的路灯不亮，晚上回家看不清路。").number
    page = enter("dispatcher")
    page.goto(f"/cases/{number}/")
    axe(page)
    form = act(page, page.locator("main"), "回访结案")
    form.get_by_role("radio", name="解决了", exact=True).check()
    form.get_by_role("radio", name="不满意", exact=True).check()
    form.get_by_role("button", name="记下并办结").click()
    expect(page.get_by_role("alert")).to_contain_text("哪里没有办好")
    axe(page)
    form = page.locator("#act form")
    expect(form.get_by_role("radio", name="解决了", exact=True)).to_be_checked()
    form.get_by_label("诉求人怎么说").fill("修是修好了，等了太久。")
    form.get_by_label("没办好的转二次办理").uncheck()
    form.get_by_role("button", name="记下并办结").click()
    said = page.locator("#settlements")
    expect(said).to_contain_text("已解决")
    expect(said).to_contain_text("不满意")
    expect(said).to_contain_text("修是修好了，等了太久。")
    axe(page)
