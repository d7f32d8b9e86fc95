"""The dispatcher: what no rule could place, returns, a form that somebody else overtook, several cases at once."""

import re

from playwright.sync_api import expect

from linli.matters.cases import commands
from tests.journeys.steps import act, open_row, recorded
from tests.matters.cases import stories


def unplaced(cast, text: str):
    """A case without a category: the rules leave it at the desk."""
    return stories.filed(cast, text=text, kind="help")


def test_places_what_no_rule_could(enter, axe, stage):
    with stage.ground() as cast:
        row = unplaced(cast, "有件事想说一下，你们来人看看再定。")
    page = enter("dispatcher")
    page.goto("/cases/?tab=dispatch&q=你们来人看看再定")  # a number would be found on every tab
    axe(page)
    panel = open_row(page, row.number)
    panel.get_by_text("为什么派到这里？").or_(panel.get_by_text("为什么派到这里?")).click()
    expect(panel.get_by_text("没有分类的由派单台人工核定")).to_be_visible()
    axe(page)
    form = act(page, panel, "派单")
    form.get_by_role("button", name="派单", exact=True).click()
    expect(panel.get_by_role("alert")).to_contain_text("请选单位")
    form = panel.locator("#act form")
    form.get_by_label("承办单位").select_option(label="北大街北里社区居委会")
    form.get_by_label("交代").fill("请先上门看一下。")
    form.get_by_role("button", name="派单", exact=True).click()
    recorded(panel, "派单")
    axe(page)
    page.keyboard.press("Escape")
    expect(page.locator("tr.row-open").filter(has_text=row.number)).to_have_count(0)


def test_decides_on_returns(enter, axe, stage):
    with stage.ground() as cast:
        kept = stories.dispatched(cast, text="树枝压到二楼窗户了，麻烦来修剪一下。")
        moved = stories.dispatched(cast, text="路口信号灯时间太短，老人过不去马路。")
        commands.return_(
            cast.secretary, kept.pk, ground="not_our_duty", note="应由园林管。", materials="派单目录绿化类"
        )
        commands.return_(
            cast.secretary, moved.pk, ground="not_our_area", note="路口不在本社区。", materials="社区边界图"
        )
    page = enter("dispatcher")
    page.goto("/cases/?tab=returned")
    axe(page)
    panel = open_row(page, kept.number)
    expect(panel.locator("#timeline")).to_contain_text("应由园林管。")
    form = act(page, panel, "不同意退单")
    form.get_by_label("理由").fill("小区内的树由社区牵头联系。")
    form.get_by_role("button", name="不同意退单").click()
    recorded(panel, "不同意退单")
    axe(page)
    page.keyboard.press("Escape")
    expect(page.locator("#panel")).to_be_hidden()
    panel = open_row(page, moved.number)
    form = act(page, panel, "改派")
    form.get_by_label("改派给").select_option(label="城市管理科")
    form.get_by_label("理由").fill("路口归城管科协调。")
    form.get_by_role("button", name="改派").click()
    recorded(panel, "改派")
    axe(page)


def test_is_told_when_somebody_was_faster_and_keeps_the_words(enter, axe, stage):
    with stage.ground() as cast:
        row = unplaced(cast, "想请你们帮着问问情况，不着急。")
    slow, fast = enter("dispatcher"), enter("call_taker")
    slow.goto(f"/cases/{row.number}/")
    form = act(slow, slow.locator("main"), "派单")
    form.get_by_label("承办单位").select_option(label="城市管理科")
    form.get_by_label("交代").fill("请今天联系，对方上夜班，下午再打。")
    fast.goto(f"/cases/{row.number}/?act=supplement")
    form = act(fast, fast.locator("main"), "补充情况")
    form.get_by_label("补充情况").fill("对方又来电话，说是楼上漏水。")
    form.get_by_role("button", name="补充").click()
    recorded(fast.locator("main"), "补充情况")

    slow.locator("#act form").get_by_role("button", name="派单", exact=True).click()
    expect(slow.get_by_text("您打开以后有新的办理记录")).to_be_visible()
    expect(slow.locator("#act .notice-warn")).to_contain_text("说是楼上漏水")
    form = slow.locator("#act form")
    expect(form.get_by_label("交代")).to_have_value("请今天联系，对方上夜班，下午再打。")
    axe(slow)
    form.get_by_label("承办单位").select_option(label="北大街北里社区居委会")
    form.get_by_role("button", name="派单", exact=True).click()
    recorded(slow.locator("main"), "派单")


def test_dispatches_several_at_once(enter, axe, stage):
    with stage.ground() as cast:
        numbers = [unplaced(cast, text).number for text in ("想反映一件事，请回电话。", "有个情况，当面说清楚。")]
    page = enter("dispatcher")
    page.goto("/cases/?tab=dispatch")
    for number in numbers:
        page.get_by_role("checkbox", name=re.compile(number)).check()
    page.get_by_label("选中的派给").select_option(label="北大街北里社区居委会")
    page.get_by_role("button", name="下一步").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("成批派单")
    axe(page)
    page.get_by_label("交代").fill("请逐件电话了解。")
    page.get_by_role("button", name="确认派单").click()
    expect(page.get_by_role("status").filter(has_text="派出 2 件")).to_be_visible()
    axe(page)
    page.get_by_role("link", name="回到待派单").click()
    for number in numbers:
        expect(page.locator("tr.row-open").filter(has_text=number)).to_have_count(0)
