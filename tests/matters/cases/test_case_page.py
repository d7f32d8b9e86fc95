"""The page of one case: what it shows, to whom, with which acts."""

import re
from html import unescape

from django.db import connection
from django.test.utils import CaptureQueriesContext

from linli.base.actor import system
from linli.base.commands.models import ReadRow
from linli.base.scope import enter
from linli.matters.cases import commands
from linli.procedures.models import Proceeding
from tests.cast import Cast
from tests.matters.cases.stories import PHONE, answered, closed, dispatched, filed, handling


def page(cast: Cast, who: str, row: Proceeding, query: str = "") -> str:
    answer = cast.client(who).get(f"/cases/{row.number}/{query}")
    assert answer.status_code == 200
    return unescape(answer.content.decode())


def offered(content: str) -> list[str]:
    """Names of the acts offered: the tabs, or the single form."""
    found = re.search(r'<section class="section act".*?</section>', content, re.S)
    assert found is not None
    codes = re.findall(r"[?&]act=([a-z_]+)", found[0])
    return codes or re.findall(r'action="/cases/[^/]+/act/([a-z_]+)/"', found[0])


def test_each_step_offers_each_person_what_they_may_do_now(cast: Cast) -> None:
    waiting = filed(cast)
    assert offered(page(cast, "dispatcher", waiting))[0] == "dispatch"
    assert offered(page(cast, "secretary", waiting)) == []
    row = dispatched(cast)
    assert offered(page(cast, "secretary", row))[:1] == ["accept"]
    assert {"return", "dispute", "hand"} <= set(offered(page(cast, "secretary", row)))
    assert "redirect" in offered(page(cast, "dispatcher", row))
    assert "accept" not in offered(page(cast, "dispatcher", row))
    row = handling(cast)
    assert offered(page(cast, "secretary", row))[0] == "contact"
    commands.contact(cast.secretary, row.pk, reached=True)
    assert offered(page(cast, "secretary", row))[0] == "answer"
    assert {"visit", "measure", "extend", "pause", "support", "hand", "return"} <= set(
        offered(page(cast, "secretary", row))
    )
    assert "extend" not in offered(page(cast, "grid_worker", row))
    row = answered(cast)
    assert offered(page(cast, "call_taker", row))[0] == "settle"
    assert "callback" in offered(page(cast, "call_taker", row))
    assert offered(page(cast, "secretary", row)) == ["ask_exemption"]
    row = closed(cast)
    assert "已经结案" in page(cast, "dispatcher", row)
    assert offered(page(cast, "dispatcher", row)) == ["ask_exemption"]
    assert 'name="materials"' not in page(cast, "dispatcher", row), "nothing opens by itself on a closed case"


def test_the_unit_a_case_is_about_is_not_offered_to_answer_and_not_shown_the_reporter(cast: Cast) -> None:
    row = handling(cast, "property", "manager", about_id=cast.organisations["property"].pk)
    content = page(cast, "manager", row)
    assert "answer" not in offered(content)
    assert "张" not in content
    assert "138****" not in content
    assert "诉求人不对本单位显示" in content


def test_the_reporter_is_masked_and_the_words_are_scrubbed(cast: Cast) -> None:
    row = handling(cast, text="灯坏了,打我电话13912345678")
    content = page(cast, "secretary", row)
    assert PHONE not in content
    assert "张三丰" not in content
    assert "13912345678" not in content
    assert "张**" in content
    assert "138****8000" in content
    assert "139****5678" in content
    assert "no-store" in cast.client("secretary").get(f"/cases/{row.number}/")["Cache-Control"]


def test_revealing_asks_for_a_purpose_writes_the_log_first_and_is_never_cached(cast: Cast) -> None:
    row = handling(cast)
    client, address = cast.client("secretary"), f"/cases/{row.number}/reveal/"
    refused = client.post(address, {"purpose": ""})
    assert refused.status_code == 422
    assert PHONE not in refused.content.decode()
    enter(system("test"))
    assert not ReadRow.objects.exists()
    told = client.post(address, {"purpose": "contact"}, headers={"HX-Request": "true"})
    assert told.status_code == 200
    assert told["Cache-Control"] == "no-store"
    assert PHONE in told.content.decode()
    assert "张三丰" in told.content.decode()
    assert "<html" not in told.content.decode()
    enter(system("test"))
    log = ReadRow.objects.get()
    assert (log.purpose, log.subject_id, log.role) == ("contact", str(row.pk), "community_secretary")
    assert PHONE not in client.get(f"/cases/{row.number}/").content.decode()
    plain = client.post(address, {"purpose": "contact"}).content.decode()
    assert "<html" in plain
    assert PHONE in plain


def test_numbers_in_the_words_are_revealed_with_the_reporter_and_stand_in_the_log(cast: Cast) -> None:
    row = handling(cast, text="灯坏了,打我电话13912345678")
    client = cast.client("secretary")
    told = client.post(f"/cases/{row.number}/reveal/", {"purpose": "contact"}, headers={"HX-Request": "true"})
    assert "打我电话13912345678" in told.content.decode()
    enter(system("test"))
    assert "cases.case.text" in ReadRow.objects.get().fields


