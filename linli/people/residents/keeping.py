"""What the register holds about people: telling it to them, and letting it go in time.

What is left of somebody who was forgotten is a row that names nobody: that some person once lived in some dwelling.
"""

from collections.abc import Iterable, Iterator, Sequence
from datetime import date, timedelta
from typing import Any

from django.db.models import DateField, Max, Q, Value
from django.db.models.functions import Greatest
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from linli.base.actor import Actor
from linli.base.clockwork import now
from linli.base.crypto import index_candidates, seal_into
from linli.base.privacy import reading
from linli.base.privacy.holdings import Due, Holding, Item, Thing, register
from linli.base.privacy.queries import held
from linli.base.ui.words import local
from linli.people.residents.commands.reading import PURPOSES
from linli.people.residents.models import CareNeed, Contact, Household, Person, PersonFact, Residence
from linli.people.residents.policy import care
from linli.people.residents.queries import HOME, visible_to

# Codes are told in words.
WORDS = {"careneed.group": lambda code: care().name(code)}
KIND, NEED, CONTACT = "residents.person", "residents.careneed", "residents.contact"


def _by_phone(phone: str) -> Iterable[int]:
    """Those whose own number it is: the contact of somebody else is not that person."""
    wanted = index_candidates(Person, "phone_index", phone)
    own = list(Person.objects.filter(phone_index__in=wanted).values_list("pk", flat=True))
    return dict.fromkeys([*own, *_same(own)])


def _same(ids: Sequence[int]) -> Iterable[int]:
    """Records that were found to be of the same person and lie behind theirs: never the other way round."""
    return Person.objects.filter(merged_into__in=ids).values_list("pk", flat=True)


def _whole(ids: Sequence[int]) -> Iterable[int]:
    """Also the record that is shown in the place of one of these, and whatever else lies behind it."""
    shown = Person.objects.filter(pk__in=ids, merged_into__isnull=False).values_list("merged_into", flat=True)
    keys = [*ids, *(key for key in shown if key is not None)]
    return dict.fromkeys([*keys, *_same(keys)])


def _pages(actor: Actor, ids: Sequence[int]) -> dict[int, str]:
    seen = visible_to(actor).filter(pk__in=ids).values_list("pk", flat=True)
    return {key: reverse("residents:person", args=(key,)) for key in seen}


def _told(ids: Sequence[int]) -> list[Thing]:
    found = []
    rows = Person.objects.filter(pk__in=ids).select_related(HOME, "household")
    rows = rows.prefetch_related("contacts", "care", f"residences__{HOME}").order_by("pk")
    purposes = care().purposes
    for person in rows:
        values: list[tuple[str, Any]] = [
            ("person.name", person.name),
            ("person.sex", person.get_sex_display()),
            ("person.birth_year", str(person.birth_year or "")),
            ("person.birth_date", person.birth_date),
            ("person.phone", person.phone),
            ("person.identity", person.identity),
            ("person.dwelling", str(person.dwelling)),
            ("person.kind", person.get_kind_display()),
            ("person.state", person.get_state_display()),
            ("household.head", str(_("本人")) if person.household and person.household.head_id == person.pk else ""),
            ("person.died_on", person.died_on.isoformat() if person.died_on else ""),
        ]
        values += [("residence.dwelling", _stretch(one)) for one in person.residences.all()]
        for contact in person.contacts.all():
            if contact.phone is not None:  # of one that is not reached any more only the history is kept
                values += _contact(contact)
        for need in person.care.all():
            if need.group_index is not None:
                values += [
                    ("careneed.group", need.group),
                    ("careneed.purpose", purposes.get(need.purpose, need.purpose)),
                ]
                values.append(("careneed.consent", need.get_consent_display()))
        if any(fact.before is not None for fact in person.facts.only("before")):
            values.append(("personfact.before", str(_("有"))))
        items = [Item(f"residents.{name}", value, WORDS.get(name, str)) for name, value in values if value]
        since = local(person.registered_at).date()
        found.append(Thing(KIND, person.pk, f"#{person.pk}", person.region_code, since, items))
    return found


def _stretch(one: Residence) -> str:
    until = one.ends.isoformat() if one.ends else str(_("至今"))
    return f"{one.dwelling}（{one.get_kind_display()}，{one.starts.isoformat()}—{until}）"


def _contact(contact: Contact) -> list[tuple[str, Any]]:
    return [
        ("contact.kind", contact.get_kind_display()),
        ("contact.name", contact.name),
        ("contact.phone", contact.phone),
    ]


def _contacts_by_phone(phone: str) -> Iterable[int]:
    wanted = index_candidates(Contact, "phone_index", phone)
    return Contact.objects.filter(phone_index__in=wanted).values_list("pk", flat=True)


