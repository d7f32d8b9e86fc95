"""The first wall alone: with row-level security switched off, `visible_to` still lets nobody see what is not theirs."""

from collections.abc import Callable

import pytest

from linli.base import scope
from linli.base.actor import Actor, system
from linli.base.clockwork import now
from linli.base.commands import Refused
from linli.insight.boards.asking import BoardFilter
from linli.insight.indicators import queries as figures
from linli.matters.cases import commands, showing
from linli.matters.cases.models import Case
from linli.people.accounts import middleware
from tests.cast import HERE, Cast
from tests.house.test_neighbour import get_everything
from tests.house.world import NEXT_DOOR, World, world
from tests.matters.cases.stories import filed

__all__ = ["world"]


@pytest.fixture
def no_second_wall(monkeypatch: pytest.MonkeyPatch) -> None:
    """Whoever asks, the database shows everything."""
    real: Callable[[Actor], None] = scope.enter

    def enter(actor: Actor) -> None:
        real(system("no second wall"))

    monkeypatch.setattr(scope, "enter", enter)
    monkeypatch.setattr(middleware, "enter", enter)


@pytest.mark.parametrize("who", [NEXT_DOOR, "every right, no region"])
def test_pages_show_nothing_with_the_second_wall_down(world: World, no_second_wall: None, who: str) -> None:
    assert get_everything(world, who) == []


def test_two_cases_are_joined_only_by_whoever_sees_both(cast: Cast) -> None:
    mine = filed(cast)
    with pytest.raises(Refused, match="不在您的工作范围内"):
        commands.join(cast.neighbour, mine.pk, with_case=filed(cast).pk)
    assert not Case.objects.exclude(cluster_id=None).exists()


def test_the_others_of_a_cluster_are_those_one_sees(cast: Cast) -> None:
    first, second = filed(cast), filed(cast)
    commands.join(cast.dispatcher, first.pk, with_case=second.pk)
    case = Case.objects.get(pk=first.pk)
    assert [row["proceeding__number"] for row in showing._others(cast.dispatcher, case)] == [second.number]
    assert showing._others(cast.neighbour, case) == []


def test_figures_of_somebody_without_a_region_are_none(cast: Cast) -> None:
    filed(cast)
    day = Case.objects.values_list("filed_on", flat=True).get()
    period = figures.Period(day, day)
    assert figures.by_region("", period, 12)
    for actor in (cast.clerk, cast.sysadmin):
        bar = BoardFilter({"region": HERE}, actor, day)
        assert figures.by_region(bar.code, period, 12) == {}
        assert figures.standing(actor, bar.code, 12, now()) == {}
    bar = BoardFilter({"region": HERE}, cast.neighbour, day)
    assert figures.by_region(bar.code, period, 12) == {}, "a wish for somebody else's place gives one's own"
