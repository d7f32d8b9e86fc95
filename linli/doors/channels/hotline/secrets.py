"""Signing secrets: kept sealed, opened only here and only to sign or to verify.

They are no personal data, so opening them leaves no row in the read log; making, showing and ending them stands in the
audit.
"""

from datetime import datetime
from typing import Any

from django.db.models import Q

from linli.base import webhooks
from linli.base.clockwork import now
from linli.base.crypto import next_pks, open_bytes, ring, seal_into
from linli.base.crypto.sealed import context
from linli.doors.channels.hotline.models import Exchange, Secret


def add(exchange: Exchange, direction: str, text: str) -> Secret:
    """Keep a secret. Raises ValueError when it is none."""
    webhooks.key_of(text)
    row = Secret(
        pk=next_pks(Secret)[0], exchange=exchange, direction=direction, hint=text.strip()[-4:], created_at=now()
    )
    seal_into(row, value=text.strip())
    row.save(force_insert=True)
    return row


def in_force(exchange_id: int, direction: str, moment: datetime) -> list[bytes]:
    """The keys of one direction that hold at this moment, the newest first. Only the system's scope sees any."""
    rows = Secret.objects.filter(
        Q(ends_at=None) | Q(ends_at__gt=moment), exchange_id=exchange_id, direction=direction
    ).order_by("-id")
    return [webhooks.key_of(_open(row)) for row in rows]


def _open(row: Secret) -> str:
    value: Any = row.value
    return open_bytes(ring(), value.blob, context(value.field_id, value.row)).decode()
