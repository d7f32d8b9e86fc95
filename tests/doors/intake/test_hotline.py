"""Orders of the hotline come in: believed by their signature, each message once, each order in its sequence."""

import json
import time
from datetime import timedelta
from typing import Any

import pytest

from linli.base.actor import system
from linli.base.clockwork import now
from linli.base.commands import Refused
from linli.base.commands.models import AuditRow, ReadRow
from linli.base.scope import enter
from linli.doors.channels.hotline import commands as setting_up
from linli.doors.channels.hotline.models import Order
from linli.doors.intake.hotline import acts, commands
from linli.doors.intake.hotline.models import Message, Rejection
from linli.matters.cases import commands as cases
from linli.matters.cases.models import Case
from linli.people.accounts.queries import actor_of
from linli.procedures.models import Entry
from tests.cast import GRID, HERE, POINT_THERE, STREET, THERE, Cast
from tests.doors.hotlines import CODE, TEXT, Hotline, hotline, signature

REFUSED = b'{"status": "refused"}'


@pytest.fixture
def city(cast: Cast) -> Hotline:
    return hotline(cast)


def acts_of(order: str) -> list[str]:
    enter(system("test"))
    found = Case.objects.get(foreign_number=order)
    return list(Entry.objects.filter(proceeding_id=found.pk).order_by("seq").values_list("act", flat=True))


def states(order: str) -> dict[int, str]:
    return dict(Message.objects.filter(order_number=order).order_by("seq").values_list("seq", "state"))


def answered(cast: Cast, order: str) -> int:
    """The case of this order, answered by the community."""
    key = Case.objects.get(foreign_number=order).pk
    row = Entry.objects.filter(proceeding_id=key, act="dispatch").first()
    if row is None:
        cases.dispatch(cast.dispatcher, key, to=cast.organisations["here"].pk)
    elif row.given["organisation"] != cast.organisations["here"].pk:
        cases.redirect(cast.dispatcher, key, to=cast.organisations["here"].pk, note="由社区办")
    cases.accept(cast.secretary, key)
    cases.answer(cast.secretary, key, note="灯已修好。")
    enter(system("test"))
    return int(key)


def test_an_order_becomes_a_case_with_the_hotlines_number(cast: Cast, city: Hotline) -> None:
    answer = city.create("A1", kind="report", at="2026-03-01T09:00:00+08:00")
    case = Case.objects.select_related("proceeding").get()
    assert (answer.status_code, answer.json()["status"], answer.json()["case"]) == (200, "done", case.proceeding.number)
    assert (case.foreign_source, case.foreign_number, case.channel, case.kind) == (CODE, "A1", "hotline", "report")
    assert case.proceeding.region_code == GRID and str(case.filed_on) == "2026-03-01" and case.text == TEXT
    entry = Entry.objects.get(proceeding_id=case.pk, act="file")
    assert entry.post_id == city.exchange.post_id and entry.actor_name == city.exchange.name
    assert AuditRow.objects.get(command="cases.file").post_id == city.exchange.post_id
    message = Message.objects.get()
    assert message.content is None and message.region_code == GRID, "what has become a case is kept there only"


def test_the_machines_post_may_do_what_messages_need_and_nobody_signs_in_with_it(cast: Cast, city: Hotline) -> None:
    from linli.base.commands import COMMANDS

    actor = actor_of(city.exchange.post)
    assert [name for name in acts.COMMANDS if not actor.may(COMMANDS[name].right)] == []
    assert not actor.may("cases.reveal") and not actor.may("cases.answer") and not actor.may("hotline.desk")
    assert not city.exchange.post.account.has_usable_password()
    for incoming in acts.INCOMING.values():
        said = incoming.shape.model_construct(**dict.fromkeys(incoming.shape.model_fields))
        assert incoming.call(said)[0] in acts.COMMANDS


def test_what_follows_goes_through_its_command(cast: Cast, city: Hotline) -> None:
    city.create("A1")
    assert city.say("order.supplemented", "A1", 2, note="还有西门的也不亮。").status_code == 200
    answered(cast, "A1")
    city.say("order.called_back", "A1", 3, reached=False)
    done = city.say("order.called_back", "A1", 4, reached=True, resolved=True, satisfaction="satisfied")
    assert done.json()["status"] == "done", done.content.decode()
    assert acts_of("A1")[-4:] == ["accept", "answer", "callback", "settle"] and "supplement" in acts_of("A1")
    case = Case.objects.get()
    assert (case.resolved, case.satisfaction, case.reachable) == (True, "satisfied", True)
    assert case.proceeding.closed_at is not None


