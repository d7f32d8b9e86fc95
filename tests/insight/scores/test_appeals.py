"""Appeals: filed by the unit, decided by others, set right beside the frozen run and never in it."""

from datetime import timedelta

import pytest

from linli.base.actor import system
from linli.base.clockwork import frozen
from linli.base.commands import Refused
from linli.base.scope import enter
from linli.insight.scores import commands, queries
from linli.insight.scores.models import Appeal, CounterEntry
from tests.cast import HERE, THERE, Cast
from tests.insight.scores.stories import AFTER, month, scored, unit

LATER = AFTER + timedelta(days=1)


def test_a_granted_appeal_stands_beside_the_run(cast: Cast) -> None:
    made = month(cast)
    run = scored(cast)
    here = unit(run)
    with frozen(LATER):
        enter(cast.secretary)
        row = commands.appeal(
            cast.secretary, here.pk, kind="case", number=made[3].number, reason="已与诉求人当面核实，系误评。"
        )
        enter(cast.leader)
        commands.decide(cast.leader, row.pk, grant=True, note="材料属实")
    enter(system("test"))
    entries = {one.input: one.amount for one in CounterEntry.objects.filter(appeal=row)}
    assert entries["reachable"] == entries["contacted"] == "-1"
    assert "resolved" not in entries
    after = queries.corrected(run, queries.units(run))
    assert float(after.of(HERE).total) == 100.0
    assert (after.of(HERE).rank, after.of(THERE).rank, after.of(HERE).tied) == (1, 1, True), "three cases each are left"
    kept = unit(run)
    assert (f"{kept.total:.2f}", kept.rank) == ("82.50", 2)
    assert queries.replay(run, queries.units(run)) == []
    assert [one.name for one in queries.first_of_month(run)] == ["东大街西里", "北大街北里"]


def test_a_number_is_set_right(cast: Cast) -> None:
    month(cast)
    run = scored(cast)
    with frozen(LATER):
        enter(cast.secretary)
        row = commands.appeal(
            cast.secretary, unit(run).pk, kind="number", input="resolved", claimed="4", reason="漏计一件已解决的。"
        )
        enter(cast.leader)
        commands.decide(cast.leader, row.pk, grant=True, note="漏计属实")
    enter(system("test"))
    assert [(one.input, one.amount) for one in CounterEntry.objects.filter(appeal=row)] == [("resolved", "1")]
    assert float(queries.corrected(run, queries.units(run)).of(HERE).total) == 91.25


def test_a_refused_appeal_changes_nothing(cast: Cast) -> None:
    made = month(cast)
    run = scored(cast)
    with frozen(LATER):
        enter(cast.secretary)
        facts = {"kind": "case", "number": made[3].number, "reason": "不是我们的责任。"}
        row = commands.appeal(cast.secretary, unit(run).pk, **facts)
        with pytest.raises(Refused, match="已经申诉过"):
            commands.appeal(cast.secretary, unit(run).pk, **facts)
        enter(cast.leader)
        commands.decide(cast.leader, row.pk, grant=False, note="没有材料")
        with pytest.raises(Refused, match="已经裁定过"):
            commands.decide(cast.leader, row.pk, grant=True, note="再想想")
    enter(system("test"))
    assert not CounterEntry.objects.exists()
    assert Appeal.objects.get().status == "refused"


def test_what_is_refused(cast: Cast) -> None:
    made = month(cast)
    run = scored(cast)
    here, there = unit(run), unit(run, there=True)
    enter(cast.secretary)
    with frozen(LATER):
        for target, given, said in (
            (there.pk, {"kind": "case", "number": made[3].number, "reason": "不该算他们的"}, "不是您的单位"),
            (here.pk, {"kind": "case", "number": made[5].number, "reason": "不该算我们的"}, "没有计入本单位"),
            (here.pk, {"kind": "case", "number": "x", "reason": "不该算我们的"}, "没有计入本单位"),
            (here.pk, {"kind": "case", "number": made[3].number, "reason": "短"}, "理由"),
            (here.pk, {"kind": "number", "input": "basic_weight", "claimed": "1", "reason": "这个数不对"}, "哪个数"),
            (here.pk, {"kind": "number", "input": "resolved", "claimed": "许多", "reason": "这个数不对"}, "不是数字"),
            (here.pk, {"kind": "other", "reason": "这个数不对"}, "事由"),
        ):
            with pytest.raises(Refused, match=said):
                commands.appeal(cast.secretary, target, **given)
    with frozen(AFTER + timedelta(days=6)), pytest.raises(Refused, match="申诉期"):
        commands.appeal(cast.secretary, here.pk, kind="case", number=made[3].number, reason="过了期才想起来。")
    with frozen(LATER):
        row = commands.appeal(cast.secretary, here.pk, kind="case", number=made[3].number, reason="已与诉求人核实。")
        with pytest.raises(Refused):
            commands.decide(cast.secretary, row.pk, grant=True, note="我看行")
    enter(cast.neighbour)
    assert not queries.appeals_of(cast.neighbour).exists()
    assert Appeal.objects.count() == 0
