"""What becomes of a hotline's order goes back: written from the record by the wire, sent in order, retried, decided upon."""

import json
import time
from datetime import timedelta
from typing import Any

import pytest
from django.db import connection

from linli.base.actor import system
from linli.base.clockwork import frozen, now
from linli.base.commands import Refused, outbox
from linli.base.commands.models import OutboxRow
from linli.base.reaching import Answer, Unreachable
from linli.base.scope import enter
from linli.doors import wiring
from linli.doors.channels.hotline import commands, reporting, rules, tasks
from linli.doors.channels.hotline.models import Letter, Secret
from linli.doors.channels.hotline.sending import attempt, words_of
from linli.matters.cases import commands as cases
from linli.matters.cases.models import Case
from linli.procedures import queries as procedures
from tests.cast import Cast
from tests.doors.hotlines import ADDRESS, Hotline, city_decides, hotline, signature
from tests.matters.cases import stories


@pytest.fixture
def city(cast: Cast) -> Hotline:
    return hotline(cast)


class Wire:
    """The hotline's end of the line: takes what comes, or answers as it is told."""

    def __init__(self, *answers: Answer | Exception) -> None:
        self.answers, self.calls = list(answers), []  # type: ignore[var-annotated]

    def __call__(self, url: str, body: bytes, headers: dict[str, str], **_more: Any) -> Answer:
        self.calls.append((url, json.loads(body), headers, body))
        answer = self.answers.pop(0) if self.answers else Answer(200, "")
        if isinstance(answer, Exception):
            raise answer
        return answer


def relayed() -> None:
    while outbox.relay():
        pass
    enter(system("test"))


def case_of(city: Hotline, cast: Cast, order: str = "A1") -> int:
    """An order in the hands of the community, who has accepted it."""
    city.create(order)
    key = int(Case.objects.get(foreign_number=order).pk)
    row = stories.proceeding(key)
    if row.step == "filed":
        cases.dispatch(cast.dispatcher, key, to=cast.organisations["here"].pk)
    elif row.holder_id != cast.organisations["here"].pk:
        cases.redirect(cast.dispatcher, key, to=cast.organisations["here"].pk, note="由社区办")
    cases.accept(cast.secretary, key)
    relayed()
    return key


def sent(wire: Wire) -> list[str]:
    return [call[1]["type"] for call in wire.calls]


def types() -> list[str]:
    return list(Letter.objects.order_by("id").values_list("type", flat=True))


def test_every_act_the_hotline_is_told_of_exists() -> None:
    from linli.base.policies import registry

    acts = {row["code"] for row in registry.shipped()["procedure.case"]["acts"]}
    assert set(reporting.OUTGOING) <= acts
    assert len({one.type for one in reporting.OUTGOING.values()}) == len(reporting.OUTGOING)


def test_the_answer_leaves_signed_with_its_words(cast: Cast, city: Hotline) -> None:
    key = case_of(city, cast)
    cases.answer(cast.secretary, key, note="灯已修好。")
    relayed()
    assert types() == ["order.accepted", "order.answered"]
    wire = Wire()
    for letter in Letter.objects.order_by("id"):
        outcome = attempt(letter.pk, wire)
        assert outcome is not None and outcome.state == "sent"
    url, said, headers, body = wire.calls[1]
    assert url == ADDRESS
    number = stories.proceeding(key).number
    assert said["type"] == "order.answered"
    assert said["data"] | {"at": ""} == {
        "order": "A1", "seq": 2, "previous": 1, "case": number, "round": 1, "at": "", "note": "灯已修好。",
        "unit": "北大街北里社区居委会",
    }  # fmt: skip
    stamp = headers["webhook-timestamp"]
    assert abs(int(stamp) - time.time()) < 60
    assert headers["webhook-signature"] == signature(city.out, headers["webhook-id"], stamp, body)


