"""Signed messages between machines after the Standard Webhooks specification (symmetric signatures, `v1`).

A message carries three headers: `webhook-id` (the same for every attempt), `webhook-timestamp` (Unix seconds of this
attempt) and `webhook-signature` (one or several `v1,<base64>` with spaces between them: HMAC-SHA256 over
`id.timestamp.body`). Several secrets may be in force at once, so that they can be changed without a gap: who signs,
signs with all of them; who verifies, accepts any. Pure: no database, the moment is an argument.
"""

import base64
import binascii
import hashlib
import hmac
import re
import secrets
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime

TOLERANCE_SECONDS = 300
PREFIX = "whsec_"
SECRET_BYTES = (24, 64)
MOST_SIGNATURES = 16
_ID = re.compile(r"[A-Za-z0-9_:-]{1,120}")  # no dot: the dot parts the signed content


class NotGenuine(ValueError):
    """Why a message is not believed: `missing`, `malformed`, `stale` or `forged`. Never told to the sender."""

    def __init__(self, cause: str):
        super().__init__(cause)
        self.cause = cause


@dataclass(frozen=True, slots=True)
class Genuine:
    """What a verified message is known by."""

    id: str
    timestamp: int


def new_secret() -> str:
    """A fresh secret of 256 random bits, as it is handed over."""
    return PREFIX + base64.b64encode(secrets.token_bytes(32)).decode()


def key_of(secret: str) -> bytes:
    """The bytes of a secret. Raises ValueError when it is none: wrong base64, or not 24 to 64 bytes."""
    try:
        key = base64.b64decode(secret.strip().removeprefix(PREFIX), validate=True)
    except binascii.Error as error:
        raise ValueError("not base64") from error
    if not SECRET_BYTES[0] <= len(key) <= SECRET_BYTES[1]:
        raise ValueError("24 to 64 bytes")
    return key


def headers(keys: Iterable[bytes], message_id: str, moment: datetime, body: bytes) -> dict[str, str]:
    """The three headers of one attempt, signed with every key in force."""
    stamp = int(moment.timestamp())
    signatures = " ".join(f"v1,{_signature(key, message_id, stamp, body)}" for key in keys)
    return {"webhook-id": message_id, "webhook-timestamp": str(stamp), "webhook-signature": signatures}


def verify(keys: Iterable[bytes], given: Mapping[str, str], body: bytes, moment: datetime) -> Genuine:
    """Check the three headers of `given` (case does not matter). Every key is tried in constant time.

    Raises NotGenuine. A timestamp more than five minutes away, before or after, is stale.
    """
    found = {name.lower(): value for name, value in given.items()}
    message_id = found.get("webhook-id", "")
    stamp, signatures = found.get("webhook-timestamp", ""), found.get("webhook-signature", "")
    if not (message_id and stamp and signatures):
        raise NotGenuine("missing")
    if not _ID.fullmatch(message_id) or not (stamp.isascii() and stamp.isdigit() and len(stamp) < 12):
        raise NotGenuine("malformed")
    claimed = [one.removeprefix("v1,") for one in signatures.split()[:MOST_SIGNATURES] if one.startswith("v1,")]
    right = False
    for key in keys:
        wanted = _signature(key, message_id, int(stamp), body)
        for one in claimed:
            right |= hmac.compare_digest(wanted.encode(), one.encode("utf-8", "surrogatepass"))
    if not right:
        raise NotGenuine("forged")
    if abs(int(stamp) - moment.timestamp()) > TOLERANCE_SECONDS:
        raise NotGenuine("stale")
    return Genuine(message_id, int(stamp))


def _signature(key: bytes, message_id: str, stamp: int, body: bytes) -> str:
    return base64.b64encode(hmac.digest(key, f"{message_id}.{stamp}.".encode() + body, hashlib.sha256)).decode()
