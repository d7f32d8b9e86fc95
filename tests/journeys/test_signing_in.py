"""The way in: password, second factor, one of two posts; large print, another language, the demo's one click."""

import re

import pyotp
import pytest
from playwright.sync_api import Page, expect

from tests.cast import MONDAY, PASSWORD
from tests.journeys.stage import DEMO_NAME
from tests.journeys.steps import led
from tests.matters.cases import stories


@pytest.fixture
def unknown_phone(stage) -> None:
    """The secretary has a password and no second factor yet, whatever an earlier run has tied."""
    with stage.ground() as cast:
        account = cast.posts["secretary"].account
        account.refresh_from_db()
        account.set_password(PASSWORD)
        account.password_at, account.totp_secret, account.totp_step = MONDAY, "", 0
        account.save()
        account.recovery_codes.all().delete()


def give(page: Page, login: str, password: str) -> None:
    page.goto("/sign-in/")
    page.get_by_label("登录名").fill(login)
    page.get_by_label("密码").fill(password)
    page.get_by_role("button", name="登录", exact=True).click()


def test_signs_in_ties_a_telephone_and_chooses_a_post(enter, axe, stage, unknown_phone):
    with stage.ground() as cast:
        row = stories.dispatched(cast, text="天台的门锁坏了，小孩能上去。")
    page = enter()
    page.goto(f"/cases/{row.number}/")
    axe(page)
    page.get_by_label("登录名").fill("secretary")
    page.get_by_label("密码").fill("wrong")
    page.get_by_role("button", name="登录", exact=True).click()
    expect(page.get_by_role("alert")).to_contain_text("登录名或密码不对")
    axe(page)
    page.get_by_label("登录名").fill("secretary")
    page.get_by_label("密码").fill(PASSWORD)
    page.get_by_role("button", name="登录", exact=True).click()
    expect(page.get_by_role("heading", level=1)).to_have_text("绑定动态口令")
    axe(page)
    secret = page.locator("main code").inner_text().replace(" ", "")
    page.get_by_label("手机上出现的六位数字").fill("000000")
    page.get_by_role("button", name="绑定").click()
    expect(page.get_by_role("alert")).to_be_visible()
    axe(page)
    page.get_by_label("手机上出现的六位数字").fill(pyotp.TOTP(secret).now())
    page.get_by_role("button", name="绑定").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("请抄下备用码")
    recovery = page.locator(".codes code").first.inner_text()
    axe(page)
    page.get_by_role("link", name="我已抄好，继续").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("以哪个岗位工作")
    axe(page)
    page.get_by_role("button", name=re.compile("社区书记")).click()
    # Where it began: the page that asked for the sign-in.
    expect(page.get_by_role("heading", level=1)).to_contain_text("天台的门锁")

    # The other post, in sight at the top, with another worklist behind it.
    page.locator(".post-switch summary").click()
    axe(page)
    led(page, page.locator(".post-choice", has_text="派单员"))
    expect(page.get_by_role("link", name="待派单")).to_be_visible()
    page.locator(".post-switch summary").click()
    page.get_by_role("button", name="退出登录").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("工作人员登录")
    page.goto("/cases/")
    assert "/sign-in/" in page.url

    # Without the telephone: a recovery code, once.
    give(page, "secretary", PASSWORD)
    expect(page.get_by_role("heading", level=1)).to_have_text("动态口令")
    axe(page)
    page.get_by_label("动态口令").fill(recovery)
    page.get_by_role("button", name="继续").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("以哪个岗位工作")


def test_large_print_and_english_break_nothing(enter, axe, stage):
    with stage.ground() as cast:
        number = stories.handling(cast, text="小区东门的栏杆掉漆生锈，划破了衣服。").number
    addresses = ("/desk/", "/cases/", f"/cases/{number}/", "/cases/take/", "/board/", "/me/")
    page = enter("secretary")
    page.goto("/desk/")
    before = float(page.evaluate("parseFloat(getComputedStyle(document.body).fontSize)"))
    menu = page.get_by_role("button", name="更多")
    if menu.is_visible():
        menu.click()
    led(page, page.get_by_role("button", name="长辈版"))
    for address in addresses:
        page.goto(address)
        axe(page)
        assert float(page.evaluate("parseFloat(getComputedStyle(document.body).fontSize)")) >= before * 1.25
    if menu.is_visible():
        menu.click()
    # The page comes anew, its menu shut: whoever opens the menu before that has it shut under their finger.
    led(page, page.get_by_role("button", name="标准版"))
    if menu.is_visible():
        menu.click()
    led(page, page.get_by_role("button", name="English"))
    for address in addresses:
        page.goto(address)
        assert page.locator("html").get_attribute("lang") == "en"
        axe(page)


def test_a_resident_reads_in_large_print_and_in_english(enter, axe):
    page = enter()
    page.goto("/")
    led(page, page.get_by_role("button", name="长辈版"))
    for address in ("/", "/report/", "/track/", "/privacy/"):
        page.goto(address)
        assert float(page.evaluate("parseFloat(getComputedStyle(document.body).fontSize)")) >= 21
        axe(page)
    led(page, page.get_by_role("button", name="English"))
    for address in ("/", "/report/", "/track/", "/privacy/"):
        page.goto(address)
        assert page.locator("html").get_attribute("lang") == "en"
        axe(page)


def test_the_demo_is_entered_with_one_click(enter, axe):
    page = enter()
    page.goto("/sign-in/")
    expect(page.locator("#demo")).to_contain_text("虚构")
    axe(page)
    page.get_by_role("button", name=re.compile(DEMO_NAME)).click()
    expect(page.get_by_role("heading", level=1)).to_have_text("丰台街道")
