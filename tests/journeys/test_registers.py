"""Registers kept on pages: compounds and buildings by the community, organisations from a sheet, a post given by two."""

import re
from datetime import date
from pathlib import Path
from urllib.parse import quote

from playwright.sync_api import expect

from linli.people.accounts.models import Account, Post
from tests.cast import GRID, HERE, MONDAY
from tests.journeys.steps import led
from tests.matters.cases import stories


def test_a_community_keeps_its_compounds(enter, axe, shot, size):
    name = f"和顺苑{size[0]}"
    page = enter("worker")
    page.goto("/addresses/")
    expect(page.locator("tr.row-open").filter(has_text="春光里小区")).to_be_visible()
    axe(page)
    shot(page, "compounds")
    page.locator("#filter-q").fill("没有这个小区")
    page.locator("#filter-q").press("Enter")
    expect(page.get_by_text("没有符合条件的小区")).to_be_visible()
    sheet = page.locator("#page-actions").get_by_role("link", name="导出")  # what the list shows
    expect(sheet).to_have_attribute("href", re.compile(re.escape(quote("没有这个小区"))))
    page.goto("/addresses/")
    page.get_by_role("link", name="新增小区").click()
    page.get_by_label("名称").fill(name)
    island = page.locator("linli-map[data-mode=pick]")
    expect(island.locator("canvas").first).to_be_attached()
    axe(page)
    shot(page, "compound-new", full=True)
    page.get_by_label("所在社区或网格").select_option(GRID)
    page.get_by_role("button", name="保存").click()
    expect(page.get_by_role("heading", level=1)).to_have_text(name)
    page.get_by_label("楼号").fill("1-3号楼、甲5号楼")
    page.locator("main").get_by_role("button", name="新增", exact=True).click()
    table = page.get_by_role("table", name="楼栋")
    expect(table).to_contain_text("甲5号楼")
    axe(page)
    shot(page, "compound", full=True)
    table.get_by_role("row").filter(has_text="2号楼").get_by_role("link", name="停用").click()
    expect(page.get_by_label("原因")).to_be_visible()
    axe(page)
    page.get_by_role("button", name="停用").click()
    expect(page.locator("main")).to_contain_text("请检查")
    page.get_by_label("原因").fill("拆除")
    led(page, page.get_by_role("button", name="停用"))
    expect(page.get_by_role("table", name="楼栋")).not_to_contain_text("2号楼")
    page.get_by_role("link", name="含已停用").click()
    expect(page.get_by_role("table", name="楼栋")).to_contain_text("2号楼")
    axe(page)


def test_organisations_come_from_a_sheet(enter, axe, shot, size, tmp_path: Path):
    sheet = tmp_path / "单位.csv"
    rows = [
        "名称,类别,所在区划,上级",
        f"北里党总支{size[0]},社区党总支,{HERE},丰台街道党工委",
        f"一支部{size[0]},网格党支部,{GRID},北里党总支{size[0]}",
        f"甲,俱乐部,{HERE},",
    ]
    sheet.write_text("\n".join(rows), encoding="utf-8")
    page = enter("sysadmin")
    page.goto("/organisations/")
    page.get_by_role("link", name="导入", exact=True).click()
    axe(page)
    page.locator("input[type=file]").set_input_files(sheet)
    page.get_by_role("button", name="读取并预览").click()
    expect(page.get_by_role("table", name="问题")).to_contain_text("俱乐部")
    axe(page)
    shot(page, "organisations-import", full=True)
    page.get_by_role("button", name="只导入没有错误的 2 行").click()
    expect(page.locator("body")).to_contain_text("新设 2，已有 0，跳过 1")
    axe(page)


def test_a_powerful_post_is_given_by_two(enter, axe, shot, stage, size):
    login = f"second{size[0]}"
    with stage.ground() as cast:
        office = cast.organisations["office"]
        for key, role in ((login, "system_administrator"), (f"new{size[0]}", "volunteer")):
            account = Account.objects.create(login=key, name=f"某{key}", created_at=MONDAY)
            cast.posts[key] = Post.objects.create(
                account=account, role=role, organisation=office, starts=date(2020, 1, 1)
            )
        person = cast.posts[f"new{size[0]}"].account_id
    mine, theirs = enter("sysadmin"), enter(login)
    mine.goto(f"/accounts/{person}/post/")
    axe(mine)
    mine.get_by_label("角色").select_option("policy_editor")
    mine.get_by_label("组织").select_option(label="丰台街道办事处")
    mine.get_by_role("button", name="任命").click()
    expect(mine.get_by_role("table", name="等另一位同意的任命")).to_contain_text("政策管理员")
    expect(mine.get_by_role("button", name="同意", exact=True)).to_have_count(0)
    axe(mine)
    theirs.goto("/accounts/")
    axe(theirs)
    shot(theirs, "accounts-waiting")
    row = theirs.get_by_role("table", name="等另一位同意的任命").get_by_role("row").filter(has_text=f"new{size[0]}")
    row.get_by_role("button", name="同意", exact=True).click()
    expect(theirs.locator("body")).to_contain_text("已同意，岗位从现在起生效")
    expect(theirs.get_by_role("table", name="岗位", exact=True)).to_contain_text("政策管理员")
    axe(theirs)


def test_the_list_behind_a_number_is_searched_and_taken_out(enter, axe, shot, stage, size):
    with stage.ground() as cast:
        row = stories.filed(cast, text=f"老槐树{size[0]}的枝子压着电线了。")
        day = row.opened_at.date().isoformat()
    page = enter("leader")
    page.goto(f"/board/behind/?measure=filed&region={HERE}&first=2020-01-01&last=2099-01-01")
    axe(page)
    page.locator("#filter-q").fill(f"老槐树{size[0]}")
    page.locator("#filter-q").press("Enter")
    expect(page.locator("tr.row-open")).to_have_count(1)
    expect(page.locator("tr.row-open")).to_contain_text(row.number)
    assert "measure=filed" in page.url and day
    axe(page)
    shot(page, "behind")
    if size[0] > 1000:
        with page.expect_download() as coming:
            page.get_by_role("link", name="导出 CSV").click()
        text = Path(coming.value.path()).read_text(encoding="utf-8-sig")
        assert row.number in text and re.search("搜索 老槐树", text)