def test_revealing_is_for_whoever_has_something_to_do_in_the_case(cast: Cast) -> None:
    row = handling(cast, "property", "manager")
    address = f"/cases/{row.number}/reveal/"
    assert cast.client("manager").post(address, {"purpose": "contact"}).status_code == 404  # no right at all
    assert cast.client("neighbour").post(address, {"purpose": "contact"}).status_code == 404
    # The secretary sees the case in the region but does not handle it.
    answer = cast.client("secretary").post(address, {"purpose": "contact"})
    assert answer.status_code == 403
    assert PHONE not in answer.content.decode()
    assert cast.client("secretary").get(address).status_code == 405


def test_where_it_went_and_why_can_be_opened(cast: Cast) -> None:
    row = filed(cast)
    content = page(cast, "dispatcher", row)
    assert "为什么派到这里" in content
    assert "举报由派单台人工核定" in content
    routed = filed(cast, kind="help", category="noise.construction")
    assert "按规则“" in page(cast, "dispatcher", routed)


def test_the_timeline_says_who_did_what_for_which_unit(cast: Cast) -> None:
    row = handling(cast)
    commands.visit(cast.secretary, row.pk, note="到现场看过,灯座坏了")
    content = page(cast, "secretary", row)
    assert "到现场看过,灯座坏了" in content
    assert "舒书记 · 北大街北里社区居委会 社区书记" in content
    assert content.index("采取措施" if "采取措施</strong>" in content else "上门</strong>") < content.index(
        "登记</strong>"
    )


def test_resolved_and_satisfied_stand_apart_for_every_round(cast: Cast) -> None:
    row = answered(cast)
    commands.settle(cast.call_taker, row.pk, resolved=True, satisfaction="dissatisfied", reason="来得太慢")
    content = page(cast, "dispatcher", row)
    assert "已解决" in content
    assert "不满意" in content
    assert "来得太慢" in content
    assert "第 2 次办理" in content


def test_cases_of_a_cluster_show_number_and_step_and_nothing_of_their_reporters(cast: Cast) -> None:
    one, other = handling(cast), filed(cast, name="李四", phone="13911112222")
    commands.join(cast.dispatcher, one.pk, with_case=other.pk)
    content = page(cast, "secretary", one)
    assert other.number in content
    assert "待派单" in content
    assert "李" not in content
    assert "139****" not in content


def test_earlier_rulings_are_shown_to_whoever_returns_or_rules(cast: Cast) -> None:
    old = dispatched(cast, "city", category="noise.construction")
    commands.dispute(cast.clerk, old.pk, ground="not_our_duty", note="不归城管")
    commands.rule(
        cast.dispatcher, old.pk, to=cast.organisations["city"].pk, clause="派单目录第三条", note="由城管科牵头"
    )
    new = dispatched(cast, "city", category="noise.construction")
    assert "派单目录第三条" in page(cast, "clerk", new)
    other = dispatched(cast, "city", category="property.elevator")
    assert "派单目录第三条" not in page(cast, "clerk", other)


def test_a_case_page_takes_at_most_twelve_statements(cast: Cast) -> None:
    other = filed(cast)
    row = handling(cast, category="noise.social")
    commands.join(cast.dispatcher, row.pk, with_case=other.pk)
    commands.contact(cast.secretary, row.pk, reached=True)
    client = cast.client("secretary")
    client.get(f"/cases/{row.number}/")
    with CaptureQueriesContext(connection) as seen:
        assert client.get(f"/cases/{row.number}/").status_code == 200
    statements = [one["sql"] for one in seen if "SAVEPOINT" not in one["sql"]]
    assert len(statements) <= 12, "\n".join(sql[:150] for sql in statements)


def test_out_of_scope_and_unknown_are_the_same_answer(cast: Cast) -> None:
    row = handling(cast)
    for who in ("neighbour", "neighbour_grid_worker", "neighbour_clerk", "auditor", "sysadmin", "volunteer"):
        client = cast.client(who)
        assert client.get(f"/cases/{row.number}/").status_code == 404, who
        assert client.get("/cases/11010600-2026-999999/").status_code == 404, who
        assert client.post(f"/cases/{row.number}/act/answer/", {"note": "x"}).status_code == 404, who
    assert cast.client().get(f"/cases/{row.number}/").status_code == 302
    for odd in ("..%2f", "𠮷", "'"):
        assert cast.client("secretary").get(f"/cases/{odd}/").status_code == 404


def test_in_the_side_panel_the_page_comes_without_its_frame(cast: Cast) -> None:
    row = handling(cast)
    answer = cast.client("secretary").get(
        f"/cases/{row.number}/", headers={"HX-Request": "true", "HX-Target": "div#panel-body"}
    )
    content = answer.content.decode()
    assert "<html" not in content
    assert row.number in content
    assert 'hx-target="#panel-body"' in content


def test_photos_of_a_case_are_seen_by_whoever_sees_the_case(cast: Cast) -> None:
    from linli.base.files.models import StoredFile
    from linli.base.files.queries import may_see

    row = handling(cast)
    photo = StoredFile(state=StoredFile.State.CLEAN, owner_kind="case", owner_id=str(row.pk))
    enter(cast.secretary)
    assert may_see(cast.secretary, photo)
    enter(cast.neighbour)
    assert not may_see(cast.neighbour, photo)
    assert not may_see(cast.neighbour, StoredFile(state=StoredFile.State.CLEAN, owner_kind="case", owner_id="x"))
