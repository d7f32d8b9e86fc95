"""Reading requests, authorities, runs and exports. Every list starts from what the actor may see."""

from collections.abc import Sequence
from datetime import date, datetime
from typing import Any

from django.db import connection
from django.db.models import Count, Q, QuerySet

from linli.base.actor import Actor
from linli.base.clockwork import now
from linli.base.crypto import index_candidates
from linli.base.privacy import holdings
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
    """What must not be deleted for now, whoever asks: what is on hold, and every other record of the same person."""
    placed: dict[str, list[int]] = {}
    for kind, key in LegalHold.objects.filter(lifted_at=None).values_list("kind", "subject_id"):
        placed.setdefault(kind, []).append(key)
    found = set()
    for kind, keys in placed.items():
        holding = holdings.of(kind)
        found |= {(kind, key) for key in (*keys, *(holding.whole(keys) if holding else ()))}
    return found


def runs(actor: Actor) -> QuerySet[RetentionRun]:
    return RetentionRun.objects.filter(within(actor))


def exports(actor: Actor) -> QuerySet[Export]:
    """Exports of the actor's places, and their own."""
    if actor.everything:  # whose first wall is no condition at all: "or" would leave only the other one
        return Export.objects.all()
    return Export.objects.filter(within(actor) | Q(asked_by=actor.account_id, asked_by__isnull=False))


# Everybody once who was on a list that this account took without a second person, but for those on the list at hand.
_TAKEN_LATELY = """
SELECT count(*) FROM (
  SELECT DISTINCT subject_kind, subject_id FROM commands_readrow r WHERE account_id = %(account)s AND purpose = %(listed)s AND at >= %(since)s
  AND NOT EXISTS (
    SELECT 1 FROM privacy_export e WHERE e.decided_by IS NOT NULL AND r.note ^@ ('#' || e.id || ' ') AND e.asked_by = %(account)s
    AND e.taken_at >= %(since)s
  )
  EXCEPT SELECT %(kind)s, found::text FROM unnest(%(keys)s::bigint[]) AS found
) AS other
"""


def taken_lately(account: int | None, since: datetime, kind: str, keys: Sequence[int], listed: str) -> int:
    """How many people beside these (records of one kind) an account has taken out on lists since a moment, by its own decision.

    listed: the purpose under which lists stand in the read log. Call it in the system's scope.
    """
    if account is None:
        return 0
    given: dict[str, Any] = {
        "account": account, "since": since, "kind": kind, "keys": list(keys), "listed": listed,
    }  # fmt: skip
    with connection.cursor() as cursor:
        cursor.execute(_TAKEN_LATELY, given)
        return int(cursor.fetchone()[0])


def authorised(phone: str, day: date) -> QuerySet[Authority]:
    """Authorities of whoever has this number, that hold on a day."""
    return in_force(day).filter(phone_index__in=index_candidates(Authority, "phone_index", phone))


def in_force(day: date) -> QuerySet[Authority]:
    """Authorities that hold on a day."""
    return Authority.objects.filter(starts__lte=day, ends__gte=day)


def rotation() -> KeyRotation | None:
    """The latest change of keys."""
    return KeyRotation.objects.order_by("-id").first()
