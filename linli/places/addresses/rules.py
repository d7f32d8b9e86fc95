"""Names of compounds and buildings made comparable; who keeps which. Pure."""

import re
from collections.abc import Sequence

from linli.base.text import normalise
from linli.places.addresses.parsing import (
    Parsed,
    building_key,
    chinese_number,
    door_key,
    floor_of,
    parse_address,
    readings,
)

__all__ = ["Parsed", "building_key", "chinese_number", "door_key", "floor_of", "parse_address", "readings"]

# The lowest and the highest floor of a building.
FLOORS = (-5, 150)


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
        return min(chinese_number(match[0]), 30_000)
    return 30_001


NAMES_MOST = 300
_RANGE = re.compile(r"(\D{0,10}?)(\d{1,3})\s*(?:号楼?|栋|幢|座)?\s*[-—–~～至到]\s*(\d{1,3})(\D{0,10})")


def building_names(text: str) -> list[str]:
    """What was typed for several buildings as their names: `1-3号楼、甲5号楼，7` -> 1号楼 2号楼 3号楼 甲5号楼 7号楼.

    Parts are separated by commas, semicolons, spaces or lines; each name once, in the order typed; at most NAMES_MOST
    and one, so that the caller can tell that there were more. A range that runs backwards is kept as it was typed.
    """
    found: dict[str, None] = {}
    for part in re.split(r"[、,，;；\s]+", text):
        match = _RANGE.fullmatch(part)
        if match and int(match[2]) <= int(match[3]):
            names = [f"{match[1]}{n}{match[4] or '号楼'}" for n in range(int(match[2]), int(match[3]) + 1)]
        else:
            names = [f"{part}号楼" if part.isdigit() else part] if part else []
        found |= dict.fromkeys(names)
        if len(found) > NAMES_MOST:
            break
    return list(found)[: NAMES_MOST + 1]


def in_reach(regions: Sequence[str], code: str) -> bool:
    """Whether somebody who answers for these regions keeps what lies at `code`; no regions: the whole office."""
    return not regions or any(code.startswith(region) for region in regions)
