"""Pages of the register by key, not by number: no OFFSET, no COUNT, however many people there are.

A cursor is the values of the sort columns of the row at the edge, as text for the address: `110106009008001,81,17`.
"""

from dataclasses import dataclass
from typing import Any

from django.db.models import Q, QuerySet
from django.http import HttpRequest

from linli.base.ui.query import changed

SIZE = 50
# sort -> columns, all in one direction, the last one unique; an index serves each.
SORTS: dict[str, tuple[tuple[str, ...], bool]] = {
    "place": (("region_code", "dwelling_id", "id"), False),
    "-place": (("region_code", "dwelling_id", "id"), True),
    "age": (("birth_year", "id"), False),
    "-age": (("birth_year", "id"), True),
    "new": (("id",), True),
    "-new": (("id",), False),
}
FIRST = "place"


@dataclass(frozen=True, slots=True)
class Page:
    """Rows, and the addresses of the pages on either side, "" at the ends."""

    rows: list[Any]
    before: str = ""
    after: str = ""


def sort_of(request: HttpRequest) -> str:
    """The order that `?sort=` asks for; anything else is by place."""
    asked = request.GET.get("sort", "")
    return asked if asked in SORTS else FIRST


def page_of(rows: QuerySet[Any], request: HttpRequest, size: int = SIZE) -> Page:
    """The page that `?after=` or `?before=` asks for; what is no cursor gives the first. One statement."""
    columns, descending = SORTS[sort_of(request)]
    back = _cursor(request.GET.get("before", ""), columns)
    forward = None if back else _cursor(request.GET.get("after", ""), columns)
    down = descending != (back is not None)
    sign = "-" if down else ""
    edge = back or forward
    if edge is not None:
        rows = rows.filter(_beyond(columns, edge, down))
    found = list(rows.order_by(*[f"{sign}{name}" for name in columns])[: size + 1])
    more = len(found) > size
    found = found[:size]
    if back is not None:
        found.reverse()
    if not found:
        return Page([])
    has_before, has_after = (more, True) if back is not None else (forward is not None, more)
    return Page(
        found,
        changed(request, {"before": _text(found[0], columns), "after": None}) if has_before else "",
        changed(request, {"after": _text(found[-1], columns), "before": None}) if has_after else "",
    )


def _cursor(text: str, columns: tuple[str, ...]) -> tuple[Any, ...] | None:
    parts = text.split(",")
    if len(parts) != len(columns) or not all(part.isascii() and part.isdigit() and len(part) < 19 for part in parts):
        return None
    return tuple(part if name == "region_code" else int(part) for name, part in zip(columns, parts, strict=True))


def _text(row: Any, columns: tuple[str, ...]) -> str:
    return ",".join(str(getattr(row, name)) for name in columns)


def _beyond(columns: tuple[str, ...], edge: tuple[Any, ...], down: bool) -> Q:
    """Rows after the edge in this order: (a, b, c) > (x, y, z), written so that the first column's index is used."""
    beyond, start = ("lt", "lte") if down else ("gt", "gte")
    found = Q()
    for last in range(len(columns)):
        same = {columns[number]: edge[number] for number in range(last)}
        found |= Q(**same, **{f"{columns[last]}__{beyond}": edge[last]})
    return Q(**{f"{columns[0]}__{start}": edge[0]}) & found
