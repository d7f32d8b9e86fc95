"""What every act on a whistle begins with."""

from collections.abc import Sequence
from typing import NewType

from linli.base.actor import Actor
from linli.base.commands import Refused, about
from linli.base.files.commands import attach
from linli.matters.whistles.rules import all_finished
from linli.procedures import rules as engine
from linli.procedures.handling import Handling

# The id of a whistle, and of a part of its work, is the id of its proceeding; `linli do` accepts its number.
WhistleId = NewType("WhistleId", int)
PartId = NewType("PartId", int)


def in_hand(whistle: WhistleId, seen: int | None = None) -> Handling:
    """The whistle under a lock, named in the audit. `seen`: how many entries the user had before them."""
    about("whistles.whistle", whistle)
    handling = Handling.load(whistle, seen=seen)
    if handling.definition.code != "whistle":
        raise Refused("没有找到这次吹哨，或者它不在您的工作范围内。", status=404)
    return handling


def offer_of(handling: Handling, organisation: int | None, *statuses: str) -> engine.Offer | None:
    """The call of an organisation when it stands at one of these statuses."""
    index = engine.whistled(handling.state, organisation)
    offer = handling.state.offers[index] if index is not None else None
    return offer if offer is not None and offer.status in statuses else None


def ask_to_confirm(actor: Actor, handling: Handling) -> None:
    """When everybody who is still called has finished, the whistler is asked."""
    if handling.state.step == "on_site" and all_finished(handling.state):
        handling.perform(actor, "ready")


def keep(actor: Actor, whistle: int, files: Sequence[int]) -> None:
    if files:
        attach(actor, list(files), kind="whistle", owner_id=str(whistle))
