"""Writing things: what stands about and somebody keeps."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from django.utils.translation import gettext as _

from linli.base.actor import Actor
from linli.base.commands import Refused, command, detail
from linli.base.facts.noting import NOTHING, Given, needs_reason, note
from linli.places.sites import policy
from linli.places.sites.commands import placed
from linli.places.sites.models import Thing


@dataclass(frozen=True, slots=True)
class NewThing:
    """A thing to be written. kind: a name of the policy `sites`; mark: the code on its plate, if it has one."""

    name: str
    kind: str
    region_code: str
    longitude: float
    latitude: float
    address: str = ""
    mark: str = ""
    state: str = Thing.State.GOOD
    keeper: str = ""


@command("sites.enter_things", right="sites.enter")
def enter_things(
    actor: Actor, *, things: Sequence[NewThing], given: Given = NOTHING, photos: Sequence[int] = ()
) -> list[int]:
    """Enter things, all or none; returns their ids. photos: uploads of this request, for the one thing that is entered.

    Refused: no name, no such kind or state, a region not in use or out of reach, no position, the mark is there already.
    """
    rows = [_values(one) for one in things]
    placed.check(actor, rows)
    return [row.pk for row in placed.enter(actor, Thing, "thing", rows, given, photos)]


@command("sites.edit_thing", right="sites.enter")
def edit_thing(actor: Actor, thing: Thing, *, changed: NewThing, given: Given, photos: Sequence[int] = ()) -> Thing:
    """Correct a thing or its state with a reason, and add photos; refused as `enter_things`."""
    values = _values(changed)
    placed.check(actor, [values])
    return placed.change(actor, thing, "thing", values, given, {}, photos)


@command("sites.note_state", right="sites.enter")
def note_state(actor: Actor, thing: Thing, *, state: str, reason: str) -> Thing:
    """The thing is now in this state, for that reason. Refused: no such state, no reason, closed, out of reach."""
    placed.keeps(actor, thing)
    if state not in Thing.State.values:
        raise Refused(_("请从清单里选状态"), field="state")
    given = Given(reason=reason)
    needs_reason(given)
    before = thing.get_state_display()
    thing.state = state
    thing.save(update_fields=["state"])
    note(actor, "thing", thing.pk, thing.region_code, {"state": (before, thing.get_state_display())}, given)
    detail(state=state)
    return thing


@command("sites.remove_thing_photo", right="sites.enter")
def remove_thing_photo(actor: Actor, thing: Thing, *, photo: int, reason: str) -> Thing:
    """Take a photo off for good, its bytes with it. Refused: no reason, no such photo, out of reach."""
    return placed.unphotograph(actor, thing, "thing", photo, reason)


@command("sites.close_thing", right="sites.enter")
def close_thing(actor: Actor, thing: Thing, *, basis: str) -> Thing:
    """The thing is gone. Refused: no ground, closed before, out of reach."""
    return placed.close(actor, thing, "thing", basis)


def _values(new: NewThing) -> dict[str, Any]:
    if new.kind not in {name for _class, kinds in policy.thing_kinds() for name, _label in kinds}:
        raise Refused(_("请从清单里选类别"), field="kind")
    if new.state not in Thing.State.values:
        raise Refused(_("请从清单里选状态"), field="state")
    if len(new.mark) > 30 or len(new.keeper) > 80:
        raise Refused(_("标识码不超过 30 个字，养护单位不超过 80 个字"), field="mark")
    return {
        **placed.plain(new),
        "kind": new.kind,
        "mark": new.mark.strip(),
        "state": new.state,
        "keeper": new.keeper.strip(),
    }