def test_each_act_has_its_message_with_what_belongs_to_it(cast: Cast, city: Hotline) -> None:
    key = case_of(city, cast)
    cases.extend(cast.secretary, key, amount=2, note="配件要订")
    cases.answer(cast.secretary, key, note="灯已修好。")
    cases.callback(cast.call_taker, key, reached=False)
    cases.settle(cast.call_taker, key, resolved=False, satisfaction="dissatisfied", reason="又坏了")
    relayed()
    told = {one.type: one.facts for one in Letter.objects.order_by("id")}
    assert list(told) == ["order.accepted", "order.extended", "order.answered", "order.called_back", "order.reopened"]
    assert told["order.extended"]["amount"] == 2 and told["order.extended"]["due"] > now().isoformat()
    assert (told["order.extended"]["time_unit"], told["order.extended"]["unit"]) == ("days", "北大街北里社区居委会")
    assert told["order.called_back"]["reached"] is False
    assert told["order.reopened"] | {"unit": ""} == {
        "unit": "", "reached": True, "resolved": False, "satisfaction": "dissatisfied",
    }  # fmt: skip


def test_the_honest_states_are_told_with_reason_and_promise(cast: Cast, city: Hotline) -> None:
    key = case_of(city, cast)
    until = now().date() + timedelta(days=40)
    cases.hang_up(cast.secretary, key, reason="funds", promise="列入明年计划", until=until, note="资金明年才到位")
    cases.review_hang_up(cast.dispatcher, key, note="资金已批一半", until=until + timedelta(days=9))
    cases.lift(cast.secretary, key, note="资金到位")
    cases.ask_exemption(
        cast.secretary, key, reason="proceedings", note="已起诉，当事人13812345678", materials="受理通知书"
    )
    cases.refuse_exemption(cast.dispatcher, key, note="材料不足")
    cases.ask_exemption(cast.secretary, key, reason="proceedings", note="补了材料", materials="受理通知书")
    cases.grant_exemption(cast.leader, key, note="同意")
    relayed()
    told = {one.type: one.facts for one in Letter.objects.order_by("id")}
    assert types() == [
        "order.accepted", "order.hung_up", "order.hang_up_reviewed", "order.hang_up_lifted", "order.exemption_requested",
        "order.exemption_refused", "order.exemption_requested", "order.exemption_granted",
    ]  # fmt: skip
    assert told["order.hung_up"] | {"unit": ""} == {
        "unit": "", "reason": "funds", "reason_name": "需要资金，已列入计划", "promise": "列入明年计划", "until": until.isoformat(),
    }  # fmt: skip
    assert told["order.hang_up_reviewed"]["until"] == (until + timedelta(days=9)).isoformat()
    assert told["order.exemption_requested"]["reason_name"] == "已进入诉讼、仲裁、复议等程序"
    assert told["order.exemption_requested"]["materials"] == "受理通知书"
    note = words_of(Letter.objects.filter(type="order.exemption_requested").order_by("id")[0])["data"]["note"]
    assert "已起诉" in note and "13812345678" not in note, "what units write among themselves goes without numbers"


def test_what_the_city_decides_is_asked_of_it_and_not_told_back(cast: Cast, city: Hotline) -> None:
    city_decides("extension", "exemption")
    key = case_of(city, cast)
    cases.ask_extension(cast.secretary, key, amount=2, note="配件要订")
    cases.ask_exemption(cast.secretary, key, reason="proceedings", note="已起诉", materials="受理通知书")
    relayed()
    city.say("order.extension_decided", "A1", 2, granted=True)
    city.say("order.exemption_decided", "A1", 3, granted=False, note="材料不足")
    city.say("order.supervised", "A1", 4, note="抓紧")
    relayed()
    assert types() == ["order.accepted", "order.extension_requested", "order.exemption_requested"]
    facts = Letter.objects.get(type="order.extension_requested").facts
    assert facts == {"unit": "北大街北里社区居委会", "amount": 2, "time_unit": "days"}


