"""An act writes what it changed and leaves the rest of the proceeding as it stands."""

from typing import Any

from django.db import connection

from linli.base.actor import system
from linli.base.scope import enter
from linli.matters.cases import commands
from tests.cast import POINT_HERE, Cast


def places(table: str, case: int) -> dict[Any, Any]:
    """Where each row lies: one that is written again lies elsewhere."""
    enter(system("test"))
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT id, ctid::text FROM procedures_{table} WHERE proceeding_id = %s", [case])
        return dict(cursor.fetchall())


def test_an_act_rewrites_only_the_clocks_and_offers_it_changed(cast: Cast) -> None:
    filed = commands.file(
        cast.call_taker, text="楼道灯坏了三天", channel="telephone", phone="13800001234",
        longitude=POINT_HERE[0], latitude=POINT_HERE[1],
    )  # fmt: skip
    case = filed["id"]
    here = cast.organisations["here"].pk
    enter(system("test"))
    if not places("assignment", case):
        commands.dispatch(cast.dispatcher, case, to=here)
    commands.accept(cast.secretary, case)
    clocks, offers = places("clock", case), places("assignment", case)
    assert clocks
    assert offers

    commands.visit(cast.secretary, case, note="到了现场")
    assert (places("clock", case), places("assignment", case)) == (clocks, offers), "a visit moves no clock"

    commands.contact(cast.secretary, case, reached=True)
    moved = {key for key, place in places("clock", case).items() if place != clocks[key]}
    assert moved, "who was reached meets the clock of contact"
    assert moved < set(clocks), "and no other"
