"""The end of a whistle: the whistler confirms or sends back, both sides rate each other, it is closed."""

from linli.base.actor import Actor
from linli.base.clockwork import now
from linli.base.commands import Refused, announce, command, nothing_done
from linli.matters.whistles import rules
from linli.matters.whistles.commands.common import WhistleId, in_hand, offer_of
from linli.matters.whistles.models import Rating, Whistle
from linli.matters.whistles.queries import unrated
from linli.procedures.handling import Handling


@command("whistles.send_back", right="whistles.confirm")
def send_back(actor: Actor, whistle: WhistleId, *, to: int, note: str, seen: int | None = None) -> int:
    """Not done yet: this department goes on, with what is missing."""
    handling = in_hand(whistle, seen)
    if offer_of(handling, to, "done") is None:
        raise Refused("请选报过完成的部门。", field="to")
    handling.perform(actor, "send_back", organisation=to, note=note)
    return handling.flush()


@command("whistles.confirm")
def confirm(actor: Actor, whistle: WhistleId, *, result: str, note: str = "", seen: int | None = None) -> int:
    """The whistler says how it ended; nobody else can. Then both sides rate each other."""
    handling = in_hand(whistle, seen)
    if result not in handling.definition.results:
        raise Refused("请选办得怎么样。", field="result")
    if result != "solved" and not note.strip():
        raise Refused("没有完全解决的，请写明情况。", field="note")
    if waited := handling.open_children():
        raise Refused(f"还有 {waited} 项分出去的任务没有验收，要等它们办完。", rule="children", status=409)
    handling.perform(actor, "confirm", result=result, note=note)
    Whistle.objects.filter(pk=whistle).update(result=result, outcome=note)
    announce("whistles.confirmed", {"whistle": whistle, "result": result})
    _conclude(actor, handling, result)
    return handling.flush()


@command("whistles.rate")
def rate(actor: Actor, whistle: WhistleId, *, of: int, score: int, note: str = "", seen: int | None = None) -> int:
    """One side's mark for the other, 1 to 5. The last mark that is owed closes the whistle."""
    handling = in_hand(whistle, seen)
    field, problem = rules.problem_of_score(score, note)
    if problem:
        raise Refused(problem, field=field)
    pair = (actor.organisation_id or 0, of)
    if handling.state.step == "rating" and pair not in rules.owed(handling.state):
        raise Refused("这次吹哨不需要您评价这个单位。", field="of")
    if Rating.objects.filter(whistle_id=whistle, by_id=pair[0], of_id=of).exists():
        raise Refused("已经评价过了。", field="of", status=409)
    handling.perform(actor, "rate", organisation=of, amount=score, note=note)
    Rating.objects.create(whistle_id=whistle, by_id=pair[0], of_id=of, score=score, note=note[:500], at=now())
    _conclude(actor, handling, Whistle.objects.values_list("result", flat=True).get(pk=whistle))
    return handling.flush()


@command("whistles.conclude_unrated")
def conclude_unrated(actor: Actor) -> int:
    """Close whistles whose time for rating has run out; marks that were not given stay missing. Returns how many."""
    found = unrated(now())
    for key in found:
        handling = in_hand(WhistleId(key))
        handling.perform(actor, "conclude", result=Whistle.objects.values_list("result", flat=True).get(pk=key))
        handling.flush()
    if not found:
        nothing_done()
    return len(found)


def _conclude(actor: Actor, handling: Handling, result: str) -> None:
    """Close it when no mark is owed any more."""
    given = set(Rating.objects.filter(whistle_id=handling.id).values_list("by_id", "of_id"))
    if not rules.owed(handling.state) - given:
        handling.perform(actor, "conclude", result=result)
        announce("whistles.closed", {"whistle": handling.id, "result": result})