def test_a_reporter_who_adds_something_here_is_heard_there(cast: Cast, city: Hotline) -> None:
    key = case_of(city, cast)
    cases.supplement(cast.resident(key), key, note="三楼也坏了，电话13812345678")
    cases.answer(cast.secretary, key, note="灯已修好，有事拨打 63812345。")
    relayed()
    assert types() == ["order.accepted", "order.supplemented", "order.answered"]
    notes = [words_of(one)["data"]["note"] for one in Letter.objects.order_by("id")]
    assert "13812345678" not in notes[1] and "三楼也坏了" in notes[1] and "63812345" in notes[2]


def test_what_is_not_dispatched_is_told_with_the_kind(cast: Cast, city: Hotline) -> None:
    city.create("A1", region="110106009", longitude=None, latitude=None, text="想问一下别的事", kind="advice")
    row = stories.proceeding(int(Case.objects.get().pk))
    if row.step != "filed":
        cases.accept(system("test"), row.pk)
        cases.return_(system("test"), row.pk, ground="not_our_area", note="不在", materials="图")
    cases.decline(cast.dispatcher, row.pk, reason="beyond", note="请向某某协会咨询")
    relayed()
    assert types()[-1] == "order.declined"
    assert Letter.objects.get(type="order.declined").facts["reason_name"] == "超出政府职责范围"


def test_a_sheet_tells_the_same(cast: Cast, city: Hotline) -> None:
    from linli.doors.channels.hotline import sheets

    key = case_of(city, cast)
    until = now().date() + timedelta(days=40)
    cases.hang_up(cast.secretary, key, reason="funds", promise="列入明年计划", until=until, note="资金明年才到位")
    cases.ask_exemption(cast.secretary, key, reason="hung_up", note="见挂账", materials="批复")
    relayed()
    rows = [dict(zip(sheets.HEADER, line, strict=True)) for line in sheets.lines(Letter.objects.order_by("id"))]
    assert [row["类型"] for row in rows] == ["签收", "挂账", "申请剔除"]
    assert (rows[1]["原因"], rows[1]["答应做到"], rows[1]["答应的日期"]) == (
        "需要资金，已列入计划", "列入明年计划", until.isoformat(),
    )  # fmt: skip
    assert (rows[2]["原因"], rows[2]["材料"], rows[2]["单位"]) == (
        "经批准挂账，尚未到答应的日期",
        "批复",
        "北大街北里社区居委会",
    )


def test_a_return_names_its_ground(cast: Cast, city: Hotline) -> None:
    from inspect import signature as shape

    key = case_of(city, cast)
    more = {"materials": "权属说明"} if "materials" in shape(cases.return_).parameters else {}
    cases.return_(cast.secretary, key, ground="not_our_area", note="在马路对面", **more)
    relayed()
    facts = Letter.objects.get(type="order.returned").facts
    assert (facts["ground"], facts["ground_name"]) == ("not_our_area", "地点不在本单位辖区")


def test_nothing_is_told_of_other_cases_nor_back_what_the_hotline_said(cast: Cast, city: Hotline) -> None:
    stories.closed(cast)
    key = case_of(city, cast)
    cases.answer(cast.secretary, key, note="灯已修好。")
    city.say("order.called_back", "A1", 2, reached=True, resolved=True, satisfaction="satisfied")
    relayed()
    assert types() == ["order.accepted", "order.answered"]


def test_however_often_the_event_comes_each_entry_makes_one_letter(cast: Cast, city: Hotline) -> None:
    key = case_of(city, cast)
    cases.answer(cast.secretary, key, note="灯已修好。")
    relayed()
    before = list(Letter.objects.order_by("id").values_list("id", "message_id"))
    OutboxRow.objects.filter(event__startswith="cases.").update(delivered_at=None)
    relayed()
    wire = next(one for one in wiring.WIRES if one.command == "hotline.report")
    wire.run(system("again"), {"case": key})
    assert list(Letter.objects.order_by("id").values_list("id", "message_id")) == before


