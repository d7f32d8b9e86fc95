"""Where clean files lie: addressed by their content, sealed with the key ring, readable by this service only."""

import hashlib
import os
import re
import secrets
import time
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path

from django.conf import settings

from linli.base.crypto import open_bytes, ring, seal_bytes

_ADDRESS = re.compile(r"[0-9a-f]{64}")


def root() -> Path:
    return Path(settings.HOME) / "files"


def put(content: bytes) -> str:
    """Store and return the address (SHA-256). It is on disk when this returns: a row that names it is never ahead."""
    address = hashlib.sha256(content).hexdigest()
    path = _path(address)
    if not path.exists():
        for folder in (root(), path.parent.parent, path.parent):
            folder.mkdir(exist_ok=True, mode=0o700)
        fresh = path.with_name(f".{secrets.token_hex(8)}")
        with os.fdopen(os.open(fresh, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb") as file:
            file.write(seal_bytes(ring(), content, _context(address)))
            file.flush()
            os.fsync(file.fileno())
        fresh.replace(path)
        _settle(path.parent)
    return address


def get(address: str) -> bytes:
    """The content. Raises FileNotFoundError, or SealBroken when what lies there is not what was stored."""
    return open_bytes(ring(), _path(address).read_bytes(), _context(address))


def drop(address: str) -> None:
    with suppress(FileNotFoundError):
        _path(address).unlink()


def addresses() -> Iterator[str]:
    """Everything stored. Leftovers of a crash are removed on the way, when they are an hour old."""
    before = time.time() - 3600
    for path in root().glob("??/??/*"):
        if _ADDRESS.fullmatch(path.name):
            yield path.name
            continue
        with suppress(FileNotFoundError):
            if path.stat().st_mtime < before:
                path.unlink()


def seal_again() -> int:
    """Seal every file that is not under the active key anew. Returns how many."""
    done = 0
    for address in addresses():
        path = _path(address)
        held = path.read_bytes()
        if held[2:6].hex() == ring().active_id:
            continue
        content = open_bytes(ring(), held, _context(address))
        fresh = path.with_name(f".{secrets.token_hex(8)}")
        with os.fdopen(os.open(fresh, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb") as file:
            file.write(seal_bytes(ring(), content, _context(address)))
            file.flush()
            os.fsync(file.fileno())
        fresh.replace(path)
        done += 1
    return done


def _path(address: str) -> Path:
    if not _ADDRESS.fullmatch(address):
        raise FileNotFoundError(address)
    return root() / address[:2] / address[2:4] / address


def _context(address: str) -> str:
    return f"files.stored:{address}"


def _settle(folder: Path) -> None:
    """A rename is safe only when the folder itself has reached the disk; so have the folders above a new one."""
    for each in (folder, folder.parent, folder.parent.parent):
        handle = os.open(each, os.O_RDONLY)
        try:
            os.fsync(handle)
        finally:
            os.close(handle)
