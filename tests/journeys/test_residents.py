"""A grid worker's week: somebody is entered in the stairwell, found, visited, opened for a purpose; a secretary puts two records together."""

import re
from datetime import date

from playwright.sync_api import expect

from linli.people.residents import commands
from linli.people.residents.models import Person
from tests.journeys.steps import drafted, led
from tests.matters.cases.stories import handling
from tests.people.residents import stories

SURNAMES = "安白卞蔡岑程崔邓丁董段范方冯高葛龚顾关郭"


def fill(cast, size: int) -> None:
    """A building with people in it: families, tenants, some who need care, some overdue."""
    doors = [
        stories.door(cast, f"{floor}0{number}", unit=str(size % 7 + 3)) for floor in range(1, 5) for number in (1, 2)
    ]
    rows = []
    for number, home in enumerate(doors):
        name = SURNAMES[(number + size) % len(SURNAMES)]
        rows += [
            {"dwelling": home.pk, "name": f"{name}桂兰", "birth_year": 1942 + number, "sex": "2", "phone": f"1990000{size:04d}"[:11],
             "kind": "owner", "head": True, "care": ["old", *(["ill"] if number % 3 == 0 else [])], "consent": "self"},
            {"dwelling": home.pk, "name": f"{name}建军", "birth_year": 1975, "sex": "1", "phone": "19900002222"},
        ]  # fmt: skip
    commands.register_many(cast.secretary, rows, source="demo", as_of=date(2026, 3, 1))


def test_somebody_is_entered_found_visited_and_opened(enter, axe, shot, stage, size):
    name = f"程惊蛰{'甲' if size[0] > 800 else '乙'}"
    room = "801" if size[0] > 800 else "802"
    with stage.ground() as cast:
        fill(cast, size[0])
        home = stories.door(cast, room)
        stories.someone(cast, name="程白露", phone="", home=home, anyway=True)
    page = enter("grid_worker")
    page.goto(f"/residents/new/?dwelling={home.pk}")
    axe(page)
    shot(page, "resident-new", full=True)
    page.get_by_label("姓名", exact=True).fill(name)
    page.get_by_role("radio", name="业主").check(force=True)
    page.get_by_label(re.compile("^出生")).fill("1944")
    page.get_by_label(re.compile("^手机号")).fill("19900004444")
    page.get_by_role("button", name="登记", exact=True).click()
    expect(page.get_by_role("heading", level=1)).to_have_text("程***")
    expect(page.get_by_text("199****4444")).to_be_visible()
    expect(page.locator("main")).not_to_contain_text(name)
    axe(page)
    led(page, page.get_by_role("link", name="记需关照"))
    page.get_by_role("radio", name="老人").check(force=True)
    axe(page)
    shot(page, "resident-care", full=True)
    page.get_by_role("button", name="记需关照").click()
    expect(page.get_by_role("table", name="需关照")).to_contain_text("老人")
    shot(page, "resident", full=True)
    page.goto("/residents/")
    page.get_by_role("searchbox", name="姓名、手机号、身份证号或住处").fill(name)
    page.get_by_role("button", name="查", exact=True).click()
    expect(page.get_by_role("heading", level=1)).to_have_text("程***")
    assert name not in page.url
    page.goto("/residents/find/")
    page.get_by_role("searchbox", name="姓名、手机号、身份证号或住处").fill("林**")
    page.get_by_role("button", name="查", exact=True).click()
    expect(page.get_by_text("* 是隐去的字")).to_be_visible()
    axe(page)
    page.get_by_role("searchbox", name="姓名、手机号、身份证号或住处").fill("春光里小区3号楼")
    page.get_by_role("button", name="查", exact=True).click()
    expect(page).to_have_url(re.compile(r"/residents/\?q="))
    axe(page)
    shot(page, "residents")
    page.goto(f"/addresses/dwellings/{home.pk}/")
    expect(page.get_by_role("table", name="谁住在这里")).to_contain_text("程***")


