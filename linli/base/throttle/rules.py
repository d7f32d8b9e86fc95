"""Windows and addresses as plain values. Pure: no database, no clock of its own."""

import hashlib
import hmac
import ipaddress
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, datetime

# A household gets a whole /64 of IPv6: counting single addresses would count nothing.
IPV6_PREFIX = 64


@dataclass(frozen=True, slots=True)
class Limit:
    """At most `times` in each window of `seconds` (aligned to the clock), for every purpose and subject apart."""

    purpose: str
    times: int
    seconds: int


def window(now: datetime, seconds: int) -> tuple[datetime, int]:
    """(end of the running window, whole seconds until then, rounded up)."""
    passed = int(now.timestamp())
    end = (passed // seconds + 1) * seconds
    return datetime.fromtimestamp(end, UTC), end - passed


def key(secret: bytes, purpose: str, subject: Iterable[str]) -> bytes:
    """What a counter is stored under; without the secret nobody can tell for whom it counts."""
    text = "\x1f".join([purpose, *subject])
    return hmac.new(secret, text.encode("utf-8", "replace"), hashlib.sha256).digest()[:16]


def bucket(address: str | None) -> str:
    """What counts as one visitor: an IPv4 address, an IPv6 /64, and everybody who comes without an address together."""
    if not address:
        return "unknown"
    found = ipaddress.ip_address(address.partition("%")[0])
    if found.version == 6:
        return str(ipaddress.ip_network((found, IPV6_PREFIX), strict=False))
    return str(found)
