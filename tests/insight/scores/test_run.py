"""Official runs: frozen with the cases behind them, the same when calculated again, never changed."""

from datetime import timedelta

import pytest
from django.db import connection, transaction
from django.db.utils import InternalError, ProgrammingError

from linli.base.actor import system
from linli.base.clockwork import frozen
from linli.base.commands import Refused
from linli.base.policies import commands as publishing
from linli.base.policies import registry
from linli.base.scope import enter
from linli.insight.scores import commands, freezing, policy, queries
from linli.insight.scores.models import ScoreRun, ScoreUnit
from linli.insight.scores.rules.counting import BITS
from tests.cast import HERE, MONDAY, STREET, THERE, Cast
from tests.insight.scores.stories import AFTER, RULE, month, scored, settled, unit


def test_a_run_freezes_numbers_results_and_cases(cast: Cast) -> None:
    made = month(cast)
    run = scored(cast)
    here, there = unit(run), unit(run, there=True)
    assert (here.numbers["reachable"], here.numbers["resolved"], here.numbers["contacted"]) == ("4", "3", "4")
    # 30 + 35 × 3/4 + 35 × 3/4
    assert (f"{here.total:.2f}", here.tier, here.rank) == ("82.50", "良", 2)
    assert (f"{there.total:.2f}", there.tier, there.rank) == ("100.00", "优", 1)
    kept = freezing.frozen(run.pk, HERE)
    assert [key for key, _facts, _mark in kept] == [row.pk for row in made[:4]]
    assert sum(bool(facts & BITS["resolved"]) for _key, facts, _mark in kept) == 3
    assert run.rule.code == RULE
    assert (str(run.first), str(run.last)) == ("2026-03-01", "2026-03-31")
    assert queries.replay(run, queries.units(run)) == []


def test_later_changes_of_the_cases_change_nothing(cast: Cast) -> None:
    month(cast)
    run = scored(cast)
    before = [(row.key, row.total, row.numbers) for row in queries.units(run)]
    settled(cast, resolved=False, satisfaction="dissatisfied")
    enter(system("test"))
    assert [(row.key, row.total, row.numbers) for row in queries.units(run)] == before
    assert queries.replay(run, queries.units(run)) == []


def test_last_years_month_is_scored_under_the_rule_then_in_force(cast: Cast) -> None:
    """A rule that changed since does not touch a month before; a run of then gives the same figures."""
    month(cast)
    run = scored(cast)
    data = dict(registry.shipped()[RULE])
    data["measures"] = [
        {**row, "weight": 10 if row["code"] == "response" else row["weight"]} for row in data["measures"]
    ]
    data["examples"] = [{"given": {"contacted": 1, "resolved": 1, "satisfied": 1, "reachable": 1}, "expect": "80"}]
    with frozen(AFTER + timedelta(days=300)):
        draft = publishing.draft(system("test"), code=RULE, data=data, basis="办公会")
        publishing.publish(system("test"), draft)
    with frozen(AFTER + timedelta(days=400)):
        enter(cast.leader)
        again = commands.run(cast.leader, rule=RULE, label="2026-03", region=STREET, reason="核对上年")
        enter(system("test"))
    assert again.rule_id == run.rule_id
    assert [(row.key, row.total) for row in queries.units(again)] == [
        (row.key, row.total) for row in queries.units(run)
    ]
    assert again.replaces_id == run.pk
    new = policy.read(data)
    other = {one.unit.key: one.total for one in queries.what_if(run, queries.units(run), rule=new).scores}
    assert other[THERE] == 80


def test_a_period_from_the_19th_to_the_18th(cast: Cast) -> None:
    month(cast)
    run = scored(cast, "three_rates", "2026-03")
    assert (str(run.first), str(run.last)) == ("2026-02-19", "2026-03-18")
    here = unit(run)
    # (1.0 × 0.1 + 0.75 × 0.5 + 0.75 × 0.4) × 100
    assert f"{here.total:.1f}" == "77.5"


