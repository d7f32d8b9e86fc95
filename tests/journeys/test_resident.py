"""A resident's way: file, follow, add, answer the call-back; anonymous, without scripts, with a lost session."""

import re
from pathlib import Path

from playwright.sync_api import Page, expect

from linli.matters.cases import commands
from tests.journeys.steps import photo, settled
from tests.matters.cases.stories import proceeding

TEXT = "3号楼2单元的楼道灯坏了一个星期，老人晚上上下楼看不见。"
PHONE = "13800138000"


def begin(page: Page, text: str = TEXT) -> None:
    """The one question, answered."""
    page.goto("/")
    page.get_by_label("您遇到了什么问题").fill(text)
    page.get_by_role("button", name="下一步").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("说说您的问题")
    settled(page)


def choose_place(page: Page) -> None:
    page.get_by_label("小区、楼院或社区的名字").fill("春光里")
    page.get_by_role("radio", name=re.compile("春光里小区")).check()
    page.get_by_label("哪栋楼").select_option(label="3号楼")


def leave_phone(page: Page) -> None:
    page.get_by_label("联系电话").fill(PHONE)
    page.get_by_label("怎么称呼您").fill("张女士")


def told(page: Page) -> tuple[str, str]:
    """Number and code as they stand on the receipt."""
    expect(page.get_by_role("heading", level=1)).to_have_text("已经收到")
    shown = page.locator(".receipt-facts dd")
    return shown.nth(0).inner_text().strip(), shown.nth(1).inner_text().strip()


def follow(page: Page, number: str, code: str) -> None:
    page.goto("/track/")
    page.get_by_label("编号").fill(number)
    page.get_by_label("查询码").fill(code)
    page.get_by_role("button", name="查询").click()
    expect(page.get_by_text(number).first).to_be_visible()


def handled(stage, number: str, note: str) -> None:
    """Behind the scenes: the community accepts and answers."""
    with stage.ground() as cast:
        row = _row(number)
        commands.accept(cast.secretary, row.pk)
        commands.answer(cast.secretary, row.pk, note=note)


def _row(number: str):
    from linli.procedures.models import Proceeding

    return proceeding(Proceeding.objects.get(number=number).pk)


def test_files_follows_and_asks_for_a_second_round(enter, axe, stage, tmp_path: Path):
    page = enter()
    page.goto("/")
    axe(page)
    begin(page)
    axe(page)
    page.get_by_label("照片", exact=False).first.set_input_files(photo(tmp_path))
    expect(page.locator(".previews img")).to_have_count(1)
    choose_place(page)
    leave_phone(page)
    axe(page)
    page.get_by_role("button", name="提交", exact=True).click()
    number, code = told(page)
    expect(page.locator(".receipt-qr svg")).to_be_visible()
    axe(page)

    # Another telephone, with nothing but number and code.
    other = enter()
    other.goto("/track/")
    axe(other)
    follow(other, number, code)
    expect(other.get_by_text("北大街北里社区居委会").first).to_be_visible()
    expect(other.locator(".photos img").first).to_be_visible()
    axe(other)
    other.get_by_label("补充什么").fill("灯座也裂了。")
    other.get_by_role("button", name="补充", exact=True).click()
    expect(other.locator(".timeline").get_by_text("灯座也裂了。")).to_be_visible()
    axe(other)

    handled(stage, number, "已换新灯，声控正常。")
    other.reload()
    expect(other.locator(".answer")).to_contain_text("已换新灯，声控正常。")
    axe(other)
    confirm = other.locator("#confirm")
    confirm.get_by_label("没有解决").check()
    confirm.get_by_label("不满意", exact=True).check()
    confirm.get_by_role("button", name="提交评价").click()
    expect(other.get_by_role("alert")).to_contain_text("哪里没有办好")
    axe(other)
    expect(confirm.get_by_label("没有解决")).to_be_checked()
    confirm.get_by_label("哪里没有办好").fill("换的灯第二天又不亮了。")
    confirm.get_by_role("button", name="提交评价").click()
    expect(other.get_by_role("heading", name="第 2 轮")).to_be_visible()
    expect(other.get_by_role("heading", name="第 1 轮")).to_be_visible()
    expect(other.locator(".lead-text")).to_contain_text("第 2 轮办理")
    axe(other)


def test_files_without_a_name(enter, axe):
    page = enter()
    begin(page)
    choose_place(page)
    page.get_by_label("不留联系方式（匿名）").check()
    expect(page.get_by_label("联系电话")).to_be_hidden()
    axe(page)
    page.get_by_role("button", name="提交", exact=True).click()
    number, code = told(page)
    expect(page.get_by_text("没有人会联系您")).to_be_visible()
    other = enter()
    follow(other, number, code)
    expect(other.get_by_text("匿名提交，没有留联系方式。")).to_be_visible()


def test_files_without_scripts(enter, tmp_path: Path):
    page = enter(java_script_enabled=False)
    begin(page)
    page.locator("input[name=photos]").set_input_files(photo(tmp_path))
    page.get_by_label("小区、楼院或社区的名字").fill("春光里")
    page.get_by_role("button", name="查找").click()
    # The photo has gone up with the search and waits, so that nobody chooses it twice.
    expect(page.locator("input[name=kept]")).to_be_checked()
    page.get_by_role("radio", name=re.compile("春光里小区")).check()
    leave_phone(page)
    page.get_by_role("button", name="提交", exact=True).click()
    number, code = told(page)
    other = enter(java_script_enabled=False)
    follow(other, number, code)
    expect(other.locator(".photos img")).to_have_count(1)
    confirm = other.get_by_label("补充什么")
    confirm.fill("没有脚本也能补充。")
    other.get_by_role("button", name="补充", exact=True).click()
    expect(other.locator(".timeline").get_by_text("没有脚本也能补充。")).to_be_visible()


def test_loses_the_session_and_none_of_the_words(enter, axe):
    """Cookies gone between typing and sending: the words stand on the page that comes; one more press files them."""
    page = enter()
    begin(page)
    long_text = TEXT + "物业说要等，等了一个月也没有人来。" * 20
    page.get_by_label("您遇到了什么问题").fill(long_text)
    choose_place(page)
    leave_phone(page)
    page.context.clear_cookies()
    page.get_by_role("button", name="提交", exact=True).click()
    expect(page.get_by_role("heading", level=1)).to_have_text("页面放得太久了")
    expect(page.get_by_label("您写的内容")).to_have_value(long_text)
    axe(page)
    page.get_by_role("button", name="再提交一次").click()
    number, code = told(page)
    other = enter()
    follow(other, number, code)
    expect(other.locator(".own-words")).to_contain_text("等了一个月也没有人来")


def test_reporter_who_is_forgotten_half_way_proves_it_again(enter, axe):
    """A supplement typed on a page whose session has gone: asked for the code once more, with the words kept."""
    page = enter()
    begin(page)
    choose_place(page)
    leave_phone(page)
    page.get_by_role("button", name="提交", exact=True).click()
    number, code = told(page)
    other = enter()
    follow(other, number, code)
    other.get_by_label("补充什么").fill("又坏了两盏。")
    session = [cookie for cookie in other.context.cookies() if cookie["name"] != "linli"]
    other.context.clear_cookies()
    other.context.add_cookies(session)
    other.get_by_role("button", name="补充", exact=True).click()
    expect(other.get_by_role("heading", level=1)).to_have_text("请再输一次查询码")
    axe(other)
    other.get_by_label("查询码").fill(code)
    other.get_by_role("button", name="继续提交").click()
    expect(other.locator(".timeline").get_by_text("又坏了两盏。")).to_be_visible()
