"""The main loop through the commands: from a resident's words to a settled case, and every way round."""

from datetime import timedelta

import pytest

from linli.base.actor import system
from linli.base.clockwork import frozen
from linli.base.commands import Refused
from linli.base.scope import enter
from linli.matters.cases import commands
from linli.matters.cases.models import Case, ContactAttempt, Settlement
from linli.procedures import queries as procedures
from linli.procedures.models import Entry, Proceeding
from tests.cast import MONDAY, POINT_HERE, Cast

TEXT = "楼道里的灯坏了三天,晚上老人上下楼看不见。"


def file(cast: Cast, **given: object) -> int:
    """A case in community A, as a resident files it."""
    facts = {
        "text": TEXT,
        "kind": "report",
        "longitude": POINT_HERE[0],
        "latitude": POINT_HERE[1],
        "phone": "13800138000",
        "name": "张三丰",
    }
    return commands.file(cast.nobody, **{**facts, **given})["id"]


def proceeding(case: int) -> Proceeding:
    enter(system("test"))
    return Proceeding.objects.get(pk=case)


def test_a_case_goes_from_words_to_a_settled_end(cast: Cast) -> None:
    with frozen(MONDAY):
        case = file(cast)
        row = proceeding(case)
        assert row.region_code == "110106009008001"
        assert row.step == "filed" and row.holder == cast.organisations["desk"]
        commands.dispatch(cast.dispatcher, case, to=cast.organisations["here"].pk)
    with frozen(MONDAY + timedelta(hours=1)):
        commands.accept(cast.secretary, case)
        commands.hand(cast.secretary, case, post=cast.posts["grid_worker"].pk)
        commands.contact(cast.grid_worker, case, reached=True)
        commands.visit(cast.grid_worker, case, note="到现场看过,灯座坏了")
    with frozen(MONDAY + timedelta(hours=30)):
        commands.answer(cast.grid_worker, case, note="灯已换好")
        assert proceeding(case).holder == cast.organisations["desk"]
    with frozen(MONDAY + timedelta(hours=40)):
        commands.settle(cast.call_taker, case, resolved=True, satisfaction="satisfied")
    row = proceeding(case)
    assert (row.step, row.result, row.round) == ("closed", "settled", 1)
    assert row.closed_at == MONDAY + timedelta(hours=40)
    stored = Case.objects.get(pk=case)
    assert stored.resolved and stored.satisfaction == "satisfied" and stored.contacted and not stored.answered_late
    assert procedures.broken_links(row) == []
    state = procedures.replay(row)
    assert (state.step, state.round, state.seq, state.holder) == (row.step, row.round, row.entry_count, row.holder_id)
    assert all(line.agrees for line in procedures.explain(row))


def test_an_unhappy_answer_opens_a_second_round_with_its_own_clocks_and_a_higher_hand(cast: Cast) -> None:
    case = answered(cast)
    commands.settle(cast.call_taker, case, resolved=False, satisfaction="dissatisfied", reason="灯又坏了")
    row = proceeding(case)
    assert (row.step, row.round, row.holder_id) == ("dispatched", 2, cast.organisations["office"].pk)
    assert cast.organisations["here"].pk in row.involved
    assert {c.code for c in procedures.clocks(row) if c.round == 2} == {"accept", "contact", "answer"}
    said = Settlement.objects.get(case_id=case, round=1)
    assert (said.resolved, said.satisfaction, said.reason) == (False, "dissatisfied", "灯又坏了")


def answered(cast: Cast) -> int:
    case = file(cast)
    commands.dispatch(cast.dispatcher, case, to=cast.organisations["here"].pk)
    commands.accept(cast.secretary, case)
    commands.answer(cast.secretary, case, note="灯已换好")
    return case


def test_resolved_and_satisfied_are_kept_apart(cast: Cast) -> None:
    case = answered(cast)
    commands.settle(cast.call_taker, case, resolved=True, satisfaction="dissatisfied", reason="来得太慢", again=False)
    stored = Case.objects.get(pk=case)
    assert stored.resolved is True and stored.satisfaction == "dissatisfied"


