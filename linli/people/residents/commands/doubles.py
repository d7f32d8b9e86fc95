"""Two records of one person: merged so that both histories stay, and separated again when it was wrong."""

import json
from collections.abc import Mapping, Sequence
from datetime import date
from typing import Any

from django.db.models import Q

from linli.base.actor import Actor
from linli.base.clockwork import now
from linli.base.commands import Refused, announce, command, detail
from linli.base.privacy.commands import ending as rights
from linli.people.residents.commands.common import (
    Given,
    back_to_household,
    fact,
    follow,
    in_hand,
    kept,
    leave_household,
    opened,
    run_again,
)
from linli.people.residents.commands.registering import TOLD, apply
from linli.people.residents.models import KnownApart, Person, PersonFact, Residence

TAKEN = tuple(name for name in TOLD if name != "statutory_basis")


@command("residents.merge")
def merge(actor: Actor, person: Person, *, other: int, take: Sequence[str] = (), given: Given) -> Person:
    """The other record is of the same person: from now on this one is shown, with both histories. Nothing is thrown away.

    take: fields whose value is taken over from the other (name, sex, birth_year, birth_date, phone, identity). Returns this person. Refused:
    the same record; one of them holds merged records already (separate those first).
    """
    given = given.checked()
    if other == person.pk:
        raise Refused("请选另一份档案。", field="other")
    for key in sorted((person.pk, other)):  # both rows are locked in one order, whoever starts
        in_hand(actor, Person(pk=key), moved=True)
    row, gone = (in_hand(actor, Person(pk=key), moved=True) for key in (person.pk, other))
    if gone.absorbed.exists():
        raise Refused("那份档案里已经并入了别的档案，请先把它们分开。", field="other")
    if gone.state == Person.State.LIVING and row.state != Person.State.LIVING:
        raise Refused("那份档案上的人住在这里，请保留那一份，把这一份并进去。", field="keep")
    strange = set(take) - set(TAKEN)
    if strange:
        raise Refused("没有这一项可以取。", field="take")
    theirs = kept(actor, gone, TOLD)
    changes = {name: _value(name, theirs[name]) for name in take}
    if "identity" in changes:
        changes["statutory_basis"] = theirs["statutory_basis"]
    before: dict[str, Any] = {}
    if changes:
        before, _weaker = apply(actor, row, changes, Given(row.source, given.as_of, given.reason), anyway=True)
    taken = sorted(before)
    # One person lives once: what the other record says of a home ends, a dwelling that they own elsewhere runs on.
    here = Residence.objects.filter(person=row, ends=None).values("dwelling")
    twice = Q(person=gone, ends=None) & (Q(lives=True) | Q(dwelling__in=here))
    before |= {"_other": gone.pk, "_residences": _end(twice, given.day)} | leave_household(gone, given.day)
    before["_authorities"] = rights.hand_over("residents.person", gone.pk, row.pk)
    gone.merged_into, gone.household, gone.region_code = row, None, row.region_code
    gone.save(update_fields=["merged_into", "household", "region_code"])
    follow(row, row.region_code)
    fact(actor, row, PersonFact.Act.MERGE, given, taken, before)
    fact(actor, gone, PersonFact.Act.MERGE, given)
    detail(other=gone.pk, taken=taken)
    announce("residents.merged", {"person": row.pk, "other": gone.pk})
    return row


def _end(chosen: Q, day: date) -> list[int]:
    keys = []
    for one in Residence.objects.select_for_update().filter(chosen):
        one.ends, one.ending = max(day, one.starts), Residence.Ending.MERGED
        one.save(update_fields=["ends", "ending"])
        keys.append(one.pk)
    return keys


def _value(name: str, text: str) -> object:
    if name == "birth_year":
        return int(text or 0)
    if name == "birth_date":
        return date.fromisoformat(text) if text else None
    return text


@command("residents.separate", right="residents.merge")
def separate(actor: Actor, person: Person, *, other: int, given: Given) -> Person:
    """The two were not one person after all: the other record stands for itself again, and what was taken over goes back.

    A value that was changed since the merging stays as it is now. Returns the other person.
    """
    given = given.checked()
    row = in_hand(actor, person, moved=True)
    gone = Person.objects.select_for_update().filter(pk=other, merged_into=row).first()
    if gone is None:
        raise Refused("这份档案没有并入那一份。", field="other")
    before, at = _merging(actor, row, gone)
    _stand_again(gone, before)
    rights.hand_over("residents.person", row.pk, gone.pk, before.get("_authorities", ()))
    touched = set()
    for later in row.facts.filter(pk__gt=at).values_list("fields", flat=True):
        touched |= set(later)
    changes = {name: _value(name, text) for name, text in before.items() if name in TOLD and name not in touched}
    if changes:
        apply(actor, row, changes, Given(row.source, given.as_of, given.reason), anyway=True)
    fact(actor, row, PersonFact.Act.SEPARATE, given, sorted(changes))
    fact(actor, gone, PersonFact.Act.SEPARATE, given)
    detail(other=gone.pk, given_back=sorted(changes))
    announce("residents.separated", {"person": row.pk, "other": gone.pk})
    return gone


def _stand_again(gone: Person, before: Mapping[str, Any]) -> None:
    """The record lives again where it did when it was merged, in its own grid; whoever lost the dwelling meanwhile has left."""
    gone.merged_into = None
    ran = run_again(before.get("_residences", ()))
    running = Residence.objects.filter(person=gone, ends=None)
    if gone.state == Person.State.LIVING and not any(one.lives for one in ran):
        gone.state = Person.State.ABSENT if running.exists() else Person.State.GONE
    if gone.state == Person.State.LIVING:
        gone.household = back_to_household(gone, before)
        running.filter(lives=True).update(household=gone.household)
    gone.region_code = gone.dwelling.region_code
    gone.save(update_fields=["merged_into", "household", "state", "region_code"])
    follow(gone, gone.region_code)


def _merging(actor: Actor, row: Person, gone: Person) -> tuple[dict[str, Any], int]:
    """What the fields taken over from the other were before, and the fact that says so."""
    for one in row.facts.filter(act=PersonFact.Act.MERGE).order_by("-id"):
        before = json.loads(opened(actor, one.before) or "{}")
        if before.get("_other") == gone.pk:
            return before, one.pk
    return {}, 0


@command("residents.keep_apart", right="residents.merge")
def keep_apart(actor: Actor, person: Person, *, other: int, given: Given) -> KnownApart:
    """Two who look alike were found to be two: they are not offered for merging again."""
    given = given.checked()
    row, another = in_hand(actor, person, moved=True), in_hand(actor, Person(pk=other), moved=True)
    if row.pk == another.pk:
        raise Refused("请选另一份档案。", field="other")
    first, second = sorted((row.pk, another.pk))
    made, _new = KnownApart.objects.get_or_create(
        first_id=first, second_id=second, defaults={"region_code": row.region_code, "at": now()}
    )
    return made
