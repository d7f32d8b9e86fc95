"""Which address a request comes from. A header that anybody can write is believed only behind a proxy that is named.

LINLI_PROXIES  comma-separated addresses or networks of the proxies in front of this site, such as
`127.0.0.1,10.0.0.0/8`
"""

import os
from functools import lru_cache
from ipaddress import IPv4Address, IPv4Network, IPv6Address, IPv6Network, ip_address, ip_network

from django.http import HttpRequest

Address = IPv4Address | IPv6Address


def caller(request: HttpRequest) -> str | None:
    """The caller's address in its usual spelling; None when there is none, such as on a local socket."""
    return caller_of(request.META.get("REMOTE_ADDR", ""), request.META.get("HTTP_X_FORWARDED_FOR", ""), _proxies())


def caller_of(peer: str, forwarded: str, proxies: tuple[IPv4Network | IPv6Network, ...]) -> str | None:
    """Walk from the peer backwards through the proxies that are known; the first address that is no proxy is the
    caller."""
    found = _address(peer)
    for step in reversed([part for part in forwarded.split(",") if part.strip()]):
        if found is None or not any(found in network for network in proxies):
            break
        found = _address(step) or found
    return str(found) if found is not None else None


def _address(text: str) -> Address | None:
    try:
        found = ip_address(text.strip())
    except ValueError:
        return None
    # One and the same caller must not have two names.
    return getattr(found, "ipv4_mapped", None) or found


@lru_cache(maxsize=1)
def _proxies() -> tuple[IPv4Network | IPv6Network, ...]:
    return tuple(
        ip_network(part.strip(), strict=False)
        for part in os.environ.get("LINLI_PROXIES", "").split(",")
        if part.strip()
    )
