"""Headers as text: made plain, and compared with words. Pure."""

from __future__ import annotations

import re
import unicodedata
from functools import lru_cache

ALIKE = 0.84  # of a word that is contained in the header, or shares most pairs of signs, as far as it goes
_PREFIXES = re.compile(
    r"^(?:(?:[A-Za-z]{1,2}\d{0,3}|\d{1,3}|[一二三四五六七八九十]{1,3}|第[一二三四五六七八九十\d]{1,3}[列项栏])[.、,:)\-_．·]+"
    r"|[（(【\[](?:[A-Za-z]?\d{1,3}|[一二三四五六七八九十]{1,3})[)）】\]]|[①-⑳㈠-㈩]|[A-Za-z]{1,2}\d{1,3}(?=[一-鿿]))+"
)
BRACKETS = re.compile(r"[(（【\[〔《“\"]([^)）】\]〕》”\"]*)[)）】\]〕》”\"]?")
_CLOSED = re.compile(r"[(（【\[〔][^()（）]*[)）】\]〕]")
_SIGNS = re.compile(r"[\s*＊#※★☆:：?？!！。.,，;；_\-—–·•~～|'\"“”‘’\u200b-\u200f\u2060\ufeff]+")
_OBLIGED = re.compile(r"(?:必填项?|选填项?|非必填|必选|可不填|勾选|下拉选择)")


@lru_cache(maxsize=4096)
def plain(header: str) -> str:
    """A header without what carries no meaning: width, case, spaces, numbers before it, brackets, marks of obligation."""
    text = unicodedata.normalize("NFKC", header).strip()
    text = re.sub(r"\s+", "", text)
    text = _PREFIXES.sub("", text) or text
    bare = BRACKETS.sub("", text)
    text = bare if _SIGNS.sub("", bare) else BRACKETS.sub(r"\1", text)
    text = _OBLIGED.sub("", text)
    return _SIGNS.sub("", text).lower()


def plain_parts(header: str) -> str:
    """As `plain`, but the strokes between alternatives stay: 姓名/名称. What stands in brackets are examples."""
    text = unicodedata.normalize("NFKC", header)
    text = _CLOSED.sub("", text) or text
    return "/".join(plain(part) for part in re.split(r"[/、|]", text) if plain(part))


def alike(text: str, word: str) -> float:
    """How much a header is like a word, below `ALIKE`: contained in it, or pairs of signs in common (Dice)."""
    if len(word) < 2 or len(text) < 2 or word.isascii():
        return 0.0
    if word in text and len(word) >= 3:
        # What is said last is what it is: 紧急联系人手机号码 is a number, 手机号码归属人 is not.
        ends = text.endswith(word)
        return ALIKE * (0.62 + 0.38 * len(word) / len(text)) if ends else ALIKE * (0.45 + 0.45 * len(word) / len(text))
    mine, others = pairs(text), pairs(word)
    shared = len(mine & others)
    return ALIKE * 2 * shared / (len(mine) + len(others)) if shared else 0.0


@lru_cache(maxsize=8192)
def pairs(text: str) -> frozenset[str]:
    return frozenset(text[place : place + 2] for place in range(len(text) - 1))
