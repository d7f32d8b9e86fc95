"""Names of compounds and buildings made comparable. Pure."""

import re

from linli.base.text import normalise

_CHINESE = {numeral: value for value, numeral in enumerate("零一二三四五六七八九十")}


def searchable(name: str) -> str:
    """One spelling without spaces or punctuation: `春光里 小区(Ａ区)` -> `春光里小区a区`."""
    return normalise(name).replace(" ", "")


def search_words(query: str) -> list[str]:
    """The parts of a query, each of which must stand in a searchable name."""
    return normalise(query).split()


def building_order(name: str) -> int:
    """A number to sort buildings by: 2号楼 before 10号楼, 三号楼 as 3; names without number come last.

    Raises nothing; the answer fits a small integer.
    """
    text = normalise(name)
    if match := re.search(r"\d+", text):
        return min(int(match[0][:6]), 30_000)
    if match := re.search(r"[零一二三四五六七八九十]+", text):
        return _chinese_number(match[0])
    return 30_001


def _chinese_number(numeral: str) -> int:
    """Up to 九十九, as building names go."""
    if "十" not in numeral:
        return min(int("".join(str(_CHINESE[character]) for character in numeral)[:4]), 30_000)
    tens, _ten, ones = numeral.partition("十")
    return 10 * _CHINESE.get(tens, 1) + _CHINESE.get(ones[:1], 0)
