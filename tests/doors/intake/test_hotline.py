"""Orders of the hotline come in: believed by their signature, each message once, each order in its sequence."""

import json
import time
from datetime import datetime, timedelta
from typing import Any

import pytest

from linli.base.actor import system
from linli.base.clockwork import frozen, now
from linli.base.commands import Refused
from linli.base.commands.models import AuditRow, ReadRow
from linli.base.scope import enter, scope
from linli.doors.channels.hotline import commands as setting_up
from linli.doors.channels.hotline.models import Order
from linli.doors.intake.hotline import acts, commands
from linli.doors.intake.hotline.models import Message, Rejection
from linli.matters.cases import commands as cases
from linli.matters.cases.models import Case, Exemption
from linli.people.accounts.queries import actor_of
from linli.procedures.models import Clock, Entry
from tests.cast import GRID, HERE, POINT_THERE, STREET, THERE, Cast
from tests.doors.hotlines import CODE, TEXT, Hotline, city_decides, hotline, signature

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
def test_an_order_that_lies_elsewhere_is_not_filed_there_and_waits_for_a_person(
    cast: Cast, place: dict[str, Any]
) -> None:
    here = hotline(cast, region_code=HERE)
    answer = here.create("A1", **({"longitude": POINT_THERE[0], "latitude": POINT_THERE[1]} | place)).json()
    assert (
        answer["status"] == "refused" and "东大街西里" in answer["error"] and "不在这个对接的辖区里" in answer["error"]
    )
    assert not Case.objects.exists() and states("A1") == {1: "refused"}
    assert here.create("A2").json()["status"] == "done"
    assert here.create("A3", longitude=1.5, latitude=1.5).json()["status"] == "done", (
        "nowhere: the exchange's own region"
    )


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


def test_the_city_supervises(cast: Cast, city: Hotline) -> None:
    city.create("A1")
    assert city.say("order.supervised", "A1", 2).status_code == 422, "without words there is nothing to do"
    assert city.say("order.supervised", "A1", 2, note="三天内办结，市领导批示。").json()["status"] == "done"
    entry = Entry.objects.get(proceeding_id=Case.objects.get().pk, act="supervise")
    assert entry.note == "三天内办结，市领导批示。" and entry.post_id == city.exchange.post_id
    assert Case.objects.get().pressed == 2


@pytest.mark.parametrize("granted", [True, False])
def test_the_city_decides_about_an_exemption_that_it_was_asked_for(cast: Cast, city: Hotline, granted: bool) -> None:
    city_decides("exemption")
    city.create("A1")
    key = answered(cast, "A1")
    early = city.say("order.exemption_decided", "A1", 2, granted=granted).json()
    assert early["status"] == "refused" and "没有等着审核的剔除申请" in early["error"]
    cases.ask_exemption(cast.secretary, key, reason="proceedings", note="已起诉", materials="受理通知书")
    for who in (cast.leader, cast.dispatcher):
        with pytest.raises(Refused, match="由市热线审核"):
            cases.grant_exemption(who, key, note="我们同意")
    assert not {"grant_exemption", "refuse_exemption"} & set(offered_to(cast, "leader", key))
    done = city.say("order.exemption_decided", "A1", 3, granted=granted, note="依据某号通知").json()
    assert done["status"] == "done", done
    row = Exemption.objects.get(case_id=key)
    assert (row.state, row.decision) == ("granted" if granted else "refused", "依据某号通知")
    assert Case.objects.get(pk=key).exempted is granted
    assert acts_of("A1")[-1] == ("grant_exemption" if granted else "refuse_exemption")


def test_where_the_office_decides_the_hotline_does_not(cast: Cast, city: Hotline) -> None:
    city.create("A1")
    key = answered(cast, "A1")
    cases.ask_exemption(cast.secretary, key, reason="proceedings", note="已起诉", materials="受理通知书")
    said = city.say("order.exemption_decided", "A1", 2, granted=True).json()
    assert said["status"] == "refused" and "不由热线审核" in said["error"]
    said = city.say("order.extension_decided", "A1", 3, granted=True).json()
    assert said["status"] == "refused" and "不由热线审核" in said["error"]
    assert "grant_exemption" in offered_to(cast, "leader", key)
    cases.grant_exemption(cast.leader, key, note="同意")
    assert Case.objects.get(pk=key).exempted


def offered_to(cast: Cast, who: str, key: int) -> list[str]:
    from linli.matters.cases.showing import shown

    actor = getattr(cast, who)
    with scope(actor):
        found = shown(actor, Case.objects.select_related("proceeding").get(pk=key).proceeding.number)
    assert found is not None
    return found.acts


