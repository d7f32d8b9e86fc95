"""Pages of a long list by key, not by number: the last row of one page is where the next begins. No OFFSET, no COUNT.

A cursor is the sort value and the id of a row, as text for the address bar: `2026-03-02T01:00:00+00:00,17`; a row
without a due time has `-,17`. What is not a cursor is read as the first page.
"""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db.models import F, Q, QuerySet

PAGE_SIZE = 50


@dataclass(frozen=True, slots=True)
class Order:
    """A sort order that an index serves: by column, then by id, both in the same direction."""

    column: str
    descending: bool = False
    nulls: bool = False


DUE = Order("due_at", nulls=True)
LATEST = Order("opened_at", descending=True)
OLDEST = Order("opened_at")
ORDERS = {"due": DUE, "-opened": LATEST, "opened": OLDEST}


@dataclass(frozen=True, slots=True)
class Page:
    """Rows as plain dicts; `before` and `after` are cursors of the pages on either side, empty where there is none."""

    rows: list[dict[str, Any]]
    before: str = ""
    after: str = ""


@dataclass(frozen=True, slots=True)
class Cursor:
    value: datetime | None
    id: int

    def __str__(self) -> str:
        return f"{self.value.isoformat() if self.value else '-'},{self.id}"


def read_cursor(text: str) -> Cursor | None:
    """A cursor from the address; None for anything else."""
    value, comma, key = text.partition(",")
    if not comma or not (key.isascii() and key.isdigit()) or len(key) > 18:
        return None
    if value == "-":
        return Cursor(None, int(key))
    try:
        moment = datetime.fromisoformat(value)
    except ValueError:
        return None
    return Cursor(moment, int(key)) if moment.tzinfo else None


def page_of(
    rows: QuerySet[Any],
    names: tuple[str, ...],
    order: Order = DUE,
    *,
    after: str = "",
    before: str = "",
    size: int = PAGE_SIZE,
) -> Page:
    """One page of `rows` as dicts with these columns; one statement, whatever the page.

    names must hold the order's column and `id`. A row more than the page is read, to know whether there is another.
    """
    backward = read_cursor(before)
    forward = None if backward else read_cursor(after)
    found = list(_slice(rows, names, order, backward or forward, backward is not None, size + 1))
    return cut(found, order, size, backward=backward is not None, forward=forward is not None)


def cut(found: list[dict[str, Any]], order: Order, size: int, *, backward: bool = False, forward: bool = False) -> Page:
    """A page of rows that were read, of which one more than the page holds tells that there are others."""
    more = len(found) > size
    found = found[:size]
    if backward:
        found.reverse()
    if not found:
        return Page([])
    has_before = more if backward else forward
    first, last = (Cursor(row[order.column], row["id"]) for row in (found[0], found[-1]))
    return Page(found, str(first) if has_before else "", str(last) if backward or more else "")


def first_rows(rows: QuerySet[Any], names: tuple[str, ...], order: Order, size: int) -> QuerySet[Any, dict[str, Any]]:
    """The rows of a first page and one more, still to be read."""
    return _slice(rows, names, order, None, False, size + 1)


def ordered(rows: QuerySet[Any], order: Order) -> QuerySet[Any]:
    """All rows in this order, for a sheet."""
    column = F(order.column).desc(nulls_last=True) if order.descending else F(order.column).asc(nulls_last=True)
    return rows.order_by(column, "-id" if order.descending else "id")


def _slice(
    rows: QuerySet[Any], names: tuple[str, ...], order: Order, cursor: Cursor | None, backward: bool, size: int
) -> QuerySet[Any, dict[str, Any]]:
    descending = order.descending != backward
    if not order.nulls or (cursor is None and not backward):
        # From the start an index holds what has no due time at its end by itself.
        return _part(rows, names, order.column, cursor, descending, size)
    dated = rows.filter(**{f"{order.column}__isnull": False})
    undated = rows.filter(**{f"{order.column}__isnull": True})
    if cursor is not None and cursor.value is None:
        late = _ordered(undated.filter(_beyond_id(cursor.id, descending)), names, "id", descending, size)
        # Back from the rows without a due time into those that have one; forward nothing else follows.
        early = _part(dated, names, order.column, None, descending, size) if backward else None
    elif backward:
        return _part(dated, names, order.column, cursor, descending, size)
    else:
        late = _ordered(undated, names, "id", descending, size)
        early = _part(dated, names, order.column, cursor, descending, size)
    if early is None:
        return late
    way = F(order.column).desc(nulls_first=True) if descending else F(order.column).asc(nulls_last=True)
    return early.union(late, all=True).order_by(way, "-id" if descending else "id")[:size]


def _part(
    rows: QuerySet[Any], names: tuple[str, ...], column: str, cursor: Cursor | None, descending: bool, size: int
) -> QuerySet[Any, dict[str, Any]]:
    if cursor is not None and cursor.value is not None:
        # The first condition is the one an index can start from.
        start, beyond = ("lte", "lt") if descending else ("gte", "gt")
        rows = rows.filter(Q(**{f"{column}__{start}": cursor.value})).filter(
            Q(**{f"{column}__{beyond}": cursor.value}) | _beyond_id(cursor.id, descending)
        )
    return _ordered(rows, names, column, descending, size)


def _ordered(
    rows: QuerySet[Any], names: tuple[str, ...], column: str, descending: bool, size: int
) -> QuerySet[Any, dict[str, Any]]:
    sign = "-" if descending else ""
    keys = [f"{sign}{column}"] if column == "id" else [f"{sign}{column}", f"{sign}id"]
    return rows.order_by(*keys).values(*names)[:size]


def _beyond_id(key: int, descending: bool) -> Q:
    return Q(pk__lt=key) if descending else Q(pk__gt=key)
