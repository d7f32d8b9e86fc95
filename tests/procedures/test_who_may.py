"""Who may act on a proceeding, decided from the proceeding itself and not only by what the database shows."""

import pytest

from linli.base.actor import Actor, system
from linli.base.commands import Refused
from linli.base.scope import enter
from linli.matters.cases import commands
from linli.procedures.handling import SUPERVISE, Handling
from tests.cast import Cast
from tests.matters.cases.stories import answered, dispatched


def supervisor(*regions: str) -> Actor:
    return Actor(kind="person", organisation_id=1, regions=regions, rights=frozenset({SUPERVISE}))


@pytest.mark.parametrize(
    ("regions", "may"),
    [
        (("110106009",), True),
        (("110106009008", "110106010"), True),
        (("110106010",), False),
        (("",), False),
        ((), False),
    ],
)
def test_supervising_ends_at_the_border_of_the_region(cast: Cast, regions: tuple[str, ...], may: bool) -> None:
    handling = Handling.load(dispatched(cast).pk)
    assert handling.involves(supervisor(*regions), "desk") is may


def test_what_was_ruled_is_neither_returned_nor_disputed_again(cast: Cast) -> None:
    case = dispatched(cast).pk
    commands.dispute(cast.secretary, case, ground="not_our_duty", note="不归我们")
    commands.rule(cast.dispatcher, case, to=cast.organisations["here"].pk, clause="派单目录第三条", note="由社区办")
    for act, more in ((commands.dispute, {}), (commands.return_, {"materials": "派单目录"})):
        with pytest.raises(Refused, match="已经裁定"):
            act(cast.secretary, case, ground="not_our_duty", note="还是不归我们", **more)


def test_the_unit_a_complaint_is_about_does_not_close_it(cast: Cast) -> None:
    case = answered(cast, about_id=cast.organisations["desk"].pk).pk
    with pytest.raises(Refused, match="反映的是本单位") as no:
        commands.settle(cast.call_taker, case, resolved=True, satisfaction="satisfied")
    assert no.value.status == 403
    enter(system("test"))
    commands.confirm(cast.resident(case), case, resolved=True, satisfaction="satisfied")