def in_work(cast: Cast, city: Hotline, order: str) -> int:
    """The case of this order in the hands of the community."""
    city.create(order)
    case = Case.objects.select_related("proceeding").get(foreign_number=order)
    if case.proceeding.step == "filed":
        cases.dispatch(cast.dispatcher, case.pk, to=cast.organisations["here"].pk)
    elif case.proceeding.holder_id != cast.organisations["here"].pk:
        cases.redirect(cast.dispatcher, case.pk, to=cast.organisations["here"].pk, note="由社区办")
    cases.accept(cast.secretary, case.pk)
    return int(case.pk)


def due(key: int) -> datetime:
    enter(system("test"))
    found = Clock.objects.filter(proceeding_id=key, code="answer").latest("seq").due_at
    assert found is not None
    return found


def test_the_city_gives_more_time_also_when_it_has_run_out_meanwhile(cast: Cast, city: Hotline) -> None:
    city_decides("extension")
    key = in_work(cast, city, "A1")
    before = due(key)
    offered = offered_to(cast, "secretary", key)
    assert "ask_extension" in offered and "extend" not in offered
    with pytest.raises(Refused, match="申请延期"):
        cases.extend(cast.secretary, key, amount=2, note="配件要订")
    with pytest.raises(Refused, match="累计延期"):
        cases.ask_extension(cast.secretary, key, amount=99, note="配件要订")
    cases.ask_extension(cast.secretary, key, amount=2, note="配件要订，后天到货。")
    assert due(key) == before, "asked is not given"
    with pytest.raises(Refused, match="已经申请过"):
        cases.ask_extension(cast.secretary, key, amount=1, note="再申请")
    assert "ask_extension" not in offered_to(cast, "secretary", key)
    with pytest.raises(Refused):
        cases.grant_extension(cast.dispatcher, key)
    with frozen(before + timedelta(hours=3)):
        cases.grant_extension(actor_of(city.exchange.post), key)
    assert due(key) - before == timedelta(days=2)
    entry = Entry.objects.get(proceeding_id=key, act="grant_extension")
    assert entry.note == "配件要订，后天到货。" and entry.public, "the resident reads the explanation"
    with frozen(before + timedelta(hours=4)):
        cases.ask_extension(cast.secretary, key, amount=1, note="还差一天")
    assert city.say("order.extension_decided", "A1", 2, granted=False, note="不再同意").json()["status"] == "done"
    assert due(key) - before == timedelta(days=2) and acts_of("A1")[-1] == "refuse_extension"


def test_more_time_is_asked_for_before_it_runs_out_and_the_city_may_give_less(cast: Cast, city: Hotline) -> None:
    city_decides("extension")
    key = in_work(cast, city, "A1")
    before = due(key)
    with frozen(before + timedelta(minutes=1)), pytest.raises(Refused, match="已经过了时限"):
        cases.ask_extension(cast.secretary, key, amount=2, note="晚了")
    cases.ask_extension(cast.secretary, key, amount=3, note="配件要订")
    assert city.say("order.extension_decided", "A1", 2, granted=True, amount=1).json()["status"] == "done"
    assert due(key) - before == timedelta(days=1)


def test_a_case_of_our_own_is_no_business_of_the_city(cast: Cast, city: Hotline) -> None:
    from tests.matters.cases import stories

    city_decides("extension", "exemption")
    row = stories.handling(cast)
    assert "extend" in offered_to(cast, "secretary", row.pk)
    with pytest.raises(Refused, match="不由市热线审核"):
        cases.ask_extension(cast.secretary, row.pk, amount=1, note="x")
    cases.extend(cast.secretary, row.pk, amount=1, note="配件要订")
    cases.ask_exemption(cast.secretary, row.pk, reason="proceedings", note="已起诉", materials="受理通知书")
    cases.grant_exemption(cast.leader, row.pk, note="同意")


def test_a_sheet_carries_the_same_messages(cast: Cast, city: Hotline) -> None:
    from linli.doors.intake.hotline import sheets

    city_decides("extension")
    setting_up.change(cast.sysadmin, city.exchange, name="某市12345热线", transport="sheet")
    lines = [
        {"类型": "来单", "热线工单号": "S1", "序号": "1", "诉求内容": TEXT, "区划代码": STREET},
        {"类型": "督办", "热线工单号": "S1", "序号": "2", "说明": "三天内办结"},
        {"类型": "延期审核结果", "热线工单号": "S1", "序号": "3", "同意": "是", "延期数量": "1"},
        {"类型": "剔除审核结果", "热线工单号": "S1", "序号": "4", "同意": "否", "说明": "材料不足"},
        {"类型": "剔除审核结果", "热线工单号": "S1", "序号": "5"},
    ]
    body = "\n".join(
        [",".join(sheets.HEADER), *(",".join(row.get(name, "") for name in sheets.HEADER) for row in lines)]
    )
    found = commands.bring_sheet(cast.dispatcher, city.exchange, content=body.encode(), file_name="a.csv")
    assert found["counts"] == {"done": 2, "refused": 2}
    assert [row for row, _column, _why in found["problems"]] == [4, 5, 6] and "granted" in found["problems"][2][2]
    assert "supervise" in acts_of("S1")


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