def test_unhappy_at_the_call_back_opens_a_second_round(cast: Cast, city: Hotline) -> None:
    city.create("A1")
    answered(cast, "A1")
    city.say("order.called_back", "A1", 2, reached=True, resolved=False, satisfaction="dissatisfied", note="又坏了")
    assert acts_of("A1")[-1] == "reopen" and Case.objects.get().proceeding.round == 2


@pytest.mark.parametrize("place", [{}, {"longitude": None, "latitude": None, "region": THERE}])
def test_an_order_that_lies_elsewhere_is_not_filed_there_and_waits_for_a_person(cast: Cast, place: dict[str, Any]) -> None:
    here = hotline(cast, region_code=HERE)
    answer = here.create("A1", **({"longitude": POINT_THERE[0], "latitude": POINT_THERE[1]} | place)).json()
    assert answer["status"] == "refused" and "东大街西里" in answer["error"] and "不在这个对接的辖区里" in answer["error"]
    assert not Case.objects.exists() and states("A1") == {1: "refused"}
    assert here.create("A2").json()["status"] == "done"
    assert here.create("A3", longitude=1.5, latitude=1.5).json()["status"] == "done", "nowhere: the exchange's own region"


def test_reminded_and_withdrawn(cast: Cast, city: Hotline) -> None:
    city.create("A1")
    case = Case.objects.get()
    if case.proceeding.step == "filed":
        cases.dispatch(cast.dispatcher, case.pk, to=cast.organisations["here"].pk)
    city.say("order.reminded", "A1", 2, note="市民又来电")
    city.say("order.withdrawn", "A1", 3, note="市民说不用办了")
    assert acts_of("A1")[-2:] == ["remind", "withdraw"]
    case.proceeding.refresh_from_db()
    assert case.proceeding.result == "withdrawn"


def test_the_same_message_again_does_nothing_and_is_told_the_same(city: Hotline) -> None:
    first = city.create("A1", message_id="msg_one").json()
    for _time in range(3):
        again = city.create("A1", message_id="msg_one")
        assert again.status_code == 200 and again.json() == {**first, "repeated": True}
    assert city.create("A1", message_id="msg_two").json()["repeated"] is True, "the same place in the order"
    assert Case.objects.count() == 1 and Message.objects.get().repeats == 4


def test_the_same_number_with_other_words_is_a_conflict(city: Hotline) -> None:
    city.create("A1", message_id="msg_one")
    assert city.create("A1", message_id="msg_one", text="别的话").status_code == 409
    assert city.create("A1", message_id="msg_two", text="别的话").status_code == 409
    assert Case.objects.get().text == TEXT and Message.objects.count() == 1
    assert Rejection.objects.get(cause="conflict").times == 2


def test_known_for_good_also_after_the_keys_of_submissions_are_swept(city: Hotline) -> None:
    from linli.base.clockwork import frozen
    from linli.base.commands.commands import sweep

    city.create("A1", message_id="msg_one")
    with frozen(now() + timedelta(days=400)):
        sweep(system("test"))
    assert city.create("A1", message_id="msg_one").json()["repeated"] is True
    assert Case.objects.count() == 1


def test_what_comes_too_early_waits_sealed_and_goes_on_by_itself(city: Hotline) -> None:
    for seq, words in ((4, "四"), (2, "二"), (3, "三")):
        answer = city.say("order.supplemented", "A1", seq, note=f"补充{words}")
        assert (answer.status_code, answer.json()["status"]) == (202, "waiting")
    row = Message.objects.get(seq=4)
    assert row.content is not None and "补充".encode() not in bytes(row.content.blob)
    assert Case.objects.count() == 0
    assert city.create("A1").status_code == 200
    assert states("A1") == {1: "done", 2: "done", 3: "done", 4: "done"}
    notes = [e.note for e in Entry.objects.filter(act="supplement").order_by("seq")]
    assert notes == ["补充二", "补充三", "补充四"]
    assert not Message.objects.exclude(content=None).exists()
    assert ReadRow.objects.filter(subject_kind="hotline_inbox.message").count() == 3, (
        "opening what was sealed is logged"
    )


