"""Values as people write them into sheets: days, sexes, yes and no, counts. Pure; the reasons are Chinese and never repeat the value.

`fits` asks how many samples look like a kind, `telling_kind` which kind speaks for itself without any header.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from functools import lru_cache

from linli.base.exchange import identifiers

SAMPLES = 40  # so many values are looked at
_SPREADSHEET_EPOCH = date(1899, 12, 30)  # day 0 of the serial numbers that spreadsheet programs keep for dates
_SERIAL = range(3_653, 73_051)  # 1910 to 2100; below, four digits are a year
_CHINESE_DIGITS = str.maketrans("〇零○一二三四五六七八九", "000123456789")
_NUMERAL = re.compile(r"[一二三四五六七八九十〇零○]+")
_DAY = re.compile(r"(\d{4})(?:年|[-./\s])(\d{1,2})(?:月|[-./\s])(\d{1,2})(?:日|号)?(?:[T\s]*\d{1,2}(?:[:时点].*)?)?")
_ISO = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}")
_MONTH = re.compile(r"(\d{4})(?:年|[-./\s])(\d{1,2})(?:月份?)?")
_SHORT_YEAR = re.compile(r"(\d{2})\s*年")
_YEAR = re.compile(r"(\d{4})年?")
_COMPACT = re.compile(r"(\d{4})(\d{2})(\d{2})(?:\d{6})?")
_COMPACT_MONTH = re.compile(r"(1[89]\d{2}|20\d{2})(0[1-9]|1[0-2])")
_BACKWARDS = re.compile(r"(\d{1,2})[-./](\d{1,2})[-./](\d{4})")
_SEXES = {
    "男": "1",
    "女": "2",
    "男性": "1",
    "女性": "2",
    "m": "1",
    "f": "2",
    "male": "1",
    "female": "2",
    "1": "1",
    "2": "2",
}
_SEXES |= {
    "0": "0",
    "9": "9",
    "未知": "0",
    "不详": "0",
    "未说明": "9",
    "男 1": "1",
    "1男": "1",
    "2女": "2",
    "1.男": "1",
    "2.女": "2",
}
_SEXES |= {"1-男": "1", "2-女": "2", "男1": "1", "女2": "2", "01": "1", "02": "2", "先生": "1", "女士": "2"}
_YES = frozenset({"是", "有", "√", "✓", "对", "y", "yes", "true", "1", "是的", "☑", "已", "v"})
_NO = frozenset({"否", "无", "×", "✗", "没有", "不是", "n", "no", "false", "0", "不", "未", "-", "/", "☐", "x"})
# What people write where there is nothing.
NOTHING = frozenset(
    {"", "无", "-", "--", "—", "——", "/", "\\", "、", "none", "null", "n/a", "na", "不详", "未知", "不知道", "没有", "空", "暂无", "未填", "*", "0000-00-00", "nan", "?", "？", "...", "未提供", "不清楚"}
)  # fmt: skip
_NAME = re.compile(r"[㐀-鿿\U00020000-\U0003ffff·•]{2,15}|[A-Za-z][A-Za-z .'·-]{1,40}")
_NOT_A_NAME = re.compile(r"[省市区县街道路号楼栋室院村组公司部科局会社店厂站队]$|小区|单元|公司|街道|社区")
_PLACE = re.compile(r"[省市区县镇乡村路街巷弄号楼栋幢座室院园里苑庄组屯庭居寓城]|\d+-\d+")
_RELATIONS = (
    "户主",
    "本人",
    "配偶",
    "妻",
    "夫",
    "子",
    "女",
    "父",
    "母",
    "孙",
    "媳",
    "婿",
    "兄",
    "弟",
    "姐",
    "妹",
    "祖",
    "岳",
    "公",
    "婆",
    "爷",
    "奶",
    "侄",
    "甥",
    "亲属",
    "保姆",
    "租",
    "其他",
    "非亲属",
    "户内",
)
_TENURES = ("自住", "业主", "租", "产权", "房主", "家属", "家庭", "借住", "户主", "自有", "寄住", "常住", "借用")


_TENURES_ALONE = frozenset({"业主", "租户", "租客", "家属", "家人", "房东", "承租人", "产权人", "自住", "租住"})
# Of a care column: the group, or that somebody is in none.
_CARES = re.compile("老|独居|空巢|孤|残|孕|产妇|儿童|孩|留守|未成年|低保|特困|^(?:无|否|普通|一般|正常|常住)")


@dataclass(frozen=True, slots=True)
class Day:
    """A day of which perhaps only the year, or the year and the month, was written."""

    year: int
    month: int | None = None
    day: int | None = None

    @property
    def whole(self) -> date | None:
        return date(self.year, self.month, self.day) if self.month and self.day else None


def is_nothing(text: str) -> bool:
    """Whether a cell says that there is nothing: empty, 无, -, 不详 and the like."""
    if not text or len(text) > 12:
        return not text.strip()
    return text in NOTHING or (not text.isalnum() and unicodedata.normalize("NFKC", text).strip().lower() in NOTHING)


@lru_cache(maxsize=50_000)  # the births of a whole town are fewer days than people
def day(text: str) -> Day:
    """Read a day: 1956-03-01, 1956/3/1, 1956.3.1, 1956年3月1日, 19560301, 一九五六年三月一日, 20515 (a spreadsheet's own
    number), or a month or a year alone. Raises ValueError with the reason in Chinese; nothing ambiguous is guessed.
    """
    if _ISO.fullmatch(text):  # as most are written, and as the reader gives a cell that is a date
        return _checked(int(text[:4]), int(text[5:7]), int(text[8:]))
    written = " ".join(unicodedata.normalize("NFKC", text).split()).strip(" .、,;'")
    if any(word in written for word in ("农历", "阴历", "民国")):
        raise ValueError("日期要写公历。")
    if _NUMERAL.search(written):
        written = _NUMERAL.sub(lambda found: _numeral(found[0]), written)
    if short := _SHORT_YEAR.match(written):  # 90年5月: of the last century, where it cannot be of this one
        written = "19" + written if int(short[1]) > 30 else written
    tight = re.sub(r"\s*([-./年月日号])\s*", r"\1", written).replace("公元", "").replace("公历", "")
    for pattern in (_DAY, _COMPACT, _COMPACT_MONTH, _MONTH):
        if found := pattern.fullmatch(tight):
            return _checked(*(int(part) for part in found.groups()))
    if tight.isdigit() and int(tight) in _SERIAL and len(tight) == 5:
        whole = _SPREADSHEET_EPOCH + timedelta(days=int(tight))
        return Day(whole.year, whole.month, whole.day)
    if found := _YEAR.fullmatch(tight):
        return _checked(int(found[1]))
    if found := _BACKWARDS.fullmatch(tight):
        first, second = int(found[1]), int(found[2])
        if first > 12 >= second:
            return _checked(int(found[3]), second, first)
        if second > 12 >= first or first == second:
            return _checked(int(found[3]), first, second)
        raise ValueError("日期的月和日分不清，请写成 2026-03-01 这样。")
    raise ValueError("不是日期；请写成 2026-03-01 这样。")


def _numeral(text: str) -> str:
    """一九五六 -> 1956, 十二 -> 12, 二十 -> 20, 三十一 -> 31."""
    if "十" not in text:
        return text.translate(_CHINESE_DIGITS)
    tens, _ten, ones = text.partition("十")
    return f"{tens.translate(_CHINESE_DIGITS) or 1}{ones.translate(_CHINESE_DIGITS) or 0}"


def _checked(year: int, month: int | None = None, day_of_month: int | None = None) -> Day:
    if not 1850 <= year <= 2100:
        raise ValueError("日期的年份不可能。")
    if month is not None and not 1 <= month <= 12:
        raise ValueError("日期的月份不存在。")
    if month is not None and day_of_month is not None:
        try:
            date(year, month, day_of_month)
        except ValueError:
            raise ValueError("日期里没有这一天。") from None
    return Day(year, month, day_of_month)


def sex(text: str) -> str:
    """Read a sex as its code of GB/T 2261.1: "1" man, "2" woman, "0" unknown, "9" not said. Raises ValueError."""
    written = unicodedata.normalize("NFKC", text).strip().lower().replace(" ", "")
    if written in _SEXES:
        return _SEXES[written]
    if written in NOTHING:
        return "0"
    raise ValueError("性别应为男或女。")


def yes(text: str) -> bool:
    """Read yes or no. Raises ValueError."""
    written = unicodedata.normalize("NFKC", text).strip().lower()
    if written in _YES:
        return True
    if written in _NO or written in NOTHING:
        return False
    raise ValueError("应填是或否。")


def count(text: str, most: int = 1_000_000) -> int:
    """Read a whole number, with or without its unit: 78岁, 3 人. Raises ValueError."""
    found = re.fullmatch(
        r"(\d{1,9})(?:\.0+)?(?:周?岁|人|户|个|间|层|套|栋|平米)?",
        unicodedata.normalize("NFKC", text).replace(" ", "").replace(",", ""),
    )
    if not found or int(found[1]) > most:
        raise ValueError("应为整数。")
    return int(found[1])


def amount(text: str) -> float:
    """Read a number with a fraction, with or without its unit: 86.5㎡. Raises ValueError."""
    written = unicodedata.normalize("NFKC", text).replace(" ", "").replace(",", "")
    found = re.fullmatch(r"(-?\d{1,9}(?:\.\d{1,12})?)(?:平方米|平米|平方|m2|米|元|°|度)?", written)
    if not found:
        raise ValueError("应为数字。")
    return float(found[1])


def _passes(read: Callable[[str], object]) -> Callable[[str], bool]:
    def passes(text: str) -> bool:
        try:
            read(text)
        except ValueError:
            return False
        return True

    return passes


def _person_name(text: str) -> bool:
    written = re.sub(r"\s", "", unicodedata.normalize("NFKC", text)) if not text.isascii() else text
    return bool(_NAME.fullmatch(written)) and not _NOT_A_NAME.search(written)


def _masked(text: str) -> bool:
    return text.count("*") + text.count("＊") >= 3


def _identity(text: str) -> bool:
    """Shape only: a wrong check sign is an error of that row and not a sign that this is another column."""
    written = re.sub(r"[\s'-]", "", unicodedata.normalize("NFKC", text)).upper()
    return bool(re.fullmatch(r"\d{17}[\dX]|\d{15}|[1-9]\d{5}\*{6,}[\dX*]*|\d\.\d+E\+1[4-7]", written)) or _masked(text)


def _phone(text: str) -> bool:
    parts = [part for part in re.split(r"[、,，/;；\s]+", text) if part]
    return (
        _masked(text)
        or any(map(_passes(identifiers.phone), [text, *parts]))
        or bool(re.fullmatch(r"[2-8]\d{6,7}|1\.\d+E\+10", text))
    )


_LOOKS: dict[str, Callable[[str], bool]] = {
    "care": lambda text: _CARES.search(text) is not None,
    "person_name": _person_name,
    "identity": _identity,
    "phone": _phone,
    "date": _passes(day),
    "sex": _passes(sex),
    "count": _passes(count),
    "amount": _passes(amount),
    "credit_code": lambda text: (
        bool(re.fullmatch(r"[0-9A-Za-z-]{8,20}", text.strip())) and any(sign.isdigit() for sign in text)
    ),
    "address": lambda text: bool(_PLACE.search(text)),
    "relation": lambda text: len(text) <= 12 and (any(word in text for word in _RELATIONS) or text.isdigit()),
    "tenure": lambda text: any(word in text for word in _TENURES) or text.strip() in _YES | _NO,
}


def fits(kind: str, values: Sequence[str]) -> float | None:
    """The share of the samples that look like this kind; None where the kind is unknown or nothing was written."""
    looks = _LOOKS.get(kind)
    written = [value for value in values[:SAMPLES] if not is_nothing(value)]
    if looks is None or not written:
        return None
    return sum(map(looks, written)) / len(written)


def telling_kind(values: Sequence[str]) -> str:
    """The kind of samples that needs no header: identity numbers and credit codes that pass their checks, men and women."""
    written = [value for value in values[:SAMPLES] if not is_nothing(value)]
    if len(written) < 2:
        return ""
    for kind, passes in (
        ("identity", _passes(identifiers.identity_number)),
        ("credit_code", _passes(identifiers.credit_code)),
        ("phone", _mobile),
        ("sex", lambda text: text.strip() in ("男", "女")),
        ("tenure", lambda text: text.strip() in _TENURES_ALONE),
    ):
        if sum(map(passes, written)) / len(written) >= 0.9:
            return kind
    return ""


def _mobile(text: str) -> bool:
    return bool(re.fullmatch(r"1[3-9]\d{9}", text.strip()))
