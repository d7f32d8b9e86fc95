"""Counting in windows: one statement each. The row stays locked until the request ends, so parallel tries queue up."""

import hashlib
import secrets
from functools import lru_cache

from django.conf import settings
from django.db import connection
from django.http import HttpRequest

from linli.base.callers import caller
from linli.base.clockwork import now
from linli.base.throttle import rules
from linli.base.throttle.rules import Limit

# One count in so many also clears away windows that are over.
SWEEP_ONCE_IN = 200

_COUNT = """
INSERT INTO throttle_count (key, ends, times) VALUES (%s, %s, 1)
ON CONFLICT (key, ends) DO UPDATE SET times = throttle_count.times + 1 RETURNING times
"""
_SWEEP = """
DELETE FROM throttle_count WHERE (key, ends) IN
  (SELECT key, ends FROM throttle_count WHERE ends < %s LIMIT 1000 FOR UPDATE SKIP LOCKED)
"""


class TooMany(Exception):
    """Somebody asked too often. `seconds`: when it is worth trying again."""

    def __init__(self, seconds: int, purpose: str = ""):
        super().__init__(f"{purpose}: again in {seconds} s")
        self.seconds = seconds
        self.purpose = purpose


@lru_cache(maxsize=2)
def _secret(key: str) -> bytes:
    return hashlib.sha256(b"linli.throttle:" + key.encode()).digest()


def _key(limit: Limit, subject: tuple[str, ...]) -> bytes:
    return rules.key(_secret(settings.SECRET_KEY), limit.purpose, subject)


def address(request: HttpRequest) -> str:
    """The visitor a request comes from, for counting only."""
    return rules.bucket(caller(request))


def note(limit: Limit, *subject: str) -> int:
    """Count one and return how many there are in this window now. Kept only if the request's transaction is."""
    moment = now()
    ends, _seconds = rules.window(moment, limit.seconds)
    with connection.cursor() as cursor:
        cursor.execute(_COUNT, [_key(limit, subject), ends])
        row = cursor.fetchone()
        if secrets.randbelow(SWEEP_ONCE_IN) == 0:
            cursor.execute(_SWEEP, [moment])
    assert row is not None
    return int(row[0])


def left(limit: Limit, *subject: str) -> int:
    """How many are still free in this window; counts nothing."""
    ends, _seconds = rules.window(now(), limit.seconds)
    with connection.cursor() as cursor:
        cursor.execute("SELECT times FROM throttle_count WHERE key = %s AND ends = %s", [_key(limit, subject), ends])
        row = cursor.fetchone()
    return max(0, limit.times - (row[0] if row else 0))


def spend(limit: Limit, *subject: str) -> None:
    """Count one; raises TooMany when it is one too many."""
    if note(limit, *subject) > limit.times:
        raise refusal(limit)


def refusal(limit: Limit) -> TooMany:
    """The exception that says when this limit's window is over."""
    return TooMany(rules.window(now(), limit.seconds)[1], limit.purpose)
