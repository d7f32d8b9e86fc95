"""A dispatch meeting: a decision becomes an act on the case, its owner says when it is done; a hard case goes to a task force."""

from datetime import timedelta

from django.utils import timezone
from playwright.sync_api import expect

from tests.journeys.steps import act, led, recorded
from tests.matters.cases import stories


def test_a_decision_becomes_an_act_and_its_owner_reports_it(enter, axe, shot, stage, size):
    with stage.ground() as cast:
        row = stories.handling(cast, text=f"地下车库顶板漏水，车都泡了{size[0]}。")
    # One meeting a day: the desk holds today's, the hand tomorrow's.
    day = (timezone.localdate() + timedelta(days=size[0] < 1000)).isoformat()
    leader = enter("leader")
    leader.goto("/meetings/new/")
    axe(leader)
    leader.get_by_label("哪一天").fill(day)
    leader.get_by_role("button", name="排议程").click()
    expect(leader.locator("#agenda")).to_be_visible()
    address = leader.url
    leader.get_by_label("按编号增加一件").fill(row.number)
    led(leader, leader.get_by_role("button", name="加上议程"))
    expect(leader.locator("#agenda")).to_contain_text(row.number)
    leader.locator("#attendance").get_by_role("radio", name="到会").first.check()
    led(leader, leader.get_by_role("button", name="记下到会"))
    form = leader.locator("#decisions form")
    form.get_by_label("哪一件").select_option(label=f"{row.number} {row.title}")
    form.get_by_label("怎么办").select_option("supervise")
    form.get_by_label("责任单位").select_option(label="北大街北里社区居委会")
    form.get_by_label("决定").fill("三天内做完防水。")
    axe(leader)
    shot(leader, "meeting", full=True)
    led(leader, form.get_by_role("button", name="记下决定"))
    expect(leader.locator("#decisions tbody")).to_contain_text("三天内做完防水。")
    leader.locator("#close").get_by_label("主持人").fill("凌主任")
    led(leader, leader.get_by_role("button", name="结束", exact=True))
    expect(leader.locator("main")).to_contain_text("已结束")
    leader.goto(f"{address}minutes/")
    expect(leader.locator("main")).to_contain_text("三天内做完防水。")
    axe(leader)

    secretary = enter("secretary")
    secretary.goto(f"/cases/{row.number}/")
    recorded(secretary.locator("main"), "督办")
    secretary.goto("/meetings/decisions/")
    axe(secretary)
    secretary.get_by_text("报完成", exact=True).first.click()
    secretary.get_by_label("做到了什么").first.fill("防水做完，试水不漏。")
    led(secretary, secretary.get_by_role("button", name="报完成").first)
    secretary.goto("/meetings/decisions/?state=done")
    expect(secretary.locator("main")).to_contain_text("防水做完，试水不漏。")
    leader.goto("/meetings/attendance/")
    axe(leader)


def test_a_hard_case_goes_to_a_task_force(enter, axe, shot, stage, size):
    with stage.ground() as cast:
        row = stories.handling(cast, text=f"老楼外墙瓷砖往下掉{size[0]}，没人管。")
    leader = enter("leader")
    leader.goto(f"/cases/{row.number}/?act=mark_difficult")
    form = act(leader, leader.locator("main"), "列为疑难")
    form.get_by_label("难在哪里").fill("原产权单位已注销。")
    form.get_by_role("button", name="列为疑难").click()
    recorded(leader.locator("main"), "列为疑难")
    leader.goto("/cases/difficult/")
    expect(leader.locator("main")).to_contain_text(row.number)
    axe(leader)
    leader.goto("/taskforces/new/")
    leader.get_by_label("名称").fill(f"外墙专班{size[0]}")
    leader.get_by_label("要做什么").fill("外墙隐患逐栋排查加固。")
    leader.get_by_label("组长").select_option(label="部经办 · 部门经办人")
    axe(leader)
    leader.get_by_role("button", name="成立", exact=True).click()
    leader.get_by_label("诉求编号").fill(row.number)
    leader.get_by_role("button", name="交给专班").click()
    expect(leader.locator("#carried")).to_contain_text(row.number)
    axe(leader)
    shot(leader, "taskforce", full=True)
    leader.goto("/cases/looking-back/")
    axe(leader)
