"""The key ring: the secrets of one deployment, several of them, one active.

It lives in a file (``LINLI_HOME/keys.json``, 0600) or in the environment: ``LINLI_KEYS`` is the path of such a file, or
the JSON itself. Whoever loses it loses every sealed value: it must be backed up apart from the database. The file
changes when keys are rotated and when somebody's key is shredded; every process notices that by itself. A ring in the
environment cannot change, so nobody can be forgotten there.
"""

from __future__ import annotations

import base64
import fcntl
import json
import os
import secrets
import stat
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from functools import cached_property, lru_cache
from pathlib import Path
from typing import Any, Literal

from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

from .tree import Suite, Tree

SUITES: dict[str, str] = {"intl": "AES-256-GCM, HMAC-SHA256", "sm": "SM4-GCM, HMAC-SM3"}


class KeyRingError(Exception):
    """The key ring is missing, unreadable, or open to others."""


@dataclass(frozen=True)
class Key:
    """The secrets of one time. ``id``: eight hexadecimal digits.

    seal: for values that belong to nobody in particular; index: for blind indexes, empty once it has been destroyed
    after a rotation; records: the tree of which every owner has a leaf.
    """

    id: str
    suite: Suite
    seal: bytes = field(repr=False)
    index: bytes = field(repr=False)
    records: Tree = field(repr=False, compare=False)

    def __post_init__(self) -> None:
        if len(self.id) != 8 or len(self.seal) != 32 or len(self.index) not in (0, 32) or self.suite not in SUITES:
            raise KeyRingError(f"key {self.id[:8]!r} is not well-formed")
        bytes.fromhex(self.id)

    @classmethod
    def fresh(cls, suite: Suite = "intl") -> Key:
        return cls(secrets.token_hex(4), suite, secrets.token_bytes(32), secrets.token_bytes(32), Tree.fresh(suite))

    def derive(self, use: Literal["seal", "index"], purpose: str, length: int) -> bytes:
        """A key of its own for each purpose, so that no secret is ever used for two things."""
        source = self.seal if use == "seal" else self.index
        return HKDF(SHA256(), length, salt=None, info=f"linli {use} {purpose}".encode()).derive(source)


@dataclass(frozen=True)
class KeyRing:
    """All keys by id, and the one that new values are sealed with. generation: how often the ring has changed."""

    keys: dict[str, Key]
    active_id: str
    generation: int = 1

    def __post_init__(self) -> None:
        if self.active_id not in self.keys or not self.active.index:
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

    def without_owners(self, leaves: Iterable[int]) -> KeyRing:
        """The ring in which the keys of these owners (``tree.leaf``) are gone, under every key there ever was."""
        gone = set(leaves)
        return replace(self, keys={i: replace(k, records=k.records.without(gone)) for i, k in self.keys.items()})

    def without_old_indexes(self) -> KeyRing:
        """The ring that can no longer tell whether a value stood in an index made under an earlier key."""
        old = {i: replace(key, index=b"") for i, key in self.keys.items() if i != self.active_id}
        return replace(self, keys={i: old.get(i, key) for i, key in self.keys.items()})

    def knows(self, leaf: int) -> bool:
        """Whether this owner was never shredded. A key that came later has a fresh tree, so the oldest one decides."""
        return next(iter(self.keys.values())).records.key(leaf) is not None

    def as_json(self) -> str:
        keys = [
            {
                "id": key.id,
                "suite": key.suite,
                "seal": _text(key.seal),
                "index": _text(key.index),
                "records": key.records.as_text(),
            }
            for key in self.keys.values()
        ]
        return json.dumps({"active": self.active_id, "generation": self.generation, "keys": keys}, indent=1)

    @classmethod
    def from_json(cls, text: str) -> KeyRing:
        try:
            data: dict[str, Any] = json.loads(text)
            keys = [_key(each) for each in data["keys"]]
            return cls({key.id: key for key in keys}, data["active"], int(data.get("generation", 1)))
        except (ValueError, KeyError, TypeError) as error:
            # The text itself holds secrets: say what kind of fault it is, never what was read.
            raise KeyRingError(f"the key ring cannot be read ({type(error).__name__})") from None


def _key(each: dict[str, Any]) -> Key:
    """A key as it stands in the file. One from before owners had keys of their own has no tree: ``_completed``."""
    seal, suite = base64.b64decode(each["seal"]), each["suite"]
    if "records" in each:
        records = Tree.from_text(each["records"], suite)
    else:
        # For a ring in the environment, which cannot be completed. It cannot forget anybody either.
        root = HKDF(SHA256(), 32, salt=None, info=b"linli records").derive(seal)
        records = Tree({(0, 0): root}, suite)
    return Key(each["id"], suite, seal, base64.b64decode(each["index"]), records)


def read(path: Path) -> KeyRing:
    """Read a ring from its file. Raises KeyRingError when it is missing, damaged, or open to other users."""
    return KeyRing.from_json(_text_of(path))


