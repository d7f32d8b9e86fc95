"""The register of units: one entered with a wrong code, mended, its contact opened; names as of a day."""

from playwright.sync_api import expect

from tests.cast import GRID


def test_a_community_keeps_its_units(enter, axe, shot, size):
    name = f"甲记五金{size[0]}"
    page = enter("worker")
    page.goto("/organisations/register/")
    axe(page)
    page.get_by_role("link", name="登记单位").click()
    page.get_by_label("名称", exact=True).fill(name)
    page.get_by_label("类别").select_option("shop")
    page.get_by_label("所在社区或网格").select_option(GRID)
    page.get_by_label("统一社会信用代码").fill("91350211M0000XUF46")
    page.get_by_role("button", name="保存").click()
    expect(page.locator("main")).to_contain_text("校验码不对")
    axe(page)
    page.get_by_label("统一社会信用代码").fill("")
    page.get_by_role("button", name="保存").click()
    expect(page.get_by_role("heading", level=1)).to_have_text(name)
    page.get_by_text("增加联系人").click()
    page.get_by_label("姓名").fill("申掌柜")
    page.get_by_label("本人电话").fill("13800001111")
    page.get_by_role("button", name="登记联系人").click()
    expect(page.get_by_role("table", name="联系人")).to_contain_text("138****1111")
    axe(page)
    shot(page, "unit", full=True)
    page.locator("details.reveal summary").click()
    page.locator("details.reveal select").select_option("verify")
    page.get_by_role("button", name="记录并查看").click()
    expect(page.get_by_role("table", name="联系人")).to_contain_text("13800001111")
    page.goto(f"/organisations/register/?q={name}")
    expect(page.locator("tr.row-open")).to_have_count(1)
    shot(page, "units")
    page.goto("/organisations/doubles/")
    axe(page)
    page.goto("/organisations/register/?on=2024-01-01")
    axe(page)
    page.goto("/organisations/?on=2024-01-01")
    expect(page.locator("main")).to_contain_text("那天的名称和隶属")
    axe(page)
