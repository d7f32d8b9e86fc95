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
# As they stand on cheques and old plates.
_FORMAL = str.maketrans("壹贰叁肆伍陆柒捌玖拾佰", "一二三四五六七八九十百") | {ord("廿"): "二十"}
_NUMERALS = "零〇一二两三四五六七八九十百壹贰叁肆伍陆柒捌玖拾佰廿"
_STEMS = "甲乙丙丁戊己庚辛"
_NUMBER = rf"(?:\d{{1,5}}|[{_NUMERALS}]{{1,6}})"
_BUILDING = rf"(?:[{_STEMS}东南西北中]?{_NUMBER}[a-z]?|{_NUMBER}[{_STEMS}]|[a-z]\d{{0,2}}|[{_STEMS}东南西北中])"
_UNIT = rf"(?:{_NUMBER}|[a-z]\d?|[{_STEMS}东西南北中])"
_SHOP = "底商|商铺|门市房?|门面房?|铺面"
_ROOM = rf"(?:[a-z]{{0,2}}{_NUMBER}[a-z]?|(?:半?地下室|{_SHOP}){_NUMBER}?)"
_HOUSE = "号楼|号院楼|号栋|号幢|号搂|幢楼|栋楼|座楼|幢|栋|座|排|号|楼"
_GATE = "单元门|单元|单园|但元|单|楼门|门洞|门|梯"
_ADDRESS = re.compile(
    r"(?P<compound>.*?)\s*"
    # A number alone is a building only where something follows it: 3 2 501, 3 501.
    rf"(?:第?\s*(?P<building>{_BUILDING})\s*(?P<word>{_HOUSE})"
    rf"|(?P<bare>{_BUILDING})(?=\s+[a-z]{{0,2}}[\d{_NUMERALS}]))?\s*"
    rf"(?:第?\s*(?P<unit>{_UNIT})(?:\s*号?(?:{_GATE}|u(?=\d))|(?=\s+[a-z]{{0,2}}\d)))?\s*"
    rf"(?:(?:第\s*)?(?:(?P<floor>{_NUMBER})\s*(?:层|楼)|(?P<level>\d{{1,2}})(?=\s+\d{{1,2}}\s*(?:室|号|户)?$)))?\s*"
    rf"(?:(?P<room>{_ROOM})\s*(?:号房|房间|室|号|房|户)?)?"
)
# One building alone, as a register writes it.
_NAMED = re.compile(rf"第?(?P<key>{_BUILDING})\s*(?P<word>号院|{_HOUSE})?")
_COURTYARD = re.compile(rf"(?P<compound>.+?)(?P<number>[{_STEMS}]?{_NUMBER})号?院")
_REGION = re.compile(r".*(?:街道|社区居委会|社区|居委会|镇)(?=..)")


def chinese_number(numeral: str) -> int:
    """十二 -> 12, 一百零三 -> 103, 五〇一 -> 501. Raises ValueError for anything else, and over 99 999."""
    numeral = numeral.translate(_FORMAL)
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

    plain = re.sub(rf"\d+|[{_NUMERALS}]+", digits, text.replace(" ", ""))
    return re.sub(rf"^(\d+)([{_STEMS}])$", r"\2\1", plain)


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
    text = re.sub(r"(单元|门洞|门|梯|号房|房间|室|号|房|户)$", "", normalise(name)).strip()
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
    return _parsed(_spelled(text))


def _parsed(spelled: str) -> Parsed:
    match = _ADDRESS.fullmatch(spelled)
    if match is None:  # cannot be: every group may be missing
        return Parsed(compound=spelled.replace(" ", ""))
    building = match["building"] or match["bare"] or ""
    key = _plain(building) + ("排" if match["word"] == "排" else "")
    room = _plain(match["room"] or "")
    floor = match["floor"] or match["level"]
    if floor and re.fullmatch(r"\d{1,2}", room):
        room = f"{_plain(floor)}{int(room):02d}"
    return Parsed(match["compound"].replace(" ", ""), key, _plain(match["unit"] or ""), room)


