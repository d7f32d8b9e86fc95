"""What a called department does: it comes, works on site, and says when its part is done."""

from collections.abc import Sequence

from linli.base.actor import Actor
from linli.base.commands import Refused, announce, command
from linli.matters.cases.rules import problem_of_point
from linli.matters.whistles.commands.common import WhistleId, ask_to_confirm, in_hand, keep, offer_of


@command("whistles.arrive")
def arrive(
    actor: Actor,
    whistle: WhistleId,
    *,
    note: str = "",
    longitude: float | None = None,
    latitude: float | None = None,
    files: Sequence[int] = (),
    seen: int | None = None,
) -> int:
    """Record that the actor's department is there; its own clock of arrival is met, late or not.

    longitude, latitude: degrees, WGS84/CGCS2000, only of this moment and only when given; nothing follows anybody.
    """
    if problem := problem_of_point(longitude, latitude):
        raise Refused(problem, field="longitude")
    handling = in_hand(whistle, seen)
    if offer_of(handling, actor.organisation_id, "accepted", "done"):
        raise Refused("贵单位已经记过到场。")
    position = None if longitude is None or latitude is None else [round(longitude, 5), round(latitude, 5)]
    handling.perform(actor, "arrive", organisation=actor.organisation_id, note=note, files=files, position=position)
    keep(actor, whistle, files)
    announce("whistles.arrived", {"whistle": whistle, "organisation": actor.organisation_id})
    return handling.flush()


@command("whistles.work")
def work(actor: Actor, whistle: WhistleId, *, note: str, files: Sequence[int] = (), seen: int | None = None) -> int:
    """Record work on site, with photos where they are needed. Whoever was called comes first."""
    handling = in_hand(whistle, seen)
    if actor.organisation_id != handling.state.holder and not offer_of(handling, actor.organisation_id, "accepted"):
        raise Refused("请先记录到场，再记处置。", status=409)
    handling.perform(actor, "work", note=note, files=files)
    keep(actor, whistle, files)
    return handling.flush()


@command("whistles.finish", right="whistles.work")
def finish(actor: Actor, whistle: WhistleId, *, note: str, files: Sequence[int] = (), seen: int | None = None) -> int:
    """The department's part is done. When the last one says so, the whistler is asked to confirm."""
    handling = in_hand(whistle, seen)
    if offer_of(handling, actor.organisation_id, "accepted") is None:
        raise Refused("到场以后、没有报过完成，才能报完成。", status=409)
    handling.perform(actor, "finish", organisation=actor.organisation_id, note=note, files=files)
    keep(actor, whistle, files)
    ask_to_confirm(actor, handling)
    return handling.flush()