def test_a_wire_that_fails_is_tried_again_and_the_event_survives(
    cast: Cast, city: Hotline, monkeypatch: pytest.MonkeyPatch
) -> None:
    key = case_of(city, cast)
    monkeypatch.setattr(reporting, "facts_of", lambda told: 1 / 0)
    cases.answer(cast.secretary, key, note="灯已修好。")
    relayed()
    row = OutboxRow.objects.get(event="cases.answered")
    assert row.attempts == 1 and row.delivered_at is None and "ZeroDivisionError" in row.error
    assert "order.answered" not in types(), "what failed has left nothing"
    monkeypatch.undo()
    with frozen(now() + timedelta(minutes=1)):
        relayed()
    row.refresh_from_db()
    assert row.delivered_at is not None and types()[-1] == "order.answered"


def test_events_nobody_listens_to_pass_in_one_go(cast: Cast, city: Hotline) -> None:
    city.create("A1")
    assert OutboxRow.objects.filter(event="cases.filed", delivered_at=None).exists()
    assert outbox.relay() >= 1
    enter(system("test"))
    assert not OutboxRow.objects.filter(event="cases.filed", delivered_at=None).exists()


def test_letters_of_one_order_go_one_after_the_other(cast: Cast, city: Hotline) -> None:
    key = case_of(city, cast)
    cases.answer(cast.secretary, key, note="灯已修好。")
    relayed()
    first, second = Letter.objects.order_by("id")
    wire = Wire(Unreachable("no route"))
    assert attempt(second.pk, wire) is None and wire.calls == []
    failed = attempt(first.pk, wire)
    assert failed is not None and failed.state == "waiting" and failed.next_at is not None
    assert attempt(second.pk, wire) is None, "it waits for the one before"
    with frozen(failed.next_at + timedelta(seconds=1)):
        done = attempt(first.pk, wire)
        assert done is not None and (done.state, done.follows) == ("sent", second.pk)
        last = attempt(second.pk, wire)
    assert last is not None and last.state == "sent"
    assert sent(wire) == ["order.accepted", "order.accepted", "order.answered"]
    assert wire.calls[0][3] == wire.calls[1][3], "the same letter, to the byte"
    assert wire.calls[0][2]["webhook-id"] == wire.calls[1][2]["webhook-id"]


def test_a_claimed_letter_is_not_sent_by_a_second_worker(cast: Cast, city: Hotline) -> None:
    case_of(city, cast)
    letter = Letter.objects.get()
    other: list[Any] = []

    def slow(*_call: Any, **_more: Any) -> Answer:
        other.append(attempt(letter.pk, Wire()))
        return Answer(204, "")

    outcome = attempt(letter.pk, slow)
    assert other == [None] and outcome is not None and outcome.state == "sent"


@pytest.mark.parametrize("status", [301, 302, 307, 400, 401, 404, 429, 500, 503])
def test_whatever_is_not_2xx_is_tried_again(cast: Cast, city: Hotline, status: int) -> None:
    case_of(city, cast)
    outcome = attempt(Letter.objects.get().pk, Wire(Answer(status, "<b>\r\n no </b>")))
    assert outcome is not None and outcome.state == "waiting"
    letter = Letter.objects.get()
    assert letter.status == status and letter.error == f"对方答 {status}：<b> no </b>"


def test_the_hotline_may_ask_to_wait(cast: Cast, city: Hotline) -> None:
    case_of(city, cast)
    begun = now()
    outcome = attempt(Letter.objects.get().pk, Wire(Answer(429, "", 1000)))
    assert outcome is not None and outcome.next_at is not None
    assert outcome.next_at >= begun + timedelta(seconds=1000)


def test_after_ten_attempts_a_person_decides(cast: Cast, city: Hotline) -> None:
    key = case_of(city, cast)
    cases.answer(cast.secretary, key, note="灯已修好。")
    relayed()
    first, second = Letter.objects.order_by("id")
    moment = now()
    for _time in range(rules.MOST_ATTEMPTS):
        with frozen(moment):
            attempt(first.pk, Wire(Answer(500, "broken")))
        first.refresh_from_db()
        moment = first.next_at + timedelta(seconds=1)
    assert (first.state, first.attempts) == ("dead", 10)
    with frozen(moment + timedelta(days=1)):
        assert attempt(first.pk, Wire()) is None and attempt(second.pk, Wire()) is None
    commands.send_again(cast.dispatcher, first)
    enter(system("test"))
    done = attempt(first.pk, Wire())
    assert done is not None and done.state == "sent" and done.follows == second.pk


