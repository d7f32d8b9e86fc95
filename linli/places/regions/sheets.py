"""Sheets to download: CSV that spreadsheets open with the right encoding and without running what a cell says."""

import csv
import io
from collections.abc import Iterable, Sequence
from typing import Any
from urllib.parse import quote

from django.http import HttpResponse

# A cell that begins so would be run as a formula.
_FORMULA = ("=", "+", "-", "@", "\t", "\r")


def sheet_answer(name: str, head: Sequence[str], rows: Iterable[Sequence[Any]]) -> HttpResponse:
    """An attachment in UTF-8 with a byte order mark. None becomes an empty cell; codes of digits stay text (`\\t` after them)."""
    text = io.StringIO()
    writer = csv.writer(text)
    writer.writerow(head)
    writer.writerows([_cell(value) for value in row] for row in rows)
    answer = HttpResponse(("\ufeff" + text.getvalue()).encode(), content_type="text/csv; charset=utf-8")
    answer["Content-Disposition"] = f"attachment; filename=\"sheet.csv\"; filename*=UTF-8''{quote(name)}"
    return answer


def _cell(value: Any) -> str:
    if value is None:
        return ""
    text = str(value)
    if isinstance(value, str) and text.startswith(_FORMULA):
        return f"'{text}"
    # More than eleven digits would be shown in powers of ten and lose their end.
    return f"{text}\t" if isinstance(value, str) and text.isdigit() and len(text) > 11 else text
