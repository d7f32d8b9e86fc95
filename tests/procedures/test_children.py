"""Children: a parent waits for those it needs, seen or not, and a closed one takes no more."""

import pytest

from linli.base.actor import system
from linli.base.commands import Refused
from linli.base.scope import enter
from linli.matters.cases import commands
from linli.procedures.handling import Handling
from tests.cast import GRID, GRID_THERE, Cast
from tests.matters.cases.stories import answered, closed, proceeding

SYSTEM = system("test")


def child(cast: Cast, parent: int, region: str = GRID, waits: bool = True, desk: str = "desk") -> Handling:
    enter(SYSTEM)
    handling = Handling.open(
        "case", region_code=region, title="分出去的", service_class="ordinary", parent_id=parent, parent_waits=waits
    )
    handling.perform(SYSTEM, "file", desk=cast.organisations[desk].pk)
    handling.flush()
    return handling


def settle(cast: Cast, parent: int) -> None:
    enter(cast.call_taker)
    commands.settle(cast.call_taker, parent, resolved=True, satisfaction="satisfied")


def test_a_parent_closes_only_after_the_children_it_waits_for(cast: Cast) -> None:
    parent = answered(cast).pk
    part = child(cast, parent)
    child(cast, parent, waits=False)
    with pytest.raises(Refused) as no:
        settle(cast, parent)
    assert no.value.rule == "children"
    assert part.number in no.value.message
    assert proceeding(parent).closed_at is None
    enter(SYSTEM)
    part.perform(SYSTEM, "withdraw")
    part.flush()
    settle(cast, parent)
    assert proceeding(parent).closed_at is not None


def test_a_child_nobody_here_can_see_is_waited_for_too(cast: Cast) -> None:
    """The wall of rows hides it from who closes the parent; its number is not told."""
    parent = answered(cast).pk
    hidden = child(cast, parent, region="110107001001001", desk="partner")
    hidden_there = child(cast, parent, region=GRID_THERE)
    with pytest.raises(Refused, match="还有 2 件") as no:
        settle(cast, parent)
    assert hidden.number not in no.value.message
    assert hidden_there.number in no.value.message
    assert proceeding(parent).closed_at is None


def test_a_closed_or_unseen_parent_takes_no_child(cast: Cast) -> None:
    parent = closed(cast).pk
    with pytest.raises(Refused, match="已经办结"):
        child(cast, parent)
    enter(cast.neighbour)
    with pytest.raises(Refused) as no:
        Handling.open("case", region_code=GRID, title="x", service_class="ordinary", parent_id=answered(cast).pk + 999)
    assert no.value.status == 404
