"""Whose address a request has: a header counts only where a named proxy stands in front."""

from ipaddress import ip_network

import pytest

from linli.base.callers import caller_of

PROXIES = (ip_network("127.0.0.1/32"), ip_network("10.0.0.0/8"))


@pytest.mark.parametrize(
    ("peer", "forwarded", "proxies", "caller"),
    [
        ("203.0.113.9", "", (), "203.0.113.9"),
        ("203.0.113.9", "1.2.3.4", (), "203.0.113.9"),
        ("203.0.113.9", "1.2.3.4", PROXIES, "203.0.113.9"),
        ("127.0.0.1", "203.0.113.9", PROXIES, "203.0.113.9"),
        ("127.0.0.1", "1.2.3.4, 203.0.113.9", PROXIES, "203.0.113.9"),
        ("127.0.0.1", "203.0.113.9, 10.1.1.1", PROXIES, "203.0.113.9"),
        ("127.0.0.1", "nonsense, 203.0.113.9", PROXIES, "203.0.113.9"),
        ("127.0.0.1", "nonsense", PROXIES, "127.0.0.1"),
        ("::ffff:203.0.113.9", "", (), "203.0.113.9"),
        ("2001:DB8::1", "", (), "2001:db8::1"),
        ("", "1.2.3.4", PROXIES, None),
    ],
)
def test_the_nearest_address_that_is_no_proxy_is_the_caller(peer, forwarded, proxies, caller) -> None:
    assert caller_of(peer, forwarded, proxies) == caller
