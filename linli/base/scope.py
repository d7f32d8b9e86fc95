"""The second wall: tells PostgreSQL, inside the running transaction, what this actor may see.

Row-level security policies read the settings below. Without them a query returns no row.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from django.db import connection, transaction
from django.db.models import Q

from linli.base.actor import Actor
from linli.base.prepared import fetchone

_SET = (
    "SELECT set_config('linli.everything', %s, true), set_config('linli.regions', %s, true), "
    "set_config('linli.organisations', %s, true), set_config('linli.proceedings', %s, true)"
)


def _values(actor: Actor) -> tuple[str, str, str, str]:
    return (
        "on" if actor.everything else "",
        ",".join(actor.regions),
        ",".join(map(str, actor.organisation_ids)),
        ",".join(map(str, actor.proceedings)),
    )


def enter(actor: Actor) -> None:
    """Set the scope for the rest of this transaction. Must be called inside one."""
    fetchone(_SET, _values(actor))


def within(actor: Actor) -> Q:
    """The first wall for rows with a `region_code`: those of the places the actor answers for, none for nobody's."""
    if actor.everything:
        return Q()
    found = Q(pk__in=[])
    for prefix in actor.regions:
        found |= Q(region_code__startswith=prefix)
    return found


def widen(proceeding_id: int) -> None:
    """Let this actor also see one proceeding until the transaction ends: the one they are just bringing into being."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT set_config('linli.proceedings', concat_ws(',', NULLIF(current_setting('linli.proceedings', true), ''), %s::text), true)",
            [proceeding_id],
        )


@contextmanager
def scope(actor: Actor) -> Iterator[None]:
    """One transaction seen with this actor's eyes; the outer scope returns when the block ends."""
    with transaction.atomic():
        before: tuple[Any, ...] | None = None
        with connection.cursor() as cursor:
            cursor.execute(
                "SELECT current_setting('linli.everything', true), current_setting('linli.regions', true), "
                "current_setting('linli.organisations', true), current_setting('linli.proceedings', true)"
            )
            before = cursor.fetchone()
        enter(actor)
        yield
        with connection.cursor() as cursor:
            cursor.execute(_SET, tuple(value or "" for value in before or ("", "", "", "")))
