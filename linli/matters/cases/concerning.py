"""Which residents on the register a case concerns, and so whose contact its handler may open while it is in hand.

A case concerns whoever reported it under their own number, and whoever is registered in the dwelling that its place names. Nobody else: a
building, a name in the text or a likeness is no reason to open anything. An anonymous reporter stays one, and the unit that a case is about
learns nothing of who reported it.
"""

from django.db.models import Q, QuerySet

from linli.base.actor import Actor
from linli.base.crypto import index_candidates
from linli.matters.cases.models import Case
from linli.matters.cases.queries import visible_to
from linli.people.residents import queries as residents
from linli.people.residents.commands.common import opened
from linli.people.residents.models import Person
from linli.people.residents.tasks import Work
from linli.places.addresses.finding import find_addresses
from linli.places.addresses.models import Dwelling
from linli.procedures import queries as procedures
from linli.procedures.models import Proceeding

# What one post has in hand is walked through; more than this nobody has in hand.
IN_HAND_MOST = 100
_WORDS = "在办的诉求"


def in_hand(actor: Actor) -> QuerySet[Proceeding]:
    """Open matters that this actor works on: held by their unit, and not by another post of it."""
    if actor.kind != "person" or actor.organisation_id is None:
        return Proceeding.objects.none()
    rows = procedures.visible_to(actor).filter(procedures.mine(actor))
    return rows.filter(Q(post_id=None) | Q(post_id=actor.post_id)).order_by("due_at", "id")


def works(actor: Actor) -> list[Work]:
    """Every matter that this actor has in hand, the most urgent first."""
    rows = in_hand(actor).values_list("kind", "title", "number")[:IN_HAND_MOST]
    return [Work(kind, title, number) for kind, title, number in rows]


def work_with(actor: Actor, person: Person) -> Work | None:
    """The case in hand that concerns this person, if there is one."""
    if not actor.may("cases.view"):
        return None
    mine = in_hand(actor).filter(kind="case").exclude(case__about=actor.organisation_id)
    if phone := opened(actor, person.phone):
        own = index_candidates(Case, "phone_index", phone)
        number = mine.filter(case__anonymous=False, case__phone_index__in=own).values_list("number", flat=True).first()
        if number is not None:
            return Work("case", _WORDS, number)
    named = mine.filter(case__place_text__contains=person.dwelling.room_name).values_list("pk", flat=True)
    for case in visible_to(actor).filter(pk__in=list(named[:IN_HAND_MOST])):
        home = dwelling_of(actor, case)
        if home is not None and home.pk == person.dwelling_id:
            return Work("case", _WORDS, case.proceeding.number)
    return None


def people_of(actor: Actor, case: Case) -> list[Person]:
    """The residents that this case concerns, of those whom this actor keeps."""
    if case.about_id is not None and case.about_id == actor.organisation_id:
        return []
    found = Q(pk=None)
    if not case.anonymous and (phone := opened(actor, case.reporter_phone)):
        found |= Q(phone_index__in=index_candidates(Person, "phone_index", phone))
    if (home := dwelling_of(actor, case)) is not None:
        living = residents.residences(actor).filter(dwelling_id=home.pk, ends=None)
        found |= Q(pk__in=list(living.values_list("person_id", flat=True)))
    rows = residents.visible_to(actor).filter(found, merged_into=None).exclude(state=Person.State.DEAD)
    return list(residents.home_first(rows).order_by("id")[:20])


def dwelling_of(actor: Actor, case: Case) -> Dwelling | None:
    """The one dwelling that the place of a case names; None when it names only a building, none exactly, or several."""
    text = case.place_text.strip()
    if not any(character.isdigit() for character in text):
        return None
    found = find_addresses(actor, text, 2, case.proceeding.region_code[:12])
    if len(found) != 1 or found[0].kind != "dwelling" or found[0].guessed:
        return None
    return Dwelling.objects.select_related("building__compound").get(pk=found[0].id)
