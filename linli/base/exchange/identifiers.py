"""Numbers by which people, organisations and telephones are known: read as people write them, checked, made one spelling.

Pure. Each function returns the one spelling that is stored, or raises ValueError with the reason in Chinese, ready to
stand beside a field or on an error sheet. A number that passes is well formed; whether it was ever issued is not known
here. None of the reasons repeats the number: it may be read aloud, logged or printed.
"""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass, field
from datetime import date
from operator import mul

# GB/T 2260, the first two digits of a division code.
PROVINCES = frozenset(
    str(code)
    for first, last in ((11, 15), (21, 23), (31, 37), (41, 46), (50, 54), (61, 65), (71, 71), (81, 83))
    for code in range(first, last + 1)
)
EARLIEST_BIRTH = 1880  # nobody alive was born before; an older year is a slip of the pen

# GB 11643-1999: weights of the first seventeen digits, and the sign for each remainder of their sum by 11.
_IDENTITY_WEIGHTS = (7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2)
_IDENTITY_ZEROES = ord("0") * sum(_IDENTITY_WEIGHTS)
_IDENTITY_SIGNS = "10X98765432"
_IDENTITY = re.compile(r"[0-9]{17}[0-9X]")
_OLD_IDENTITY = re.compile(r"[0-9]{15}")

# GB 32100-2015: thirty-one signs without I, O, S, V, Z, and the weights of the first seventeen places (powers of 3 by 31).
_CREDIT_SIGNS = "0123456789ABCDEFGHJKLMNPQRTUWXY"
_CREDIT_VALUES = {sign: value for value, sign in enumerate(_CREDIT_SIGNS)}
_CREDIT_WEIGHTS = (1, 3, 9, 27, 19, 26, 16, 17, 20, 29, 25, 13, 8, 24, 10, 30, 28)
_CREDIT_DIVISION = slice(2, 8)

_MOBILE = re.compile(r"1[3-9][0-9]{9}")
_COUNTRY = re.compile(r"^(?:\+|00)86|^86(?=1[3-9][0-9]{9}$)|^86(?=0[0-9]{2,3}[0-9]{7,8}$)")
# A landline: area code of 3 digits (010 and 02x) or 4, the number of 7 or 8, and perhaps an extension.
_LANDLINE = re.compile(r"(010|02[0-9]|0[3-9][0-9]{2})([2-9][0-9]{6,7})(?:(?:转|EXT|X|#)([0-9]{1,6}))?", re.IGNORECASE)
_SERVICE = re.compile(r"[48]00[0-9]{7}|9[56][0-9]{3,6}|12[0-9]{3}|1[0-9]{2}")
_LOCAL = re.compile(r"[2-8][0-9]{6,7}")

_ROUNDED = re.compile(r"[0-9](?:\.[0-9]+)?[eEＥ][+＋][0-9]+")

# What stands between the digits of a number, and what a spreadsheet puts before it to keep it text.
_BETWEEN = re.compile(r"[\s\-‐-―−_.·・'`’‘\"“”()（）\u200b-\u200f\u2060\ufeff]+")


@dataclass(frozen=True, slots=True)
class Identity:
    """What an identity number says. number: eighteen signs; sex: GB/T 2261.1, "1" man, "2" woman; region: six digits."""

    birth: date
    sex: str
    region: str
    number: str = field(default="", repr=False)  # must not get into a log by a printed object


def identity_number(text: str, today: date | None = None) -> Identity:
    """Read a citizen's identity number (GB 11643-1999), eighteen signs or the fifteen digits issued before.

    text: as written; full-width signs, spaces, a small x and a spreadsheet's apostrophe are understood.
    today: with it, a birth date after it is refused. Raises ValueError with the reason in Chinese.
    """
    number = text if _IDENTITY.fullmatch(text) else _signs(text)
    _not_rounded(text)
    if _OLD_IDENTITY.fullmatch(number):
        number = _eighteen(number)
    elif len(number) != 18:
        raise ValueError(f"身份证号应为 18 位（旧证 15 位），这里是 {len(number)} 位。")
    elif not _IDENTITY.fullmatch(number):
        raise ValueError("身份证号前 17 位应为数字，末位为数字或 X。")
    if number[:2] not in PROVINCES or number[2:6] == "0000":
        raise ValueError("身份证号开头的 6 位不是行政区划代码。")
    birth = _birth(number[6:14], today)
    if number[17] != _identity_sign(number):
        raise ValueError("身份证号校验码不对，请核对每一位。")
    return Identity(birth=birth, sex="1" if int(number[16]) % 2 else "2", region=number[:6], number=number)


