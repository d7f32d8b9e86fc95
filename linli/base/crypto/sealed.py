"""A sealed value as the rest of the program meets it: it shows a mask, and opens only for a stated purpose."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from . import keyring, sealing


@dataclass(frozen=True)
class Purpose:
    """Why these fields may be read now. The room that keeps the read log makes it, after writing its row.

    code: the stated purpose; principal: who reads (``Actor.principal``); log_id: the pk of the read-log row, written
    in the running transaction; fields: the field ids it covers. No log, no data: without a log_id there is no Purpose.
    """

    code: str
    principal: str
    log_id: int
    fields: frozenset[str]

    def __post_init__(self) -> None:
        if not (self.code and self.principal and isinstance(self.log_id, int) and self.log_id > 0 and self.fields):
            raise ValueError("a purpose needs a code, a reader, its read-log row and the fields it covers")


class Sealed:
    """Ciphertext with its place. Printing it, also in a template, shows the mask; so does comparing tell nothing."""

    __slots__ = ("_blob", "_field_id", "_mask", "_row")

    def __init__(self, blob: bytes, field_id: str, row: Any, mask: Callable[[str], str]) -> None:
        self._blob, self._field_id, self._row, self._mask = bytes(blob), field_id, row, mask

    @property
    def field_id(self) -> str:
        return self._field_id

    @property
    def row(self) -> Any:
        return self._row

    @property
    def blob(self) -> bytes:
        return self._blob

    @property
    def owner(self) -> int | None:
        """Whose key it is sealed with (``tree.leaf``); None when it belongs to nobody in particular."""
        return sealing.owner(self._blob)

    def reveal(self, purpose: Purpose) -> str:
        """The value itself. Raises PermissionError when the purpose does not cover it, SealBroken when damaged."""
        if not isinstance(purpose, Purpose) or self._field_id not in purpose.fields:
            raise PermissionError(f"{self._field_id} needs a purpose that covers it")
        return _open(self)

    @property
    def masked(self) -> str:
        """What may be shown without a purpose. A value that cannot be opened shows as stars, so a page still loads."""
        try:
            return self._mask(_open(self))
        except sealing.SealBroken:
            return "****"

    def __str__(self) -> str:
        return self.masked

    def __repr__(self) -> str:
        return f"<Sealed {self._field_id}>"

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Sealed) and (self._blob, self._row) == (other._blob, other._row)

    def __hash__(self) -> int:
        return hash(self._blob)


def seal_text(text: str, field_id: str, row: Any, mask: Callable[[str], str], owner: int | None = None) -> Sealed:
    blob = sealing.seal_bytes(keyring.ring(), text.encode(), context(field_id, row), owner)
    return Sealed(blob, field_id, row, mask)


def context(field_id: str, row: Any) -> str:
    return f"{field_id}:{row}"


def _open(value: Sealed) -> str:
    return sealing.open_bytes(keyring.ring(), value.blob, context(value.field_id, value.row)).decode()