def test_an_unhappy_answer_needs_a_reason(cast: Cast) -> None:
    case = answered(cast)
    with pytest.raises(Refused) as no:
        commands.settle(cast.call_taker, case, resolved=False, satisfaction="satisfied")
    assert no.value.field == "reason"


def test_unreachable_needs_three_recorded_attempts(cast: Cast) -> None:
    case = answered(cast)
    for _ in range(3):
        with pytest.raises(Refused):
            commands.settle(cast.call_taker, case, reachable=False)
        commands.callback(cast.call_taker, case, reached=False)
    commands.settle(cast.call_taker, case, reachable=False)
    row = proceeding(case)
    assert (row.step, row.result) == ("closed", "unreachable")
    assert ContactAttempt.objects.filter(case_id=case, purpose="callback").count() == 3
    assert Case.objects.get(pk=case).reachable is False


def test_a_return_goes_to_the_desk_and_a_ruling_cannot_be_returned_again(cast: Cast) -> None:
    case = file(cast)
    here, city = cast.organisations["here"].pk, cast.organisations["city"].pk
    commands.dispatch(cast.dispatcher, case, to=city)
    with pytest.raises(Refused):
        commands.return_(cast.clerk, case, ground="because", note="不归我管", materials="派单目录")
    commands.return_(cast.clerk, case, ground="not_our_duty", note="楼内照明属物业", materials="派单目录")
    assert proceeding(case).holder == cast.organisations["desk"]
    commands.refuse_return(cast.dispatcher, case, note="公共道路照明")
    commands.dispute(cast.clerk, case, ground="not_our_duty", note="仍有异议")
    commands.rule(cast.dispatcher, case, to=city, clause="派单目录第三条", note="由城管科牵头")
    with pytest.raises(Refused) as no:
        commands.return_(cast.clerk, case, ground="not_our_duty", note="再退", materials="派单目录")
    assert "裁定" in no.value.message
    assert proceeding(case).lead_id == city
    with pytest.raises(Refused, match="已经裁定过由谁承办"):
        commands.redirect(cast.dispatcher, case, to=here, note="居民改变诉求")
    commands.convene(cast.dispatcher, case, note="居民改变诉求，重新商定")
    commands.rule(cast.dispatcher, case, to=here, clause="派单目录第五条", note="由社区牵头")
    assert proceeding(case).lead_id == here


def test_a_pause_stops_the_answer_clock_and_an_extension_moves_it(cast: Cast) -> None:
    with frozen(MONDAY):
        case = file(cast)
        commands.dispatch(cast.dispatcher, case, to=cast.organisations["here"].pk)
        commands.accept(cast.secretary, case)
        before = answer_due(case)
        commands.extend(cast.secretary, case, amount=2, note="配件要从外地调,已向您说明")
        assert answer_due(case) == before + timedelta(days=2)
        commands.pause(cast.secretary, case, reason="weather", note="暴雨")
        assert answer_due(case) is None
    with frozen(MONDAY + timedelta(days=3)):
        commands.resume(cast.secretary, case)
        # Monday never counted (the day of the start); Tuesday and Wednesday ended while the clock stood still.
        assert answer_due(case) == before + timedelta(days=2 + 2)


def answer_due(case: int):
    row = proceeding(case)
    return next(c.due_at for c in procedures.clocks(row) if c.code == "answer")


def test_an_extension_after_the_due_time_is_refused(cast: Cast) -> None:
    with frozen(MONDAY):
        case = file(cast)
        commands.dispatch(cast.dispatcher, case, to=cast.organisations["here"].pk)
        commands.accept(cast.secretary, case)
    with frozen(MONDAY + timedelta(days=30)), pytest.raises(Refused) as no:
        commands.extend(cast.secretary, case, amount=1, note="忘了")
    assert "到期之前" in no.value.message


def test_nobody_else_may_act(cast: Cast) -> None:
    case = file(cast)
    commands.dispatch(cast.dispatcher, case, to=cast.organisations["here"].pk)
    enter(cast.neighbour)
    for attempt in (
        lambda: commands.accept(cast.neighbour, case),
        lambda: commands.answer(cast.neighbour, case, note="假的"),
        lambda: commands.reveal(cast.neighbour, case, purpose="contact"),
        lambda: commands.dispatch(cast.sysadmin, case, to=1),
    ):
        with pytest.raises(Refused):
            attempt()
    enter(system("test"))
    assert Entry.objects.filter(proceeding_id=case).count() == 3