def _text_of(path: Path) -> str:
    try:
        for _again in range(20):
            mark = path.stat()
            if stat.S_IMODE(mark.st_mode) & 0o077:
                raise KeyRingError(f"{path} must be readable by its owner only: chmod 600 {path}")
            text = path.read_text(errors="replace")
            # Whoever replaces the file destroys the old one: what was read in that moment is not the ring.
            if path.stat().st_ino == mark.st_ino:
                return text
        raise KeyRingError(f"{path} keeps changing")
    except OSError as error:
        raise KeyRingError(f"{path}: {error.strerror}") from None


def write(path: Path, keys: KeyRing) -> None:
    """Write the ring so that a crash leaves either the old file or the new one, then destroy the bytes of the old.

    They are overwritten where they stand. A file system that writes elsewhere, a disk that spares worn cells and copies
    that somebody has made are out of our reach: see the limits in docs/decisions/0016-shredding.md.
    """
    path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
    fresh = path.with_name(f".{path.name}.{secrets.token_hex(4)}")
    handle = os.open(fresh, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with os.fdopen(handle, "w") as file:
        file.write(keys.as_json())
        file.flush()
        os.fsync(file.fileno())
    try:
        old = open(path, "r+b", buffering=0)  # noqa: SIM115 - held across the replacement
    except FileNotFoundError:
        old = None
    fresh.replace(path)
    _sync(path.parent)
    if old is not None:
        with old:
            size = os.fstat(old.fileno()).st_size
            old.write(secrets.token_bytes(size))
            os.fsync(old.fileno())


def change(how: Callable[[KeyRing], KeyRing]) -> KeyRing:
    """Change the ring of this deployment, one process at a time. Raises KeyRingError when it stands in the environment."""
    if os.environ.get("LINLI_KEYS", "").strip().startswith("{"):
        raise KeyRingError(
            "LINLI_KEYS holds the key ring itself, so it cannot change: put it into a file and name that"
        )
    ring()  # there is one now
    path = _path()
    with _lock(path):
        before = read(path)
        after = replace(how(before), generation=before.generation + 1)
        write(path, after)
    return ring()


@contextmanager
def _lock(path: Path) -> Iterator[None]:
    handle = os.open(path.with_name(f".{path.name}.lock"), os.O_RDWR | os.O_CREAT, 0o600)
    try:
        fcntl.flock(handle, fcntl.LOCK_EX)
        yield
    finally:
        os.close(handle)


def _sync(folder: Path) -> None:
    handle = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)


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


class _Ring:
    """The ring of this deployment, made at first use where none is configured; read again when its file has changed."""

    def __init__(self) -> None:
        self._held: tuple[str, tuple[int, int, int], KeyRing] | None = None

    def __call__(self) -> KeyRing:
        configured = os.environ.get("LINLI_KEYS", "").strip()
        if configured.startswith("{"):
            return _inline(configured)
        path = configured or _default()
        try:
            found = os.stat(path)
        except OSError:
            found = None
        held = self._held
        if found is None:
            self._held = None
            if configured:
                return read(Path(path))
            _first_start(Path(path))
            found = os.stat(path)
        mark = (found.st_ino, found.st_mtime_ns, found.st_size)
        if held is None or held[:2] != (path, mark):
            # The mark was taken first: if the file changes meanwhile, the next call reads it once more.
            held = (path, mark, _completed(Path(path)))
            self._held = held
        return held[2]

    def cache_clear(self) -> None:
        self._held = None
        _inline.cache_clear()


@lru_cache(maxsize=1)
def _inline(text: str) -> KeyRing:
    return KeyRing.from_json(text)


def _completed(path: Path) -> KeyRing:
    """Read a ring; give keys from before owners had keys of their own their tree, once, for all processes."""
    if all("records" in each for each in _keys_in(path)):
        return read(path)
    with _lock(path):
        lacking = {each["id"] for each in _keys_in(path) if "records" not in each}
        keys = read(path)
        if lacking:
            complete = {i: replace(k, records=Tree.fresh(k.suite)) if i in lacking else k for i, k in keys.keys.items()}
            keys = replace(keys, keys=complete, generation=keys.generation + 1)
            write(path, keys)
    return keys


def _keys_in(path: Path) -> list[dict[str, Any]]:
    text = _text_of(path)
    KeyRing.from_json(text)
    found: list[dict[str, Any]] = json.loads(text)["keys"]
    return found


ring = _Ring()


def _first_start(path: Path) -> KeyRing:
    """Make a ring, unless sealed values are already there: then the ring was lost, and a new one would hide that."""
    from django.apps import apps

    if apps.ready:
        from .rotation import anything_sealed

        if anything_sealed():
            raise KeyRingError(f"{path} is missing, but the database holds sealed values: restore it from your backup")
    return create(path)


def _path() -> Path:
    return Path(os.environ.get("LINLI_KEYS", "").strip() or default_path())


def default_path() -> Path:
    return Path(_default())


def _default() -> str:
    """As text: this is asked for every value that is opened, and a Path takes ten times as long to put together."""
    from django.conf import settings

    return f"{settings.HOME}/keys.json"


def _text(secret: bytes) -> str:
    return base64.b64encode(secret).decode()
