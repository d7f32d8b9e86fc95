"""Names of compounds and buildings made comparable; who keeps which. Pure."""

import re
import unicodedata
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


def names_of(text: str) -> list[str]:
    """Several names as they were typed, one by one: `棉纺厂新村、海棠二期` -> 棉纺厂新村 海棠二期; each once."""
    return list(dict.fromkeys(one for one in re.split(r"[、,，;；\s]+", text.strip()) if searchable(one)))


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


_DOORS_MOST = 2000
_STEMS = "甲乙丙丁戊己庚辛壬癸"


def numbers_of(text: str, most: int = 200) -> list[str]:
    """What was typed for several units, floors or doors, one by one: `1-3、5，甲` -> 1 2 3 5 甲; `01-04` -> 01 02 03 04;
    `a-c` -> a b c; `-1` is the first floor below ground.

    Raises ValueError, with the part that makes no sense, for a range that runs backwards and for more than `most`.
    """
    found: dict[str, None] = {}
    for part in re.split(r"[、,，;；\s]+", unicodedata.normalize("NFKC", text).strip().lower()):
        for name in _range(part) if part else ():
            found[name] = None
            if len(found) > most:
                raise ValueError(part)
    return list(found)


def _range(part: str) -> list[str]:
    match = re.fullmatch(
        r"(-?\d{1,4}|[a-z]|[甲乙丙丁戊己庚辛壬癸])(?:单元|层|楼|门)?(?:[-—–~～至到](\d{1,4}|[a-z]|[甲乙丙丁戊己庚辛壬癸]))?(?:单元|层|楼|门)?",
        part,
    )
    if match is None:
        if re.fullmatch(r"[\w\-]{1,12}", part):
            return [part]
        raise ValueError(part)
    first, last = match[1], match[2]
    if last is None:
        return [first]
    for letters in ("abcdefghijklmnopqrstuvwxyz", _STEMS):
        if first in letters and last in letters and letters.index(first) <= letters.index(last):
            return list(letters[letters.index(first) : letters.index(last) + 1])
    if not (first.lstrip("-").isdigit() and last.isdigit()) or int(first) > int(last) or int(last) - int(first) > 999:
        raise ValueError(part)
    width = len(first) if first.startswith("0") and len(first) == len(last) else 0
    return [f"{number:0{width}d}" for number in range(int(first), int(last) + 1) if number or int(first) == 0]


def doors_of(units: str, floors: str, rooms: str) -> list[tuple[str, int, str]]:
    """(unit, floor, room) of every door: units 1-3, floors 1-6, rooms 01-04 -> (1, 1, 101) … (3, 6, 604).

    No units: a building without. Floors below ground get a B: floor -1, room 01 -> b101. Raises ValueError as `numbers_of`,
    for a floor that is no number or cannot be, and for more than 2,000 doors.
    """
    gates, levels, doors = numbers_of(units) or [""], numbers_of(floors), numbers_of(rooms)
    if len(gates) * len(levels) * len(doors) > _DOORS_MOST:
        raise ValueError(f"{len(gates) * len(levels) * len(doors)}")
    found = []
    for gate in gates:
        for level in levels:
            if not re.fullmatch(r"-?\d{1,3}", level) or not FLOORS[0] <= int(level) <= FLOORS[1] or int(level) == 0:
                raise ValueError(level)
            floor = int(level)
            start = f"b{-floor}" if floor < 0 else str(floor)
            found += [(gate, floor, f"{start}{door:0>2}" if door.isdigit() else f"{start}{door}") for door in doors]
    return found