def test_what_is_exempted_is_out_of_the_score_and_in_the_figures_of_all_cases(cast: Cast) -> None:
    made = month(cast)
    with connection.cursor() as cursor:
        cursor.execute("UPDATE cases_case SET exempted = true WHERE proceeding_id = %s", [made[3].pk])
    run = scored(cast)
    here = unit(run)
    assert (here.numbers["reachable"], here.all_numbers["reachable"]) == ("3", "4")
    assert f"{here.total:.2f}" == "100.00"
    every = queries.every_case(run, queries.units(run)).of(HERE)
    assert float(every.total) == 82.5


def test_what_is_frozen_cannot_be_changed(cast: Cast) -> None:
    month(cast)
    run = scored(cast)
    for sql in (
        "UPDATE scores_scoreunit SET total = 0",
        "DELETE FROM scores_frozencases",
        "UPDATE scores_scorerun SET note = 'x'",
    ):
        with pytest.raises((ProgrammingError, InternalError)), transaction.atomic(), connection.cursor() as cursor:
            cursor.execute(sql)
    assert ScoreUnit.objects.filter(run=run).count() == 2


def test_what_is_refused(cast: Cast) -> None:
    month(cast)
    scored(cast)
    enter(cast.leader)
    with frozen(AFTER):
        for given, field in (
            ({"label": "2026-04"}, "label"),
            ({"label": "March"}, "label"),
            ({"rule": "nothing"}, "rule"),
            ({"rule": "ningguo"}, "rule"),
            ({"region": "110105001"}, "region"),
            ({}, "reason"),
        ):
            facts = {"rule": RULE, "label": "2026-03", "region": STREET, **given}
            with pytest.raises(Refused) as refused:
                commands.run(cast.leader, **facts)
            assert refused.value.field == field, given
        with pytest.raises(Refused):
            commands.run(cast.secretary, rule=RULE, label="2026-03", region=HERE)


def test_a_table_is_frozen_too(cast: Cast) -> None:
    enter(cast.leader)
    numbers = {"received": "300", "on_time": "280", "visited": "70", "satisfied": "66", "praised": "8", "returned": "4"}
    with frozen(AFTER):
        run = commands.run_table(
            cast.leader, rule="two_groups", label="2026-03", region=STREET, note="三月通报",
            rows=[{"name": "城市管理科", "group": "一组", "numbers": numbers}, {"name": "外来单位", "group": "二组", "numbers": numbers}],
        )  # fmt: skip
    found = {row.name: row for row in queries.units(run)}
    assert f"{found['城市管理科'].total:.2f}" == "147.36"
    assert found["城市管理科"].organisation_id == cast.organisations["city"].pk
    assert f"{found['外来单位'].total:.2f}" == "98.24"
    assert queries.replay(run, queries.units(run)) == []


def test_the_first_three_of_a_month_and_of_a_year(cast: Cast) -> None:
    month(cast)
    run = scored(cast)
    first = queries.first_of_month(run)
    assert [(one.name, one.rank) for one in first] == [("东大街西里", 1), ("北大街北里", 2)]
    assert first[0].organisation_id == cast.organisations["there"].pk
    year, months = queries.first_of_year(RULE, STREET, ["2026-02", "2026-03"])
    assert months == 1
    assert [(one.name, one.rank, float(one.total)) for one in year] == [
        ("东大街西里", 1, 100.0),
        ("北大街北里", 2, 82.5),
    ]


def test_who_sees_what(cast: Cast) -> None:
    month(cast)
    run = scored(cast)
    for actor, keys in (
        (cast.leader, {HERE, THERE}),
        (cast.secretary, {HERE}),
        (cast.neighbour, {THERE}),
        (cast.clerk, set()),
    ):
        enter(actor)
        assert {row.key for row in queries.units_of(actor)} == keys
        assert set(ScoreUnit.objects.values_list("key", flat=True)) == keys, "the second wall alone"
        assert queries.visible_to(actor).filter(pk=run.pk).exists() == (actor is not None and bool(keys))
    enter(cast.nobody)
    assert ScoreRun.objects.count() == 0


def test_cases_dropped_in_a_what_if(cast: Cast) -> None:
    made = month(cast)
    run = scored(cast)
    then = queries.what_if(run, queries.units(run), without=[made[3].pk]).of(HERE)
    assert float(then.total) == 100.0
    assert f"{unit(run).total:.2f}" == "82.50"
    assert MONDAY < AFTER
