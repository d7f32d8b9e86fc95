"""Where a sheet waits until it is in: sealed, since it holds names and telephone numbers, and gone when it is discarded."""

import hashlib
import os
import secrets
from contextlib import suppress
from pathlib import Path

from django.conf import settings

from linli.base.crypto import open_bytes, ring, seal_bytes


def _path(address: str) -> Path:
    return Path(settings.HOME) / "sheets" / address


def put(content: bytes) -> str:
    """Keep a sheet; returns its address. It is on disk when this returns."""
    address = hashlib.sha256(content).hexdigest()
    path = _path(address)
    path.parent.mkdir(exist_ok=True, mode=0o700)
    fresh = path.with_name(f".{secrets.token_hex(8)}")
    with os.fdopen(os.open(fresh, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb") as file:
        file.write(seal_bytes(ring(), content, f"sheet:{address}"))
        file.flush()
        os.fsync(file.fileno())
    fresh.replace(path)
    return address


def get(address: str) -> bytes:
    """The sheet as it was brought. Raises FileNotFoundError."""
    return open_bytes(ring(), _path(address).read_bytes(), f"sheet:{address}")


def drop(address: str) -> None:
    with suppress(FileNotFoundError):
        _path(address).unlink()
