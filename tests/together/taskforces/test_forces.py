"""A force: founded with a lead, people lent from a day to a day, cases carried, what it solved, and its end."""

from datetime import timedelta

import pytest

from linli.base.actor import system
from linli.base.clockwork import frozen
from linli.base.commands import Refused
from linli.base.scope import enter
from linli.matters.cases import commands as cases
from linli.procedures.models import Entry
from linli.together.taskforces import commands, queries
from linli.together.taskforces.models import CarriedCase, Member, TaskForce
from tests.cast import MONDAY, STREET, Cast
from tests.matters.cases import stories

TODAY = MONDAY.date()


def founded(cast: Cast, **given: object) -> TaskForce:
    facts = {"name": "老旧管线专班", "purpose": "北里片区管线", "lead": cast.posts["clerk"].pk, **given}
    enter(cast.leader)
    return commands.found(cast.leader, **facts)


def test_it_is_founded_with_a_lead_and_seen_by_the_street_and_the_lenders(cast: Cast) -> None:
    with frozen(MONDAY):
        force = founded(cast)
    enter(system("test"))
    member = Member.objects.get(force=force)
    assert (member.role, member.organisation_id, member.starts) == ("lead", cast.organisations["city"].pk, TODAY)
    assert force.region_code == STREET
    for who, seen in (("leader", True), ("secretary", True), ("clerk", True), ("neighbour_clerk", False)):
        enter(getattr(cast, who))
        assert queries.visible_to(getattr(cast, who)).filter(pk=force.pk).exists() is seen, who
        assert TaskForce.objects.filter(pk=force.pk).exists() is seen, who


@pytest.mark.parametrize(
    ("change", "field"), [({"name": " "}, "name"), ({"purpose": ""}, "purpose"), ({"lead": 0}, "lead")]
)
def test_what_is_wrong_is_named(cast: Cast, change: dict[str, object], field: str) -> None:
    with pytest.raises(Refused) as refused:
        founded(cast, **change)
    assert refused.value.field == field


def test_the_same_name_twice_is_refused(cast: Cast) -> None:
    founded(cast)
    with pytest.raises(Refused) as refused:
        founded(cast)
    assert refused.value.field == "name"


def test_people_are_lent_from_a_day_to_a_day(cast: Cast) -> None:
    with frozen(MONDAY):
        force = founded(cast)
        worker = cast.posts["worker"].pk
        with pytest.raises(Refused) as refused:
            commands.enlist(cast.leader, force.pk, post=worker, starts=TODAY, ends=TODAY - timedelta(days=1))
        assert refused.value.field == "ends"
        with pytest.raises(Refused):
            commands.enlist(cast.leader, force.pk, post=worker, starts=TODAY - timedelta(days=1))
        member = commands.enlist(cast.leader, force.pk, post=worker, role="deputy")
        with pytest.raises(Refused, match="已经在专班"):
            commands.enlist(cast.leader, force.pk, post=worker)
    with frozen(MONDAY + timedelta(days=9)):
        commands.release(cast.leader, member.pk)
        enter(system("test"))
        assert Member.objects.get(pk=member.pk).ends == TODAY + timedelta(days=9)
        enter(cast.leader)
        commands.enlist(cast.leader, force.pk, post=worker)
    with pytest.raises(Refused):
        commands.enlist(cast.secretary, force.pk, post=worker)


def test_a_case_is_carried_by_one_force_and_its_record_says_so(cast: Cast) -> None:
    row = stories.handling(cast)
    force, other = founded(cast), founded(cast, name="另一个专班")
    commands.carry(cast.leader, force.pk, case=row.pk)
    with pytest.raises(Refused, match="已经有专班"):
        commands.carry(cast.leader, other.pk, case=row.pk)
    enter(system("test"))
    assert "老旧管线专班" in Entry.objects.get(proceeding=row, act="instruct").note
    carried = CarriedCase.objects.get(force=force)
    enter(cast.leader)
    with pytest.raises(Refused) as refused:
        commands.hand_back(cast.leader, carried.pk, note=" ")
    assert refused.value.field == "note"
    commands.hand_back(cast.leader, carried.pk, note="已转施工单位")
    commands.carry(cast.leader, other.pk, case=row.pk)
    done = stories.closed(cast)
    with pytest.raises(Refused, match="已经结案"):
        commands.carry(cast.leader, other.pk, case=done.pk)


