"""Before anybody complains: a grid worker reports what they saw; a hot spot becomes a task, is carried out and checked."""

import re
from datetime import timedelta

from playwright.sync_api import expect

from linli.matters.prevention.queries import today
from tests.insight.hotspots import stories


def test_a_grid_worker_reports_a_finding_with_one_sentence(enter, axe):
    page = enter("grid_worker")
    page.goto("/prevention/find/")
    axe(page)
    page.get_by_label("看到了什么").fill("东门花坛边的井盖翘起来了")
    page.get_by_label("在哪里").select_option(label="春光里小区")
    page.get_by_role("button", name="报上去").click()
    expect(page.locator("body")).to_contain_text("谢谢您先看到")
    page.get_by_role("link", name="报过的").click()
    expect(page.locator("tr.row-open").filter(has_text="井盖翘起来了").first).to_be_visible()
    axe(page)


def test_a_hot_spot_becomes_a_task_and_is_checked(enter, axe, stage):
    with stage.ground():
        spot = stories.spot(stories.searched()).pk
    leader = enter("leader")
    leader.goto("/hotspots/")
    axe(leader)
    leader.goto(f"/hotspots/{spot}/")
    expect(leader.locator(".map-canvas canvas")).to_have_count(1)
    expect(leader.locator(".chart-drawing svg").first).to_be_visible()
    axe(leader)
    plan = leader.locator("form#plan")
    plan.get_by_label("要预防什么").fill("供暖前逐户试水查漏")
    plan.get_by_label("预防措施").fill("逐单元试水、排气，更换老化阀门。")
    plan.get_by_label("责任单位").select_option(label="北大街北里社区居委会")
    plan.get_by_label("完成日期").fill((today() + timedelta(days=20)).isoformat())
    plan.get_by_role("button", name="立项并派给责任单位").click()
    expect(leader.get_by_role("heading", level=1)).to_contain_text("供暖前逐户试水查漏")
    axe(leader)
    address = leader.url
    secretary = enter("secretary")
    secretary.goto(address)
    secretary.locator("#act form").first.get_by_role("button", name="签收").click()
    expect(secretary.locator("#timeline")).to_contain_text("签收")
    finish = secretary.locator("#act details").filter(has_text="报告办完")
    finish.locator("summary").click()
    finish.get_by_label("说明").fill("三个单元试水完毕，阀门已换。")
    finish.get_by_role("button", name="报告办完").click()
    expect(secretary.locator("#timeline")).to_contain_text("阀门已换")
    axe(secretary)
    leader.goto(address)
    check = leader.locator("#act form").first
    check.get_by_label("说明").fill("到现场看过，都好用。")
    check.get_by_role("button", name="核查通过").click()
    expect(leader.locator(".page-meta")).to_contain_text("已结案")
    leader.goto("/prevention/")
    expect(leader.locator("tr").filter(has_text=re.compile("供暖前逐户试水查漏")).first).to_be_visible()
    axe(leader)