def test_the_week_is_walked(enter, axe, shot, stage, size):
    with stage.ground() as cast:
        fill(cast, size[0] + 1)
    page = enter("grid_worker")
    page.goto("/residents/visits/")
    expect(page.locator(".visit").first).to_be_visible()
    axe(page)
    shot(page, "visits", full=True)
    first = page.locator(".visit").first
    who = first.get_by_role("link").first.get_attribute("href")
    before = page.locator(".visit").count()
    first.get_by_role("button", name="仍需要").click()
    expect(page.get_by_text("已复核。")).to_be_visible()
    expect(page.locator(f".visit a[href='{who}']")).to_have_count(0)
    assert before <= 15
    led(page, page.locator(".visit").first.get_by_role("link", name="有变化"))
    axe(page)
    shot(page, "visit", full=True)
    page.get_by_text("还有什么变化").click()
    page.get_by_label(re.compile("^手机号")).press_sequentially("19900005555")
    drafted(page, "19900005555")
    page.reload()
    expect(page.get_by_label(re.compile("^手机号"))).to_have_value("19900005555")
    page.get_by_role("button", name="记下").click()
    expect(page.get_by_text("已记下，各处都更新了。")).to_be_visible()
    page.locator(".visit").first.get_by_role("link").first.click()
    expect(page.get_by_role("table", name="需关照")).to_be_visible()
    axe(page)
    shot(page, "resident-due", full=True)
    box = page.locator(".masked").nth(1)
    box.locator("summary").click()
    box.get_by_role("combobox").select_option(label="上门走访")
    box.get_by_role("button", name="记录并查看").click()
    expect(page.locator(".masked-open").first).to_contain_text("199")
    axe(page)


def test_two_records_are_put_together_and_apart(enter, axe, shot, stage, size):
    name = f"安霜降{'甲' if size[0] > 800 else '乙'}"
    with stage.ground() as cast:
        one = stories.someone(cast, name=name, phone="19900006666", home=stories.door(cast, "901"))
        two = stories.someone(
            cast, name=name, phone="19900006666", home=stories.door(cast, "902"), anyway=True, birth_year=1949
        )
    page = enter("secretary")
    page.goto("/residents/doubles/")
    axe(page)
    shot(page, "doubles")
    led(page, page.locator(f"a[href='/residents/doubles/{one.pk}/{two.pk}/']").first)
    axe(page)
    shot(page, "compare", full=True)
    page.get_by_role("button", name="是同一人，合并").click()
    expect(page.get_by_text("并入的档案")).to_be_visible()
    axe(page)
    page.get_by_role("button", name="分开").click()
    expect(page.get_by_text("已分开。")).to_be_visible()
    with stage.ground():
        assert not Person.objects.filter(pk=two.pk).exclude(merged_into=None).exists()
    page.goto(f"/residents/households/{one.household_id}/")
    axe(page)
    shot(page, "household")


def test_a_list_is_drawn_up_for_open_work_only(enter, axe, shot, stage, size):
    with stage.ground() as cast:
        fill(cast, size[0] + 2)
    page = enter("grid_worker")
    page.goto("/residents/care-list/")
    axe(page)
    shot(page, "care-list-form", full=True)
    page.get_by_role("radio", name="身体不便").check(force=True)
    page.get_by_role("radio", name="安排到期的复核走访").check(force=True)
    page.get_by_label("凭手头哪件事").select_option(label="复核到期")
    page.get_by_role("button", name="记录并列出").click()
    expect(page.get_by_text("已逐人记入查看记录")).to_be_visible()
    axe(page)
    shot(page, "care-list", full=True)


def test_the_handler_of_a_case_reaches_the_resident(enter, axe, shot, stage, size):
    room = "1001" if size[0] > 800 else "1002"
    phone = f"1990007{size[0]:04d}"
    with stage.ground() as cast:
        home = stories.door(cast, room)
        row = stories.someone(cast, name="程小寒", phone=phone, home=home, anyway=True)
        case = handling(cast, by="grid_worker", phone=phone, place_text=f"春光里小区3号楼 2单元{room}")
    page = enter("grid_worker")
    page.goto(f"/cases/{case.number}/")
    page.locator(f"a[href='/residents/{row.pk}/']").first.scroll_into_view_if_needed()
    shot(page, "case-residents", full=True)
    axe(page)
    page.locator(f"a[href='/residents/{row.pk}/']").first.click()
    expect(page.get_by_text(f"在办的诉求 {case.number}")).to_be_visible()
    box = page.locator(".masked").nth(1)
    box.locator("summary").click()
    box.get_by_role("combobox").select_option(label="办理手头的事")
    box.get_by_role("button", name="记录并查看").click()
    expect(page.locator(".masked-open").first).to_contain_text(phone)
    axe(page)
