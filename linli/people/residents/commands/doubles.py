"""Two records of one person: merged so that both histories stay, and separated again when it was wrong."""

import json
from collections.abc import Sequence
from datetime import date

from linli.base.actor import Actor
from linli.base.clockwork import now
from linli.base.commands import Refused, announce, command, detail
from linli.people.residents.commands.common import Given, fact, in_hand, kept, opened
from linli.people.residents.commands.registering import TOLD, apply
from linli.people.residents.models import KnownApart, Person, PersonFact

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
    strange = set(take) - set(TAKEN)
    if strange:
        raise Refused("没有这一项可以取。", field="take")
    theirs = kept(actor, gone, TOLD)
    changes = {name: _value(name, theirs[name]) for name in take}
    if "identity" in changes:
        changes["statutory_basis"] = theirs["statutory_basis"]
    before = apply(actor, row, changes, Given(row.source, given.as_of, given.reason)) if changes else {}
    gone.merged_into = row
    gone.save(update_fields=["merged_into"])
    fact(actor, row, PersonFact.Act.MERGE, given, sorted(before), before | {"_other": gone.pk})
    fact(actor, gone, PersonFact.Act.MERGE, given)
    detail(other=gone.pk, taken=sorted(before))
    announce("residents.merged", {"person": row.pk, "other": gone.pk})
    return row


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
    gone.merged_into = None
    gone.save(update_fields=["merged_into"])
    before, at = _merging(actor, row, gone)
    touched = set()
    for later in row.facts.filter(pk__gt=at).values_list("fields", flat=True):
        touched |= set(later)
    changes = {name: _value(name, text) for name, text in before.items() if name in TOLD and name not in touched}
    if changes:
        apply(actor, row, changes, Given(row.source, given.as_of, given.reason))
    fact(actor, row, PersonFact.Act.SEPARATE, given, sorted(changes))
    fact(actor, gone, PersonFact.Act.SEPARATE, given)
    detail(other=gone.pk, given_back=sorted(changes))
    announce("residents.separated", {"person": row.pk, "other": gone.pk})
    return gone


def _merging(actor: Actor, row: Person, gone: Person) -> tuple[dict[str, str], int]:
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
