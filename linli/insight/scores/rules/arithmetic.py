"""Exact numbers: read as people write them, rounded as the rule says, shown without a binary float anywhere."""

import re
import unicodedata
from decimal import Decimal, InvalidOperation
from fractions import Fraction

MODES = {"half_up": "四舍五入", "half_even": "四舍六入五成双", "truncate": "截去", "up": "进一"}
MOST_DIGITS = 6
# What stands in a sheet where there is nothing.
BLANK = frozenset({"", "-", "--", "—", "——", "/", "\\", "无", "缺", "空", "n/a", "na", "null"})
_NUMBER = re.compile(r"[+-]?(\d+(,\d{3})*|\d*)(\.\d+)?(e[+-]?\d{1,3})?")
_SIGNIFICANT = 15


class NotANumber(ValueError):
    """A cell that should hold a number; the message says what it holds."""


def rounded(number: Fraction, digits: int | None, mode: str = "half_up") -> Fraction:
    """The number with so many digits after the point; None: exact. Truncation goes towards zero, `up` away from it."""
    if digits is None:
        return number
    scaled = abs(number) * 10**digits
    whole, rest = divmod(scaled.numerator, scaled.denominator)
    left = Fraction(rest, scaled.denominator)
    half = Fraction(1, 2)
    if (
        (mode == "half_up" and left >= half)
        or (mode == "half_even" and (left > half or (left == half and whole % 2)))
        or (mode == "up" and left)
    ):
        whole += 1
    return Fraction(whole if number >= 0 else -whole, 10**digits)


def number_text(number: Fraction | None, digits: int | None = None) -> str:
    """As people write it: `12.80` with digits, `12.8` without; `…` behind what is longer than six digits; a dash for none."""
    if number is None:
        return "—"
    if digits is not None:
        return f"{Decimal(rounded(number, digits).numerator) / Decimal(rounded(number, digits).denominator):.{digits}f}"
    cut = rounded(number, MOST_DIGITS, "truncate")
    text = f"{Decimal(cut.numerator) / Decimal(cut.denominator):.{MOST_DIGITS}f}".rstrip("0").rstrip(".")
    text = "0" if text in ("-0", "") else text
    return text if cut == number else f"{text}…"


def read_number(text: str, *, share: bool = False) -> Fraction | None:
    """The number of a cell; None for an empty one. A percentage is its number of hundredths: `98.5%` is 98.5.

    share: a bare number is a part of one, as spreadsheet programs keep percentages: 0.985 is 98.5.
    Raises NotANumber.
    """
    plain = "".join(unicodedata.normalize("NFKC", text).split()).replace("\u2212", "-")
    if plain.casefold() in BLANK:
        return None
    percent = plain.endswith("%")
    digits = plain.removesuffix("%").casefold()
    if not _NUMBER.fullmatch(digits) or not any(sign.isdigit() for sign in digits):
        raise NotANumber(f"“{text[:30]}”不是数字")
    try:
        exact = Decimal(digits.replace(",", ""))
    except InvalidOperation as error:
        raise NotANumber(f"“{text[:30]}”不是数字") from error
    if len(exact.as_tuple().digits) > _SIGNIFICANT:  # the tail of a binary float in a workbook, never typed by anybody
        exact = Decimal(f"{exact:.{_SIGNIFICANT - 1}e}")
    if abs(exact) >= 10**_SIGNIFICANT:
        raise NotANumber(f"“{text[:30]}”太大")
    return Fraction(exact) * (100 if share and not percent else 1)


def stored(number: Fraction | None) -> str | None:
    """The exact number as text for JSON: `2401/100`."""
    return None if number is None else str(number)


def restored(text: str | None) -> Fraction | None:
    return None if text is None else Fraction(text)
