"""Cases brought to a certain step through the commands, for tests of pages."""

from typing import Any

from linli.base.actor import system
from linli.base.scope import enter
from linli.matters.cases import commands
from linli.procedures.models import Proceeding
from tests.cast import POINT_HERE, POINT_THERE, Cast

TEXT = "楼道里的灯坏了三天,晚上老人上下楼看不见。"
PHONE = "13800138000"


def filed(cast: Cast, text: str = TEXT, **given: Any) -> Proceeding:
    """A case of community A that waits for dispatch; `there=True` puts it into community B."""
    enter(system("test"))
    lon, lat = POINT_THERE if given.pop("there", False) else POINT_HERE
    facts: dict[str, Any] = {"longitude": lon, "latitude": lat, "phone": PHONE, "name": "张三丰", "kind": "report"}
    return proceeding(commands.file(cast.nobody, text=text, **{**facts, **given})["id"])


def dispatched(cast: Cast, to: str = "here", **given: Any) -> Proceeding:
    if to in ("here", "there"):
        # Whatever the words suggest: a matter that communities may lead by the duty list.
        given.setdefault("category", "property.repairs")
    row = filed(cast, **given)
    commands.dispatch(cast.dispatcher, row.pk, to=cast.organisations[to].pk)
    return proceeding(row.pk)


def handling(cast: Cast, to: str = "here", by: str = "secretary", **given: Any) -> Proceeding:
    row = dispatched(cast, to, **given)
    commands.accept(getattr(cast, by), row.pk)
    return proceeding(row.pk)


def answered(cast: Cast, **given: Any) -> Proceeding:
    row = handling(cast, **given)
    commands.answer(cast.secretary, row.pk, note="灯已换好")
    return proceeding(row.pk)


def closed(cast: Cast, **given: Any) -> Proceeding:
    row = answered(cast, **given)
    commands.settle(cast.call_taker, row.pk, resolved=True, satisfaction="satisfied")
    return proceeding(row.pk)


def proceeding(key: int) -> Proceeding:
    """The stored row, seen with the system's eyes."""
    enter(system("test"))
    return Proceeding.objects.get(pk=key)
