"""Addresses as people write them: 阳光小区3号楼2单元501 = 阳光小区 3-2-501 = 阳光小区三号楼二单元501室. Pure.

An address ends in building, unit, floor and room, each of which may be missing; what stands before is the compound. The
words for a building differ by place (号楼 幢 栋 座 # 排), so do those for a unit (单元 门 梯). Where two readings are
possible (12号 can be a building or a door) the likelier one comes first; `readings` gives the others.
"""

import re
from dataclasses import dataclass, replace
from functools import lru_cache

from linli.base.text import normalise

MOST = 120


@dataclass(frozen=True, slots=True)
class Parsed:
    """The parts of an address in one spelling; empty where nothing was said.

    compound: letters and digits without spaces (阳光小区); building: its key as `building_key` makes it (3, 甲5, a, 2排);
    unit and room: 2, a, 甲; 501, b101.
    """

    compound: str = ""
    building: str = ""
    unit: str = ""
    room: str = ""


_DIGITS = {numeral: value for value, numeral in enumerate("零一二三四五六七八九")} | {"〇": 0, "两": 2}
_STEMS = "甲乙丙丁戊己庚辛"
_NUMBER = r"(?:\d{1,5}|[零〇一二两三四五六七八九十百]{1,6})"
_BUILDING = rf"(?:[{_STEMS}东南西北中]?{_NUMBER}[a-z]?|[a-z]\d{{0,2}}|[{_STEMS}东南西北中])"
_UNIT = rf"(?:{_NUMBER}|[a-z]\d?|[{_STEMS}东西南北中])"
_ROOM = rf"(?:[a-z]{{0,2}}{_NUMBER}[a-z]?|半?地下室\d{{0,3}})"
_ADDRESS = re.compile(
    r"(?P<compound>.*?)\s*"
    # A number alone is a building only where something follows it: 3 2 501, 3 501.
    rf"(?:(?P<building>{_BUILDING})\s*(?P<word>号楼|号院楼|号栋|号幢|幢楼|栋楼|座楼|幢|栋|座|排|号|楼)"
    rf"|(?P<bare>{_BUILDING})(?=\s+[a-z]{{0,2}}[\d零〇一二两三四五六七八九十]))?\s*"
    rf"(?:(?P<unit>{_UNIT})(?:\s*号?(?:单元|单|门洞|门|梯)|(?=\s+[a-z]{{0,2}}\d)))?\s*"
    rf"(?:(?:第\s*)?(?P<floor>{_NUMBER})(?:\s*(?:层|楼)|(?=\s+\d{{1,2}}\s*(?:室|号|户)?$)))?\s*"
    rf"(?:(?P<room>{_ROOM})\s*(?:号房|室|号|房|户)?)?"
)
# One building alone, as a register writes it.
_NAMED = re.compile(
    rf"第?(?P<key>{_BUILDING})\s*(?P<word>号楼|号院楼|号栋|号幢|号院|幢楼|栋楼|座楼|幢|栋|座|排|号|楼)?"
)
_COURTYARD = re.compile(rf"(?P<compound>.+?)(?P<number>[{_STEMS}]?{_NUMBER})号?院")
_REGION = re.compile(r".*(?:街道|社区居委会|社区|居委会|镇)(?=..)")


def chinese_number(numeral: str) -> int:
    """十二 -> 12, 一百零三 -> 103, 五〇一 -> 501. Raises ValueError for anything else, and over 99 999."""
    if not numeral or any(character not in _DIGITS and character not in "十百" for character in numeral):
        raise ValueError(f"no number: {numeral[:10]}")
    if not set("十百") & set(numeral):
        value = int("".join(str(_DIGITS[character]) for character in numeral))
    else:
        hundreds, _hundred, rest = numeral.partition("百") if "百" in numeral else ("", "", numeral)
        tens, ten, ones = rest.partition("十") if "十" in rest else ("", "", rest)
        value = 100 * _small(hundreds, 1 if "百" in numeral else 0)
        value += 10 * _small(tens.lstrip("零〇"), 1 if ten else 0)
        value += _small(ones.lstrip("零〇"), 0) * (
            10 if not ten and hundreds and ones and ones[0] in "一二三四五六七八九" else 1
        )
    if value > 99_999:
        raise ValueError("too large")
    return value


