"""A branch is split by its form: refused with the rule, then done; its family, the checks, the rolls."""

from playwright.sync_api import expect

from linli.people.party.models import MemberCard
from tests.people.party import stories


def test_a_branch_is_split(enter, axe, shot, stage, size):
    with stage.ground() as cast:
        branch = stories.commands.enter(
            cast.party_clerk, name=f"银杏支部{size[0]}", kind="branch", region_code=stories.HERE,
            parent=cast.organisations["committee"], founded_on=stories.LONG_AGO, basis=stories.BASIS,
        )  # fmt: skip
        cards = stories.members(cast, branch, 7)
        assert MemberCard.objects.filter(pk__in=cards).count() == 7
    page = enter("party_clerk")
    page.goto("/party/")
    axe(page)
    shot(page, "party")
    page.goto(f"/party/{branch.pk}/")
    page.get_by_role("button", name="办理变动").click()
    axe(page)
    page.locator("dialog").get_by_role("link", name="拆分", exact=True).click()
    page.get_by_label("另一个新支部的名称").fill(f"海棠支部{size[0]}")
    boxes = page.locator("input[name=cards]")
    for number in range(2):
        boxes.nth(number).check()
    page.get_by_label("批准文件").fill("街党工委〔2026〕9 号")
    page.get_by_role("button", name="保存").click()
    expect(page.locator("main")).to_contain_text("不足 3 人")
    axe(page)
    shot(page, "party-split", full=True)
    page.locator("input[name=cards]").nth(2).check()
    page.get_by_role("button", name="保存").click()
    expect(page.locator("main")).to_contain_text(f"3 名党员：银杏支部{size[0]} → 海棠支部{size[0]}")
    axe(page)
    shot(page, "party-preview", full=True)
    page.get_by_role("button", name="返回修改").click()
    expect(page.get_by_label("另一个新支部的名称")).to_have_value(f"海棠支部{size[0]}")
    page.get_by_role("button", name="保存").click()
    page.get_by_role("button", name="确认办理").click()
    expect(page.get_by_role("heading", level=1)).to_have_text(f"银杏支部{size[0]}")
    expect(page.locator("main")).to_contain_text(f"海棠支部{size[0]}")
    axe(page)
    shot(page, "party-branch", full=True)
    for path in ("changes", "elections", "checks", "checks/few", "figures", "cards"):
        page.goto(f"/party/{path}/")
        axe(page)
    page.locator("tr.row-open a").first.click()
    expect(page.locator("body")).to_contain_text("组织关系")
    axe(page)
    page.goto("/party/changes/?kind=split")
    page.locator("tbody a").first.click()
    expect(page.locator("main")).to_contain_text(f"海棠支部{size[0]}：成立")
    axe(page)
    page.get_by_role("link", name="登记错了，撤回").click()
    page.get_by_label("撤回原因").fill("选错了支部")
    page.get_by_role("button", name="保存").click()
    expect(page.locator("main")).to_contain_text(f"海棠支部{size[0]}：撤销")
    page.get_by_role("button", name="确认办理").click()
    expect(page.locator("main")).to_contain_text("选错了支部")
    axe(page)
    shot(page, "party-change", full=True)
    page.goto("/party/?on=2026-01-01")
    expect(page.locator("main")).to_contain_text("那天的名称")
    axe(page)