def test_an_address_that_is_gone_is_not_called_ten_times(cast: Cast, city: Hotline) -> None:
    case_of(city, cast)
    outcome = attempt(Letter.objects.get().pk, Wire(Answer(410, "")))
    assert outcome is not None and outcome.state == "dead"


def test_a_dropped_letter_lets_the_next_go_and_tells_of_the_gap(cast: Cast, city: Hotline) -> None:
    key = case_of(city, cast)
    cases.extend(cast.secretary, key, amount=1, note="配件要订")
    cases.answer(cast.secretary, key, note="灯已修好。")
    relayed()
    first, second, third = Letter.objects.order_by("id")
    attempt(first.pk, Wire())
    attempt(second.pk, Wire(Answer(410, "")))
    with pytest.raises(Refused, match="为什么"):
        commands.drop(cast.dispatcher, second, note="")
    commands.drop(cast.dispatcher, second, note="热线已电话知悉")
    enter(system("test"))
    wire = Wire()
    attempt(third.pk, wire)
    assert (wire.calls[0][1]["data"]["seq"], wire.calls[0][1]["data"]["previous"]) == (3, 1)
    for again in (commands.send_again, lambda actor, row: commands.drop(actor, row, note="x")):
        with pytest.raises(Refused):
            again(cast.dispatcher, third)


def test_switched_off_nothing_goes_out_and_switched_on_it_goes_on(cast: Cast, city: Hotline) -> None:
    commands.switch(cast.sysadmin, city.exchange, on=False)
    city_again = city.exchange
    case = stories.handling(cast)
    assert not Letter.objects.exists(), case
    commands.switch(cast.sysadmin, city_again, on=True)
    enter(system("test"))
    case_of(city, cast)
    letter = Letter.objects.get()
    commands.switch(cast.sysadmin, city.exchange, on=False)
    enter(system("test"))
    assert attempt(letter.pk, Wire()) is None
    commands.switch(cast.sysadmin, city.exchange, on=True)
    enter(system("test"))
    outcome = attempt(letter.pk, Wire())
    assert outcome is not None and outcome.state == "sent"


def jobs() -> list[int]:
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT (args->>'letter_id')::bigint FROM procrastinate_jobs WHERE task_name = 'hotline.send' ORDER BY id"
        )
        return [row[0] for row in cursor.fetchall()]


def test_a_letter_that_no_job_has_sent_is_taken_up_by_the_regular_round(cast: Cast, city: Hotline) -> None:
    case_of(city, cast)
    letter = Letter.objects.get()
    assert jobs() == [letter.pk], "written and queued in one transaction"
    assert commands.deliver(system("round")) == 0
    with frozen(now() + timedelta(minutes=5)):
        assert commands.deliver(system("round")) == 1
    assert jobs() == [letter.pk, letter.pk]


def test_the_job_of_a_failed_attempt_leaves_the_job_of_the_next(
    cast: Cast, city: Hotline, monkeypatch: pytest.MonkeyPatch
) -> None:
    case_of(city, cast)
    letter = Letter.objects.get()
    monkeypatch.setattr(tasks, "attempt", lambda key: attempt(key, Wire(Answer(500, ""))))
    tasks.send(letter.pk)
    enter(system("test"))
    assert jobs() == [letter.pk, letter.pk]


def test_an_inner_address_is_never_called(cast: Cast, city: Hotline) -> None:
    commands.change(cast.sysadmin, city.exchange, name="某市", transport="webhook", address="http://127.0.0.1:9/in")
    enter(system("test"))
    case_of(city, cast)
    outcome = attempt(Letter.objects.get().pk)
    assert outcome is not None and outcome.state == "waiting" and "没有允许" in Letter.objects.get().error