def _contacts(ids: Sequence[int]) -> list[Thing]:
    """What is held of whoever is reached for somebody: their own name and number, not for whom."""
    return [
        Thing(
            CONTACT,
            row.pk,
            f"#{row.pk}",
            row.region_code,
            row.starts,
            [Item(f"residents.{n}", v) for n, v in _contact(row)],
        )
        for row in Contact.objects.filter(pk__in=ids, phone__isnull=False).order_by("pk")
    ]


def _erase_contacts(ids: Sequence[int]) -> None:
    """Somebody does not want to be reached for another. Their name is sealed with that other person's key, so it is written over."""
    day = local(now()).date()
    for row in Contact.objects.filter(pk__in=ids):
        seal_into(row, name="—")
        row.phone = row.phone_index = None
        row.ends = row.ends or max(row.starts, day)
        row.save(update_fields=["name", "phone", "phone_index", "ends"])


def _due(days: int, day: date) -> Iterator[Due]:
    before = day - timedelta(days=days)
    left = Person.objects.filter(name_index__isnull=False).annotate(left=Max("residences__ends"))
    gone = Q(state=Person.State.DEAD, died_on__lt=before) | Q(state=Person.State.GONE, left__lt=before)
    ended: dict[int, date] = {}
    for pk, died, moved, region in left.filter(gone).values_list("pk", "died_on", "left", "region_code").iterator():
        ended[pk] = died or moved
        yield Due(pk, ended[pk], region)
    # A record that was merged into another goes with it, whatever it says of itself.
    behind = Person.objects.filter(name_index__isnull=False, merged_into__isnull=False).exclude(pk__in=ended)
    alone = behind.filter(Q(merged_into__in=ended) | Q(merged_into__name_index=None))
    for pk, into, region in alone.values_list("pk", "merged_into", "region_code"):
        yield Due(pk, ended.get(into or 0, day), region)


def _erase(ids: Sequence[int]) -> None:
    """What cannot be empty stays as bytes that nobody can open: the keys of these people are destroyed next.

    Who still lived here when they asked to be forgotten is then nobody's resident: no list and no count has them.
    """
    day = local(now()).date()
    Residence.objects.filter(person__in=ids, ends=None).update(
        ends=Greatest("starts", Value(day, DateField())), ending=Residence.Ending.LEFT, household=None
    )
    Household.objects.filter(head__in=ids).update(head=None)
    Person.objects.filter(pk__in=ids).exclude(state=Person.State.DEAD).update(state=Person.State.GONE)
    Person.objects.filter(pk__in=ids).update(
        name_index=None, phone=None, phone_index=None, identity=None, identity_index=None, statutory_basis="",
        birth_date=None, birth_year=0, sex=Person.Sex.UNKNOWN, died_on=None, household=None,
    )  # fmt: skip
    Contact.objects.filter(person__in=ids).update(phone=None, phone_index=None)
    Contact.objects.filter(person__in=ids, ends=None).update(ends=Greatest("starts", Value(day, DateField())))
    CareNeed.objects.filter(person__in=ids, ends=None).update(ends=day, ending=CareNeed.Ending.WITHDRAWN)
    CareNeed.objects.filter(person__in=ids).update(group_index=None, purpose="")
    PersonFact.objects.filter(person__in=ids).update(before=None)


def _needs(ids: Sequence[int]) -> Iterator[tuple[str, int]]:
    for key in CareNeed.objects.filter(person__in=ids).values_list("pk", flat=True):
        yield NEED, key


def _needs_due(days: int, day: date) -> Iterator[Due]:
    """Needs that have been over for so long; at once those whose consent was withdrawn. Nobody's of whom the law keeps all."""
    stays = [key for kind, key in held() if kind == KIND]
    ended = Q(ends__lt=day - timedelta(days=days)) | Q(ends__isnull=False, ending=CareNeed.Ending.WITHDRAWN)
    rows = CareNeed.objects.filter(ended, group_index__isnull=False).exclude(person__in=stays)
    for key, ends, region in rows.values_list("pk", "ends", "region_code").iterator():
        yield Due(key, ends or day, region)


def _erase_needs(ids: Sequence[int]) -> None:
    CareNeed.objects.filter(pk__in=ids).update(group_index=None, purpose="")


def announce() -> None:
    """Called once, when the app is ready."""
    reading.name_purposes(PURPOSES, KIND)
    register(Holding(KIND, _("居民档案"), _by_phone, _told, _due, _erase, _same, _whole, _pages, _needs))
    # Told with the person, and gone before them.
    # Goes with the person; alone only when whoever is reached asks for it.
    nothing: tuple[Due, ...] = ()
    register(
        Holding(
            CONTACT, _("联系人登记"), _contacts_by_phone, _contacts, lambda days, day: iter(nothing), _erase_contacts
        )
    )
    register(Holding(NEED, _("需关照记录"), lambda phone: (), lambda ids: [], _needs_due, _erase_needs))
