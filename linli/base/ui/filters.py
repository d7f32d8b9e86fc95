"""Template filters: times inside <time>, numbers, line breaks. Each accepts None and gives an em dash."""

import re
from collections.abc import Callable
from datetime import date, datetime
from decimal import ROUND_HALF_UP, Decimal
from typing import Any

from markupsafe import Markup, escape

from linli.base import clockwork, masks
from linli.base.ui import words

NOTHING = "—"


def _time(value: date | datetime | None, text: Callable[[Any], str], title: bool = False) -> str | Markup:
    """Words inside a <time>. Put together by hand: a list of fifty rows does this a hundred times."""
    if value is None or value == "":
        return NOTHING
    if isinstance(value, datetime):
        at = words.local(value)
        stamp = at.isoformat(timespec="minutes")
        hint = f' title="{at:%Y-%m-%d %H:%M}"' if title else ""
        return Markup(f'<time datetime="{stamp}"{hint}>{escape(text(at))}</time>')  # noqa: S704
    return Markup(f'<time datetime="{value.isoformat()}">{escape(text(value))}</time>')  # noqa: S704


def day(value: date | datetime | None) -> str | Markup:
    """`2026-03-05`."""
    return _time(value, words.day)


def moment(value: datetime | None) -> str | Markup:
    """`03-05 14:30`."""
    return _time(value, lambda at: words.moment(at, clockwork.now()), title=True)


def day_words(value: date | datetime | None) -> str | Markup:
    """`3月5日（周四）`."""
    return _time(value, lambda at: words.day_words(at, clockwork.now()))


def moment_words(value: datetime | None) -> str | Markup:
    """`3月5日（周四） 14:30`."""
    return _time(value, lambda at: words.moment_words(at, clockwork.now()))


def ago(value: datetime | None) -> str | Markup:
    """`3 小时前`, the full moment as its title."""
    return _time(value, lambda at: words.ago(at, clockwork.now()), title=True)


def due(value: datetime | None) -> str | Markup:
    """`还剩 3 小时`, `已超 2 天`: the words only; `ui.due_clock` adds icon and colour."""
    return _time(value, lambda at: words.due_words(at, clockwork.now()).text, title=True)


def number(value: float | Decimal | None, digits: int = 0) -> str:
    """`12,345`; `digits` after the point."""
    return NOTHING if value is None else f"{value:,.{digits}f}"


def percent(value: float | Decimal | None, digits: int = 1) -> str:
    """A share between 0 and 1 as `93.4%`, rounded half up so that it agrees with a calculator on the desk."""
    if value is None:
        return NOTHING
    step = Decimal(1).scaleb(-digits)
    return f"{(Decimal(str(value)) * 100).quantize(step, ROUND_HALF_UP)}%"


def signed(value: float | Decimal | None, digits: int = 0) -> str:
    """`+3`, `−2` (a true minus sign), `0`."""
    if value is None:
        return NOTHING
    text = f"{abs(value):,.{digits}f}"
    return text if float(text.replace(",", "")) == 0 else ("+" if value > 0 else "−") + text


def size(value: int | None) -> str:
    """Bytes as `320 KB`, `1.4 MB`."""
    if value is None:
        return NOTHING
    if value < 1024 * 1024:
        return f"{max(1, round(value / 1024))} KB"
    return f"{value / 1024 / 1024:.1f} MB"


def lines(value: str | None) -> Markup:
    """Plain text as paragraphs: blank lines part paragraphs, single line breaks stay. Everything is escaped."""
    text = (value or "").replace("\r\n", "\n").strip()
    parts = re.split(r"\n\s*\n", text) if text else []
    return Markup("").join(
        Markup("<p>{}</p>").format(Markup("<br>").join(escape(row) for row in part.split("\n"))) for part in parts
    )


def mark(value: str | None, wanted: str) -> str | Markup:
    """Show where the searched words were found."""
    text = value or ""
    if not wanted or wanted not in text:
        return text
    return Markup("<mark>{}</mark>").format(wanted).join(escape(part) for part in text.split(wanted))


FILTERS: dict[str, Callable[..., Any]] = {
    "day": day,
    "moment": moment,
    "day_words": day_words,
    "moment_words": moment_words,
    "ago": ago,
    "due": due,
    "number": number,
    "percent": percent,
    "signed": signed,
    "size": size,
    "lines": lines,
    "mark": mark,
    "mask_name": masks.name,
    "mask_phone": masks.phone,
    "mask_id": masks.id_number,
    "mask_address": masks.address,
}
