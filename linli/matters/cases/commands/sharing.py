"""Work of a case shared out to other organisations: each share a proceeding of its own below the case.

The case cannot close before the shares it waits for; a share ends by the lead's word, and the case records that it did.
"""

from linli.base import masks
from linli.base.actor import Actor
from linli.base.commands import Refused, about, announce, command
from linli.base.scope import widen
from linli.matters.cases import rules
from linli.matters.cases.commands.common import CaseId, in_hand
from linli.matters.cases.models import Part
from linli.matters.cases.queries import may_lead
from linli.people.organisations.queries import directory
from linli.procedures.handling import Handling


@command("cases.share")
def share(actor: Actor, case: CaseId, *, to: int, note: str, waits: bool = True, seen: int | None = None) -> str:
    """Give a share of the work to the organisation `to`; returns its number. waits: the case cannot close before it."""
    handling = in_hand(case, seen)
    text = rules.clean_text(note)
    if to == handling.state.lead:
        raise Refused("不能分给主办单位自己。", field="to")
    if to not in {listing.id for listing in may_lead(handling.region_code)}:
        raise Refused("这个单位不在本街道的派单范围内。", field="to")
    if not text:
        raise Refused("请写明分给它办什么。", field="note")
    part = Handling.open(
        "part",
        region_code=handling.region_code,
        title=masks.scrub(rules.title_of(text)),
        service_class=handling.service_class,
        parent_id=handling.id,
        parent_waits=waits,
    )
    handling.perform(actor, "share", organisation=to, note=text, part=part.number)
    handling.flush()
    part.perform(actor, "give_part", desk=handling.state.lead, organisation=to, note=text)
    part.flush()
    widen(part.id)
    Part.objects.create(proceeding_id=part.id, case_id=handling.id, text=masks.scrub(text)[:2000])
    announce("cases.shared", {"case": case, "part": part.id, "organisation": to})
    return part.number


@command("cases.accept_part")
def accept_part(actor: Actor, part: CaseId, *, seen: int | None = None) -> int:
    """Take a share on."""
    handling = _share_in_hand(part, seen)
    handling.perform(actor, "accept")
    return handling.flush()


@command("cases.report_part")
def report_part(actor: Actor, part: CaseId, *, note: str, seen: int | None = None) -> int:
    """Report the result of a share to the lead."""
    handling = _share_in_hand(part, seen)
    handling.perform(actor, "report_part", note=note)
    return handling.flush()


@command("cases.agree_part")
def agree_part(actor: Actor, part: CaseId, *, note: str = "", seen: int | None = None) -> int:
    """The lead agrees that a share is done; the case records it."""
    return _end(actor, part, "agree_part", note, seen)


@command("cases.reject_part")
def reject_part(actor: Actor, part: CaseId, *, note: str, seen: int | None = None) -> int:
    """The lead sends a share back, with what is missing; its clock starts anew."""
    handling = _share_in_hand(part, seen)
    handling.perform(actor, "reject_part", note=note)
    return handling.flush()


@command("cases.cancel_part")
def cancel_part(actor: Actor, part: CaseId, *, note: str, seen: int | None = None) -> int:
    """The lead needs a share no longer: never silently, the reason stands on the share and on the case."""
    return _end(actor, part, "cancel_part", note, seen)


def _end(actor: Actor, part: CaseId, act: str, note: str, seen: int | None) -> int:
    handling = _share_in_hand(part, seen)
    handling.perform(actor, act, note=note)
    done = handling.flush()
    parent = Handling.load(handling.parent_id or 0)
    if parent.state.open:
        unit = directory().label(handling.state.lead)
        words = f"{unit}：{handling.definition.acts[act].name}" + (f"。{note}" if note else "")
        parent.perform(actor, "share_ended", note=words, part=handling.number)
        parent.flush()
    return done


def _share_in_hand(part: CaseId, seen: int | None) -> Handling:
    about("cases.part", part)
    handling = Handling.load(part, seen=seen)
    if handling.definition.code != "part":
        raise Refused("没有找到这个分办件。", status=404)
    return handling
