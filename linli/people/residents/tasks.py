"""The open work that somebody has with a resident, without which nothing sealed is opened: a review that is due, or what higher rooms know of."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import timedelta

from linli.base.actor import Actor
from linli.people.residents import queries
from linli.people.residents.models import CareNeed, Person
from linli.people.residents.policy import care


@dataclass(frozen=True, slots=True)
class Work:
    """One piece of open work. kind: `review`, or that of a proceeding such as `case`; number: of the proceeding; words: for people."""

    kind: str
    words: str
    number: str = ""

    def __str__(self) -> str:
        return f"{self.words} {self.number}".strip()


# What somebody has in hand with one person, or None; and all that they have in hand, whomever it is about.
WithPerson = Callable[[Actor, Person], Work | None]
InHand = Callable[[Actor], list[Work]]
_with_person: list[WithPerson] = []
_in_hand: list[InHand] = []


def connect(with_person: WithPerson, in_hand: InHand) -> None:
    """A higher room names what open work an actor has. Called once, when the doors open; the same again changes nothing."""
    if with_person not in _with_person:
        _with_person.append(with_person)
        _in_hand.append(in_hand)


def with_person(actor: Actor, person: Person, needs: Iterable[CareNeed] | None = None) -> Work | None:
    """The open work of this actor with the person now: a review that is due soon, else what higher rooms know; None without any.

    needs: the needs for care of the person that run and that this actor looks after, where they have been read already.
    """
    soon = queries.today() + timedelta(days=int(care().data["horizon_days"]))
    if needs is None:
        needs = queries.care_of(actor).filter(queries.same_person([person.pk]), review_on__lte=soon)[:1]
    if any(need.review_on <= soon for need in needs):
        return Work("review", "复核到期")
    return next((work for each in _with_person if (work := each(actor, person)) is not None), None)


def in_hand(actor: Actor) -> list[Work]:
    """Everything that this actor has in hand now, whomever it is about: what a list for a purpose can be tied to."""
    found = [work for each in _in_hand for work in each(actor)]
    if queries.due_care(actor).exists():
        found.insert(0, Work("review", "复核到期"))
    return found