# What is written before it is one spelling: (what people write, what is read).
_MENDED: tuple[tuple[re.Pattern[str], str], ...] = (
    (re.compile(r"邮编[:： ]*\d{6}"), ""),
    # Remarks: 501（租户）, 501 (东户). What holds a number is no remark.
    (re.compile(r"[（(][^（）()\d]*[）)]\s*$"), ""),
    (re.compile(r"(?:№|(?<![A-Za-z])[Nn][Oo]\.?)\s*(?=\d)"), " "),
    # A sharp is punctuation to `normalise`, but to people it is a building or a door: 3#楼, #3楼, 3#501, 501#.
    (re.compile(rf"(?<![\dA-Za-z{_NUMERALS}\s])\s*[#＃]\s*(?=\d)"), " "),
    (re.compile(r"(?<=\d{3})[#＃]\s*$"), ""),
    (re.compile(r"[#＃]\s*楼?"), "号楼 "),
    (re.compile(r"(?<=[号单楼门])\s+(?=[楼元栋幢院门洞])"), ""),
    # Letters that look like digits: 5O1, 50l.
    (re.compile(r"(?<=\d)[Oo](?=\d)"), "0"),
    (re.compile(r"(?<=\d\d)[lI](?![A-Za-z])"), "1"),
    (re.compile(r"院内(?=\S)"), "院"),
)
_ROMAN = {0x2160 + number: str(number + 1) for number in range(12)}
# Traditional characters, as some input methods give them: those of houses and of the names of compounds.
_SIMPLE = str.maketrans(
    "號樓單棟戶門層東區園裡裏陽華雲龍鳳麗蘭莊廠鐵電機錦馬橋豐榮興業長慶聖寶賓貳叁陸溫頤蘇遠達廣場鄉鎮島灣濱麥楊樹葉綠紅藍",
    "号楼单栋户门层东区园里里阳华云龙凤丽兰庄厂铁电机锦马桥丰荣兴业长庆圣宝宾贰叁陆温颐苏远达广场乡镇岛湾滨麦杨树叶绿红蓝",
)
_READ = _SIMPLE | _ROMAN
_BELOW = re.compile(rf"(?:地下|负)\s*(?:(?P<floor>{_NUMBER})\s*(?:层|楼)\s*)?(?P<room>\d{{1,3}})(?!\d|\s*(?:层|楼))")


def _spelled(text: str) -> str:
    """One spelling of what is written: sharps as buildings, look-alikes as digits, floors below ground as b101."""
    plain = text[:MOST].translate(_READ)
    for pattern, read in _MENDED:
        plain = pattern.sub(read, plain)
    plain = _BELOW.sub(_below, normalise(plain))
    return re.sub(r"(号楼)\s*(?:号楼\s*)+", r"\1 ", plain)


def _below(match: re.Match[str]) -> str:
    """地下一层101, 负1层01, 负101 -> b101."""
    room, floor = match["room"], _plain(match["floor"] or "1")
    return f" b{room}" if len(room) == 3 else f" b{floor}{int(room):02d}"


