"""The door: who is believed, and how whoever is not is counted. Whoever is turned away learns nothing but that."""

from dataclasses import dataclass
from zoneinfo import ZoneInfo

from django.db import connection
from django.http import HttpRequest

from linli.base import webhooks
from linli.base.actor import system
from linli.base.clockwork import now
from linli.base.scope import scope
from linli.base.throttle import Limit, TooMany, address, left, note, refusal
from linli.base.webhooks import Genuine, NotGenuine
from linli.doors.channels.hotline import secrets
from linli.doors.channels.hotline.models import Exchange, Secret
from linli.doors.channels.hotline.queries import exchange_of
from linli.doors.intake.hotline.models import Rejection

MOST_BYTES = 256 * 1024
# Past this many bad messages of one address in a minute they are not even counted one by one.
BAD = Limit("hotline.bad", times=120, seconds=60)
_COUNT = """
INSERT INTO hotline_inbox_rejection (code, day, cause, times) VALUES (%s, %s, %s, 1)
ON CONFLICT (code, day, cause) DO UPDATE SET times = hotline_inbox_rejection.times + 1
"""


@dataclass(frozen=True, slots=True)
class Believed:
    """A message that carries the signature of its exchange."""

    exchange: Exchange
    known: Genuine
    body: bytes


def believe(request: HttpRequest, code: str) -> Believed:
    """Check a request against the exchange's secrets. Raises NotGenuine, whatever is wrong.

    A right signature is never held back by what others send: the signature is checked first, haste afterwards.
    """
    if request.method != "POST":
        raise NotGenuine(Rejection.Cause.MALFORMED)
    length = request.headers.get("Content-Length", "")
    if not length.isascii() or not length.isdigit() or len(length) > 12 or int(length) > MOST_BYTES:
        raise NotGenuine(Rejection.Cause.OVERSIZED)
    body = request.read(MOST_BYTES + 1)
    if len(body) > MOST_BYTES:
        raise NotGenuine(Rejection.Cause.OVERSIZED)
    with scope(system("hotline")):
        exchange = exchange_of(code)
        if exchange is None or not exchange.active or exchange.transport != Exchange.Transport.WEBHOOK:
            raise NotGenuine(Rejection.Cause.UNKNOWN)
        moment = now()
        keys = secrets.in_force(exchange.pk, Secret.Direction.IN, moment)
    known = webhooks.verify(keys, dict(request.headers), body, moment)
    return Believed(exchange, known, body)


def hurry(exchange: Exchange) -> None:
    """Raises TooMany when the exchange has had its share of this minute. Only looks: see `spent`."""
    limit = _share(exchange)
    if left(limit, exchange.code) == 0:
        count(exchange.code, Rejection.Cause.HASTY)
        raise refusal(limit)


def spent(exchange: Exchange) -> None:
    """Count a believed message, as the last thing its request does: the counter is locked until the request ends, and
    messages must not queue up for it while they are worked on."""
    note(_share(exchange), exchange.code)


def _share(exchange: Exchange) -> Limit:
    return Limit("hotline.in", times=exchange.per_minute, seconds=60)


def turn_away(request: HttpRequest, code: str, cause: str) -> None:
    """Count a message that was not believed. Raises TooMany when the same address sends them on and on."""
    if note(BAD, address(request)) > BAD.times:
        raise refusal(BAD)
    known = code if cause != Rejection.Cause.UNKNOWN else ""
    count(known, cause)


def count(code: str, cause: str) -> None:
    """Add one to today's counter. A counter, not a record: nothing of the message is kept."""
    with connection.cursor() as cursor:
        cursor.execute(_COUNT, [code[:30], now().astimezone(ZoneInfo("Asia/Shanghai")).date(), str(cause)])


__all__ = ["BAD", "MOST_BYTES", "Believed", "TooMany", "believe", "count", "hurry", "spent", "turn_away"]
