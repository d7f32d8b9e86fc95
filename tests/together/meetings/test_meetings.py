"""A dispatch meeting: its agenda by policy, who came, decisions that become acts, what became of them."""

from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from linli.base.actor import system
from linli.base.clockwork import frozen
from linli.base.commands import Refused
from linli.base.policies import registry
from linli.base.scope import enter
from linli.matters.cases import commands as cases
from linli.procedures.models import Entry, Proceeding
from linli.together.meetings import commands, queries, rules
from linli.together.meetings.models import AgendaItem, Attendance, Decision, DispatchMeeting
from tests.cast import MONDAY, Cast
from tests.matters.cases import stories

DAY = MONDAY.date()
POLICY = registry.shipped()["dispatch_meeting"]


def prepared(cast: Cast, **given_: object) -> DispatchMeeting:
    enter(cast.dispatcher)
    return commands.prepare(cast.dispatcher, **given_)


def test_the_agenda_is_what_is_overdue_repeated_or_difficult(cast: Cast) -> None:
    with frozen(MONDAY):
        late, difficult = stories.dispatched(cast), stories.handling(cast)
        again = stories.answered(cast)
        cases.settle(cast.call_taker, again.pk, resolved=False, satisfaction="basic", reason="又坏了")
        joined = [stories.handling(cast) for _ in range(3)]
        for one in joined[1:]:
            cases.join(cast.dispatcher, one.pk, with_case=joined[0].pk)
        cases.mark_difficult(cast.leader, difficult.pk, note="产权不清")
        quiet = stories.handling(cast)
        enter(system("test"))
    with frozen(MONDAY + timedelta(minutes=125)):
        meeting = prepared(cast)
        enter(system("test"))
        found = {item.case_id: item.reasons for item in AgendaItem.objects.filter(meeting=meeting)}
    assert found[late.pk] == ["overdue"]
    assert found[difficult.pk] == ["difficult"]
    assert "repeated" in found[again.pk]
    assert all(found[one.pk] == ["repeated"] for one in joined)
    assert quiet.pk not in found


def test_one_meeting_a_day_by_the_street_only(cast: Cast) -> None:
    prepared(cast)
    with pytest.raises(Refused) as refused:
        prepared(cast)
    assert refused.value.field == "held_on"
    with pytest.raises(Refused):
        commands.prepare(cast.secretary)
    with pytest.raises(Refused):
        prepared(cast, held_on=date(2001, 1, 1))


def test_the_agenda_can_be_changed_and_shows_it(cast: Cast) -> None:
    row = stories.handling(cast)
    meeting = prepared(cast)
    item = commands.add(cast.dispatcher, meeting.pk, case=row.pk)
    with pytest.raises(Refused, match="已经在议程上"):
        commands.add(cast.dispatcher, meeting.pk, case=row.pk)
    with pytest.raises(Refused) as refused:
        commands.take_off(cast.dispatcher, item.pk, note=" ")
    assert refused.value.field == "note"
    commands.take_off(cast.dispatcher, item.pk, note="明天再议")
    with pytest.raises(Refused, match="不在议程上"):
        decided(cast, meeting, row)
    assert commands.add(cast.dispatcher, meeting.pk, case=row.pk).taken_off == ""


def decided(cast: Cast, meeting: DispatchMeeting, row: Proceeding, **given_: object) -> Decision:
    facts = {"act": "remind", "text": "两天内修好", "owner": cast.organisations["here"].pk, **given_}
    return commands.decide(cast.dispatcher, meeting.pk, case=row.pk, **facts)


@pytest.mark.parametrize(
    ("act", "recorded"),
    [
        ("instruct", "instruct"),
        ("remind", "remind"),
        ("supervise", "supervise"),
        ("mark_difficult", "mark_difficult"),
        ("dispatch", "redirect"),
    ],
)
def test_a_decision_becomes_an_act_on_the_case(cast: Cast, act: str, recorded: str) -> None:
    row = stories.handling(cast)
    meeting = prepared(cast)
    commands.add(cast.dispatcher, meeting.pk, case=row.pk)
    owner = cast.organisations["city"].pk
    made = decided(cast, meeting, row, act=act, owner=owner)
    assert made.due_on == meeting.held_on + timedelta(days=POLICY["decision_days"])
    enter(system("test"))
    entry = Entry.objects.filter(proceeding=row, act=recorded).latest("seq")
    assert "两天内修好" in entry.note
    assert "城市管理科" in entry.note
    if act == "dispatch":
        assert Proceeding.objects.get(pk=row.pk).lead_id == owner


def test_a_case_that_waits_for_dispatch_is_dispatched(cast: Cast) -> None:
    row = stories.filed(cast)
    meeting = prepared(cast)
    if not AgendaItem.objects.filter(meeting=meeting, case_id=row.pk).exists():
        commands.add(cast.dispatcher, meeting.pk, case=row.pk)
    decided(cast, meeting, row, act="dispatch")
    row = stories.proceeding(row.pk)
    assert (row.step, row.lead_id) == ("dispatched", cast.organisations["here"].pk)


def test_what_the_case_refuses_is_not_decided(cast: Cast) -> None:
    row = stories.handling(cast)
    meeting = prepared(cast)
    commands.add(cast.dispatcher, meeting.pk, case=row.pk)
    with pytest.raises(Refused) as refused:
        decided(cast, meeting, row, act="dispatch")
    assert refused.value.field == "owner"
    enter(system("test"))
    assert not Decision.objects.exists()
    enter(cast.dispatcher)
    for change, field in (
        ({"act": "nonsense"}, "act"),
        ({"text": " "}, "text"),
        ({"owner": 0}, "owner"),
        ({"due_on": date(2001, 1, 1)}, "due_on"),
    ):
        with pytest.raises(Refused) as refused:
            decided(cast, meeting, row, **change)
        assert refused.value.field == field