def test_the_place_is_found_however_badly_it_was_written(city: Hotline) -> None:
    given: list[dict[str, Any]] = [
        {"longitude": 0.5, "latitude": 0.5},
        {"longitude": None, "latitude": None, "region": "999999"},
        {"longitude": None, "latitude": None, "place": "东门"},
        {"phone": "不详"},
        {"category": "没有这一类", "service_class": "特急"},
    ]
    for number, facts in enumerate(given):
        assert city.create(f"B{number}", **facts).json()["status"] == "done", facts
    regions = dict(Case.objects.values_list("foreign_number", "proceeding__region_code"))
    assert regions == {"B0": STREET, "B1": STREET, "B2": STREET, "B3": GRID, "B4": GRID}
    assert Case.objects.get(foreign_number="B3").text.endswith("（热线登记的联系方式：不详）")


def test_what_the_command_refuses_stays_for_a_person_and_the_order_goes_on(cast: Cast, city: Hotline) -> None:
    city.create("A1")
    refused = city.say("order.called_back", "A1", 2, reached=True, resolved=True, satisfaction="satisfied")
    assert refused.status_code == 200 and refused.json()["status"] == "refused" and "待" in refused.json()["error"]
    assert city.say("order.supplemented", "A1", 3, note="还有一处").json()["status"] == "done"
    row = Message.objects.get(seq=2)
    assert row.state == "refused" and row.error and row.content is not None
    assert commands.try_again(cast.dispatcher, row).state == "refused"
    answered(cast, "A1")
    assert commands.try_again(cast.dispatcher, row).state == "done"
    assert acts_of("A1")[-1] == "settle"
    with pytest.raises(Refused):
        commands.try_again(cast.dispatcher, row)


def test_a_refused_first_message_holds_its_order_until_somebody_decides(cast: Cast, city: Hotline) -> None:
    desk = cast.organisations["desk"]
    type(desk).objects.filter(pk=desk.pk).update(kind="partner_unit")
    from linli.people.organisations.queries import forget

    forget()
    assert city.create("A1").json()["status"] == "refused"
    assert city.say("order.supplemented", "A1", 2, note="还有一处").status_code == 202
    type(desk).objects.filter(pk=desk.pk).update(kind="desk")
    forget()
    row = Message.objects.get(seq=1)
    assert commands.try_again(cast.dispatcher, row).state == "done"
    enter(system("test"))
    assert states("A1") == {1: "done", 2: "done"} and acts_of("A1")[-1] == "supplement"


def test_leaving_undone_asks_for_the_reason_and_forgets_the_words(cast: Cast, city: Hotline) -> None:
    city.create("A1")
    city.say("order.called_back", "A1", 2, reached=True, resolved=True, satisfaction="satisfied")
    row = Message.objects.get(seq=2)
    with pytest.raises(Refused, match="为什么"):
        commands.leave_undone(cast.dispatcher, row, note=" ")
    commands.leave_undone(cast.dispatcher, row, note="热线误发")
    row.refresh_from_db()
    assert (row.state, row.note, row.content) == ("dropped", "热线误发", None)


def test_a_gap_is_shown_and_can_be_skipped_and_what_comes_afterwards_waits_for_a_person(
    cast: Cast, city: Hotline
) -> None:
    from linli.doors.intake.hotline.queries import missing

    city.create("A1")
    city.say("order.supplemented", "A1", 4, note="第四条")
    city.say("order.supplemented", "A1", 5, note="第五条")
    four, five = Message.objects.get(seq=4), Message.objects.get(seq=5)
    assert missing(four) == [2, 3] and missing(five) == [2, 3]
    with pytest.raises(Refused, match="更早"):
        commands.skip(cast.dispatcher, five, note="要不到")
    commands.skip(cast.dispatcher, four, note="热线说没有")
    enter(system("test"))
    assert states("A1") == {1: "done", 4: "done", 5: "done"}
    late = city.say("order.supplemented", "A1", 2, note="第二条")
    assert late.json()["status"] == "refused" and "跳过" in late.json()["error"]
    assert commands.try_again(cast.dispatcher, Message.objects.get(seq=2)).state == "done"
    assert Order.objects.get().next_seq == 6


@pytest.mark.parametrize(
    ("headers", "cause"),
    [
        ({"webhook_signature": "v1,AAAA"}, "forged"),
        ({"webhook_signature": ""}, "missing"),
        ({"webhook_id": ""}, "missing"),
        ({"webhook_id": "msg_other"}, "forged"),
        ({"webhook_timestamp": "1"}, "forged"),
        ({"webhook_timestamp": "x"}, "malformed"),
    ],
)
def test_what_is_forged_is_refused_and_counted(city: Hotline, headers: dict[str, str], cause: str) -> None:
    answer = city.post(json.dumps({"type": "exchange.ping"}).encode(), "msg_x", **headers)
    assert (answer.status_code, answer.content) == (401, REFUSED)
    assert Rejection.objects.get().cause == cause


