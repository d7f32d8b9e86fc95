"""A second round has a higher holder and a visit in person; what it leaves unresolved is on the looking-back list."""

import pytest

from linli.base.actor import system
from linli.base.commands import Refused
from linli.base.scope import enter
from linli.matters.cases import commands, looking_back
from linli.matters.cases.models import Case
from linli.procedures import queries as procedures
from linli.procedures.models import Entry, Proceeding
from tests.cast import Cast
from tests.matters.cases import stories


def second(cast: Cast) -> Proceeding:
    row = stories.answered(cast)
    commands.settle(cast.call_taker, row.pk, resolved=False, satisfaction="dissatisfied", reason="灯又坏了")
    return stories.proceeding(row.pk)


def ended(cast: Cast, resolved: bool = False, satisfaction: str = "dissatisfied", again: bool = False) -> Proceeding:
    """A second round called back."""
    row = second(cast)
    commands.accept(cast.leader, row.pk)
    commands.visit(cast.secretary, row.pk, note="看过线路")
    commands.answer(cast.leader, row.pk, note="换了线")
    reason = "" if resolved and satisfaction != "dissatisfied" else "还是不亮"
    commands.settle(cast.call_taker, row.pk, resolved=resolved, satisfaction=satisfaction, reason=reason, again=again)
    return stories.proceeding(row.pk)


def test_the_office_takes_the_lead_and_the_unit_before_works_under_it(cast: Cast) -> None:
    row = second(cast)
    here, office = cast.organisations["here"].pk, cast.organisations["office"].pk
    assert (row.round, row.holder_id, row.lead_id) == (2, office, office)
    offers = {(o.organisation, o.role): o.status for o in procedures.replay(row).offers if o.round == 2}
    assert offers == {(office, "lead"): "offered", (here, "support"): "offered"}
    assert {c.code for c in procedures.clocks(row) if c.round == 2} == {"accept", "contact", "answer"}
    with pytest.raises(Refused):
        commands.accept(cast.secretary, row.pk)
    commands.accept(cast.leader, row.pk)


def test_it_can_only_be_answered_after_a_visit_in_it(cast: Cast) -> None:
    row = stories.handling(cast)
    commands.visit(cast.secretary, row.pk, note="第一次上门")
    commands.answer(cast.secretary, row.pk, note="灯已换好")
    commands.settle(cast.call_taker, row.pk, resolved=False, satisfaction="basic", reason="又不亮")
    enter(system("test"))
    commands.accept(cast.leader, row.pk)
    with pytest.raises(Refused, match="上门") as refused:
        commands.answer(cast.leader, row.pk, note="换了线")
    assert refused.value.rule == "settlement.second_visit"
    commands.visit(cast.secretary, row.pk, note="第二次上门")
    commands.answer(cast.leader, row.pk, note="换了线")
    assert stories.proceeding(row.pk).step == "answered"


@pytest.mark.parametrize(
    ("resolved", "satisfaction", "there"),
    [
        (True, "satisfied", False),
        (True, "basic", True),
        (False, "satisfied", True),
        (True, "dissatisfied", True),
    ],
)
def test_the_list_is_every_second_round_that_is_not_both_full(
    cast: Cast, resolved: bool, satisfaction: str, there: bool
) -> None:
    row = ended(cast, resolved, satisfaction)
    first = stories.closed(cast)
    listed = set(looking_back.listed(cast.leader).values_list("pk", flat=True))
    assert (row.pk in listed) is there
    assert first.pk not in listed
    assert row.pk not in set(looking_back.listed(cast.neighbour).values_list("pk", flat=True))


def test_looking_back_is_recorded_and_leaves_a_closed_case_closed(cast: Cast) -> None:
    row = ended(cast)
    closed_at, result = row.closed_at, row.result
    assert closed_at is not None
    commands.look_back(cast.leader, row.pk, result="not_resolved_yet", note="线路要整体换，已报计划")
    row = stories.proceeding(row.pk)
    assert (row.closed_at, row.result, row.step) == (closed_at, result, "closed")
    assert procedures.replay(row).closed_at == closed_at
    assert procedures.broken_links(row) == []
    assert Entry.objects.get(proceeding=row, act="look_back").given["result"] == "not_resolved_yet"
    found = looking_back.listed(cast.leader).get(pk=row.pk)
    assert found.looked_result == "not_resolved_yet"


def test_looking_back_is_for_the_list_only(cast: Cast) -> None:
    row = stories.closed(cast)
    with pytest.raises(Refused, match="双满"):
        commands.look_back(cast.leader, row.pk, result="really_resolved", note="看过")
    row = ended(cast)
    with pytest.raises(Refused) as refused:
        commands.look_back(cast.leader, row.pk, result="nonsense", note="看过")
    assert refused.value.field == "result"
    with pytest.raises(Refused):
        commands.look_back(cast.secretary, row.pk, result="really_resolved", note="看过")


def test_the_pages(cast: Cast) -> None:
    row, other = ended(cast), second(cast)
    client = cast.client("leader")
    page = client.get("/cases/looking-back/").content.decode()
    assert row.number in page
    assert other.number in page
    assert row.number not in client.get("/cases/looking-back/?state=open").content.decode()
    assert row.number in client.get("/cases/looking-back/?looked=no&sort=-round").content.decode()
    address = f"/cases/{row.number}/?act=look_back"
    assert "记下回头看" in client.get(address).content.decode()
    sent = {"result": "really_resolved", "note": "灯亮了", "seen": row.entry_count, "_nonce": "x"}
    assert client.post(f"/cases/{row.number}/act/look_back/", sent).status_code == 302
    assert row.number not in client.get("/cases/looking-back/?looked=no").content.decode()
    csv = client.get("/cases/registers/looking-back.csv").content.decode("utf-8-sig")
    assert "确已解决" in csv
    assert cast.client("secretary").get("/cases/looking-back/").status_code == 404


def test_a_difficult_case_is_marked_once_and_listed(cast: Cast) -> None:
    row = stories.handling(cast)
    commands.mark_difficult(cast.leader, row.pk, note="产权不清，三家推")
    enter(system("test"))
    assert Case.objects.get(pk=row.pk).difficult_since is not None
    with pytest.raises(Refused, match="已经列为疑难"):
        commands.mark_difficult(cast.leader, row.pk, note="再列一次")
    client = cast.client("leader")
    assert row.number in client.get("/cases/difficult/").content.decode()
    enter(cast.leader)
    commands.clear_difficult(cast.leader, row.pk, note="产权已明确")
    with pytest.raises(Refused, match="没有列为疑难"):
        commands.clear_difficult(cast.leader, row.pk, note="再撤一次")
    assert row.number not in client.get("/cases/difficult/?state=all").content.decode()


def test_an_instruction_stands_in_the_record_and_not_before_the_reporter(cast: Cast) -> None:
    row = stories.handling(cast)
    commands.instruct(cast.leader, row.pk, note="周五前牵头开一次现场会")
    enter(system("test"))
    entry = Entry.objects.get(proceeding=row, act="instruct")
    assert entry.public is False
    with pytest.raises(Refused):
        commands.instruct(cast.clerk, row.pk, note="不该我写")
