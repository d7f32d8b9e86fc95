"""Honest states: hung up with a promise, exempted by two people, not dispatched with a notice, extended in time."""

from dataclasses import replace
from datetime import date, datetime, timedelta

import pytest
from django.db import IntegrityError, transaction

from linli.base.actor import system
from linli.base.clockwork import frozen
from linli.base.commands import Refused
from linli.base.scope import enter
from linli.insight.indicators import queries as indicators
from linli.insight.indicators.queries import Period
from linli.matters.cases import commands, listing, registers
from linli.matters.cases.models import Case, ContactAttempt, Exemption, HangUp
from linli.procedures import queries as procedures
from linli.procedures import rules
from linli.procedures.definitions import definition, problems
from linli.procedures.models import Proceeding
from tests.cast import MONDAY, Cast
from tests.matters.cases.stories import answered, closed, filed, handling, proceeding

UNTIL = date(2026, 6, 1)


def hung(cast: Cast, until: date = UNTIL, **more: str) -> Proceeding:
    with frozen(MONDAY):
        row = handling(cast)
        commands.hang_up(
            cast.secretary, row.pk, reason="funds", promise="列入六月改造计划", until=until, note="资金六月到位", **more
        )
    return proceeding(row.pk)


def test_what_is_hung_up_is_neither_closed_nor_overdue(cast: Cast) -> None:
    row = hung(cast)
    late = MONDAY + timedelta(days=400)
    assert (row.step, row.closed_at, row.due_at) == ("hung_up", None, None)
    enter(cast.leader)
    for tab, there in (("overdue", False), ("closed", False), ("hung", True), ("open", True), ("soon", False)):
        found = listing.cases(cast.leader, listing.TABS[tab], late)
        assert found.filter(pk=row.pk).exists() is there, tab
    standing = indicators.standing(cast.leader, row.region_code[:12], 12, late)[row.region_code[:12]]
    assert standing == {"open": 1, "overdue": 0}


def test_the_reporter_is_told_and_that_counts_as_contact(cast: Cast) -> None:
    row = hung(cast)
    assert ContactAttempt.objects.filter(case_id=row.pk, reached=True).count() == 1
    assert Case.objects.get(pk=row.pk).contacted
    by_page = hung(cast, told="link")
    assert not ContactAttempt.objects.filter(case_id=by_page.pk).exists()
    with pytest.raises(Refused) as no:
        commands.hang_up(
            cast.secretary, handling(cast).pk, reason="funds", promise="x", until=UNTIL, note="x", told="pigeon"
        )
    assert no.value.field == "told"


def test_a_delay_cannot_be_hung_up(cast: Cast) -> None:
    with frozen(MONDAY):
        row = handling(cast)
    with frozen(MONDAY + timedelta(days=20)), pytest.raises(Refused, match="已经过了时限"):
        commands.hang_up(cast.secretary, row.pk, reason="funds", promise="x", until=UNTIL, note="x")
    assert proceeding(row.pk).step == "handling"


@pytest.mark.parametrize(
    ("given", "field"),
    [
        ({"reason": "tired"}, "reason"),
        ({"until": MONDAY.date()}, "until"),
        ({"promise": ""}, "promise"),
        ({"note": ""}, "note"),
    ],
)
def test_a_hang_up_needs_a_listed_reason_a_promise_a_later_day_and_words(
    cast: Cast, given: dict[str, object], field: str
) -> None:
    with frozen(MONDAY):
        row = handling(cast)
        facts = {"reason": "funds", "promise": "列入计划", "until": UNTIL, "note": "要等资金", "told": "link"}
        with pytest.raises(Refused) as no:
            commands.hang_up(cast.secretary, row.pk, **{**facts, **given})  # type: ignore[arg-type]
    assert no.value.field == field


def test_the_monthly_review_moves_the_day_and_the_list_of_what_is_due(cast: Cast) -> None:
    row = hung(cast)
    one = HangUp.objects.get(case_id=row.pk)
    assert (one.hung_on, one.review_on, one.promised_on) == (MONDAY.date(), date(2026, 4, 2), UNTIL)
    assert not registers.hung(cast.dispatcher, {"state": "due"}, date(2026, 4, 1)).exists()
    assert registers.hung(cast.dispatcher, {"state": "due"}, date(2026, 4, 2)).exists()
    with frozen(datetime(2026, 4, 2, 2, tzinfo=MONDAY.tzinfo)):
        with pytest.raises(Refused, match="今天以后"):
            commands.review_hang_up(cast.dispatcher, row.pk, note="改期", until=date(2026, 4, 2))
        commands.review_hang_up(cast.dispatcher, row.pk, note="资金推迟一个月", until=date(2026, 7, 1))
    one.refresh_from_db()
    assert (one.reviews, one.review_on, one.promised_on) == (1, date(2026, 5, 2), date(2026, 7, 1))
    with pytest.raises(Refused):
        commands.review_hang_up(cast.secretary, row.pk, note="自己复核自己")


