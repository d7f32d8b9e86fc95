"""Work of the clock that found nothing to do leaves no audit row; what did something, and what a person did, does."""

from datetime import timedelta

import pytest

from linli.base.actor import system
from linli.base.clockwork import frozen
from linli.base.commands.models import AuditRow
from linli.base.scope import enter
from linli.doors.web.tasks import perform
from linli.doors.wiring import REGULAR
from linli.matters.cases import commands
from tests.cast import MONDAY, POINT_HERE, Cast

# Once a day: that they ran is worth a row.
DAILY = {name for name, cron in REGULAR.items() if not cron.split()[1].startswith("*")}
OFTEN = sorted(set(REGULAR) - DAILY)


def rows(name: str) -> int:
    enter(system("test"))
    return AuditRow.objects.filter(command=name).count()


def test_what_runs_every_few_minutes_is_known() -> None:
    assert {"indicators.compact", "files.scan"} <= set(OFTEN)
    assert {"files.sweep", "commands.sweep", "accounts.sweep"} <= DAILY


@pytest.mark.parametrize("name", OFTEN)
def test_a_run_with_nothing_to_do_leaves_no_row(cast: Cast, name: str) -> None:
    perform(name)
    assert rows(name) == 0


def test_a_run_that_did_something_leaves_one(cast: Cast) -> None:
    with frozen(MONDAY):
        commands.file(cast.nobody, text="电梯坏了", longitude=POINT_HERE[0], latitude=POINT_HERE[1])
    enter(system("test"))
    perform("indicators.compact")
    perform("indicators.compact")
    assert rows("indicators.compact") == 1
    enter(system("test"))
    note = AuditRow.objects.get(command="indicators.compact")
    assert note.detail["moved"] > 0


def test_the_ladder_leaves_a_row_when_it_raised_something(cast: Cast) -> None:
    with frozen(MONDAY):
        commands.file(cast.nobody, text="电梯坏了", longitude=POINT_HERE[0], latitude=POINT_HERE[1])
    with frozen(MONDAY + timedelta(days=60)):
        perform("cases.raise_rungs")
        perform("cases.raise_rungs")
    assert rows("cases.raise_rungs") == 1
