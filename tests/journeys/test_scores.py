"""Scores: the leader scores a month, opens a number down to its cases, hears an appeal, publishes; a sheet is tried."""

import re
from pathlib import Path

from playwright.sync_api import expect

from linli.base.actor import system
from linli.base.clockwork import now
from linli.base.scope import enter as scope_of
from linli.insight.scores.models import ScoreRun
from linli.insight.scores.rules.periods import last_complete
from tests.insight.scores import stories
from tests.journeys.steps import led


def a_month(stage) -> tuple[ScoreRun, str]:
    """A run of the last complete month, made of the cases of that month; the number of the unhappy one."""
    label = last_complete(now().date())
    with stage.ground() as cast:
        moment = stories.start_of(label)
        made = stories.month(cast, moment)
        run = stories.scored(cast, label=label, moment=now(), reason="又一次走查")
        scope_of(system("journey"))
    return run, made[3].number


def test_from_a_score_to_its_cases_an_appeal_and_a_publication(enter, axe, stage, size):
    run, number = a_month(stage)
    leader = enter("leader")
    leader.goto("/scores/")
    axe(leader)
    leader.locator("tr.row-open").filter(has_text=run.label).first.locator(".row-link").click()
    expect(leader.get_by_role("heading", level=1)).to_contain_text("响应解决满意")
    axe(leader)
    leader.locator("tr.row-open").filter(has_text="北大街北里").first.locator(".row-link").click()
    expect(leader.locator(".why-lines").first).to_be_visible()
    axe(leader)
    leader.locator("a[href*='input=resolved']").first.click()
    expect(leader.locator("main")).to_contain_text("冻结时计入的")
    axe(leader)
    # The community does not agree.
    secretary = enter("secretary")
    secretary.goto(f"/scores/{run.pk}/")
    axe(secretary)
    secretary.locator("tr.row-open").filter(has_text="北大街北里").first.locator(".row-link").click()
    secretary.locator(".page-actions").get_by_role("link", name="申诉").click()
    secretary.get_by_label("诉求编号").fill(number)
    secretary.get_by_label("理由").fill("已与诉求人当面核实，灯当天修好。")
    axe(secretary)
    secretary.get_by_role("button", name="提出申诉").click()
    expect(secretary.locator("main")).to_contain_text("待裁定")
    # The leader decides, looks at the difference, publishes tiers; ranks are not to be had without a basis.
    leader.goto("/scores/appeals/?status=filed")
    led(leader, leader.locator("tr.row-open").first.locator(".row-link"))
    axe(leader)
    leader.get_by_text("支持", exact=True).click()
    leader.get_by_label("理由").fill("回访记录属实。")
    led(leader, leader.get_by_role("button", name="裁定"))
    expect(leader.locator("main")).to_contain_text("冲正")
    leader.goto(f"/scores/{run.pk}/what-if/?without={number}")
    expect(leader.locator("main")).to_contain_text("有变化")
    axe(leader)
    leader.goto(f"/scores/{run.pk}/publish/")
    axe(leader)
    leader.get_by_text("名次和得分", exact=True).click()
    leader.get_by_role("button", name="公布").click()
    expect(leader.locator(".error-summary")).to_contain_text("要登记依据的文件")
    leader.get_by_text("分档", exact=True).click()
    leader.get_by_role("button", name="公布").click()
    expect(leader.locator("main")).to_contain_text("已公布：分档")
    secretary.goto(f"/scores/{run.pk}/")
    expect(secretary.locator("main")).to_contain_text("东大街西里")
    axe(secretary)
    leader.goto(f"/scores/{run.pk}/replay/")
    expect(leader.locator("main")).to_contain_text("一致")
    axe(leader)


def test_a_sheet_is_tried_line_by_line(enter, axe, tmp_path: Path):
    page = enter("policy_editor")
    page.goto("/scores/rules/")
    axe(page)
    led(page, page.locator("tr").filter(has_text="分组评分样例").get_by_role("link", name="试算"))
    axe(page)
    table = tmp_path / "units.csv"
    head = "单位,组别,承办件数,按时办结数,回访数,满意数,表扬件数,退回重办件数"
    table.write_text(f"{head}\n甲局,一组,300,许多,70,66,8,4\n", encoding="utf-8")
    page.locator("input[type=file]").set_input_files(table)
    page.get_by_role("button", name="计算").click()
    expect(page.locator("main")).to_contain_text("第 2 行“按时办结数”：“许多”不是数字")
    axe(page)
    table.write_text(f"{head}\n甲局,一组,300,280,70,66,8,4\n乙局,二组,40,38,0,0,0,0\n", encoding="utf-8")
    page.locator("input[type=file]").set_input_files(table)
    page.get_by_role("button", name="计算").click()
    expect(page.locator("main")).to_contain_text("147.36")
    page.locator("summary").filter(has_text=re.compile("甲局")).click()
    expect(page.locator("pre.source").first).to_contain_text("60 − 1.67 = 58.33")
    axe(page)
