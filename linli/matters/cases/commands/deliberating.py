"""A disputed return: convened, parties invited, each heard, ruled on by a clause. The ruling becomes a precedent."""

from linli.base import masks
from linli.base.actor import Actor
from linli.base.clockwork import now
from linli.base.commands import Refused, announce, command
from linli.base.text import bigrams
from linli.matters.cases import duties
from linli.matters.cases.commands.common import CaseId, checked_lead, in_hand
from linli.matters.cases.models import Case, Precedent
from linli.matters.cases.queries import may_lead
from linli.procedures import rules as engine
from linli.procedures.models import Assignment, Ruling


@command("cases.convene")
def convene(actor: Actor, case: CaseId, *, note: str, seen: int | None = None) -> int:
    """Put a returned case before a deliberation instead of deciding alone."""
    handling = in_hand(case, seen)
    handling.perform(actor, "convene", note=note)
    announce("cases.disputed", {"case": case})
    return handling.flush()


@command("cases.invite")
def invite(actor: Actor, case: CaseId, *, to: int, note: str = "", seen: int | None = None) -> int:
    """Ask an organisation what it has to say; from then on it sees the case."""
    handling = in_hand(case, seen)
    if to not in {listing.id for listing in may_lead(handling.region_code)}:
        raise Refused("这个单位不在本街道的派单范围内。", field="to")
    if to == handling.state.lead or any(
        o.role == "party" and o.organisation == to and o.status in engine.OPEN_ASSIGNMENTS
        for o in handling.state.offers
    ):
        raise Refused("这个单位已经在会商里。", field="to")
    handling.perform(actor, "invite", organisation=to, note=note)
    announce("cases.invited", {"case": case, "organisation": to})
    return handling.flush()


@command("cases.speak")
def speak(actor: Actor, case: CaseId, *, note: str, clause: str = "", seen: int | None = None) -> int:
    """A party's opinion, with the clause of the duty list it stands on, if it names one."""
    handling = in_hand(case, seen)
    handling.perform(actor, "speak", organisation=actor.organisation_id, note=note, clause=clause_words(clause))
    return handling.flush()


@command("cases.rule")
def rule(actor: Actor, case: CaseId, *, to: int, clause: str, note: str, seen: int | None = None) -> int:
    """Rule on a disputed case: who leads, by which clause. What was ruled cannot be returned again; it becomes a precedent.

    clause: the code of a clause of the duty list, or its words.
    """
    handling = in_hand(case, seen)
    row = Case.objects.only("category", "grams").get(pk=case)
    checked_lead(handling, to, row.category)
    words = clause_words(clause)
    seq = handling.perform(actor, "rule", organisation=to, clause=words, note=note)
    handling.flush()
    moment = now()
    Ruling.objects.create(
        assignment=Assignment.objects.get(proceeding_id=case, seq=seq),
        proceeding_id=case,
        organisation_id=to,
        subject=row.category,
        clause=words,
        text=note,
        ruled_at=moment,
        ruled_by=actor.name,
    )
    Precedent.objects.create(
        case_id=case,
        category=row.category,
        region_code=handling.region_code,
        street=handling.region_code[:9],
        organisation_id=to,
        clause=masks.scrub(words)[:200],
        text=masks.scrub(note)[:2000],
        ruled_at=moment,
        grams=row.grams or bigrams(handling.title),
    )
    announce("cases.ruled", {"case": case, "organisation": to})
    return handling.id


def clause_words(clause: str) -> str:
    """A clause as it stands in the record: by its code on the duty list, else as it was written."""
    known = duties.clauses().get(clause.strip())
    return (known.words if known else clause.strip())[:200]
