"""A resident asks what is held about them, sees who looked, asks for a correction; the community answers; a list waits for a second person."""

import re

from playwright.sync_api import expect

from tests.cast import POINT_HERE
from tests.journeys.steps import led
from tests.matters.cases import stories

PHONES = {1440: "13800138041", 360: "13800138042"}


def proved(page, phone: str) -> None:
    """Type number and code, as the demo shows it."""
    page.goto("/")
    page.get_by_role("link", name=re.compile("我的信息")).click()
    page.get_by_label("手机号").fill(phone)
    page.get_by_role("button", name="要验证码").click()
    expect(page.locator("main")).to_contain_text(re.compile(r"验证码是 \d{6}"))
    said = page.locator("main").inner_text()
    code = re.search(r"验证码是 (\d{6})", said)
    assert code, said
    page.get_by_label("验证码").fill(code[1])


def test_a_resident_sees_what_is_held_and_asks(enter, stage, axe, shot):
    page = enter()
    phone = PHONES[page.viewport_size["width"]]
    with stage.ground() as cast:
        from linli.base.actor import system
        from linli.base.scope import enter as see
        from linli.matters.cases import commands

        filed = commands.file(
            cast.secretary, text="楼道灯不亮", channel="counter", name="诸葛流年", phone=phone,
            longitude=POINT_HERE[0], latitude=POINT_HERE[1],
        )  # fmt: skip
        see(system("journey"))
        case = stories.Proceeding.objects.get(pk=filed["id"])
        if case.step == "dispatched":
            commands.accept(cast.secretary, case.pk)
            see(system("journey"))
            commands.reveal(cast.secretary, case.pk, purpose="contact")
    page.goto("/my-information/")
    axe(page)
    shot(page, "own-phone")
    proved(page, phone)
    axe(page)
    shot(page, "own-code")
    page.get_by_role("button", name="查看").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("我的信息")
    expect(page.locator("main")).to_contain_text("138****" + phone[-4:])
    expect(page.locator("main")).not_to_contain_text(phone)
    axe(page)
    shot(page, "own", full=True)
    page.get_by_role("link", name="打印").click()
    expect(page.locator("main")).to_contain_text(phone)
    axe(page)
    shot(page, "own-paper", full=True)
    led(page, page.get_by_role("link", name="返回"))
    with page.expect_download() as download:
        page.get_by_role("link", name=re.compile("JSON")).click()
    assert download.value.suggested_filename == "my-information.json"
    page.get_by_label("更正").check()
    page.get_by_label("请写清楚").fill("电话换了，请来核实")
    led(page, page.get_by_role("button", name="提交请求"))
    expect(page.locator("main")).to_contain_text("天内答复")
    page.get_by_role("button", name="现在退出").click()
    expect(page.get_by_label("手机号")).to_be_visible()
    page.goto("/privacy/fields/")
    expect(page.locator("main")).to_contain_text("手机号")
    axe(page)
    shot(page, "own-fields", full=True)

    desk = enter("secretary")
    desk.goto("/privacy-office/requests/")
    axe(desk)
    shot(desk, "privacy-requests")
    link = desk.locator("main").get_by_role("link", name=re.compile("更正 #")).first
    desk.goto(link.get_attribute("href") or "")
    desk.get_by_label("已照办").check()
    desk.get_by_label("答复", exact=True).fill("已经改好")
    axe(desk)
    desk.get_by_role("button", name="答复").click()
    expect(desk.locator("main")).to_contain_text("已照办")


def test_the_office_lists_what_is_over_and_keeps_its_registry(enter, axe, shot):
    page = enter("auditor")
    page.goto("/privacy-office/")
    expect(page.get_by_role("heading", level=1)).to_have_text("个人信息保护")
    axe(page)
    shot(page, "privacy-fields")
    page.goto("/privacy-office/retention/")
    axe(page)
    page.get_by_role("button", name="列出现在到期的").click()
    expect(page.locator("main")).to_contain_text("什么都还没有删除")
    axe(page)
    shot(page, "privacy-run")
    page.get_by_role("button", name="取消").click()
    expect(page.locator("main")).to_contain_text("已取消")
    page.goto("/privacy-office/holds/")
    axe(page)
    shot(page, "privacy-holds", full=True)
    page.goto("/privacy-office/exports/")
    axe(page)
    keys = enter("sysadmin")
    keys.goto("/privacy-office/keys/")
    axe(keys)
    shot(keys, "privacy-keys")