def test_a_stale_form_is_told_so(cast: Cast) -> None:
    case = file(cast)
    seen = proceeding(case).entry_count
    commands.dispatch(cast.dispatcher, case, to=cast.organisations["here"].pk, seen=seen)
    with pytest.raises(Refused) as no:
        commands.remind(cast.dispatcher, case, seen=seen)
    assert no.value.status == 409


def test_the_unit_complained_about_cannot_answer_nor_see_the_reporter(cast: Cast) -> None:
    case = file(cast, about_id=cast.organisations["here"].pk)
    commands.dispatch(cast.dispatcher, case, to=cast.organisations["here"].pk)
    commands.accept(cast.secretary, case)
    for attempt in (
        lambda: commands.answer(cast.secretary, case, note="我们没有问题"),
        lambda: commands.reveal(cast.secretary, case, purpose="contact"),
    ):
        with pytest.raises(Refused) as no:
            attempt()
        assert no.value.status == 403


def test_a_reveal_leaves_its_read_row_first(cast: Cast) -> None:
    from linli.base.commands.models import ReadRow

    case = file(cast)
    told = commands.reveal(cast.dispatcher, case, purpose="contact")
    assert told == {"name": "张三丰", "phone": "13800138000"}
    row = ReadRow.objects.get(subject_id=str(case))
    assert (row.reader, row.purpose) == ("派小单", "contact")
    commands.withdraw(cast.resident(case), case)
    with pytest.raises(Refused):
        commands.reveal(cast.dispatcher, case, purpose="contact")


def test_supporters_help_and_the_lead_stays(cast: Cast) -> None:
    case = file(cast)
    commands.dispatch(cast.dispatcher, case, to=cast.organisations["here"].pk)
    commands.accept(cast.secretary, case)
    commands.support(cast.secretary, case, to=cast.organisations["city"].pk, note="请派车")
    commands.support_done(cast.clerk, case, note="车已派")
    row = proceeding(case)
    assert row.lead == cast.organisations["here"]
    assert cast.organisations["city"].pk in row.involved


def test_a_pause_hides_no_delay_that_came_before_it(cast: Cast) -> None:
    with frozen(MONDAY):
        case = file(cast, service_class="emergency")
        commands.dispatch(cast.dispatcher, case, to=cast.organisations["here"].pk)
        commands.accept(cast.secretary, case)
    with frozen(MONDAY + timedelta(hours=5)):
        commands.pause(cast.secretary, case, reason="weather", note="暴雨")
    assert proceeding(case).due_at == MONDAY + timedelta(hours=1)


def test_a_rule_that_names_the_unit_complained_about_leaves_it_to_a_person(cast: Cast) -> None:
    here = cast.organisations["here"].pk
    case = file(cast, kind="complaint", category="neighbours.dispute", about_id=here)
    row = proceeding(case)
    assert (row.step, row.holder_id) == ("filed", cast.organisations["desk"].pk)
    with pytest.raises(Refused) as no:
        file(cast, about_id=10**9)
    assert no.value.field == "about_id"


def test_a_second_answer_in_time_does_not_wash_away_a_late_first_one(cast: Cast) -> None:
    with frozen(MONDAY):
        case = file(cast)
        commands.dispatch(cast.dispatcher, case, to=cast.organisations["here"].pk)
        commands.accept(cast.secretary, case)
    with frozen(MONDAY + timedelta(days=20)):
        commands.answer(cast.secretary, case, note="晚了")
        commands.settle(cast.call_taker, case, resolved=False, satisfaction="dissatisfied", reason="没修好")
        commands.accept(cast.leader, case)
        commands.visit(cast.secretary, case, note="看过")
        commands.answer(cast.leader, case, note="这次修好了")
    enter(system("test"))
    stored = Case.objects.get(pk=case)
    assert stored.answered_late and str(stored.answered_on) == "2026-03-22"
