"""Things that were reported broken: their state follows the cases about them."""

from linli.base.actor import Actor, system
from linli.base.commands import Refused, command, nothing_done
from linli.base.scope import scope
from linli.matters.cases import rules
from linli.matters.cases.models import Case
from linli.places.sites import commands as sites
from linli.places.sites.models import Thing


def check(thing_id: int) -> None:
    """Refused unless there is such a thing. Whoever reports it stands before it, and sees nothing else of the register."""
    with scope(system("a thing that is reported")):
        if not Thing.objects.filter(pk=thing_id, valid_to=None).exists():
            raise Refused("没有找到这个部件，请重新扫码，或者写明地点。", field="place")


@command("cases.follow_thing")
def follow_thing(actor: Actor, *, case: int) -> str:
    """Set the state of the thing a case is about from all cases about it; returns the state, empty when it stays.

    Reads how the cases stand, not what happened: events come more than once and out of order.
    """
    row = Case.objects.filter(pk=case, thing__valid_to=None).select_related("thing", "proceeding").first()
    if row is None or row.thing is None:
        nothing_done()
        return ""
    about = Case.objects.filter(thing=row.thing).select_related("proceeding").order_by("proceeding__opened_at", "pk")
    told = [(one.proceeding.step, one.proceeding.closed_at is not None, one.resolved) for one in about]
    state = rules.state_of_thing(row.thing.state, told)
    if state == row.thing.state:
        nothing_done()
        return ""
    sites.note_state(actor, row.thing, state=state, reason=f"诉求 {row.proceeding.number}")
    return state