# Other ways to read what was written, tried when the register does not know the first: (what is written, what may be meant).
_BESIDE = "对门|对面|隔壁|楼上|楼下|上面|下面|旁边|附近"
_OTHERWISE: tuple[tuple[re.Pattern[str], str], ...] = (
    # Words behind the door: 501家, 501张三; but 501对门 is another door, of which nobody knows the number.
    (re.compile(rf"(\d{{3,4}})(?!\s*[室号户房]?\s*的?(?:{_BESIDE}))\s*[室号户房]?\s*[^\d\s]{{1,6}}$"), r"\1"),
    (re.compile(rf"\s*\d{{3,4}}\s*[室号户房]?\s*的?(?:{_BESIDE})\S{{0,6}}$"), ""),
    # A part of a flat, and two flats made one: 501-1, 501-502.
    (re.compile(r"(\d{3,4})\s+\d{1,2}$"), r"\1"),
    (re.compile(r"\s*\d{3,4}\s+\d{3,4}$"), ""),
    # Words behind the building, the unit or the floor: 3号楼西侧, 3号楼2单元楼道灯不亮, 3号楼2单元5楼东户.
    (
        re.compile(
            rf"((?:楼|幢|栋|座|排)(?:\s*{_UNIT}\s*(?:{_GATE}))?)(?:\s*{_NUMBER}\s*[层楼])?(?!号?院)"
            rf"\s*[^\d\s{_NUMERALS}][^\d]{{0,30}}$"
        ),
        r"\1",
    ),
    # The floor before the unit: 3号楼5楼2单元501.
    (re.compile(rf"(楼|幢|栋|座)\s*{_NUMBER}\s*(?:层|楼)\s*(?={_NUMBER}\s*(?:{_GATE}))"), r"\1"),
    # 5号楼甲1单元 is 甲5号楼.
    (re.compile(rf"({_NUMBER})\s*号楼\s*([{_STEMS}])(?=\d)"), r"\2\1号楼 "),
    (re.compile(r"楼(?=\d)"), ""),
    (re.compile(r"(\d)\s*院"), r"\1号院"),
    # 和平里西区A1203: a building and a door.
    (re.compile(r"(?<![a-z\d])([a-z])\s*(\d{3,4})\s*(?:室|号|户|房)?$"), r"\1座\2"),
)
_COUNTED = "号院?|弄|期|厂|区|院|组|队|里|村|巷"


def _numbered(name: str) -> list[str]:
    """A name with its numerals as digits and with its digits as numerals: 十五号院 15号院, 2期 二期."""

    def spoken(match: re.Match[str]) -> str:
        number = int(match[1])
        tens, ones = divmod(number, 10)
        return ("" if tens == 1 else _ONES[tens]) * (tens > 0) + "十" * (tens > 0) + (_ONES[ones] if ones else "")

    counted = rf"([{_NUMERALS}]{{1,6}})(?={_COUNTED})"
    found = [re.sub(counted, lambda match: _plain(match[1]), name)]
    found.append(re.sub(rf"(?<!\d)([1-9]\d?)(?={_COUNTED})", spoken, name))
    return [one for one in found if one != name]


_ONES = "零一二三四五六七八九"


def readings(text: str) -> list[Parsed]:
    """All readings of an address, the likeliest first: the compound without the region before it, 12号院 as a building, a
    door as a building; then what may have been meant by words out of their order; then names with other numerals."""
    spelled = _spelled(text)
    found = _readings(parse_address(text))
    for pattern, read in _OTHERWISE:
        if (other := pattern.sub(read, spelled)) != spelled:
            found += _readings(_parsed(other))
    found += [replace(one, compound=name) for one in found for name in _numbered(one.compound)]
    return list(dict.fromkeys(found))


def _readings(first: Parsed) -> list[Parsed]:
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
    return found


# What makes another compound of the same name: 阳光小区三区, 阳光小区南区, 阳光小区B区.
_OTHER_PART = re.compile(rf"\d|[{_NUMERALS}]\s*(?:{_COUNTED})|[东南西北中前后左右上下内外新老a-z]\s*[区院园苑里村]")


def fits(name: str, typed: str) -> bool:
    """Whether a compound's name holds what was typed, or stands in it with nothing behind that would make it another house or
    another compound."""
    _before, there, behind = typed.rpartition(name)
    return typed in name or (bool(there) and not _OTHER_PART.search(behind))


def alike(name: str, typed: str) -> bool:
    """Whether the end of what was typed is this name but for one character: wrong, missing or too many; a number is never wrong.

    Names of three characters are too much like others: they are alike only to three characters with one wrong.
    """
    if len(name) < 3 or (len(name) == 3 and len(typed) != 3):
        return False
    sizes = (len(name), len(name) - 1, len(name) + 1)
    return any(_one_apart(name, typed[len(typed) - size :]) for size in sizes if len(typed) >= size)


def _one_apart(first: str, second: str) -> bool:
    if abs(len(first) - len(second)) > 1:
        return False
    short, long = sorted((first, second), key=len)
    at = next((place for place, one in enumerate(short) if one != long[place]), len(short))
    if re.search(rf"[\d{_NUMERALS}{_STEMS}]", short[at : at + 1] + long[at : at + 1]):
        return False
    return short[at + (len(short) == len(long)) :] == long[at + 1 :]
