"""More time: given by the unit to itself with the explanation to the resident, or asked for where the city's hotline decides."""

from linli.base.actor import Actor
from linli.base.commands import Refused, announce, command
from linli.matters.cases import city
from linli.matters.cases.commands.common import CaseId, in_hand
from linli.matters.cases.models import Case
from linli.procedures.handling import Handling
from linli.procedures.models import Entry


@command("cases.extend")
def extend(actor: Actor, case: CaseId, *, amount: int, note: str, seen: int | None = None) -> int:
    """Add to the answer clock before it runs out, with the explanation given to the resident (条例第十五条)."""
    handling = in_hand(case, seen)
    if city.decides(city.EXTENSION, Case.objects.only("channel", "foreign_source").get(pk=case)):
        raise Refused("这件是市热线转来的，延期由市热线审核：请用“申请延期”。", rule="hotline_decides", status=403)
    handling.perform(actor, "extend", amount=amount, note=note, public=True)
    announce("cases.extended", {"case": case})
    return handling.flush()


@command("cases.ask_extension")
def ask_extension(actor: Actor, case: CaseId, *, amount: int, note: str, seen: int | None = None) -> int:
    """Ask the city's hotline for more time, before it runs out, with the explanation the resident reads when it is given."""
    handling = in_hand(case, seen)
    if not city.decides(city.EXTENSION, Case.objects.only("channel", "foreign_source").get(pk=case)):
        raise Refused("这件的延期不由市热线审核，可以直接延期。", rule="hotline_decides", status=409)
    if city.asked(case, handling.state.round) is not None:
        raise Refused("已经申请过延期，在等市热线的决定。", field="amount", status=409)
    handling.perform(actor, city.ASK, amount=amount, note=note)
    announce("cases.extension_asked", {"case": case})
    return handling.flush()


@command("cases.grant_extension")
def grant_extension(
    actor: Actor, case: CaseId, *, amount: int | None = None, note: str = "", seen: int | None = None
) -> int:
    """The hotline gives more time: as much as was asked for unless it says otherwise, even when the time has run out since."""
    handling, asked = _asked(actor, case, seen)
    amount = asked.given["amount"] if amount is None else amount
    handling.perform(actor, city.GRANT, amount=amount, asked=asked.seq, note=note or asked.note, public=True)
    announce("cases.extended", {"case": case})
    return handling.flush()


@command("cases.refuse_extension")
def refuse_extension(actor: Actor, case: CaseId, *, note: str, seen: int | None = None) -> int:
    """The hotline gives no more time, with its reason."""
    handling, asked = _asked(actor, case, seen)
    handling.perform(actor, city.REFUSE, asked=asked.seq, note=note)
    announce("cases.extension_refused", {"case": case, "organisation": handling.state.holder})
    return handling.flush()


def _asked(actor: Actor, case: CaseId, seen: int | None) -> tuple[Handling, Entry]:
    handling = in_hand(case, seen)
    city.check(actor, city.EXTENSION, case)
    asked = city.asked(case, handling.state.round)
    if asked is None:
        raise Refused("没有等着审核的延期申请。", status=409)
    return handling, asked
