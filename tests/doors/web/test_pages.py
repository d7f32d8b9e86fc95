"""The desk of each role, the search box, the audit and the state of the system."""

from urllib.parse import unquote

import pytest
from django.test import Client

from linli.base.actor import system
from linli.base.commands import outbox
from linli.base.commands.models import AuditRow, OutboxRow, ReadRow
from linli.base.scope import enter
from linli.matters.cases import commands as cases
from linli.procedures.models import Proceeding
from tests.cast import MONDAY, POINT_HERE, POINT_THERE, Cast

TEXT = "三号楼楼道灯不亮好几天了"


def file_here(cast: Cast, point: tuple[float, float] = POINT_HERE, text: str = TEXT) -> Proceeding:
    filed = cases.file(
        cast.call_taker,
        text=text,
        channel="telephone",
        longitude=point[0],
        latitude=point[1],
        phone="13800001234",
        name="诸葛",
    )
    return Proceeding.objects.get(pk=filed["id"])


def everybody() -> list[str]:
    return [
        "call_taker", "dispatcher", "leader", "clerk", "secretary", "worker", "grid_worker", "manager", "volunteer",
        "auditor", "sysadmin", "policy_editor",
    ]  # fmt: skip


@pytest.mark.parametrize("name", everybody())
def test_everybody_has_a_desk_that_leads_somewhere(cast: Cast, name: str) -> None:
    client = cast.client(name)
    answer = client.get("/desk/")
    assert answer.status_code == 200
    page = answer.content.decode()
    links = {part.split('"')[0] for part in page.split('href="')[1:]}
    inside = [one for one in links if one.startswith("/") and not one.startswith("/static/")]
    assert len(inside) >= 2
    for one in inside:
        assert client.get(one.replace("&amp;", "&")).status_code == 200, one


def test_the_desk_shows_what_waits_and_each_figure_opens_its_rows(cast: Cast) -> None:
    case = file_here(cast)
    holder = Proceeding.objects.get(pk=case.pk).holder_id
    name = next(key for key, post in cast.posts.items() if post.organisation_id == holder and key != "call_taker")
    page = cast.client(name).get("/desk/").content.decode()
    assert case.number in page
    assert "/cases/?tab=mine" in page
    assert case.number in cast.client(name).get("/cases/?tab=mine").content.decode()
    assert case.number not in cast.client("neighbour").get("/desk/").content.decode()


def test_search_finds_by_number_and_by_words_and_only_what_may_be_seen(cast: Cast) -> None:
    here, there = file_here(cast), file_here(cast, POINT_THERE, "楼道灯不亮，请来看看")
    client = cast.client("secretary")
    page = client.get(f"/search/?q={here.number[:14]}").content.decode()
    assert here.number in page
    assert there.number not in page
    page = client.get("/search/?q=灯不亮").content.decode()
    assert here.number in page
    assert there.number not in page
    assert "没有找到" in client.get("/search/?q=不亮灯").content.decode(), "the pairs are all there, the words are not"
    assert "北大街北里" in client.get("/search/?q=北里").content.decode()
    assert here.number not in cast.client("sysadmin").get("/search/?q=灯不亮").content.decode()
    assert client.get("/search/?q=%00").status_code == 400
    for odd in ("𠮷", "灯", "%ED%A0%80", "a" * 300, "%27%22%3E", "%F0%9F%99%82"):
        assert client.get(f"/search/?q={odd}").status_code == 200, odd


def test_somebodys_number_is_searched_in_no_address(cast: Cast) -> None:
    """What is typed into the box on every page stands in the browser's history, unless it is somebody's number."""
    client = cast.client("secretary")
    assert 'action="/search/" method="post"' in client.get("/desk/").content.decode()
    answer = client.post("/search/", {"q": "春光里 3号楼"})
    assert (answer.status_code, unquote(answer["Location"])) == (302, "/search/?q=春光里+3号楼")
    for number in ("13800138007", "电话 138 0013 8007", "11010519491231002X"):
        answer = client.post("/search/", {"q": number})
        page = answer.content.decode()
        assert (answer.status_code, "不在这里查" in page) == (200, True)
        assert answer["Cache-Control"] == "private, no-store"
        assert 'action="/residents/find/"' in page and "在居民台账里查" in page
    assert "/residents/find/" not in cast.client("dispatcher").post("/search/", {"q": "13800138007"}).content.decode()
    assert "在居民台账里查" in client.get("/search/?q=诸葛流年").content.decode(), (
        "whoever looks for a person here is shown where"
    )


