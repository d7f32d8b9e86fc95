"""Parts of the work of a whistle: each is a proceeding of its own, and the whistle waits for it."""

from linli.base import masks
from linli.base.actor import Actor
from linli.base.commands import Refused, about, announce, command
from linli.matters.whistles.commands.common import PartId, WhistleId, in_hand, offer_of
from linli.matters.whistles.rules import TOPIC_MOST
from linli.procedures.handling import Handling


@command("whistles.split")
def split(
    actor: Actor, whistle: WhistleId, *, to: int, topic: str, note: str, seen: int | None = None
) -> dict[str, object]:
    """Split a part off and entrust it to an organisation; the whistle cannot be confirmed before it is taken over.

    Returns {"id", "number"} of the part. Raises Refused beside the field that is wrong.
    """
    handling = in_hand(whistle, seen)
    topic = " ".join(topic.split())
    if not topic or len(topic) > TOPIC_MOST:
        raise Refused(f"请写明是什么任务，不超过 {TOPIC_MOST} 个字。", field="topic")
    if to != handling.state.holder and offer_of(handling, to, "offered", "accepted", "done") is None:
        raise Refused("任务只能交给叫到的部门或者吹哨方自己；要别的部门办，先呼叫它。", field="to")
    handling.perform(actor, "split", organisation=to, note=note, topic=topic)
    handling.flush()
    part = Handling.open(
        "whistle_part",
        region_code=handling.region_code,
        title=masks.scrub(topic),
        service_class=handling.service_class,
        parent_id=handling.id,
        parent_waits=True,
    )
    part.perform(actor, "entrust", desk=handling.state.holder, organisation=to, note=note)
    part.flush()
    announce("whistles.entrusted", {"whistle": whistle, "part": part.id, "organisation": to})
    return {"id": part.id, "number": part.number}


@command("whistles.deliver", right="whistles.work")
def deliver(actor: Actor, part: PartId, *, note: str, seen: int | None = None) -> int:
    """The part is done; the whistler takes it over or sends it back."""
    handling = _part(part, seen)
    handling.perform(actor, "deliver", note=note)
    return handling.flush()


@command("whistles.do_over", right="whistles.confirm")
def do_over(actor: Actor, part: PartId, *, note: str, seen: int | None = None) -> int:
    """Not good enough: once more, with a clock of its own."""
    handling = _part(part, seen)
    handling.perform(actor, "do_over", note=note)
    return handling.flush()


@command("whistles.take_over", right="whistles.confirm")
def take_over(actor: Actor, part: PartId, *, note: str = "", seen: int | None = None) -> int:
    """The part is good; it is closed."""
    handling = _part(part, seen)
    handling.perform(actor, "take_over", note=note)
    return handling.flush()


def _part(part: PartId, seen: int | None) -> Handling:
    about("whistles.part", part)
    handling = Handling.load(part, seen=seen)
    if handling.definition.code != "whistle_part":
        raise Refused("没有找到这项任务，或者它不在您的工作范围内。", status=404)
    return handling
