"""Who answers for this door: an address typed, a head named, the number opened for a purpose."""

import re

from playwright.sync_api import expect

from linli.people.organisations import commands as organisations
from linli.places.addresses.models import Building, Dwelling
from tests.cast import GRID
from tests.journeys.steps import led


def test_from_an_address_to_who_answers(enter, axe, shot, stage, size):
    with stage.ground() as cast:
        Building.objects.filter(pk=cast.building.pk).update(region_code=GRID, key="3")
    page = enter("secretary")
    page.goto("/door/")
    axe(page)
    page.locator("#filter-q").fill("春光里小区3号楼")
    page.locator("#filter-q").press("Enter")
    led(page, page.locator("#list").get_by_role("link", name=re.compile("春光里小区 ?3号楼")).first)
    expect(page.get_by_role("heading", level=1)).to_contain_text("3号楼")
    expect(page.locator("main")).to_contain_text("戈格")
    axe(page)
    page.get_by_role("link", name="指派").first.click()
    page.get_by_label("角色").select_option("building_head")
    page.get_by_label("姓名").fill(f"申大妈{size[0]}")
    page.get_by_label("本人电话").fill(f"1380000{size[0]:04}")
    axe(page)
    page.get_by_role("button", name="保存").click()
    expect(page.locator("main")).to_contain_text(f"138****{size[0]:04}")
    shot(page, "door", full=True)
    row = page.locator(".masked").filter(has_text=f"{size[0]:04}")
    row.locator("summary").click()
    row.locator("select").select_option("affair")
    row.get_by_role("button", name="记录并查看").click()
    expect(page.locator("main")).to_contain_text(f"1380000{size[0]:04}")
    page.goto(f"{page.url.split('?')[0]}?on=2021-05-01")
    expect(page.locator("main")).to_contain_text("那天的情况")
    expect(page.locator("main")).not_to_contain_text(f"138****{size[0]:04}")
    axe(page)
    for path in (
        "/door/charges/",
        "/door/gaps/",
        "/door/gaps/official/",
        "/door/gaps/unmanaged/",
        "/door/gaps/uncharged/",
    ):
        page.goto(path)
        axe(page)


def test_somebody_is_sent_to_a_firm_and_calls_at_homes(enter, axe, shot, stage, size):
    with stage.ground() as cast:
        unit = organisations.enter(cast.secretary, name=f"云锦服饰{size[0]}", kind="enterprise", region_code=GRID)
        home = Dwelling.objects.get_or_create(
            building=cast.building, unit_name="1", room_name=str(size[0]), region_code=GRID
        )[0]
    page = enter("party_clerk")
    page.goto("/door/gaps/adviser/")
    expect(page.locator("main")).to_contain_text(unit.name)
    axe(page)
    page.goto(f"/organisations/{unit.pk}/")
    page.get_by_role("link", name="指派").first.click()
    expect(page.get_by_label("角色")).to_have_value("adviser")
    page.get_by_label("身份").select_option("village_secretary")
    page.get_by_label("姓名").fill("申书记")
    axe(page)
    shot(page, "charge-form", full=True)
    led(page, page.get_by_role("button", name="保存"))
    expect(page.get_by_role("heading", level=1)).to_have_text(unit.name)
    expect(page.locator("main")).to_contain_text("党建指导员")
    page.goto(f"/door/{home.building_id}/charge/")
    page.get_by_label("角色").select_option("official")
    page.get_by_label("身份").select_option("section_leader")
    page.get_by_label("工作人员").select_option(label="凌主任 · 街道领导")
    led(page, page.get_by_role("button", name="保存"))
    page.goto("/door/charges/?role=official&at=building")
    page.goto(page.locator("tbody a").first.get_attribute("href"))
    led(page, page.get_by_role("link", name="登记入户"))
    page.get_by_label(str(size[0]), exact=True).check()
    axe(page)
    led(page, page.get_by_role("button", name="保存"))
    expect(page.locator("main")).to_contain_text("去过的户")
    axe(page)
    shot(page, "charge", full=True)
    page.goto("/door/figures/?since=2026-01-01")
    expect(page.locator("main")).to_contain_text("村书记")
    axe(page)
    shot(page, "door-figures", full=True)
    page.goto("/door/calls/?since=2026-01-01")
    axe(page)
