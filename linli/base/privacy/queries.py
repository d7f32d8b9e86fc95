"""Reading requests, authorities, runs and exports. Every list starts from what the actor may see."""

from datetime import date

from django.db.models import Count, Q, QuerySet

from linli.base.actor import Actor
from linli.base.clockwork import now
from linli.base.crypto import index_candidates
from linli.base.privacy.models import Authority, Export, KeyRotation, LegalHold, RetentionRun, RightsRequest
from linli.base.scope import within
from linli.base.ui.words import local


def today() -> date:
    return local(now()).date()


def requests(actor: Actor) -> QuerySet[RightsRequest]:
    return RightsRequest.objects.filter(within(actor))


def authorities(actor: Actor) -> QuerySet[Authority]:
    return Authority.objects.filter(within(actor))


def waiting(actor: Actor) -> tuple[int, int]:
    """(how many requests wait for an answer, how many of them are overdue)."""
    counted = requests(actor).filter(answered_at=None).aggregate(
        every=Count("id"), over=Count("id", filter=Q(due_on__lt=today()))
    )  # fmt: skip
    return counted["every"], counted["over"]


def holds(actor: Actor) -> QuerySet[LegalHold]:
    return LegalHold.objects.filter(within(actor))


def held() -> set[tuple[str, int]]:
    """What must not be deleted for now, whoever asks."""
    return set(LegalHold.objects.filter(lifted_at=None).values_list("kind", "subject_id"))


def runs(actor: Actor) -> QuerySet[RetentionRun]:
    return RetentionRun.objects.filter(within(actor))


def exports(actor: Actor) -> QuerySet[Export]:
    """Exports of the actor's places, and their own."""
    if actor.everything:  # whose first wall is no condition at all: "or" would leave only the other one
        return Export.objects.all()
    return Export.objects.filter(within(actor) | Q(asked_by=actor.account_id, asked_by__isnull=False))


def authorised(phone: str, day: date) -> QuerySet[Authority]:
    """Authorities of whoever has this number, that hold on a day."""
    return in_force(day).filter(phone_index__in=index_candidates(Authority, "phone_index", phone))


def in_force(day: date) -> QuerySet[Authority]:
    """Authorities that hold on a day."""
    return Authority.objects.filter(starts__lte=day, ends__gte=day)


def rotation() -> KeyRotation | None:
    """The latest change of keys."""
    return KeyRotation.objects.order_by("-id").first()
