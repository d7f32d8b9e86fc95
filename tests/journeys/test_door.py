"""Who answers for this door: an address typed, a head named, the number opened for a purpose."""

from playwright.sync_api import expect

from linli.places.addresses.models import Building
from tests.cast import GRID


def test_from_an_address_to_who_answers(enter, axe, shot, stage, size):
    with stage.ground() as cast:
        Building.objects.filter(pk=cast.building.pk).update(region_code=GRID, key="3")
    page = enter("secretary")
    page.goto("/door/")
    axe(page)
    page.locator("#filter-q").fill("春光里小区3号楼")
    page.locator("#filter-q").press("Enter")
    page.wait_for_timeout(500)
    page.goto("/door/?q=春光里小区3号楼")
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
    for path in ("/door/charges/", "/door/gaps/", "/door/gaps/official/"):
        page.goto(path)
        axe(page)
