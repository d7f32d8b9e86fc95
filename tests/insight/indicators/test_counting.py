"""Figures are exact at every moment, before and after adding up, and open to the cases behind them."""

from datetime import date, timedelta

from linli.base.actor import system
from linli.base.clockwork import frozen
from linli.base.scope import enter
from linli.insight.indicators import commands as indicators
from linli.insight.indicators import queries
from linli.insight.indicators.models import CaseDelta
from linli.insight.indicators.rules import MEASURES
from linli.matters.cases import commands
from linli.matters.cases.models import Case
from tests.cast import GRID, HERE, MONDAY, POINT_HERE, STREET, Cast

PERIOD = queries.Period(date(2026, 3, 1), date(2026, 3, 31))


def lived(cast: Cast, resolved: bool | None, satisfaction: str, *, again: bool = False) -> int:
    """A case that was filed, answered and called back; `resolved` None: nobody was reached."""
    here = cast.organisations["here"].pk
    with frozen(MONDAY):
        case = commands.file(
            cast.nobody, text="下水道堵了", kind="report", longitude=POINT_HERE[0], latitude=POINT_HERE[1]
        )["id"]
        Case.objects.filter(pk=case).update(category="noise.home")  # on the duty list of a community
        commands.dispatch(cast.dispatcher, case, to=here)
        commands.accept(cast.secretary, case)
        commands.contact(cast.secretary, case, reached=True)
    with frozen(MONDAY + timedelta(days=1)):
        commands.answer(cast.secretary, case, note="已疏通")
        if resolved is None:
            for _ in range(3):
                commands.callback(cast.call_taker, case, reached=False)
            commands.settle(cast.call_taker, case, reachable=False)
        else:
            commands.settle(
                cast.call_taker, case, resolved=resolved, satisfaction=satisfaction, reason="原因", again=again
            )
    return case


def test_the_three_rates_come_out_of_call_backs(cast: Cast) -> None:
    for resolved, satisfaction in [
        (True, "satisfied"),
        (True, "basic"),
        (False, "satisfied"),
        (True, "dissatisfied"),
        (None, ""),
    ]:
        lived(cast, resolved, satisfaction)
    enter(system("test"))
    expected = {
        "filed": "5",
        "response_rate": "100.0%",
        "resolution_rate": "75.0%",
        "satisfaction_rate": "72.5%",
        "both_full_rate": "25.0%",
        "on_time_rate": "100.0%",
        "proactive": "0",
        "proactive_share": "0.0%",
    }
    for _ in range(2):
        measures = queries.total(queries.by_region(STREET, PERIOD, 12))
        shown = {code: figure.text for code, figure in queries.values(measures).items()}
        assert shown == expected
        assert queries.by_region(STREET, PERIOD, 15).keys() == {GRID}
        assert queries.total(queries.by_day(HERE, PERIOD)) == measures
        assert queries.total(queries.by_category(HERE, PERIOD)) == measures
        assert queries.total(queries.by_channel(STREET, PERIOD)) == measures
        assert queries.disagreements() == []
        indicators.compact(system("test"))
    assert not CaseDelta.objects.exists()


def test_every_number_opens_exactly_the_cases_behind_it(cast: Cast) -> None:
    for resolved, satisfaction in [(True, "satisfied"), (False, "dissatisfied"), (None, "")]:
        lived(cast, resolved, satisfaction)
    enter(cast.leader)
    measures = queries.total(queries.by_region(HERE, PERIOD, 12))
    for name in MEASURES:
        assert queries.behind(cast.leader, name, HERE, PERIOD).count() == measures[name], name


def test_a_second_round_replaces_the_first_answer_in_the_figures(cast: Cast) -> None:
    case = lived(cast, False, "dissatisfied", again=True)
    commands.accept(cast.leader, case)
    commands.visit(cast.leader, case, note="到现场看过")
    commands.answer(cast.leader, case, note="重新疏通")
    commands.settle(cast.call_taker, case, resolved=True, satisfaction="satisfied")
    enter(system("test"))
    measures = queries.total(queries.by_region(HERE, queries.Period(date(2026, 1, 1), date(2027, 12, 31)), 12))
    assert (measures["settled"], measures["resolved"], measures["both_full"], measures["dissatisfied"]) == (1, 1, 1, 0)


def test_the_neighbour_gets_no_figures_of_ours(cast: Cast) -> None:
    lived(cast, True, "satisfied")
    enter(cast.neighbour)
    assert queries.by_region(STREET, PERIOD, 12) == {}
    assert queries.standing(cast.neighbour, STREET, 12, MONDAY) == {}
    assert not queries.behind(cast.neighbour, "filed", STREET, PERIOD).exists()


def test_a_changed_category_moves_the_figures_with_it(cast: Cast) -> None:
    case = lived(cast, True, "satisfied")
    enter(system("test"))
    Case.objects.filter(pk=case).update(category="noise.night")
    assert queries.by_category(HERE, PERIOD).keys() == {"noise"}
    assert queries.disagreements() == []


def test_what_was_found_on_patrol_counts_for_its_own_figure_and_for_no_complaint(cast: Cast) -> None:
    with frozen(MONDAY):
        found = commands.file(
            cast.grid_worker, text="消防通道被杂物堵住了", channel="patrol", proactive=True, category="safety.passage",
            region_code=GRID,
        )["id"]  # fmt: skip
    lived(cast, True, "satisfied")
    enter(system("test"))
    Case.objects.filter(pk=found).update(
        answered_on=MONDAY.date(), settled_on=MONDAY.date(), reachable=True, resolved=True
    )
    for _ in range(2):
        measures = queries.total(queries.by_region(STREET, PERIOD, 12))
        assert (measures["filed"], measures["proactive"]) == (1, 1)
        assert (measures["answered"], measures["settled"], measures["resolved"]) == (1, 1, 1)
        assert queries.values(measures)["proactive_share"].text == "50.0%"
        assert [row.pk for row in queries.behind(cast.leader, "proactive", STREET, PERIOD)] == [found]
        assert found not in queries.behind(cast.leader, "filed", STREET, PERIOD).values_list("pk", flat=True)
        assert queries.disagreements() == []
        indicators.compact(system("test"))
    Case.objects.filter(pk=found).update(proactive=False)
    measures = queries.total(queries.by_region(STREET, PERIOD, 12))
    assert (measures["filed"], measures["proactive"], measures["resolved"]) == (2, 0, 2)


def test_what_was_raised_is_kept_by_grid_category_and_week(cast: Cast) -> None:
    case = lived(cast, True, "satisfied")
    enter(system("test"))
    Case.objects.filter(pk=case).update(category="utilities.sewer")
    for _ in range(2):
        assert queries.raised(STREET, PERIOD, step="week") == [(GRID, "utilities.sewer", 0, 1)]
        assert queries.raised(STREET, PERIOD, step="month", digits=12) == [(HERE, "utilities.sewer", 2026 * 12 + 2, 1)]
        indicators.compact(system("test"))
    enter(cast.neighbour)
    assert queries.raised(STREET, PERIOD, step="week") == []