def _not_rounded(text: str) -> None:
    """Refuse what a spreadsheet has made of a long number: 1.10105E+17."""
    if "+" in text and _ROUNDED.fullmatch(text.strip()):
        raise ValueError("号码被表格软件变成了科学计数法，末几位已经丢掉；请把这一列设为文本后重新填写。")


def _eighteen(number: str) -> str:
    """The old form in the new one: the century was always the twentieth, the check sign is reckoned."""
    body = f"{number[:6]}19{number[6:]}"
    return body + _identity_sign(body)


def _identity_sign(number: str) -> str:
    total = sum(map(mul, number.encode(), _IDENTITY_WEIGHTS)) - _IDENTITY_ZEROES
    return _IDENTITY_SIGNS[total % 11]


def _birth(digits: str, today: date | None) -> date:
    try:
        birth = date(int(digits[:4]), int(digits[4:6]), int(digits[6:]))
    except ValueError:
        raise ValueError("身份证号里的出生日期不存在。") from None
    if birth.year < EARLIEST_BIRTH or (today is not None and birth > today):
        raise ValueError("身份证号里的出生日期不可能。")
    return birth


def credit_code(text: str) -> str:
    """Read a unified social credit code (GB 32100-2015): eighteen signs, capital letters without I, O, S, V, Z.

    The check value is (31 - sum mod 31) mod 31: without the second modulus a sum divisible by 31 would ask for a
    thirty-second sign. Raises ValueError with the reason in Chinese.
    """
    code = _signs(text)
    if len(code) != 18:
        raise ValueError(f"统一社会信用代码应为 18 位，这里是 {len(code)} 位。")
    if strange := sorted({sign for sign in code if sign not in _CREDIT_VALUES}):
        said = "、".join(strange)
        raise ValueError(f"统一社会信用代码里不会有“{said}”（不用字母 I、O、S、V、Z）。")
    if not code[_CREDIT_DIVISION].isdigit():
        raise ValueError("统一社会信用代码第 3 至 8 位应为行政区划代码。")
    total = sum(_CREDIT_VALUES[sign] * weight for sign, weight in zip(code, _CREDIT_WEIGHTS, strict=False))
    if code[17] != _CREDIT_SIGNS[(31 - total % 31) % 31]:
        raise ValueError("统一社会信用代码校验码不对，请核对每一位。")
    return code


def phone(text: str) -> str:
    """Read a telephone number: a mobile (11 digits), a landline (010-12345678, 0971-6123456-801) or a service number.

    A local number of seven or eight digits is refused, since without its area code nobody elsewhere can dial it.
    Raises ValueError with the reason in Chinese.
    """
    if _MOBILE.fullmatch(text):  # as most are written
        return text
    written = unicodedata.normalize("NFKC", str(text)).strip()
    digits = _COUNTRY.sub("", _BETWEEN.sub("", written))
    if _MOBILE.fullmatch(digits) or _SERVICE.fullmatch(digits):
        return digits
    if found := _LANDLINE.fullmatch(_extension(written)):
        return "-".join(part for part in found.groups() if part)
    _not_rounded(written)
    if _LOCAL.fullmatch(digits):
        raise ValueError("座机号码请写上区号。")
    if digits.startswith("1") and digits.isdigit():
        raise ValueError(f"手机号应为 11 位、以 13 至 19 开头，这里是 {len(digits)} 位。")
    raise ValueError("不是电话号码。")


def own_phone(text: str) -> str:
    """Read the number of a person: as `phone`, but nobody's own number is that of a service line such as 12345."""
    number = phone(text)
    if _SERVICE.fullmatch(number):
        raise ValueError("这是服务热线的号码，请填本人的。")
    return number


def _extension(written: str) -> str:
    """The signs of a landline with its extension set apart: 0971-6123456-801 has it behind a second stroke."""
    parts = [part for part in re.split(r"[-‐-―−]+", re.sub(r"[\s()'\"]+", "-", written).strip("-")) if part]
    if parts and parts[0] in ("+86", "0086", "86"):
        parts = parts[1:]
    if parts and parts[0].startswith("+86"):
        parts[0] = parts[0][3:]
    if len(parts) == 3 and len(parts[0]) <= 4 and len(parts[1]) >= 7:
        return f"{parts[0]}{parts[1]}X{parts[2]}"
    return "".join(parts)


def _signs(text: str) -> str:
    """The signs of a number without what stands between them; letters are capital."""
    return _BETWEEN.sub("", unicodedata.normalize("NFKC", str(text))).upper()