def test_the_number_of_solved_cases_opens_them(cast: Cast) -> None:
    solved, failed = stories.handling(cast), stories.handling(cast)
    force = founded(cast)
    for row, good in ((solved, True), (failed, False)):
        commands.carry(cast.leader, force.pk, case=row.pk)
        cases.answer(cast.secretary, row.pk, note="换了管线")
        said = {"satisfaction": "satisfied"} if good else {"satisfaction": "basic", "reason": "还漏", "again": False}
        cases.settle(cast.call_taker, row.pk, resolved=good, **said)
    client = cast.client("leader")
    assert f"/taskforces/solved/?force={force.pk}" in client.get("/taskforces/").content.decode()
    page = client.get(f"/taskforces/solved/?force={force.pk}").content.decode()
    assert solved.number in page
    assert failed.number not in page
    csv = client.get("/taskforces/solved/export.csv").content.decode("utf-8-sig")
    assert solved.number in csv
    assert "老旧管线专班" in client.get("/taskforces/export.csv").content.decode("utf-8-sig")
    long_ago = client.get("/taskforces/solved/?until=2001-01-01").content.decode()
    assert "这段时间没有解决的" in long_ago
    slot = client.get(f"/taskforces/of-case/{solved.pk}/").content.decode()
    assert "老旧管线专班" in slot


def test_dissolving_sends_everybody_home(cast: Cast) -> None:
    row = stories.handling(cast)
    force = founded(cast)
    commands.carry(cast.leader, force.pk, case=row.pk)
    commands.dissolve(cast.leader, force.pk)
    enter(system("test"))
    assert not Member.objects.filter(force=force, ends=None).exists()
    assert not CarriedCase.objects.filter(force=force, ends=None).exists()
    enter(cast.leader)
    with pytest.raises(Refused, match="已经撤销"):
        commands.carry(cast.leader, force.pk, case=row.pk)


def test_the_pages(cast: Cast) -> None:
    row = stories.handling(cast)
    cases.mark_difficult(cast.leader, row.pk, note="产权不清")
    client = cast.client("leader")
    made = client.post(
        "/taskforces/new/",
        {"name": "停车专班", "purpose": "挪车", "lead": cast.posts["clerk"].pk, "_nonce": "a"},
    )
    assert made.status_code == 302
    address = made["Location"]
    assert row.number in client.get(address).content.decode(), "difficult cases are proposed"
    assert client.post(f"{address}carry/", {"number": row.number, "_nonce": "b"}).status_code == 302
    assert client.post(f"{address}carry/", {"number": "x", "_nonce": "c"}).status_code == 422
    sent = {"post": cast.posts["worker"].pk, "role": "member", "_nonce": "d"}
    assert client.post(f"{address}enlist/", sent).status_code == 302
    assert client.post(f"{address}enlist/", {**sent, "_nonce": "e"}).status_code == 422
    page = client.get(address).content.decode()
    assert "佘工" in page
    enter(system("test"))
    carried = CarriedCase.objects.get(case_id=row.pk)
    client.post(f"{address}end/", {"what": "carried", "key": carried.pk, "note": "转施工", "_nonce": "f"})
    assert "转施工" in client.get(address).content.decode()
    client.post(f"{address}end/", {"what": "force", "_nonce": "g"})
    assert "停车专班" not in client.get("/taskforces/").content.decode()
    assert "停车专班" in client.get("/taskforces/?state=all").content.decode()
    assert cast.client("neighbour_clerk").get(address).status_code == 404
