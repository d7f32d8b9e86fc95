"""Numbered pages for registers that stay small (accounts, organisations, policies): no count, one row more than is
shown.

Lists that grow without end are read by key instead (see linli/procedures/paging.py).
"""

from dataclasses import dataclass
from typing import Any, Generic, TypeVar

from django.db.models import Model, QuerySet
from django.http import HttpRequest

from linli.base.ui.query import changed

SIZE = 50
_LAST = 10_000

Row = TypeVar("Row", bound=Model)


@dataclass(frozen=True, slots=True)
class Numbered(Generic[Row]):
    """Rows of one page, and the addresses of the pages before and after it, "" at the ends."""

    rows: list[Row]
    before: str = ""
    after: str = ""


def numbered(rows: "QuerySet[Row, Any]", request: HttpRequest, size: int = SIZE) -> Numbered[Row]:
    """The page that `?page=` asks for; what is no number gives the first."""
    asked = request.GET.get("page", "")
    number = min(_LAST, int(asked)) if asked.isascii() and asked.isdigit() and len(asked) < 9 and int(asked) else 1
    found = list(rows[(number - 1) * size : number * size + 1])
    return Numbered(
        found[:size],
        changed(request, {"page": number - 1 if number > 2 else None}) if number > 1 else "",
        changed(request, {"page": number + 1}) if len(found) > size else "",
    )