def _small(part: str, empty: int) -> int:
    if not part:
        return empty
    if len(part) > 1 or part not in _DIGITS:
        raise ValueError(f"no number: {part[:10]}")
    return _DIGITS[part]


def _plain(text: str) -> str:
    """三 -> 3, 03 -> 3, 甲五 -> 甲5, b十 -> b10; what is no number stays."""

    def digits(match: re.Match[str]) -> str:
        try:
            return str(int(match[0])) if match[0].isdecimal() else str(chinese_number(match[0]))
        except ValueError:
            return match[0]

    return re.sub(r"\d+|[零〇一二两三四五六七八九十百]+", digits, text.replace(" ", ""))


@lru_cache(maxsize=20_000)
def building_key(name: str) -> str:
    """One spelling of a building: 3号楼, ３＃, 三栋, 3幢 -> 3; 甲5号楼 -> 甲5; A座 -> a; 2排 -> 2排; others as they are searched."""
    text = normalise(name)
    if match := _NAMED.fullmatch(text):
        return (_plain(match["key"]) + ("排" if match["word"] == "排" else ""))[:30]
    return text.replace(" ", "")[:30]


@lru_cache(maxsize=20_000)
def door_key(name: str) -> str:
    """One spelling of a unit or a room: 二单元 -> 2, 501室 -> 501, B101 -> b101; at most 12 characters."""
    text = re.sub(r"(单元|门洞|门|梯|号房|室|号|房|户)$", "", normalise(name)).strip()
    return _plain(text)[:12]


def floor_of(room: str) -> int | None:
    """The floor a room's number tells: 501 -> 5, 1203 -> 12, b101 -> -1; None where it tells none."""
    match = re.fullmatch(r"([a-z]{0,2})(\d{3,5})[a-z]?", room)
    if match is None:
        return None
    floor = int(match[2][:-2])
    return -floor if match[1].startswith("b") else floor


@lru_cache(maxsize=20_000)
def parse_address(text: str) -> Parsed:
    """The likeliest reading of an address; never raises. Longer texts than MOST characters are cut."""
    match = _ADDRESS.fullmatch(_spelled(text))
    if match is None:  # cannot be: every group may be missing
        return Parsed(compound=normalise(text[:MOST]).replace(" ", ""))
    building = match["building"] or match["bare"] or ""
    key = _plain(building) + ("排" if match["word"] == "排" else "")
    room = _plain(match["room"] or "")
    if match["floor"] and re.fullmatch(r"\d{1,2}", room):
        room = f"{_plain(match['floor'])}{int(room):02d}"
    return Parsed(match["compound"].replace(" ", ""), key, _plain(match["unit"] or ""), room)


def _spelled(text: str) -> str:
    # A sharp is punctuation to `normalise`, but to people it is a building or a door: 3#楼, 3#501.
    marked = re.sub(r"[#＃]\s*楼?", "号楼 ", text[:MOST])
    return re.sub(r"(号楼)\s*(?:号楼\s*)+", r"\1 ", normalise(marked))


def readings(text: str) -> list[Parsed]:
    """All readings of an address, the likeliest first: the compound without the region before it, 12号院 as a building, a
    door as a building."""
    first = parse_address(text)
    found = [first]
    if match := _REGION.match(first.compound):
        found.append(replace(first, compound=first.compound[match.end() :]))
    if first.building and not first.room and not first.unit and first.building.isdigit():
        found.append(replace(first, building="", room=first.building))
    if first.room and not first.building and not first.unit and first.compound:
        found.append(replace(first, building=first.room, room=""))
    if first.building[:1] in "东南西北中" and len(first.building) > 1 and first.compound:
        found.append(replace(first, compound=first.compound + first.building[0], building=first.building[1:]))
    if not first.building and (match := _COURTYARD.fullmatch(first.compound)):
        found.append(replace(first, compound=match["compound"], building=_plain(match["number"])))
    return list(dict.fromkeys(found))
