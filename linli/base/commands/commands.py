"""Keeping the tables behind the commands small. The audit and the read log are never touched."""

from datetime import timedelta

from linli.base.actor import Actor
from linli.base.clockwork import now
from linli.base.commands import Refused, command, detail
from linli.base.commands.models import IdempotencyKey, OutboxRow

KEYS_KEPT = timedelta(days=30)
EVENTS_KEPT = timedelta(days=90)
# Principals of the doors through which other systems bring records.
KEPT_FOR_GOOD = ("sheet:",)


@command("commands.sweep")
def sweep(actor: Actor) -> int:
    """Forget submissions after 30 days and delivered events after 90; returns how many.

    Events that wait or have failed stay, and so does what an integration brought: it is known again for good.
    """
    moment = now()
    passing = IdempotencyKey.objects.filter(created_at__lt=moment - KEYS_KEPT)
    for source in KEPT_FOR_GOOD:
        passing = passing.exclude(principal__startswith=source)
    keys, _kinds = passing.delete()
    events, _kinds = OutboxRow.objects.filter(delivered_at__lt=moment - EVENTS_KEPT).delete()
    detail(keys=keys, events=events)
    return keys + events


@command("commands.retry_event", right="system.operate")
def retry_event(actor: Actor, row: OutboxRow) -> OutboxRow:
    """Send an event again that ten attempts could not deliver, after a person has looked into the reason."""
    if row.delivered_at is not None:
        raise Refused("这个事件已经送达。")
    row.attempts, row.next_at = 0, now()
    row.save(update_fields=["attempts", "next_at"])
    detail(event=row.event)
    return row