def test_lifted_the_clock_goes_on_where_it_stood(cast: Cast) -> None:
    row = hung(cast)
    first = next(clock for clock in procedures.clocks(row) if clock.code == "answer")
    assert first.due_at is None
    with frozen(MONDAY + timedelta(days=60)):
        commands.lift(cast.secretary, row.pk, note="资金到了")
    row = proceeding(row.pk)
    # Monday never counted; seven days from the sixtieth day on.
    assert row.step == "handling"
    assert row.due_at is not None
    assert (row.due_at - MONDAY).days in (66, 67)
    assert HangUp.objects.get(case_id=row.pk).ended_on == (MONDAY + timedelta(days=60)).date()


def test_who_withdraws_takes_it_off_the_list(cast: Cast) -> None:
    row = hung(cast)
    commands.withdraw(cast.resident(row.pk), row.pk)
    enter(system("test"))
    assert HangUp.objects.get(case_id=row.pk).ended_on is not None


def test_an_exemption_takes_two_people_and_stays_in_all_figures(cast: Cast) -> None:
    row = closed(cast)
    case = Case.objects.get(pk=row.pk)
    period = Period(case.filed_on, case.settled_on or case.filed_on)
    before = indicators.by_region(row.region_code, period, 15)
    commands.ask_exemption(cast.dispatcher, row.pk, reason="proceedings", note="已起诉", materials="受理通知书")
    with pytest.raises(Refused, match="不能审核自己的申请") as no:
        commands.grant_exemption(cast.dispatcher, row.pk, note="同意")
    assert no.value.rule == "四眼原则"
    with pytest.raises(Refused, match="等审核"):
        commands.ask_exemption(cast.secretary, row.pk, reason="proceedings", note="x", materials="x")
    commands.grant_exemption(cast.leader, row.pk, note="材料齐全")
    enter(system("test"))
    after = proceeding(row.pk)
    assert (after.step, after.closed_at, after.result) == (row.step, row.closed_at, row.result)
    assert Case.objects.get(pk=row.pk).exempted
    now_ = indicators.by_region(row.region_code, period, 15)
    for measure in ("filed", "settled", "reachable", "resolved", "satisfied", "both_full"):
        assert now_[row.region_code][measure] == before[row.region_code][measure] == 1, measure
    assert procedures.broken_links(after) == []


def test_the_database_itself_keeps_the_two_apart(cast: Cast) -> None:
    row = answered(cast)
    commands.ask_exemption(cast.secretary, row.pk, reason="data_error", note="记错了", materials="录音")
    enter(system("test"))
    one = Exemption.objects.get(case_id=row.pk)
    one.decided_account = one.asked_account
    with pytest.raises(IntegrityError), transaction.atomic():
        one.save()


def test_an_exemption_needs_a_listed_ground_and_materials(cast: Cast) -> None:
    row = answered(cast)
    for given, field in (({"reason": "tired", "materials": "x"}, "reason"), ({"reason": "data_error"}, "materials")):
        with pytest.raises(Refused) as no:
            commands.ask_exemption(cast.secretary, row.pk, note="说明", **given)
        assert no.value.field == field
    with pytest.raises(Refused):
        commands.grant_exemption(cast.leader, row.pk, note="没有申请")


def test_refused_it_can_be_asked_again(cast: Cast) -> None:
    row = answered(cast)
    commands.ask_exemption(cast.secretary, row.pk, reason="data_error", note="记错了", materials="录音")
    commands.refuse_exemption(cast.leader, row.pk, note="材料不足")
    enter(system("test"))
    assert not Case.objects.get(pk=row.pk).exempted
    commands.ask_exemption(cast.secretary, row.pk, reason="data_error", note="补了材料", materials="录音和单据")
    enter(system("test"))
    assert [one.state for one in Exemption.objects.filter(case_id=row.pk)] == ["refused", "asked"]


