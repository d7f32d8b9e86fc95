"""Returned, deliberated, ruled and quoted; hung up and told to the resident; exempted by two people; declined; shared out."""

import re
from datetime import timedelta

from playwright.sync_api import Page, expect

from linli.base.clockwork import now
from linli.matters.cases import commands
from tests.journeys.steps import act, recorded
from tests.matters.cases import stories


def opened(page: Page, number: str, code: str = "") -> object:
    page.goto(f"/cases/{number}/" + (f"?act={code}" if code else ""))
    return page.locator("main")


def follow(page: Page, number: str, code: str) -> None:
    """Prove to know the case, as its reporter."""
    page.goto("/track/")
    page.get_by_label("编号").fill(number)
    page.get_by_label("查询码").fill(code)
    page.get_by_role("button", name="查询").click()
    expect(page.get_by_text(number).first).to_be_visible()


def code_of(number: str) -> str:
    from linli.matters.cases.queries import tracking_secret
    from linli.matters.cases.rules import tracking_code

    return tracking_code(tracking_secret(), number)


def test_a_return_is_deliberated_ruled_and_quoted(enter, axe, stage, shot):
    words = "一层水产店的冷柜压缩机整夜响，墙都跟着震。"
    with stage.ground() as cast:
        row = stories.dispatched(cast, text=words, category="noise.social")
    community = enter("secretary")
    where = opened(community, row.number, "return")
    form = act(community, where, "退单")
    form.get_by_label("退单理由").select_option(label="另有法定主管单位")
    form.get_by_label("说明").fill("设备噪声须由执法部门认定。")
    form.get_by_role("button", name="申请退单").click()
    expect(where.get_by_role("alert")).to_contain_text("请写明依据的材料")
    axe(community)
    form = where.locator("#act form")
    form.get_by_label("依据的材料").fill("派单目录第九条")
    form.get_by_role("button", name="申请退单").click()
    recorded(where, "退单")

    desk = enter("dispatcher")
    where = opened(desk, row.number, "convene")
    form = act(desk, where, "发起会商")
    form.get_by_label("争在哪里").fill("社区说要执法，科室说先劝导。")
    form.get_by_role("button", name="发起会商").click()
    recorded(where, "发起会商")
    form = act(desk, where, "邀请会商")
    form.get_by_label("请哪个单位").select_option(label="城市管理科")
    form.get_by_role("button", name="邀请", exact=True).click()
    recorded(where, "邀请会商")

    department = enter("clerk")
    department.goto("/cases/?tab=party")
    expect(department.locator("tr.row-open").filter(has_text=row.number)).to_have_count(1)
    axe(department)
    where = opened(department, row.number)
    form = act(department, where, "会商意见")
    form.get_by_label("本单位的意见").fill("噪声检测由我科做，劝导请社区先行。")
    form.get_by_role("button", name="写下意见").click()
    recorded(where, "会商意见")

    where = opened(desk, row.number)
    expect(where.locator("#deliberation")).to_contain_text("噪声检测由我科做")
    form = act(desk, where, "裁定")
    form.get_by_label("裁定由谁承办").select_option(label="城市管理科")
    form.get_by_label("依据条款").select_option(value="state-66")
    form.get_by_label("裁定内容").fill("商户设备噪声由城管科牵头，社区协助。")
    form.get_by_role("button", name="裁定", exact=True).click()
    recorded(where, "裁定")
    axe(desk)
    shot(desk, "deliberation", full=True)

    where = opened(department, row.number)
    expect(where.locator("#act .tabs").get_by_role("link", name="退单", exact=True)).to_have_count(0)

    with stage.ground() as cast:
        alike = stories.filed(cast, text="楼下水产店冷柜压缩机整夜响，震得睡不着。", category="noise.social")
    where = opened(desk, alike.number)
    expect(where.locator("#precedents")).to_contain_text("城市管理科")
    where.get_by_text(re.compile("为什么派到这里")).click()
    expect(where.get_by_text("裁定过的类似诉求")).to_be_visible()
    axe(desk)
    desk.goto("/cases/precedents/?q=水产")
    expect(desk.get_by_text("没有符合条件的先例")).to_be_visible()
    desk.goto("/cases/precedents/?q=商户设备")
    axe(desk)
    shot(desk, "precedents")
    desk.locator("tr.row-open .row-link").first.click()
    expect(desk.get_by_text("商户设备噪声由城管科牵头").last).to_be_visible()
    axe(desk)


