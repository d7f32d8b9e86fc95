"""What the street does with cases beyond their course: instructions of a meeting, difficult cases, looking back."""

from linli.base.actor import Actor
from linli.base.clockwork import now
from linli.base.commands import Refused, announce, command
from linli.matters.cases.commands.common import CaseId, in_hand
from linli.matters.cases.looking_back import FOUND, on_the_list
from linli.matters.cases.models import Case


@command("cases.instruct")
def instruct(actor: Actor, case: CaseId, *, note: str, seen: int | None = None) -> int:
    """Put an instruction into the record, such as a meeting's decision; whoever holds the case reads it there."""
    handling = in_hand(case, seen)
    handling.perform(actor, "instruct", note=note)
    announce("cases.instructed", {"case": case, "organisation": handling.state.holder})
    return handling.flush()


@command("cases.mark_difficult")
def mark_difficult(actor: Actor, case: CaseId, *, note: str, seen: int | None = None) -> int:
    """Call a case difficult, with the reason."""
    handling = in_hand(case, seen)
    if Case.objects.filter(pk=case, difficult_since__isnull=False).exists():
        raise Refused("这件诉求已经列为疑难。", status=409)
    handling.perform(actor, "mark_difficult", note=note)
    Case.objects.filter(pk=case).update(difficult_since=now())
    return handling.flush()


@command("cases.clear_difficult")
def clear_difficult(actor: Actor, case: CaseId, *, note: str, seen: int | None = None) -> int:
    """The case is no longer difficult, with the reason."""
    handling = in_hand(case, seen)
    if not Case.objects.filter(pk=case, difficult_since__isnull=False).exists():
        raise Refused("这件诉求没有列为疑难。", status=409)
    handling.perform(actor, "clear_difficult", note=note)
    Case.objects.filter(pk=case).update(difficult_since=None)
    return handling.flush()


@command("cases.look_back")
def look_back(actor: Actor, case: CaseId, *, result: str, note: str, seen: int | None = None) -> int:
    """Record what was found when looking back at a case whose second round did not end both resolved and satisfied."""
    if result not in FOUND:
        raise Refused("请选回头看的结果。", field="result")
    handling = in_hand(case, seen)
    if not on_the_list(case):
        raise Refused("回头看只看二次办理以后仍没有双满的诉求。", status=409)
    handling.perform(actor, "look_back", result=result, note=note)
    announce("cases.looked_back", {"case": case, "result": result})
    return handling.flush()