def test_not_dispatched_ends_it_with_a_notice(cast: Cast) -> None:
    row = filed(cast)
    commands.decline(cast.dispatcher, row.pk, reason="legal_way", note="劳动仲裁已受理，请等裁决。")
    row = proceeding(row.pk)
    assert (row.step, row.result) == ("declined", "declined")
    assert row.closed_at is not None
    assert Case.objects.get(pk=row.pk).settled_on is None, "nobody is called back about it"


def test_a_repeated_request_names_the_earlier_one(cast: Cast) -> None:
    first, again = closed(cast), filed(cast)
    for number in ("", "11010600-2026-999999", again.number):
        with pytest.raises(Refused) as no:
            commands.decline(cast.dispatcher, again.pk, reason="repeated", note="已办结", same_as=number)
        assert no.value.field == "same_as"
    commands.decline(cast.dispatcher, again.pk, reason="repeated", note="已办结", same_as=first.number)
    assert procedures.timeline(proceeding(again.pk))[-1].given["same_as"] == first.number


def test_only_the_desk_declines_and_only_before_it_is_handled(cast: Cast) -> None:
    row = handling(cast)
    with pytest.raises(Refused):
        commands.decline(cast.dispatcher, row.pk, reason="beyond", note="x")
    with pytest.raises(Refused):
        commands.decline(cast.secretary, filed(cast).pk, reason="beyond", note="x")


def test_more_time_is_asked_for_by_the_hour_that_the_policy_names(cast: Cast) -> None:
    """A district of Xining asks by five in the afternoon of the last day; elsewhere until the clock runs out."""
    with frozen(MONDAY):
        row = handling(cast)
    due = next(clock.due_at for clock in procedures.clocks(row) if clock.code == "answer")
    assert due is not None
    shape = definition(row.procedure_id)
    object.__setattr__(shape, "extend_by", "17:00")
    try:
        with frozen(due - timedelta(hours=6)), pytest.raises(Refused, match="17:00 以前"):
            commands.extend(cast.secretary, row.pk, amount=1, note="配件未到")
        with frozen(due - timedelta(hours=8)):
            commands.extend(cast.secretary, row.pk, amount=1, note="配件未到")
    finally:
        object.__setattr__(shape, "extend_by", "")


def test_a_reason_limits_the_days_of_its_pause_and_of_its_promise(cast: Cast) -> None:
    """`most`: a pause ends by itself; a promised day may not lie further ahead; elsewhere it may not be written."""
    with frozen(MONDAY):
        row = handling(cast)
    shape = definition(row.procedure_id)
    reasons, hang_ups = dict(shape.pause_reasons), dict(shape.lists["hang_up"])
    shape.pause_reasons["weather"] = replace(reasons["weather"], most=3)  # type: ignore[index]
    shape.lists["hang_up"]["funds"] = replace(hang_ups["funds"], most=90)  # type: ignore[index]
    try:
        before = next(clock.due_at for clock in procedures.clocks(row) if clock.code == "answer")
        with frozen(MONDAY + timedelta(hours=1)):
            commands.pause(cast.secretary, row.pk, reason="weather", note="暴雨")
        row = proceeding(row.pk)
        due = next(clock.due_at for clock in procedures.clocks(row) if clock.code == "answer")
        assert before is not None
        # Of the three days the ends of Tuesday and Wednesday fall into the pause; Monday never counted.
        assert due == before + timedelta(days=2)
        assert row.paused
        with frozen(MONDAY + timedelta(days=20)):
            commands.resume(cast.secretary, row.pk)
        after = next(clock.due_at for clock in procedures.clocks(proceeding(row.pk)) if clock.code == "answer")
        assert after == due, "the pause had ended by itself"
        assert all(line.agrees for line in procedures.explain(proceeding(row.pk)))
        with pytest.raises(rules.NotAllowed, match="最长 90 天"):
            rules.check_until("2026-06-01", "2026-03-02", shape.lists["hang_up"]["funds"])
        rules.check_until("2026-05-31", "2026-03-02", shape.lists["hang_up"]["funds"])
    finally:
        shape.pause_reasons["weather"] = reasons["weather"]  # type: ignore[index]
        shape.lists["hang_up"]["funds"] = hang_ups["funds"]  # type: ignore[index]
    data = {**shape.raw, "grounds": [{"code": "x", "name": "理由", "most": 2}]}
    assert "“理由”不能写 most：只有暂停原因和有日期的清单才有最长天数" in problems(data)
