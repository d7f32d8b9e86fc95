"""Calls to addresses outside. Never into the machine's own network, unless the deployment allows that network.

The name is resolved once, every address found is judged, and the connection goes to the very address that was judged:
a name that changes its answer meanwhile gains nothing. No redirect is followed, no proxy of the environment is used,
and of the answer only the beginning is read. Plain http is possible only into an allowed network.

LINLI_ALLOWED_NETWORKS  comma-separated networks inside which calls may go, such as `10.20.0.0/16` (a government
intranet); default none
"""

import http.client
import os
import socket
import ssl
import time
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from ipaddress import IPv4Address, IPv4Network, IPv6Address, IPv6Network, ip_address, ip_network
from urllib.parse import SplitResult, urlsplit

Network = IPv4Network | IPv6Network
Address = IPv4Address | IPv6Address
READ_BYTES = 4096
LONGEST_URL = 300
# IPv6 addresses that carry an IPv4 address inside, behind which anything may stand.
_WRAPPING = tuple(ip_network(one) for one in ("64:ff9b::/96", "64:ff9b:1::/48", "2002::/16", "2001::/32", "::/96"))


class Unreachable(Exception):
    """The call was not made or not answered. `forbidden`: the address is not one that may be called."""

    def __init__(self, message: str, *, forbidden: bool = False):
        super().__init__(message)
        self.forbidden = forbidden


@dataclass(frozen=True, slots=True)
class Answer:
    """status: HTTP status; text: the beginning of the body; retry_after: whole seconds the other side asks to wait."""

    status: int
    text: str
    retry_after: int | None = None


def allowed_networks() -> tuple[Network, ...]:
    """The networks this deployment may call into besides the open net."""
    parts = os.environ.get("LINLI_ALLOWED_NETWORKS", "").split(",")
    return tuple(ip_network(part.strip(), strict=False) for part in parts if part.strip())


def may_call(address: Address, allowed: Iterable[Network]) -> bool:
    """Whether a connection may go to this address: one of the open net, or one of an allowed network."""
    plain = getattr(address, "ipv4_mapped", None) or address
    if any(plain in network for network in allowed):
        return True
    if isinstance(plain, IPv6Address) and any(plain in network for network in _WRAPPING):
        return False
    return plain.is_global and not plain.is_multicast and not plain.is_reserved


def problem_of(url: str) -> str:
    """Why this cannot be an address to call, in the user's words; empty when it can. Nothing is resolved."""
    try:
        parts = urlsplit(url)
        port = parts.port
    except ValueError:
        return "地址写得不对。"
    if len(url) > LONGEST_URL or any(ord(sign) <= 32 or ord(sign) == 127 for sign in url):
        return "地址太长，或者有空格。"
    if parts.scheme not in ("https", "http") or not parts.hostname:
        return "地址以 https:// 开头。"
    if parts.username or parts.password or "@" in parts.netloc:
        return "地址里不能写用户名和密码。"
    if parts.fragment or port == 0:
        return "地址写得不对。"
    return ""


def post(
    url: str,
    body: bytes,
    headers: Mapping[str, str],
    *,
    seconds: float = 10.0,
    allowed: tuple[Network, ...] | None = None,
    resolve: Callable[[str, int], list[str]] | None = None,
) -> Answer:
    """POST once. Raises Unreachable; an answer of any status is an Answer, also one that points elsewhere.

    seconds: for connecting and for each silence; the whole call takes at most three times that.
    """
    if problem := problem_of(url):
        raise Unreachable(problem, forbidden=True)
    parts = urlsplit(url)
    networks = allowed_networks() if allowed is None else allowed
    address = _judged(parts, networks, resolve or _resolved)
    connection = _connection(parts, address, seconds)
    path = (parts.path or "/") + (f"?{parts.query}" if parts.query else "")
    until = time.monotonic() + 3 * seconds
    try:
        connection.request("POST", path, body=body, headers={**headers, "Connection": "close"})
        answer = connection.getresponse()
        text = b""
        while len(text) < READ_BYTES and time.monotonic() < until and (piece := answer.read1(READ_BYTES)):
            text += piece
        wait = answer.getheader("Retry-After", "")
    except (OSError, http.client.HTTPException) as error:
        raise Unreachable(f"{type(error).__name__}: {error}"[:200]) from error
    finally:
        connection.close()
    seconds_asked = int(wait) if wait.isascii() and wait.isdigit() and len(wait) < 7 else None
    return Answer(answer.status, text[:READ_BYTES].decode("utf-8", "replace"), seconds_asked)


def _judged(
    parts: SplitResult, networks: tuple[Network, ...], resolve: Callable[[str, int], list[str]]
) -> tuple[str, int]:
    """The one address to connect to. All that the name stands for must be allowed: one wrong answer spoils the name."""
    host = parts.hostname or ""
    port = parts.port or (443 if parts.scheme == "https" else 80)
    try:
        found = [ip_address(one.partition("%")[0]) for one in resolve(host, port)]
    except (OSError, UnicodeError, ValueError) as error:
        raise Unreachable(f"找不到主机 {host}") from error
    if not found:
        raise Unreachable(f"找不到主机 {host}")
    if any(not may_call(one, networks) for one in found):
        raise Unreachable("这个地址在机器自己的网络里，没有允许访问。", forbidden=True)
    if parts.scheme == "http" and not all(
        any((getattr(one, "ipv4_mapped", None) or one) in network for network in networks) for one in found
    ):
        raise Unreachable("公网上的地址必须用 https。", forbidden=True)
    return str(found[0]), port


def _resolved(host: str, port: int) -> list[str]:
    return [str(row[4][0]) for row in socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)]


def _connection(parts: SplitResult, address: tuple[str, int], seconds: float) -> http.client.HTTPConnection:
    """A connection that goes to `address`, while Host and the certificate are those of the name."""
    host = parts.hostname or ""

    def create(_target: object, *_more: object, **_names: object) -> socket.socket:
        return socket.create_connection(address, timeout=seconds)

    connection: http.client.HTTPConnection
    if parts.scheme == "https":
        context = ssl.create_default_context()
        connection = http.client.HTTPSConnection(host, address[1], timeout=seconds, context=context)
    else:
        connection = http.client.HTTPConnection(host, address[1], timeout=seconds)
    connection._create_connection = create  # type: ignore[attr-defined]
    return connection
