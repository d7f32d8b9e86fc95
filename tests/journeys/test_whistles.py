"""A whistle from the stairwell to mutual rating: the community calls, the department comes and works, both sides say how it went."""

from pathlib import Path

from playwright.sync_api import expect

from tests.cast import GRID
from tests.journeys.steps import act, photo, recorded


def test_from_the_whistle_to_mutual_rating(enter, axe, shot, tmp_path: Path):
    secretary = enter("secretary")
    # Both widths leave their whistle behind: each has a name of its own.
    what = f"楼道飞线充电劝不走（{secretary.viewport_size['width']}）"
    secretary.goto("/whistles/?tab=all")
    axe(secretary)
    secretary.locator(".page-actions").get_by_role("link", name="吹哨", exact=True).click()
    form = secretary.locator("main form").filter(has=secretary.get_by_label("什么事"))
    form.get_by_role("radio", name="综合执法").check()
    form.get_by_label("什么事").fill(what)
    form.get_by_role("checkbox", name="城市管理科").check()
    form.get_by_label("在哪里").select_option(GRID)
    form.get_by_label("具体位置").fill("3号楼二层")
    form.get_by_label("现场情况").fill("两辆电动车在楼道里充电，劝了不听。")
    axe(secretary)
    shot(secretary, "whistle-new", full=True)
    form.get_by_role("button", name="吹哨").click()
    expect(secretary.locator("#departments")).to_contain_text("城市管理科")
    address = secretary.url
    axe(secretary)

    clerk = enter("clerk")
    clerk.goto("/desk/")
    expect(clerk.locator("main")).to_contain_text(what)
    axe(clerk)
    clerk.locator("tr.row-open").filter(has_text=what).first.locator(".row-link").click()
    panel = clerk.locator("#panel-body")
    expect(panel.locator("#timeline")).to_be_visible()
    panel.get_by_role("button", name="我们到了").click()
    recorded(panel, "到场")
    clerk.goto(address)
    form = act(clerk, clerk.locator("main"), "现场处置")
    form.get_by_label("做了什么").fill("拆了插线板。")
    form.locator("input[type=file]").set_input_files(photo(tmp_path))
    form.get_by_role("button", name="记下处置").click()
    recorded(clerk.locator("main"), "现场处置")
    expect(clerk.locator("#timeline .photos img")).to_have_count(1)
    form = act(clerk, clerk.locator("main"), "处置完成")
    form.get_by_label("处置结果").fill("车已推到车棚，插线板已拆。")
    form.get_by_role("button", name="报处置完成").click()
    recorded(clerk.locator("main"), "请吹哨方确认")

    secretary.goto(address)
    form = act(secretary, secretary.locator("main"), "确认办结")
    form.get_by_role("radio", name="已解决", exact=True).check()
    form.get_by_role("button", name="确认办结").click()
    recorded(secretary.locator("main"), "确认办结")
    form = act(secretary, secretary.locator("main"), "评价")
    form.get_by_role("radio", name="5", exact=True).check()
    axe(secretary)
    form.get_by_role("button", name="评价", exact=True).click()
    recorded(secretary.locator("main"), "评价")

    clerk.goto(address)
    form = act(clerk, clerk.locator("main"), "评价")
    form.get_by_role("radio", name="4", exact=True).check()
    form.get_by_role("button", name="评价", exact=True).click()
    recorded(clerk.locator("main"), "吹哨结案")
    expect(clerk.locator("#act")).to_contain_text("已经结案")
    axe(clerk)
    shot(clerk, "whistle-closed", full=True)

    leader = enter("leader")
    leader.goto("/whistles/figures/")
    axe(leader)
    shot(leader, "whistle-figures", full=True)
    leader.locator("#departments a").first.click()
    expect(leader.locator("tr.row-open").filter(has_text=what)).to_have_count(1)
    axe(leader)
    shot(leader, "whistle-list")