def test_attendance_is_of_the_leadership_and_a_meeting_ends_with_it(cast: Cast) -> None:
    meeting = prepared(cast)
    with pytest.raises(Refused, match="到会"):
        commands.close(cast.dispatcher, meeting.pk)
    with pytest.raises(Refused) as refused:
        commands.attend(cast.dispatcher, meeting.pk, post=cast.posts["clerk"].pk, state="present")
    assert refused.value.field == "post"
    commands.attend(cast.dispatcher, meeting.pk, post=cast.posts["leader"].pk, state="excused")
    commands.attend(cast.dispatcher, meeting.pk, post=cast.posts["leader"].pk, state="present")
    commands.close(cast.dispatcher, meeting.pk, chair="凌主任", note="议了三件")
    enter(system("test"))
    assert [one.state for one in Attendance.objects.filter(meeting=meeting)] == ["present"]
    enter(cast.dispatcher)
    with pytest.raises(Refused, match="已经结束"):
        commands.attend(cast.dispatcher, meeting.pk, post=cast.posts["leader"].pk, state="absent")


def test_the_owner_sees_the_decision_and_says_when_it_is_done(cast: Cast) -> None:
    row = stories.handling(cast)
    meeting = prepared(cast)
    commands.add(cast.dispatcher, meeting.pk, case=row.pk)
    made = decided(cast, meeting, row)
    enter(cast.secretary)
    assert list(queries.decisions(cast.secretary)) == [made]
    assert not DispatchMeeting.objects.exists(), "the meeting itself is the street's"
    with pytest.raises(Refused):
        commands.report(cast.secretary, made.pk, note=" ")
    enter(cast.neighbour)
    assert not Decision.objects.exists()
    with pytest.raises(Refused):
        commands.report(cast.neighbour, made.pk, note="不是我")
    client = cast.client("secretary")
    assert "两天内修好" in client.get("/meetings/decisions/").content.decode()
    assert client.post(f"/meetings/decisions/{made.pk}/report/", {"note": "修好了", "_nonce": "a"}).status_code == 302
    assert client.post(f"/meetings/decisions/{made.pk}/report/", {"note": "再报", "_nonce": "b"}).status_code == 404
    assert "修好了" in client.get("/meetings/decisions/?state=done").content.decode()
    assert "两天内修好" in client.get(f"/meetings/of-case/{row.pk}/").content.decode()
    assert client.get("/meetings/").status_code == 404


def test_the_pages_from_agenda_to_minutes(cast: Cast) -> None:
    row = stories.handling(cast)
    client = cast.client("leader")
    address = client.post("/meetings/new/", {"_nonce": "a"})["Location"]
    assert client.post(f"{address}agenda/", {"number": "x", "_nonce": "b"}).status_code == 422
    assert client.post(f"{address}agenda/", {"number": row.number, "_nonce": "c"}).status_code == 302
    page = client.get(address).content.decode()
    assert row.number in page
    leader = cast.posts["leader"].pk
    assert client.post(f"{address}attend/", {f"post-{leader}": "present", "_nonce": "d"}).status_code == 302
    sent = {
        "case": row.pk,
        "act": "supervise",
        "text": "三天内办结",
        "owner": cast.organisations["here"].pk,
        "_nonce": "e",
    }
    assert client.post(f"{address}decide/", {**sent, "text": "", "_nonce": "f"}).status_code == 422
    assert client.post(f"{address}decide/", sent).status_code == 302
    assert client.post(f"{address}close/", {"chair": "凌主任", "note": "会上议定。", "_nonce": "g"}).status_code == 302
    minutes = client.get(f"{address}minutes/").content.decode()
    assert "三天内办结" in minutes
    assert "会上议定" in minutes
    csv = client.get(f"{address.rstrip('/')}/minutes.csv").content.decode("utf-8-sig")
    assert "三天内办结" in csv
    assert "案卷调度" in client.get("/meetings/export.csv").content.decode("utf-8-sig")
    assert "三天内办结" in client.get("/meetings/decisions/export.csv").content.decode("utf-8-sig")
    attendance = client.get("/meetings/attendance/").content.decode()
    assert "凌主任" in attendance
    assert f"post={leader}" in attendance
    assert address in client.get(f"/meetings/?post={leader}&attended=present").content.decode()
    assert address not in client.get(f"/meetings/?post={leader}&attended=absent").content.decode()


@given(st.lists(st.tuples(st.integers(1, 5), st.sampled_from(["present", "excused", "absent"])), max_size=40))
def test_presence_adds_up(rows: list[tuple[int, str]]) -> None:
    found = rules.presence(rows)
    assert sum(one.called for one in found) == len(rows)
    assert all(one.present + one.excused <= one.called for one in found)
    assert [one.share for one in found] == sorted((one.share for one in found), reverse=True)


def test_missing_days_are_working_days_without_a_meeting() -> None:
    days = [DAY + timedelta(days=n) for n in range(3)]
    assert rules.missing_days(days, [days[1], DAY - timedelta(days=9)]) == [days[0], days[2]]


@pytest.mark.parametrize(
    "change", [{"overdue": "yes"}, {"most": 0}, {"most": True}, {"leadership": []}, {"repeated_round": -1}]
)
def test_a_wrong_policy_is_named(change: dict[str, object]) -> None:
    assert rules.problems(POLICY) == []
    assert rules.problems({**POLICY, **change}) != []
