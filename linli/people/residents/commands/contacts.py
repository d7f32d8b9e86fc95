"""Whom to reach for somebody: guardians of minors, relatives they named."""

from datetime import date

from linli.base.actor import Actor
from linli.base.commands import Refused, command, detail
from linli.base.crypto import next_pks, seal_into
from linli.people.residents import queries, rules
from linli.people.residents.commands.common import Given, clean_phone, fact, in_hand, opened
from linli.people.residents.models import Contact, Person, PersonFact


@command("residents.add_contact", right="residents.correct")
def add_contact(actor: Actor, person: Person, *, kind: str, name: str, phone: str, given: Given) -> Contact:
    """Somebody who is reached for this person. Refused: a kind that is not on the list, no name, no number."""
    given = given.checked()
    row = in_hand(actor, person)
    made = write_contact(row, kind=kind, name=name, phone=phone, day=given.day)
    fact(actor, row, PersonFact.Act.CONTACT, given, ["contact"])
    detail(kind=kind)
    return made


@command("residents.end_contact", right="residents.correct")
def end_contact(actor: Actor, person: Person, *, contact: int, given: Given) -> Contact:
    """Somebody is not reached for this person any more; who it was stays in the history, sealed."""
    given = given.checked()
    row = in_hand(actor, person)
    old = Contact.objects.select_for_update().filter(pk=contact, person=row, ends=None).first()
    if old is None:
        raise Refused("没有找到这位联系人，可能已经停用。", status=404)
    before = {"contact_name": opened(actor, old.name), "contact_phone": opened(actor, old.phone)}
    fact(actor, row, PersonFact.Act.END_CONTACT, given, ["contact"], before)
    old.ends = max(given.day, old.starts)
    old.name = old.phone = old.phone_index = None
    seal_into(old, name="—")
    old.save()
    return old


def checked_contact(kind: str, name: str, phone: str) -> tuple[str, str]:
    """Name and number of a contact in their one spelling. Refused: what is none."""
    if kind not in Contact.Kind.values:
        raise Refused("请从清单里选关系。", field="kind")
    said = rules.clean_name(name)
    if problem := rules.problem_of_name(said):
        raise Refused(problem, field="guardian_name" if kind == Contact.Kind.GUARDIAN else "name")
    number = clean_phone(phone, "guardian_phone" if kind == Contact.Kind.GUARDIAN else "phone")
    if not number:
        raise Refused("请填写联系人的电话。", field="guardian_phone" if kind == Contact.Kind.GUARDIAN else "phone")
    return said, number


def write_contact(person: Person, *, kind: str, name: str, phone: str, day: date) -> Contact:
    """Write a contact of a locked person. Called inside a command."""
    said, number = checked_contact(kind, name, phone)
    row = Contact(
        pk=next_pks(Contact)[0], person=person, kind=kind, region_code=person.region_code, starts=day or queries.today()
    )
    seal_into(row, name=said, phone=number)
    row.save(force_insert=True)
    return row
