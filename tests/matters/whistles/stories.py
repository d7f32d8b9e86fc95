"""Whistles brought to a certain step through the commands, for tests of pages."""

from typing import Any

from linli.base.actor import system
from linli.base.scope import enter
from linli.matters.whistles import commands
from linli.procedures.models import Proceeding
from tests.cast import GRID, Cast

TOPIC = "3号楼楼道电动车飞线充电"
TEXT = "二层拉了三根插线板到楼道，两辆电动车正在充，劝了不听。"


def called(cast: Cast, departments: tuple[str, ...] = ("city", "safety"), **given: Any) -> Proceeding:
    """The secretary of community A has whistled for these departments; nobody has come yet."""
    enter(system("test"))
    facts: dict[str, Any] = {
        "topic": TOPIC,
        "kind": "joint",
        "text": TEXT,
        "region_code": GRID,
        "place_text": "3号楼二层",
    }
    units = [cast.organisations[name].pk for name in departments]
    made = commands.whistle(cast.secretary, departments=units, **{**facts, **given})
    return proceeding(made["id"])


def arrived(cast: Cast, **given: Any) -> Proceeding:
    """City management is there."""
    row = called(cast, **given)
    commands.arrive(cast.clerk, row.pk, note="两人到场")
    return proceeding(row.pk)


def confirming(cast: Cast, **given: Any) -> Proceeding:
    """The only department called has finished; the whistler is asked."""
    row = arrived(cast, departments=("city",), **given)
    commands.finish(cast.clerk, row.pk, note="插线板已拆，电动车已推走")
    return proceeding(row.pk)


def rating(cast: Cast, **given: Any) -> Proceeding:
    row = confirming(cast, **given)
    commands.confirm(cast.secretary, row.pk, result="solved")
    return proceeding(row.pk)


def closed(cast: Cast, **given: Any) -> Proceeding:
    row = rating(cast, **given)
    commands.rate(cast.secretary, row.pk, of=cast.organisations["city"].pk, score=5)
    commands.rate(cast.clerk, row.pk, of=cast.organisations["here"].pk, score=4)
    return proceeding(row.pk)


def proceeding(key: int) -> Proceeding:
    enter(system("test"))
    return Proceeding.objects.get(pk=key)
