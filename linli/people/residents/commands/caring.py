"""Who needs care: noted with consent where the law asks for it, looked at again in time, ended when it is over."""

from collections.abc import Sequence
from typing import Any

from linli.base.actor import Actor
from linli.base.commands import Refused, announce, command, detail
from linli.base.crypto import index_candidates, next_pks, seal_into
from linli.people.residents import queries, rules
from linli.people.residents.commands.common import Given, fact, in_hand, opened
from linli.people.residents.commands.registering import apply, note_not_taken
from linli.people.residents.models import CareNeed, Person, PersonFact
from linli.people.residents.policy import Care, care


@command("residents.note_care", right="residents.care")
def note_care(
    actor: Actor, person: Person, *, group: str, purpose: str, consent: str = "none", given: Given
) -> CareNeed:
    """Somebody needs care. Only the group is kept, never why.

    group, purpose: codes of the policy of care; consent: who agreed, where the policy asks for it. Refused: no such group for this role, the
    consent is missing, the need is noted already. A sensitive one that is noted already is taken as looked at again, in the same words: a
    refusal would tell the group to whoever tries one after the other, without a row in the read log.
    """
    given = given.checked()
    row, policy = in_hand(actor, person), care()
    chosen = policy.seen_by(actor).get(group)
    if chosen is None:
        raise Refused("请从清单里选类别。", field="group")
    if purpose not in policy.purposes:
        raise Refused("请从清单里选用途。", field="purpose")
    if problem := problem_of_consent(chosen, consent):
        raise Refused(problem, field="consent", rule="单独同意")
    same = CareNeed.objects.filter(
        queries.same_person([row.pk]), ends=None, group_index__in=index_candidates(CareNeed, "group_index", group)
    )
    if known := list(same.select_for_update().order_by("pk")):
        if not chosen["sensitive"]:
            raise Refused("这一项已经记过了，可以复核。", field="group")
        known[0].purpose, known[0].consent = purpose, consent
        _review(actor, known[:1], given, policy)
        _noted(actor, row, purpose, consent, given)
        return known[0]
    need = CareNeed(
        pk=next_pks(CareNeed)[0],
        person=row,
        purpose=purpose,
        policy_id=policy.id,
        consent=consent,
        source=given.source,
        verified_by=actor.name[:60],
        verified_on=given.day,
        review_on=rules.review_on(given.day, chosen["review_days"]),
        region_code=row.region_code,
    )
    seal_into(need, group=group)
    need.save(force_insert=True)
    _noted(actor, row, purpose, consent, given)
    return need


def _noted(actor: Actor, row: Person, purpose: str, consent: str, given: Given) -> None:
    fact(actor, row, PersonFact.Act.CARE, given, ["care"])
    detail(purpose=purpose, consent=consent)
    announce("residents.care_noted", {"person": row.pk})


def problem_of_consent(group: Any, consent: str) -> str:
    """Why this consent does not do for the group; empty when it does."""
    if consent not in CareNeed.Consent.values:
        return "请从清单里选同意情况。"
    if group["consent"] == "guardian" and consent != CareNeed.Consent.GUARDIAN:
        return "这一类要有监护人同意才能记。"
    if group["consent"] == "self" and consent == CareNeed.Consent.NONE:
        return "这一类要有本人单独同意（本人不能表示的，由监护人同意）才能记。"
    return ""


@command("residents.review_care", right="residents.care")
def review_care(actor: Actor, person: Person, *, care_ids: Sequence[int], given: Given) -> int:
    """Looked at again: still so. The next review is counted from this day. Returns how many."""
    given = given.checked()
    row = in_hand(actor, person)
    rows = _needs(row, care_ids)
    _review(actor, rows, given, care())
    fact(actor, row, PersonFact.Act.REVIEW, given, ["care"])
    detail(needs=len(rows))
    return len(rows)


@command("residents.end_care", right="residents.care")
def end_care(actor: Actor, person: Person, *, care_ids: Sequence[int], ending: str, given: Given) -> int:
    """The need is over, was wrong, or the consent was withdrawn. Returns how many ended."""
    given = given.checked()
    row = in_hand(actor, person)
    rows = _needs(row, care_ids)
    _end(rows, ending, given)
    fact(actor, row, PersonFact.Act.END_CARE, given, ["care"])
    detail(needs=len(rows), ending=ending)
    return len(rows)


@command("residents.record_visit", right="residents.care")
def record_visit(
    actor: Actor,
    person: Person,
    *,
    given: Given,
    reached: bool = True,
    still: Sequence[int] = (),
    over: Sequence[int] = (),
    changes: dict[str, Any] | None = None,
) -> Person:
    """One visit, one act: needs that are still so or over, and whatever else was found to be different.

    reached False: nobody was there; the needs stay due and come back on the list after the days of the policy. changes: as `correct` takes
    them. Refused: nothing was said at all.
    """
    given = given.checked()
    row, policy = in_hand(actor, person), care()
    if not reached:
        due = queries.due_care(actor).filter(queries.same_person([row.pk]))
        for need in due.select_for_update(of=("self",)):
            need.tried_on, need.tries = given.day, min(need.tries + 1, 99)
            need.save(update_fields=["tried_on", "tries"])
        fact(actor, row, PersonFact.Act.VISIT, given)
        detail(reached=False)
        return row
    if not still and not over and not changes:
        raise Refused("请说明走访情况：仍需要、不再需要，或者有什么变化。", field="still")
    if set(still) & set(over):
        raise Refused("同一项不能既仍需要又不再需要。", field="over")
    fields: set[str] = set()
    if still:
        _review(actor, _needs(row, still), given, policy)
        fields.add("care")
    if over:
        _end(_needs(row, over), CareNeed.Ending.OVER, given)
        fields.add("care")
    before, not_taken = apply(actor, row, changes, given) if changes else ({}, {})
    if not before:
        row.verified_on = max(row.verified_on, given.day)
        row.save(update_fields=["verified_on"])
    fact(actor, row, PersonFact.Act.VISIT, given, fields | set(before), before)
    note_not_taken(actor, row, not_taken, given)
    detail(reached=True, still=len(still), over=len(over), fields=sorted(before), not_taken=sorted(not_taken))
    announce("residents.visited", {"person": row.pk})
    return row


def _needs(person: Person, ids: Sequence[int]) -> list[CareNeed]:
    wanted = sorted(set(ids))
    found = CareNeed.objects.select_for_update(of=("self",)).filter(
        queries.same_person([person.pk]), pk__in=wanted, ends=None
    )
    rows = list(found.order_by("pk"))
    if not wanted or len(rows) != len(wanted):
        raise Refused("这些需关照的事项已经变了，请刷新再看。", field="still", status=409)
    return rows


def _review(actor: Actor, rows: Sequence[CareNeed], given: Given, policy: Care) -> None:
    for need in rows:
        group = policy.groups.get(opened(actor, need.group))
        if group is None:
            raise Refused("政策里已经没有这一类，请结束这一项。", field="still")
        if given.day < need.verified_on:
            continue  # written down late: somebody has looked since
        need.verified_by, need.verified_on, need.source = actor.name[:60], given.day, given.source
        need.review_on = rules.review_on(given.day, group["review_days"])
        need.tried_on, need.tries, need.policy_id = None, 0, policy.id
        need.save()


def _end(rows: Sequence[CareNeed], ending: str, given: Given) -> None:
    if ending not in CareNeed.Ending.values:
        raise Refused("请从清单里选结束原因。", field="ending")
    for need in rows:
        need.ends, need.ending = given.day, ending
        need.save(update_fields=["ends", "ending"])
