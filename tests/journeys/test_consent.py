"""A reporter lets a solved case be shown, reads what was made of it, and takes it back."""

from playwright.sync_api import expect

from linli.insight.openness import commands as openness
from linli.matters.prevention.queries import today
from tests.doors.portal.conftest import code_of
from tests.journeys.test_resident import follow
from tests.matters.cases.stories import closed


def test_agrees_reads_it_and_takes_it_back(enter, axe, shot, stage, size):
    title = f"灯亮了{size[0]}"
    with stage.ground() as cast:
        row = closed(
            cast,
            text=f"三号楼{size[0]}门口的声控灯不亮已经一个星期了，家里老人晚上不敢出门。",
            category="property.repairs",
        )
        from linli.matters.cases.models import Case

        code = code_of(Case.objects.select_related("proceeding").get(pk=row.pk))
    page = enter()
    follow(page, row.number, code)
    asked = page.locator("#example")
    expect(asked).to_contain_text("不写：您的姓名、电话、门牌号")
    axe(page)
    shot(page, "resident-example-asked", full=True)
    asked.get_by_role("button", name="可以公开").click()
    expect(page.locator("#example")).to_contain_text("还没有写")
    axe(page)

    with stage.ground() as cast:
        told = openness.write(
            cast.secretary,
            row.pk,
            title=title,
            raised="夜里楼门口太黑。",
            done="当天换了灯头。",
            consent="page",
            consented_on=today(),
        )
    page.reload()
    expect(page.locator("#example")).to_contain_text("还在审核")
    expect(page.locator("#example")).to_contain_text(title)
    axe(page)
    with stage.ground() as cast:
        openness.approve(cast.leader, told.pk)
    page.reload()
    shot(page, "resident-example-shown", full=True)
    page.locator("#example").get_by_role("link", name="看公开的例子").click()
    expect(page.get_by_role("heading", name=title)).to_be_visible()

    page.go_back()
    page.locator("#example").get_by_role("button", name="不再公开，撤下来").click()
    expect(page.locator("#example")).to_contain_text("您说不公开")
    axe(page)
    page.goto("/open/examples/")
    expect(page.get_by_role("heading", name=title)).to_have_count(0)


def test_the_editor_starts_from_who_agreed(enter, axe, shot, stage, size):
    with stage.ground() as cast:
        row = closed(cast, text=f"院里{size[0]}的长椅坏了一条腿，坐不了人。", category="property.repairs")
        openness.consent(cast.resident(row.pk), row.pk, agreed=True)
    page = enter("secretary")
    page.goto("/openness/examples/write/")
    axe(page)
    shot(page, "example-write", full=True)
    page.locator(f'a[href*="{row.number}"]').click()
    expect(page.get_by_label("网页上同意")).to_be_checked()
    expect(page.get_by_label("诉求编号")).to_have_value(row.number)
