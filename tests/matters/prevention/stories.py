"""Preventive tasks brought to a certain step through the commands, for tests of pages."""

from datetime import timedelta
from typing import Any

from linli.base.actor import system
from linli.base.scope import enter
from linli.matters.prevention import commands
from linli.matters.prevention.queries import today
from linli.procedures.models import Proceeding
from tests.cast import GRID, Cast


def planned(cast: Cast, **given: Any) -> Proceeding:
    """A task of community A that waits to be accepted."""
    enter(system("test"))
    facts: dict[str, Any] = {
        "title": "入冬前检修供暖管道", "text": "逐户排查，更换老化阀门。", "region_codes": [GRID],
        "owner": cast.organisations["here"].pk, "until": today() + timedelta(days=30), "category": "utilities.heating",
    }  # fmt: skip
    task = commands.plan(cast.leader, **{**facts, **given})
    enter(system("test"))
    return Proceeding.objects.get(pk=task)


def working(cast: Cast, **given: Any) -> Proceeding:
    row = planned(cast, **given)
    commands.accept(cast.secretary, row.pk)
    return Proceeding.objects.get(pk=row.pk)


def reported(cast: Cast, **given: Any) -> Proceeding:
    row = working(cast, **given)
    commands.carry_out(cast.secretary, row.pk, note="阀门已全部更换")
    return Proceeding.objects.get(pk=row.pk)
