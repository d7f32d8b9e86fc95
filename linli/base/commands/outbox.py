"""The relay: hands events from the outbox to the wires, at least once, in order of birth, with growing pauses."""

import logging
from collections.abc import Callable
from datetime import timedelta
from threading import Event
from typing import Any

from django.db import connection, transaction

from linli.base.actor import system
from linli.base.clockwork import now
from linli.base.commands.engine import submission
from linli.base.commands.models import OutboxRow
from linli.base.scope import scope

log = logging.getLogger(__name__)

Wire = Callable[..., Any]
GIVE_UP_AFTER = 10

_wires: dict[str, list[tuple[str, Wire]]] = {}


def connect(event: str, name: str, wire: Wire) -> None:
    """Run `wire(actor, payload)` for every `event`; only the wiring table of the doors calls this."""
    _wires.setdefault(event, []).append((name, wire))


def relay(limit: int = 200) -> int:
    """Deliver waiting events; each in a transaction of its own, so that one failure holds up nobody.

    Returns how many were delivered. An event that fails is tried again later and, after ten attempts, waits for a
    person.
    """
    with scope(system("outbox")):
        delivered = _let_pass(limit * 10)
        waiting = list(
            OutboxRow.objects.filter(delivered_at=None, next_at__lte=now(), attempts__lt=GIVE_UP_AFTER)
            .order_by("id")
            .values_list("id", flat=True)[:limit]
        )
    for row_id in waiting:
        delivered += _deliver(row_id)
    return delivered


def _let_pass(limit: int) -> int:
    """Mark events that no wire listens to, many in one statement: they are kept for the record, nothing is to be done."""
    unheard = OutboxRow.objects.filter(delivered_at=None, attempts=0, next_at__lte=now()).exclude(
        event__in=list(_wires)
    )
    keys = list(unheard.order_by("id").values_list("id", flat=True)[:limit])
    return OutboxRow.objects.filter(pk__in=keys, delivered_at=None).update(delivered_at=now()) if keys else 0


def keep_relaying(stop: Event, every: float = 1.0) -> None:
    """Relay until `stop` is set; for a thread of the job worker. A database that is away for a while is waited for."""
    while not stop.is_set():
        try:
            busy = relay() > 0
        except Exception:  # the thread must outlive every fault of one round
            log.exception("the relay failed; it goes on")
            busy = False
        finally:
            connection.close()
        if not busy:
            stop.wait(every)


def _deliver(row_id: int) -> int:
    actor = system("outbox")
    try:
        with scope(actor):
            row = OutboxRow.objects.select_for_update(skip_locked=True).filter(pk=row_id, delivered_at=None).first()
            if row is None:
                return 0
            for name, wire in _wires.get(row.event, []):
                with submission(f"outbox:{row.pk}:{name}", actor.principal):
                    wire(actor, row.payload)
            OutboxRow.objects.filter(pk=row.pk).update(delivered_at=now(), error="")
        return 1
    except Exception as error:  # a wire may fail in any way; the event must survive it
        with transaction.atomic(), scope(actor):
            row = OutboxRow.objects.get(pk=row_id)
            pause = timedelta(seconds=min(3600, 2 ** (row.attempts + 1)))
            OutboxRow.objects.filter(pk=row_id).update(
                attempts=row.attempts + 1, next_at=now() + pause, error=f"{type(error).__name__}: {error}"[:500]
            )
        return 0
