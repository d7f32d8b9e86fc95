"""Sheets to download."""

from collections.abc import Iterable, Sequence
from typing import Any
from urllib.parse import quote

from django.http import HttpResponse

from linli.base.exchange import csv_bytes


def sheet_answer(name: str, head: Sequence[str], rows: Iterable[Sequence[Any]]) -> HttpResponse:
    """A CSV attachment. Made whole before it is sent: the request's transaction ends with the view."""
    answer = HttpResponse(b"".join(csv_bytes(head, rows)), content_type="text/csv; charset=utf-8")
    answer["Content-Disposition"] = f"attachment; filename=\"sheet.csv\"; filename*=UTF-8''{quote(name)}"
    return answer