def test_all_that_is_refused_at_the_door_gets_one_and_the_same_answer(city: Hotline, cast: Cast) -> None:
    body = json.dumps({"type": "exchange.ping"}).encode()
    then = int(time.time()) - 301
    stale = {"webhook_timestamp": str(then), "webhook_signature": signature(city.secret, "msg_s", then, body)}
    answers = [
        city.post(body, "msg_s", **stale),
        city.post(body, code="nobody"),
        city.post(b"x" * (256 * 1024 + 1)),
        city.post(body, webhook_signature=signature("whsec_" + "QUJD" * 10, "m", 1, body)),
        city.client.get(f"/intake/hotline/in/{CODE}/"),
        city.client.put(f"/intake/hotline/in/{CODE}/", body),
    ]
    setting_up.switch(cast.sysadmin, city.exchange, on=False)
    answers.append(city.post(body))
    assert {(one.status_code, one.content) for one in answers} == {(401, REFUSED)}
    assert {one.get("Set-Cookie") for one in answers} == {None}
    counted = dict(Rejection.objects.values_list("cause", "times"))
    assert counted == {"stale": 1, "unknown": 2, "oversized": 1, "forged": 1, "malformed": 2}
    assert not Message.objects.exists()


def test_a_signed_message_that_cannot_be_understood_is_told_what_is_wrong(city: Hotline) -> None:
    for body, words in [
        (b"{", "JSON"),
        (b"[]", "type"),
        (b'{"type": 3}', "type"),
        (b'{"type": "order.eaten", "data": {}}', "order.eaten"),
        (b'{"type": "order.created", "data": {"order": "A1", "seq": 0, "text": "x"}}', "seq"),
        (b'{"type": "order.created", "data": {"order": "A 1", "seq": 1, "text": "x"}}', "order"),
        (b'{"type": "order.created", "data": {"order": "A1", "seq": 1}}', "text"),
        (b'{"type": "order.created", "data": {"order": "A1", "seq": 1, "text": "a\\u0000b"}}', "text"),
        (b"[" * 5000, "JSON"),
    ]:
        answer = city.post(body)
        assert answer.status_code == 422 and words in answer.json()["error"], body[:60]
    assert not Message.objects.exists() and Rejection.objects.get().cause == "malformed"


def test_too_many_are_told_when_to_come_again(cast: Cast) -> None:
    city = hotline(cast, per_minute=3)
    answers = [city.create(f"A{number}") for number in range(5)]
    assert sorted(one.status_code for one in answers) in ([200, 200, 200, 429, 429], [200, 200, 200, 200, 429])
    assert 1 <= int(answers[-1]["Retry-After"]) <= 60


def test_forgers_do_not_hold_the_hotline_back(city: Hotline) -> None:
    body = json.dumps({"type": "exchange.ping"}).encode()
    for number in range(130):
        assert city.post(body, f"msg_{number}", webhook_signature="v1,AAAA").status_code == 401
    assert Rejection.objects.get().times <= 120, "past the limit they are not even counted"
    assert city.create("A1").status_code == 200


def test_secrets_change_without_a_gap(cast: Cast, city: Hotline) -> None:
    old = city.secret
    new = setting_up.add_secret(cast.sysadmin, city.exchange, direction="in")
    assert city.create("A1").status_code == 200
    city.secret = new
    assert city.create("A2").status_code == 200
    from linli.doors.channels.hotline.models import Secret

    enter(system("test"))
    first = Secret.objects.filter(direction="in").order_by("id").first()
    assert first is not None
    setting_up.end_secret(cast.sysadmin, city.exchange, secret=first.pk, hours=0)
    assert city.create("A3").status_code == 200
    city.secret = old
    assert city.create("A4").status_code == 401
    city.secret = city.out
    assert city.create("A5").status_code == 401, "the secret of the other direction signs nothing here"


def test_a_closed_post_takes_nothing_in(cast: Cast, city: Hotline) -> None:
    account = city.exchange.post.account
    account.is_active = False
    account.save(update_fields=["is_active"])
    assert city.create("A1").json()["status"] == "refused" and not Case.objects.exists()


def test_a_ping_is_answered_and_leaves_nothing(city: Hotline) -> None:
    answer = city.post(json.dumps({"type": "exchange.ping", "data": {}}).encode())
    assert (answer.status_code, answer.json()["status"]) == (200, "done")
    assert not Message.objects.exists() and not Order.objects.exists()
