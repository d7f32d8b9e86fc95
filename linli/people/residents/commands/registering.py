"""Entering somebody, and correcting what is known of them."""

from datetime import date
from typing import Any

from linli.base.actor import Actor
from linli.base.clockwork import now
from linli.base.commands import Refused, announce, command, detail
from linli.base.crypto import next_pks, seal_into
from linli.people.residents import queries, rules
from linli.people.residents.commands.common import (
    Given,
    Known,
    dwelling_in_reach,
    fact,
    in_hand,
    join_household,
    kept,
    known,
    opened,
)
from linli.people.residents.commands.contacts import checked_contact, write_contact
from linli.people.residents.models import Contact, Household, Person, PersonFact, Residence
from linli.people.residents.policy import register_policy

TOLD = ("name", "sex", "birth_year", "birth_date", "phone", "identity", "statutory_basis")
SEALED = ("name", "birth_date", "phone", "identity")
# Facts that hold or fall together.
TOGETHER = (("birth_year", "birth_date"), ("identity", "statutory_basis"))
# How a fact looks that nobody knows: whatever is said of it fills the gap.
NOTHING = ("", "0")


@command("residents.register")
def register(
    actor: Actor,
    *,
    name: str,
    dwelling: int,
    kind: str = Person.Kind.FAMILY,
    lives: bool = True,
    sex: str = "0",
    birth_year: int = 0,
    birth_date: date | None = None,
    phone: str = "",
    identity: str = "",
    statutory_basis: str = "",
    household: int | None = None,
    guardian_name: str = "",
    guardian_phone: str = "",
    given: Given = Given(),  # noqa: B008 (frozen)
    anyway: bool = False,
) -> Person:
    """Enter somebody who lives in a dwelling, or owns it. household: the one they belong to; left out, a new one.

    identity needs a statutory_basis of the policy. Of a minor only the guardian's telephone number is kept. anyway: enter although somebody
    on the register looks the same. Refused with the field that is wrong.
    """
    given, today = given.checked(), queries.today()
    told = known(locals(), today)
    if kind not in Person.Kind.values:
        raise Refused("请从清单里选居住关系。", field="kind")
    home = dwelling_in_reach(actor, dwelling)
    if guardian_phone or guardian_name:
        if not (guardian_name and guardian_phone):
            raise Refused("监护人的姓名和电话要一起填。", field="guardian_phone" if guardian_name else "guardian_name")
        checked_contact(Contact.Kind.GUARDIAN, guardian_name, guardian_phone)
    joined = join_household(household, home.pk, home.region_code, given.day) if lives else None
    # Last of all that may refuse: otherwise whoever makes a second mistake on purpose tries names and numbers without leaving a trace.
    same = queries.alike(
        actor, name=told.name, phone=told.phone, identity=told.identity, dwelling_id=home.pk, birth_year=told.birth_year
    )
    if same and (told.identity or not anyway):
        certain = [one for one in same if told.identity and opened(actor, one.identity) == told.identity]
        if certain:
            raise Refused("这个身份证号已经登记过了，请在原来的档案上办理。", field="identity", rule="重复", status=409)
        if not anyway:
            raise Refused(
                "台账里有姓名相同、住处或手机号也相同的人，可能已经登记过。请先核对；确实不是同一人，再选“仍要登记”。",
                field="anyway",
                rule="重复",
                status=409,
            )
    row = Person(
        pk=next_pks(Person)[0],
        sex=told.sex,
        birth_year=told.birth_year,
        statutory_basis=told.statutory_basis,
        dwelling=home,
        kind=kind,
        state=Person.State.LIVING if lives else Person.State.ABSENT,
        source=given.source,
        verified_on=given.day,
        region_code=home.region_code,
        registered_at=now(),
    )
    seal_into(row, **told.sealed)
    row.household = joined
    row.save(force_insert=True)
    if row.household is not None and row.household.head_id is None and kind != Person.Kind.FAMILY:
        Household.objects.filter(pk=row.household.pk).update(head=row)
    Residence.objects.create(
        person=row, dwelling=home, household=row.household, kind=kind, lives=lives, region_code=home.region_code,
        starts=given.day,
    )  # fmt: skip
    fact(actor, row, PersonFact.Act.REGISTER, given, [name for name in TOLD if getattr(told, name)])
    if guardian_name:
        write_contact(row, kind=Contact.Kind.GUARDIAN, name=guardian_name, phone=guardian_phone, day=given.day)
    detail(region=home.region_code, source=given.source)
    announce("residents.registered", {"person": row.pk})
    return row


