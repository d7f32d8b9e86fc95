"""The key ring: the secrets of one deployment, several of them, one active.

It lives in a file (``LINLI_HOME/keys.json``, 0600) or in the environment: ``LINLI_KEYS`` is the path of such a file, or
the JSON itself. Whoever loses it loses every sealed value: it must be backed up apart from the database.
"""

from __future__ import annotations

import base64
import json
import os
import secrets
import stat
from dataclasses import dataclass, field, replace
from functools import cached_property, lru_cache
from pathlib import Path
from typing import Any, Literal

from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

Suite = Literal["intl", "sm"]
SUITES: dict[str, str] = {"intl": "AES-256-GCM, HMAC-SHA256", "sm": "SM4-GCM, HMAC-SM3"}


class KeyRingError(Exception):
    """The key ring is missing, unreadable, or open to others."""


@dataclass(frozen=True)
class Key:
    """One pair of secrets: ``seal`` for sealing, ``index`` for blind indexes. ``id``: eight hexadecimal digits."""

    id: str
    suite: Suite
    seal: bytes = field(repr=False)
    index: bytes = field(repr=False)

    def __post_init__(self) -> None:
        if len(self.id) != 8 or len(self.seal) != 32 or len(self.index) != 32 or self.suite not in SUITES:
            raise KeyRingError(f"key {self.id[:8]!r} is not well-formed")
        bytes.fromhex(self.id)

    @classmethod
    def fresh(cls, suite: Suite = "intl") -> Key:
        return cls(secrets.token_hex(4), suite, secrets.token_bytes(32), secrets.token_bytes(32))

    def derive(self, use: Literal["seal", "index"], purpose: str, length: int) -> bytes:
        """A key of its own for each purpose, so that no secret is ever used for two things."""
        source = self.seal if use == "seal" else self.index
        return HKDF(SHA256(), length, salt=None, info=f"linli {use} {purpose}".encode()).derive(source)


@dataclass(frozen=True)
class KeyRing:
    """All keys by id, and the one that new values are sealed with."""

    keys: dict[str, Key]
    active_id: str

    def __post_init__(self) -> None:
        if self.active_id not in self.keys:
            raise KeyRingError("the active key is not in the ring")

    @cached_property
    def active(self) -> Key:
        return self.keys[self.active_id]

    @classmethod
    def fresh(cls, suite: Suite = "intl") -> KeyRing:
        key = Key.fresh(suite)
        return cls({key.id: key}, key.id)

    def with_new_key(self, suite: Suite | None = None) -> KeyRing:
        """The ring with one more key, now active. Old values stay readable; ``rotate`` then seals them anew."""
        key = Key.fresh(suite or self.active.suite)
        return replace(self, keys={**self.keys, key.id: key}, active_id=key.id)

    def as_json(self) -> str:
        keys = [
            {"id": key.id, "suite": key.suite, "seal": _text(key.seal), "index": _text(key.index)}
            for key in self.keys.values()
        ]
        return json.dumps({"active": self.active_id, "keys": keys}, indent=1)

    @classmethod
    def from_json(cls, text: str) -> KeyRing:
        try:
            data: dict[str, Any] = json.loads(text)
            keys = [
                Key(each["id"], each["suite"], base64.b64decode(each["seal"]), base64.b64decode(each["index"]))
                for each in data["keys"]
            ]
            return cls({key.id: key for key in keys}, data["active"])
        except (ValueError, KeyError, TypeError) as error:
            # The text itself holds secrets: say what kind of fault it is, never what was read.
            raise KeyRingError(f"the key ring cannot be read ({type(error).__name__})") from None


def read(path: Path) -> KeyRing:
    """Read a ring from its file. Raises KeyRingError when it is missing, damaged, or open to other users."""
    try:
        mode = path.stat().st_mode
        if stat.S_IMODE(mode) & 0o077:
            raise KeyRingError(f"{path} must be readable by its owner only: chmod 600 {path}")
        return KeyRing.from_json(path.read_text())
    except OSError as error:
        raise KeyRingError(f"{path}: {error.strerror}") from None


def write(path: Path, keys: KeyRing) -> None:
    """Write the ring so that a crash leaves either the old file or the new one."""
    path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
    fresh = path.with_name(f".{path.name}.{secrets.token_hex(4)}")
    handle = os.open(fresh, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with os.fdopen(handle, "w") as file:
        file.write(keys.as_json())
        file.flush()
        os.fsync(file.fileno())
    fresh.replace(path)


def create(path: Path, suite: Suite = "intl") -> KeyRing:
    """Make the ring of a new deployment; a parallel start that was faster wins."""
    path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
    fresh = path.with_name(f".{path.name}.{secrets.token_hex(4)}")
    write(fresh, KeyRing.fresh(suite))
    try:
        os.link(fresh, path)  # unlike a rename, this never replaces a ring that is already there
    except FileExistsError:
        pass
    finally:
        fresh.unlink()
    return read(path)


@lru_cache(maxsize=1)
def ring() -> KeyRing:
    """The ring of this deployment, made at first use where none is configured; after a change ``cache_clear()``."""
    configured = os.environ.get("LINLI_KEYS", "").strip()
    if configured.startswith("{"):
        return KeyRing.from_json(configured)
    if configured:
        return read(Path(configured))
    path = default_path()
    return read(path) if path.exists() else _first_start(path)


def _first_start(path: Path) -> KeyRing:
    """Make a ring, unless sealed values are already there: then the ring was lost, and a new one would hide that."""
    from django.apps import apps

    if apps.ready:
        from .rotation import anything_sealed

        if anything_sealed():
            raise KeyRingError(f"{path} is missing, but the database holds sealed values: restore it from your backup")
    return create(path)


def default_path() -> Path:
    from django.conf import settings

    return Path(settings.HOME) / "keys.json"


def _text(secret: bytes) -> str:
    return base64.b64encode(secret).decode()