def test_hung_up_the_resident_is_told_the_day(enter, axe, stage, shot):
    with stage.ground() as cast:
        row = stories.handling(cast, text="楼前的路沉下去一块，雨天积水过不去。")
    community = enter("secretary")
    where = opened(community, row.number, "hang_up")
    form = act(community, where, "挂账")
    until = now().date() + timedelta(days=60)
    form.get_by_label("原因").select_option(label="需要资金，已列入计划")
    form.get_by_label("答应做到什么").fill("重新铺好楼前的路面")
    form.get_by_label("答应的日期").fill(until.isoformat())
    form.get_by_label("给诉求人的说明").fill("资金已经报上去，批下来就开工。")
    axe(community)
    form.get_by_role("button", name="挂账").click()
    recorded(where, "挂账")
    expect(where.locator("#hang-up")).to_contain_text("重新铺好楼前的路面")
    axe(community)
    shot(community, "hung-up-case", full=True)

    resident = enter()
    follow(resident, row.number, code_of(row.number))
    expect(resident.get_by_text("一时还办不成，已经挂账").first).to_be_visible()
    expect(resident.get_by_text(f"{until.month}月{until.day}日").first).to_be_visible()
    expect(resident.get_by_text("资金已经报上去").first).to_be_visible()
    axe(resident)
    shot(resident, "hung-up-resident", full=True)

    desk = enter("dispatcher")
    desk.goto("/cases/hang-ups/")
    expect(desk.locator("tr.row-open").filter(has_text=row.number)).to_have_count(1)
    axe(desk)
    shot(desk, "hang-ups")
    where = opened(desk, row.number)
    form = act(desk, where, "复核挂账")
    form.get_by_label("进展和说明").fill("已经催过一次。")
    form.get_by_role("button", name="记下复核").click()
    recorded(where, "复核挂账")
    where = opened(community, row.number, "lift")
    form = act(community, where, "解除挂账")
    form.get_by_label("为什么现在可以办了").fill("资金到了。")
    form.get_by_role("button", name="解除挂账").click()
    recorded(where, "解除挂账")


def test_an_exemption_takes_two_people(enter, axe, stage, shot):
    with stage.ground() as cast:
        row = stories.closed(cast, text="楼道里的消火栓箱门掉了。")
    desk = enter("dispatcher")
    where = opened(desk, row.number)
    expect(where.get_by_text("这件诉求已经结案")).to_be_visible()
    form = act(desk, where, "申请剔除")
    form.get_by_label("理由").select_option(label="登记或回访记录有误，已更正")
    form.get_by_label("说明").fill("同一个电话登记了两次。")
    form.get_by_label("依据的材料").fill("通话录音编号")
    axe(desk)
    form.get_by_role("button", name="申请剔除").click()
    recorded(where, "申请剔除")
    expect(where.locator("#act .tabs").get_by_role("link", name="同意剔除")).to_have_count(0)
    leader = enter("leader")
    leader.goto("/cases/exemptions/?state=asked")
    expect(leader.locator("tr.row-open").filter(has_text=row.number)).to_have_count(1)
    axe(leader)
    shot(leader, "exemptions")
    where = opened(leader, row.number)
    form = act(leader, where, "同意剔除")
    form.get_by_label("审核意见").fill("录音可核对，同意。")
    form.get_by_role("button", name="同意剔除").click()
    recorded(where, "同意剔除")
    expect(where.locator("#exemptions")).to_contain_text("已同意")
    axe(leader)


def test_not_dispatched_the_resident_reads_why_and_where_to_turn(enter, axe, stage, shot):
    with stage.ground() as cast:
        row = stories.filed(cast, text="前公司欠我两个月工资，仲裁已经受理了。")
    desk = enter("dispatcher")
    where = opened(desk, row.number)
    form = act(desk, where, "不予派单")
    form.get_by_label("情形").select_option(label="应走诉讼、仲裁、纪检、复议、信息公开或信访途径")
    form.get_by_label("给诉求人的告知").fill("劳动仲裁已经受理，请等裁决。")
    axe(desk)
    form.get_by_role("button", name="不予派单").click()
    recorded(where, "不予派单")
    resident = enter()
    follow(resident, row.number, code_of(row.number))
    told = resident.locator("#declined")
    expect(told).to_contain_text("劳动仲裁已经受理")
    expect(told).to_contain_text("仲裁机构")
    axe(resident)
    shot(resident, "declined-resident", full=True)


def test_supervised_by_hand_it_stands_on_the_holders_desk(enter, axe, stage):
    with stage.ground() as cast:
        row = stories.handling(cast, text="地下车库出口的反光镜碎了。")
        commands.supervise(cast.leader, row.pk, note="三天内办完。")
    community = enter("secretary")
    community.goto("/desk/")
    community.locator('main a[href*="tab=pressed"]').first.click()
    expect(community.locator("tr.row-open").filter(has_text=row.number)).to_contain_text("已督办")
    axe(community)


def test_shared_out_and_reported_back(enter, axe, stage, shot):
    with stage.ground() as cast:
        row = stories.handling(cast, text="小区围墙外的树根把墙拱裂了。")
    community = enter("secretary")
    where = opened(community, row.number, "share")
    form = act(community, where, "分办")
    form.get_by_label("分给哪个单位").select_option(label="城市管理科")
    form.get_by_label("办什么").fill("请园林队把拱墙的树根处理掉。")
    form.get_by_role("button", name="分出去").click()
    recorded(where, "分办")
    department = enter("clerk")
    department.goto("/cases/parts/")
    axe(department)
    shot(department, "parts")
    department.locator("tr.row-open").filter(has_text="请园林队").first.locator(".row-link").click()
    panel = department.locator("main")
    panel.get_by_role("button", name="签收").click()
    panel.get_by_label("结果").fill("树根已经切断，墙边垫了挡板。")
    axe(department)
    panel.get_by_role("button", name="报告结果").click()
    expect(panel.get_by_text("待主办确认")).to_be_visible()
    where = opened(community, row.number)
    where.locator("#parts a").click()
    community.get_by_role("button", name="确认办结").click()
    expect(community.get_by_text("已办结").first).to_be_visible()
    axe(community)
