"""The community: the secretary accepts and hands on, the grid worker goes there and answers by phone."""

from pathlib import Path

from playwright.sync_api import expect

from tests.journeys.steps import act, open_row, photo, recorded
from tests.matters.cases import stories


def test_handles_a_case_from_accepting_to_answering(enter, axe, stage, tmp_path: Path):
    with stage.ground() as cast:
        row = stories.dispatched(cast, text="3号楼楼道里堆满纸箱，消防通道走不过去。")
    secretary = enter("secretary")
    secretary.goto(f"/cases/?q={row.number}")
    axe(secretary)
    panel = open_row(secretary, row.number)
    act(secretary, panel, "签收").get_by_role("button", name="签收", exact=True).click()
    recorded(panel, "签收")
    form = act(secretary, panel, "交办")
    form.get_by_label("交给谁").select_option(label="戈格 · 网格员")
    form.get_by_label("交代").fill("先拍照，再找住户谈。")
    form.get_by_role("button", name="交办").click()
    recorded(panel, "交办")
    axe(secretary)

    worker = enter("grid_worker")
    worker.goto(f"/cases/?q={row.number}")
    axe(worker)
    panel = open_row(worker, row.number)
    axe(worker)
    form = act(worker, panel, "联系诉求人")
    form.get_by_role("radio", name="没联系上").check()
    form.get_by_role("button", name="记下").click()
    expect(panel.locator("#contacts")).to_contain_text("没联系上")
    form = act(worker, panel, "联系诉求人")
    form.get_by_role("radio", name="联系上了", exact=True).check()
    form.get_by_label("说了什么").fill("下午两点在家。")
    form.get_by_role("button", name="记下").click()
    expect(panel.locator("#timeline")).to_contain_text("下午两点在家。")

    form = act(worker, panel, "上门")
    form.get_by_label("现场情况").fill("二层到三层堆了二十多个纸箱。")
    form.locator("input[type=file]").set_input_files(photo(tmp_path))
    axe(worker)
    form.get_by_role("button", name="记下上门").click()
    recorded(panel, "上门")
    expect(panel.locator("#timeline .photos img")).to_have_count(1)

    form = act(worker, panel, "暂停")
    form.get_by_label("原因").select_option(label="诉求人要求另约时间")
    form.get_by_label("给诉求人的说明").fill("住户周末才回来，周六清理。")
    form.get_by_role("button", name="暂停", exact=True).click()
    recorded(panel, "暂停")
    expect(panel.locator("#clocks")).to_contain_text("暂停")
    axe(worker)
    act(worker, panel, "恢复办理").get_by_role("button", name="恢复办理").click()
    recorded(panel, "恢复办理")

    # More time is the secretary's to ask for, and the reporter is told why.
    secretary.goto(f"/cases/{row.number}/")
    form = act(secretary, secretary.locator("main"), "延期")
    form.get_by_label("延长多少").fill("2")
    form.get_by_label("给诉求人的说明").fill("纸箱太多，要分两天运走。")
    form.get_by_role("button", name="延期").click()
    recorded(secretary.locator("main"), "延期")
    axe(secretary)

    worker.goto(f"/cases/{row.number}/")
    form = act(worker, worker.locator("main"), "答复")
    form.get_by_label("给诉求人的答复").fill("纸箱已全部清走，通道畅通。")
    form.locator("input[type=file]").set_input_files(photo(tmp_path, "清理后.jpg"))
    form.get_by_role("button", name="答复", exact=True).click()
    recorded(worker.locator("main"), "答复")
    expect(worker.locator("#act")).to_contain_text("没有要您办的")
    axe(worker)
    worker.goto("/cases/")
    expect(worker.locator("tr.row-open").filter(has_text=row.number)).to_have_count(0)


def test_returns_what_is_not_its_own(enter, axe, stage):
    with stage.ground() as cast:
        row = stories.dispatched(cast, text="公交车站牌倒了，等车的人站在马路上。")
    page = enter("secretary")
    page.goto(f"/cases/{row.number}/?act=return")
    axe(page)
    form = act(page, page.locator("main"), "退单")
    form.get_by_role("button", name="申请退单").click()
    expect(page.get_by_role("alert")).to_contain_text("请选退单理由")
    expect(page.get_by_role("alert")).to_be_focused()
    axe(page)
    form = page.locator("#act form")
    form.get_by_label("退单理由").select_option(label="地点不在本单位辖区")
    form.get_by_label("说明").fill("站牌在主路上，归城管科。")
    form.get_by_label("依据的材料").fill("社区边界图")
    form.get_by_role("button", name="申请退单").click()
    recorded(page.locator("main"), "退单")
    expect(page.locator("#act")).to_contain_text("没有要您办的")


def test_sees_a_telephone_number_only_for_a_purpose(enter, axe, stage):
    with stage.ground() as cast:
        row = stories.handling(cast, text="下水道返味，厨房没法待人。")
    page = enter("secretary")
    page.goto(f"/cases/{row.number}/")
    said = page.locator("#said")
    expect(said.get_by_text(stories.PHONE)).to_have_count(0)
    said.get_by_text("查看", exact=False).first.click()
    axe(page)
    said.get_by_label("查看诉求人的用途").select_option(index=1)
    said.get_by_role("button", name="记录并查看").click()
    expect(said.get_by_text(stories.PHONE)).to_be_visible()
    expect(said).to_contain_text("已记录")
    axe(page)