def test_waiting_grows_is_spread_and_ends() -> None:
    low = [rules.pause(n, 0.0).total_seconds() for n in range(1, 11)]
    high = [rules.pause(n, 1.0).total_seconds() for n in range(1, 11)]
    assert high[:4] == [5, 20, 80, 320] and low == [one / 2 for one in high]
    assert max(high) == rules.LONGEST_SECONDS and rules.pause(3, 0.5, 10**9).total_seconds() == rules.LONGEST_SECONDS
    assert 24 * 3600 < sum(high[:9]) < 60 * 3600, "some hours of silence lose nothing"


def test_setting_up_refuses_what_is_wrong(cast: Cast) -> None:
    good: dict[str, Any] = {
        "code": "city", "name": "热线", "organisation": cast.organisations["desk"].pk, "region_code": "110106009",
        "address": ADDRESS,
    }  # fmt: skip
    for wrong, field in [
        ({"code": "城"}, "code"), ({"name": ""}, "name"), ({"organisation": cast.organisations["here"].pk}, "organisation"),
        ({"region_code": "99"}, "region_code"), ({"address": "ftp://x/"}, "address"), ({"transport": "fax"}, "transport"),
        ({"per_minute": 0}, "per_minute"),
    ]:  # fmt: skip
        with pytest.raises(Refused) as no:
            commands.set_up(cast.sysadmin, **{**good, **wrong})
        assert no.value.field == field, wrong
    with pytest.raises(Refused) as denied:
        commands.set_up(cast.dispatcher, **good)
    assert denied.value.status == 403
    exchange = commands.set_up(cast.sysadmin, **good)
    with pytest.raises(Refused, match="密钥"):
        commands.switch(cast.sysadmin, exchange, on=True)
    with pytest.raises(Refused, match="代号"):
        commands.set_up(cast.sysadmin, **good)
    with pytest.raises(Refused, match="Base64"):
        commands.add_secret(cast.sysadmin, exchange, direction="in", text="kurz")


def test_secrets_are_sealed_and_seen_by_nobody_but_the_system(cast: Cast, city: Hotline) -> None:
    rows = list(Secret.objects.all())
    assert len(rows) == 2
    plain = [city.secret.encode(), city.out.encode()]
    assert all(secret not in bytes(row.value.blob) for row in rows for secret in plain)  # type: ignore[attr-defined]
    assert {row.hint for row in rows} == {city.secret[-4:], city.out[-4:]}
    for who in ("sysadmin", "dispatcher", "neighbour"):
        enter(getattr(cast, who))
        assert not Secret.objects.exists(), who
    with connection.cursor() as cursor:
        enter(system("test"))
        cursor.execute("SELECT string_agg(detail::text, '') FROM commands_auditrow")
        said = str(cursor.fetchone())
    assert city.secret not in said and city.out not in said


def test_four_secrets_of_a_direction_are_enough(cast: Cast, city: Hotline) -> None:
    for _one in range(3):
        commands.add_secret(cast.sysadmin, city.exchange, direction="out")
    with pytest.raises(Refused, match="4"):
        commands.add_secret(cast.sysadmin, city.exchange, direction="out")
    enter(system("test"))
    case_of(city, cast)
    wire = Wire()
    attempt(Letter.objects.get().pk, wire)
    assert wire.calls[0][2]["webhook-signature"].count("v1,") == 4, "signed with all of them"


def test_the_neighbour_sees_no_letter(cast: Cast, city: Hotline) -> None:
    from linli.doors.channels.hotline.queries import visible_to
    from linli.doors.intake.hotline.models import Message

    case_of(city, cast)
    enter(cast.dispatcher)
    assert visible_to(cast.dispatcher).count() == 1
    enter(cast.neighbour)
    assert not Letter.objects.exists() and not Message.objects.exists() and not visible_to(cast.neighbour).exists()
    with pytest.raises(Refused):
        commands.send_again(cast.neighbour, Letter(pk=1))
    enter(system("test"))
    assert procedures.visible_to(cast.dispatcher).count() == 1
