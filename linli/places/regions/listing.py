"""One page of a sorted list, by keyset: no count, no offset, whatever the size of the table."""

import math
from base64 import urlsafe_b64decode, urlsafe_b64encode
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from django.db.models import F, FloatField, Q, QuerySet, Value
from django.db.models.functions import Cast, Coalesce

from linli.places.regions.models import Region

SIZE = 50


@dataclass(frozen=True, slots=True)
class Page:
    """Rows of one page; before and after are cursors, empty at the ends."""

    rows: Sequence[Region]
    before: str = ""
    after: str = ""


def page(rows: QuerySet[Region], sort: str, *, after: str = "", before: str = "", size: int = SIZE) -> Page:
    """The page that follows the cursor `after`, or precedes `before`.

    sort: `code` or a column of numbers, with `-` before it for descending.

    A cursor that makes no sense gives the first page.
    """
    column, down = sort.removeprefix("-"), sort.startswith("-")
    # Rows without the figure count as -1, so that every row has its place in the order.
    rows = rows.annotate(place=F("code") if column == "code" else Coalesce(Cast(F(column), FloatField()), Value(-1.0)))
    cursor = _read(after or before, column)
    backwards = bool(before) and not after and cursor is not None
    upwards = down == backwards
    if cursor is not None:
        value, code = cursor
        step = "gt" if upwards else "lt"
        rows = rows.filter(Q(**{f"place__{step}": value}) | Q(place=value, **{f"code__{step}": code}))
    sign = "" if upwards else "-"
    found = list(rows.order_by(f"{sign}place", f"{sign}code")[: size + 1])
    more, found = len(found) > size, found[:size]
    if backwards:
        found.reverse()
    if not found:
        return Page([])
    first, last = _write(found[0], column), _write(found[-1], column)
    has_before = more if backwards else cursor is not None
    has_after = True if backwards else more
    return Page(found, first if has_before else "", last if has_after else "")


def _write(row: Any, column: str) -> str:
    return urlsafe_b64encode(f"{'' if column == 'code' else row.place}|{row.code}".encode()).decode().rstrip("=")


def _read(cursor: str, column: str) -> tuple[Any, str] | None:
    try:
        value, _bar, code = urlsafe_b64decode(cursor + "=" * (-len(cursor) % 4)).decode("ascii").partition("|")
        if not code.isdigit() or len(code) > 20:
            return None
        number = 0.0 if column == "code" else float(value)
        return ((code if column == "code" else number), code) if math.isfinite(number) else None
    except ValueError:
        return None