def test_nobody_searches(cast: Cast) -> None:
    assert Client().get("/search/?q=x")["Location"].startswith("/sign-in/")


def test_the_auditor_sees_what_was_done_and_who_looked_and_nothing_personal(cast: Cast) -> None:
    case = file_here(cast)
    cases.reveal(cast.dispatcher, case.pk, purpose="contact")
    client = cast.client("auditor")
    page = client.get("/audit/").content.decode()
    assert "cases.file" in page
    assert "何话务" in page
    for secret in ("13800001234", "诸葛", TEXT):
        assert secret not in page
    looked = client.get("/audit/?tab=read").content.decode()
    assert "派小单" in looked
    assert "13800001234" not in looked
    assert "cases.file" not in client.get("/audit/?login=dispatcher").content.decode().partition("<tbody>")[2]
    assert "cases.file" in client.get(f"/audit/?target=cases.case:{case.pk}").content.decode()
    assert "系统" not in page.partition("<tbody>")[2], "regular work of the system is shown when it is asked for"
    Client().post("/sign-in/", {"login": "auditor", "password": "guess"})
    tried = client.get("/audit/?tab=entry&login=auditor").content.decode()
    assert "失败" in tried.partition("<tbody>")[2]
    assert "没有符合条件的记录" in client.get("/audit/?until=2001-01-01").content.decode()
    assert client.get("/audit/?after=zz&before=9999999999999999999&since=yesterday&command=x").status_code == 200
    sheet = client.get("/audit/export.csv").getvalue().decode("utf-8-sig")  # type: ignore[attr-defined]
    assert "登记" in sheet
    assert "13800001234" not in sheet
    for name in ("dispatcher", "leader", "sysadmin", "secretary"):
        assert cast.client(name).get("/audit/").status_code == 404, name


def test_the_audit_turns_its_pages_both_ways(cast: Cast) -> None:
    AuditRow.objects.bulk_create(
        AuditRow(at=MONDAY, command=f"test.row{number:03}", actor_kind="system") for number in range(120)
    )
    client = cast.client("auditor")

    def rows(query: str) -> str:
        return str(client.get(f"/audit/?tab=system&{query}").content.decode())

    page = rows("")
    assert "test.row119" in page
    after = page.split("after=")[1].split('"')[0].split("&")[0]
    second = rows(f"after={after}")
    assert "test.row119" not in second
    before = second.split("before=")[1].split('"')[0].split("&")[0]
    again = rows(f"before={before}")
    assert "test.row119" in again
    assert ReadRow.objects.count() == 0


def test_the_administrator_sees_the_state_and_sends_dead_events_again(cast: Cast) -> None:
    file_here(cast)
    OutboxRow.objects.all().update(delivered_at=MONDAY)
    dead = OutboxRow.objects.create(
        event="cases.filed", payload={"case": 1, "secret": "13800001234"}, created_at=MONDAY, next_at=MONDAY,
        attempts=outbox.GIVE_UP_AFTER, error="OSError: no answer",
    )  # fmt: skip
    client = cast.client("sysadmin")
    page = client.get("/system/").content.decode()
    assert "OSError: no answer" in page
    assert "13800001234" not in page
    assert "有 1 个试了十次都没送到" in page
    assert client.post(f"/system/events/{dead.pk}/retry/").status_code == 302
    enter(system("test"))
    dead.refresh_from_db()
    assert dead.attempts == 0
    assert cast.client("auditor").get("/system/").status_code == 404
    assert cast.client("leader").post(f"/system/events/{dead.pk}/retry/").status_code == 404
