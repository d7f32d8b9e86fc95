"""Rows that passed the check, ready to go in: sealed beside the sheet, so that it is read and understood only once.

A block is named by its import and its number, and nothing else knows of it: whoever clears an import leaves none behind.
"""

import json
import os
import secrets
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path
from typing import Any

from django.conf import settings

from linli.base.crypto import open_bytes, ring, seal_bytes


def _path(import_id: int, block: int | str) -> Path:
    return Path(settings.HOME) / "sheets" / f"rows-{import_id}-{block}"


def put(import_id: int, block: int, numbers: list[int], values: list[Any]) -> None:
    """Keep one block: row numbers and values as JSON holds them. One that was there is replaced; it is on disk afterwards."""
    path = _path(import_id, block)
    content = json.dumps([numbers, values], ensure_ascii=False, separators=(",", ":")).encode("utf-8", "surrogatepass")
    fresh = path.with_name(f"{path.name}.{secrets.token_hex(8)}")  # what a killed worker leaves is found by `drop` too
    with os.fdopen(os.open(fresh, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb") as file:
        file.write(seal_bytes(ring(), content, _context(import_id, block)))
        file.flush()
        os.fsync(file.fileno())
    fresh.replace(path)


def blocks(import_id: int, count: int) -> Iterator[tuple[list[int], list[Any]]]:
    """The blocks in order. Raises FileNotFoundError before the first when one of them is not there."""
    for block in range(count):
        if not _path(import_id, block).exists():
            raise FileNotFoundError(_path(import_id, block))
    for block in range(count):
        content = open_bytes(ring(), _path(import_id, block).read_bytes(), _context(import_id, block))
        numbers, values = json.loads(content.decode("utf-8", "surrogatepass"))
        yield numbers, values


def drop(import_id: int) -> None:
    """Forget all blocks of an import."""
    for path in _path(import_id, "").parent.glob(f"rows-{import_id}-*"):
        with suppress(FileNotFoundError):
            path.unlink()


def _context(import_id: int, block: int) -> str:
    return f"rows:{import_id}:{block}"
