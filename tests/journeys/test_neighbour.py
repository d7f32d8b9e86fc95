"""The neighbour: the same post in the next community, who finds nothing of this one wherever it is looked for."""

from playwright.sync_api import expect

from tests.cast import HERE, THERE
from tests.matters.cases import stories

SECRET = "金鱼缸"


def test_finds_nothing_of_the_other_community(enter, axe, stage):
    with stage.ground() as cast:
        theirs = stories.handling(cast, text=f"邻居阳台上的{SECRET}漏水，滴到楼下窗台。")
        own = stories.dispatched(cast, to="there", text="东边的健身器材松了，孩子玩着危险。", there=True)
    page = enter("neighbour")
    page.goto("/cases/")
    expect(page.locator("tr.row-open").filter(has_text=own.number)).to_be_visible()
    axe(page)
    for tab in ("mine", "soon", "overdue", "open", "closed"):
        page.goto(f"/cases/?tab={tab}")
        expect(page.locator("main")).to_contain_text("全部在办")
        expect(page.get_by_text(theirs.number)).to_have_count(0)
    for address in (f"/search/?q={SECRET}", f"/cases/search/?q={theirs.number}", f"/cases/?tab=open&q={SECRET}"):
        page.goto(address)
        expect(page.locator(".empty-state")).to_be_visible()
        expect(page.locator("tr.row-open")).to_have_count(0)
        axe(page)
    for address in (
        f"/cases/{theirs.number}/",
        f"/procedures/of/{theirs.number}/why/",
        f"/procedures/of/{theirs.number}/record/",
    ):
        answer = page.goto(address)
        assert answer is not None
        assert answer.status == 404, address
        expect(page.locator("body")).not_to_contain_text(SECRET)
    axe(page)

    page.goto(f"/board/?region={HERE}")
    expect(page.get_by_role("heading", level=1)).not_to_have_text("北大街北里")
    expect(page.locator("main")).not_to_contain_text("第二网格")
    axe(page)
    page.goto(f"/map/?region={HERE}")
    expect(page.locator("main")).not_to_contain_text("第二网格")
    assert page.request.get(f"/map/cases.json?region={HERE}").status == 404
    assert page.request.get(f"/map/cases/{theirs.pk}.json").status == 404
    assert sum(page.request.get(f"/map/cases.json?region={THERE}").json()["marks"]["runs"]) >= 1
    assert page.request.get(f"/map/cases/{own.pk}.json").json()["note"].startswith(own.number)
    behind = page.request.get(f"/board/behind/?measure=filed&region={HERE}&first=2020-01-01&last=2030-01-01")
    assert SECRET not in behind.text()
    assert theirs.number not in behind.text()


def test_nobody_is_asked_to_sign_in(enter, axe, stage):
    with stage.ground() as cast:
        row = stories.handling(cast, text="单元门口的灯一直闪。")
    page = enter()
    for address in ("/cases/", f"/cases/{row.number}/", "/board/", "/map/", "/accounts/", "/policies/"):
        page.goto(address)
        assert "/sign-in/" in page.url, address
    axe(page)
