"""Finding canaries in bytes: in nine encodings, inside what is packed, and inside the sessions of the site.

Canaries are invented people with unmistakable names, numbers and births: see tests/drills/canaries.py.
"""

import base64
import contextlib
import json
import re
import struct
import zlib
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import quote

# No real name begins so, no number of any operator, no district: what carries one of these marks is a canary.
NAME, PHONE, IDENTITY = "魑魅", "19973", "99010119"
MARKS = (NAME, PHONE, IDENTITY)
# The beginnings of what zlib and gzip write, and of a member of a zip, which is what workbooks and Word files are.
_PACKED = re.compile(rb"\x1f\x8b\x08|\x78[\x01\x5e\x9c\xda]|PK\x03\x04[\s\S]{4}\x08\x00")
_MOST_UNPACKED = 64 * 1024 * 1024


def encodings(text: str) -> dict[str, tuple[bytes, ...]]:
    """The bytes by which a text is found, by encoding; several where they depend on what stands before."""
    plain = text.encode()
    escaped = json.dumps(text)[1:-1]
    found: dict[str, tuple[bytes, ...]] = {
        "utf-8": (plain,),
        "utf-16": (text.encode("utf-16-le"), text.encode("utf-16-be")),
        "gbk": (text.encode("gbk"),),
        "base64": tuple(_base64(plain, shift) for shift in range(3)),
        "hex": (plain.hex().encode(), plain.hex().upper().encode()),
        "url": (quote(text).encode(), quote(text).lower().encode()),
        "json": (escaped.encode(), escaped.upper().replace("\\U", "\\u").encode()),
        "reversed": (plain[::-1], text[::-1].encode()),
    }
    return found


def _base64(plain: bytes, shift: int) -> bytes:
    """What base64 makes of these bytes behind `shift` others, without the signs that depend on the neighbours."""
    whole = base64.b64encode(b"\0" * shift + plain)
    return whole[-(-shift * 8 // 6) : (shift + len(plain)) * 8 // 6]


PATTERNS: dict[bytes, str] = {}
for _mark in MARKS:
    for _encoding, _forms in encodings(_mark).items():
        for _form in _forms:
            if len(_form) >= 4:
                PATTERNS.setdefault(_form, _encoding)
_SEARCH = re.compile(b"|".join(re.escape(form) for form in sorted(PATTERNS, key=len, reverse=True)))
# Five digits alone stand in many numbers: with the six behind them they are a canary's, whatever the encoding.
_DIGITS = {
    "utf-8": re.compile(rb"(?<!\d)19973\d{6}(?!\d)"),
    "utf-16": re.compile(rb"1\x009\x009\x007\x003\x00(?:\d\x00){6}|\x001\x009\x009\x007\x003(?:\x00\d){6}"),
    "hex": re.compile(rb"3139393733(?:3\d){6}"),
    "reversed": re.compile(rb"(?<!\d)\d{6}37991(?!\d)"),
}


@dataclass(frozen=True, slots=True)
class Hit:
    """A canary in clear. where: which bytes; around: what stands there."""

    where: str
    encoding: str
    around: bytes


def search(data: bytes, where: str = "", packed: str = "") -> list[Hit]:
    """Every canary in these bytes, also inside what is compressed in them."""
    found = [
        Hit(where, packed or PATTERNS[match.group()], data[max(0, match.start() - 40) : match.end() + 40])
        for match in _SEARCH.finditer(data)
        if _certain(match, data)
    ]
    if not packed:
        for start, content in unpacked(data):
            found += search(content, f"{where} at {start}", "gzip")
    return found


def _certain(match: re.Match[bytes], data: bytes) -> bool:
    """Whether what was found is a canary and not five digits of another number."""
    encoding = PATTERNS[match.group()]
    if match.group() in _SHORT and encoding in _DIGITS:
        return any(
            one.start() <= match.start() < one.end()
            for one in _DIGITS[encoding].finditer(data, max(0, match.start() - 24), match.end() + 24)
        )
    return True


_SHORT = {form for forms in encodings(PHONE).values() for form in forms}


def unpacked(data: bytes) -> Iterator[tuple[int, bytes]]:
    """(where, content) of everything in these bytes that zlib or gzip has packed."""
    for match in _PACKED.finditer(data):
        start, window = match.start(), 31 if match.group().startswith(b"\x1f") else 15
        if match.group().startswith(b"PK"):
            name, more = struct.unpack_from("<HH", data.ljust(start + 30, b"\0"), start + 26)
            start, window = start + 30 + name + more, -15
        try:
            content = zlib.decompressobj(window).decompress(data[start : start + _MOST_UNPACKED], _MOST_UNPACKED)
        except zlib.error:
            continue
        if len(content) > 8:
            yield match.start(), content


def search_files(folder: Iterable[Path]) -> list[Hit]:
    """The same in files, however long, whole."""
    found: list[Hit] = []
    for path in folder:
        with contextlib.suppress(FileNotFoundError, IsADirectoryError):  # a server clears up behind itself
            found += search(path.read_bytes(), str(path))
    return found


_SIGNS = "甲乙丙丁戊己庚辛壬癸子丑寅卯辰巳午未申酉戌亥天地玄黄宇宙洪荒日月盈昃"


def name_of(number: int) -> str:
    signs = len(_SIGNS)
    return NAME + _SIGNS[number % signs] + _SIGNS[number // signs % signs] + _SIGNS[number // signs**2 % signs]


def phone_of(number: int) -> str:
    return f"{PHONE}{number:06}"


def identity_of(number: int) -> str:
    """A number whose check digit is right, of a district that does not exist (990101)."""
    body = f"99010119{30 + number % 60:02}{1 + number // 60 % 12:02}{1 + number // 720 % 28:02}{number % 1000:03}"
    weights = (7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2)
    total = sum(int(digit) * weight for digit, weight in zip(body, weights, strict=True))
    return body + "10X98765432"[total % 11]


def numbers_in(content: bytes) -> set[int]:
    """Which canaries stand in a text, by name or number: what is said of one of them needs a row of their own."""
    text = content.decode("utf-8", "replace")
    found = {int(number) for number in re.findall(rf"(?<!\d){PHONE}(\d{{6}})(?!\d)", text)}
    for signs in re.findall(f"{NAME}([{_SIGNS}]{{3}})", text):
        found.add(sum(_SIGNS.index(sign) * len(_SIGNS) ** place for place, sign in enumerate(signs)))
    return found
