"""A month of cases and a run of it, for the tests of scores."""

from datetime import UTC, datetime, timedelta

from linli.base.actor import system
from linli.base.clockwork import frozen
from linli.base.scope import enter
from linli.insight.scores import commands
from linli.insight.scores.models import ScoreRun, ScoreUnit
from linli.matters.cases import commands as cases
from linli.procedures.models import Proceeding
from tests.cast import HERE, MONDAY, STREET, THERE, Cast
from tests.matters.cases.stories import filed

RULE = "score.month_30_35_35"
# The month of the stories has ended by then.
AFTER = MONDAY + timedelta(days=35)


def settled(
    cast: Cast,
    *,
    resolved: bool = True,
    satisfaction: str = "satisfied",
    there: bool = False,
    contacted: bool = True,
    moment: datetime = MONDAY,
) -> Proceeding:
    """A case of March 2026 (or of another moment), answered and called back."""
    with frozen(moment):
        row = filed(cast, there=there)
        unit = "there" if there else "here"
        actor = cast.neighbour if there else cast.secretary
        if row.step == "filed":
            cases.dispatch(cast.dispatcher, row.pk, to=cast.organisations[unit].pk)
        cases.accept(actor, row.pk)
        if contacted:
            cases.contact(actor, row.pk, reached=True, channel="telephone")
    with frozen(moment + timedelta(days=2)):
        cases.answer(actor, row.pk, note="灯已换好，请您看看。")
    with frozen(moment + timedelta(days=3)):
        again = not resolved
        cases.settle(
            cast.call_taker,
            row.pk,
            resolved=resolved,
            satisfaction=satisfaction,
            reason="又坏了" if again else "",
            again=False,
        )
    enter(system("test"))
    return Proceeding.objects.get(pk=row.pk)


def start_of(label: str) -> datetime:
    """The morning of the third day of a month."""
    return datetime(int(label[:4]), int(label[5:]), 3, 1, tzinfo=UTC)


def month(cast: Cast, moment: datetime = MONDAY) -> list[Proceeding]:
    """Here: four cases, one of them unresolved and dissatisfied; there: three, all well."""
    here = [settled(cast, moment=moment) for _ in range(3)]
    here.append(settled(cast, resolved=False, satisfaction="dissatisfied", moment=moment))
    return here + [settled(cast, there=True, moment=moment) for _ in range(3)]


def scored(cast: Cast, rule: str = RULE, label: str = "2026-03", moment: datetime = AFTER, **more: str) -> ScoreRun:
    """The month as an official run."""
    enter(cast.leader)
    with frozen(moment):
        run = commands.run(cast.leader, rule=rule, label=label, region=STREET, **more)
    enter(system("test"))
    return run


def unit(run: ScoreRun, there: bool = False) -> ScoreUnit:
    return ScoreUnit.objects.get(run=run, key=THERE if there else HERE)


def everything_once(cast: Cast) -> None:
    """One published run, and one with an appeal that waits: so that every page of scores is offered to somebody."""
    made = [settled(cast), settled(cast, resolved=False, satisfaction="dissatisfied")]
    run = scored(cast)
    enter(cast.leader)
    commands.publish(cast.leader, run.pk, form="tiers")
    other = scored(cast, "three_rates")
    enter(cast.secretary)
    with frozen(AFTER):
        commands.appeal(cast.secretary, unit(other).pk, kind="case", number=made[1].number, reason="已与诉求人核实。")
    enter(system("test"))