@command("residents.correct")
def correct(actor: Actor, person: Person, *, changes: dict[str, Any], given: Given) -> Person:
    """Set what was wrong right; what was known before stays in the history, sealed.

    changes: any of name, sex, birth_year, birth_date, phone, identity, statutory_basis; an empty value takes it away. given.reason is needed.
    What a newer or stronger source says otherwise is not taken, but kept in the history; unless the reason is that the record was wrong.
    Refused: nothing changes, no reason, a value that cannot be.
    """
    given = given.checked()
    if not given.reason:
        raise Refused("请选更正的原因。", field="reason")
    return _told(actor, person, changes, given, decided=True)


@command("residents.tell", right="residents.correct")
def tell(actor: Actor, person: Person, *, changes: dict[str, Any], given: Given) -> Person:
    """A source, such as a sheet or another department, says what it knows of somebody on the register, as of a day.

    changes: as `correct` takes them. What a newer or stronger source says otherwise stays, by the policy of the register; either way both are
    in the history. Refused: nothing of it is new, a value that cannot be.
    """
    return _told(actor, person, changes, given.checked(), decided=False)


def _told(actor: Actor, person: Person, changes: dict[str, Any], given: Given, *, decided: bool) -> Person:
    row = in_hand(actor, person)
    changed, not_taken = apply(actor, row, changes, given, decided=decided)
    if not changed and not not_taken:
        raise Refused("没有改动。", field="name")
    if changed:
        fact(actor, row, PersonFact.Act.CORRECT, given, changed, changed)
    note_not_taken(actor, row, not_taken, given)
    detail(fields=sorted(changed), not_taken=sorted(not_taken), reason=given.reason)
    return row


def note_not_taken(actor: Actor, row: Person, values: dict[str, str], given: Given) -> None:
    """What was said and does not hold, last of all that an act writes."""
    if values:
        fact(actor, row, PersonFact.Act.NOT_TAKEN, given, values, values)


def apply(
    actor: Actor, row: Person, changes: dict[str, Any], given: Given, *, decided: bool = True, anyway: bool = False
) -> tuple[dict[str, str], dict[str, str]]:
    """Write what changes of a locked row. Called inside a command.

    Returns what the changed fields were before, and what was said of others that a newer or stronger source holds otherwise. decided: by
    somebody who has both before them. anyway: it holds whoever says it, as when records are merged or the reason is that the record was wrong.
    """
    strange = set(changes) - set(TOLD)
    if strange:
        raise Refused("这些内容不能在这里改。", field=sorted(strange)[0])
    before = kept(actor, row, TOLD)
    if "birth_year" in changes and "birth_date" not in changes and changes["birth_year"] != row.birth_year:
        changes = {**changes, "birth_date": None}  # the full date was of another year
    born = date.fromisoformat(before["birth_date"]) if before["birth_date"] else None
    now_known: dict[str, Any] = {**before, "birth_date": born, "birth_year": row.birth_year, **changes}
    if changes.get("birth_date") and "birth_year" not in changes:
        now_known["birth_year"] = 0
    policy = register_policy()
    told: Known = known(now_known, queries.today(), policy)
    after = {
        **told.sealed,
        "sex": told.sex,
        "birth_year": str(told.birth_year),
        "statutory_basis": told.statutory_basis,
    }
    changed = {name for name in TOLD if before[name] != after[name]}
    weaker: set[str] = set()
    if changed and not (anyway or given.reason == PersonFact.Reason.MISTAKE):
        held, now_said = queries.told_by(row), (given.source, given.day)
        for one in changed:
            known_as = held.get(one) or ((row.source, row.verified_on) if before[one] not in NOTHING else None)
            if known_as is not None and not rules.takes_over(policy, known_as, now_said, decided):
                weaker.add(one)
        weaker |= {one for pair in TOGETHER if weaker & set(pair) for one in pair if one in changed}
    changed -= weaker
    if changed:
        seal_into(row, **{name: after[name] for name in SEALED if name in changed})
        for name in changed - set(SEALED):
            setattr(row, name, told.birth_year if name == "birth_year" else after[name])
        row.source, row.verified_on = given.source, max(row.verified_on, given.day)
        row.save()
    return {name: before[name] for name in TOLD if name in changed}, {name: after[name] for name in sorted(weaker)}
