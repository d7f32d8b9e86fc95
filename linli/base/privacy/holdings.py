"""What rooms hold about people. Each room that does says so once: how to find it, tell it, and delete it in time.

    holdings.register(Holding("cases.case", _("诉求"), by_phone=…, told=…, due=…, erase=…))

Everything here is called in the system's scope, after the caller has settled who may ask.
"""

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from linli.base.actor import Actor


@dataclass(frozen=True, slots=True)
class Item:
    """One value that is held. field: its name in the registry; value: a text, or Sealed and so shown as its mask; words: what a code means."""

    field: str
    value: Any
    words: Callable[[str], str] = str


@dataclass(frozen=True, slots=True)
class Thing:
    """One record about a person, such as a case they reported. since: when it came to be held."""

    kind: str
    id: int
    title: str
    region_code: str
    since: date | None = None
    items: list[Item] = field(default_factory=list)


@dataclass(frozen=True, slots=True)
class Due:
    """Something that has outlived its purpose. since: from when the period counts."""

    id: int
    since: date
    region_code: str


@dataclass(frozen=True, slots=True)
class Holding:
    """What a room holds of one kind.

    by_phone(number) -> ids of those whose own number it is; told(ids) -> what is held; due(days, day) -> what may go;
    erase(ids) -> nothing: clears every column that is personal, in the running transaction, and is harmless twice;
    same(ids) -> further ids of the same persons, such as records merged into theirs: they are told and go with them;
    whole(ids) -> these and every other record of the same persons, also those that they were merged into: what is held is held whole;
    beside(ids) -> (kind, id) of records with keys of their own that go with them;
    pages(actor, ids) -> id -> address of the record's page, of those that this actor may open.
    """

    kind: str
    name: Any
    by_phone: Callable[[str], Iterable[int]]
    told: Callable[[Sequence[int]], list[Thing]]
    due: Callable[[int, date], Iterator[Due]]
    erase: Callable[[Sequence[int]], None]
    same: Callable[[Sequence[int]], Iterable[int]] = lambda ids: ()
    whole: Callable[[Sequence[int]], Iterable[int]] = lambda ids: ids
    pages: Callable[[Actor, Sequence[int]], dict[int, str]] = lambda actor, ids: {}
    beside: Callable[[Sequence[int]], Iterable[tuple[str, int]]] = lambda ids: ()


_holdings: dict[str, Holding] = {}


def register(holding: Holding) -> None:
    """A room announces what it holds; the same kind again replaces the earlier."""
    _holdings[holding.kind] = holding


def every() -> list[Holding]:
    return list(_holdings.values())


def of(kind: str) -> Holding | None:
    return _holdings.get(kind)


def named(kind: str) -> str:
    """What people call a record of this kind."""
    found = _holdings.get(kind)
    return str(found.name) if found else kind
