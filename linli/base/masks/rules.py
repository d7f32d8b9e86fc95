"""Masks of single values, and the scrub of free text.

A mask keeps what two people on the telephone need to be sure they mean the same record, and no more. ID numbers show at
most the first three and last four characters. A value that does not look like its kind is hidden whole: better a mask
too many than a name in the wrong field shown in full.
"""

import re
import unicodedata

HIDDEN = "****"

# The two-character surnames of 百家姓, and a few others that are still met.
_PAIRS = (
    "欧阳太史端木上官司马东方独孤南宫万俟闻人夏侯诸葛尉迟公羊赫连澹台皇甫宗政濮阳公冶太叔申屠公孙慕容仲孙钟离长孙宇文司徒鲜于"
    "司空闾丘子车亓官司寇巫马公西颛孙壤驷公良漆雕乐正宰父谷梁拓跋夹谷轩辕令狐段干百里呼延东郭南门羊舌微生梁丘左丘东门西门第五"
)
COMPOUND_SURNAMES = frozenset(_PAIRS[index : index + 2] for index in range(0, len(_PAIRS), 2))
_ID_SHAPE = re.compile(r"\d{17}[\dX]|\d{15}")
# Where an address stops saying which compound it is and starts saying which door: building, unit, floor, room. A bare
# number with 号 is a door only at the end (平房); before that it is the number of a street or of a courtyard.
_DOOR = re.compile(
    r"(?:[0-9]{1,5}|[一二三四五六七八九十]{1,3}|[甲乙丙丁东南西北A-Za-z][0-9]{0,3})\s*(?:号楼|单元|门洞|楼门|[幢栋座层楼])"
    r"|[0-9]{1,5}\s*(?:室|户|房)|[0-9]{1,4}\s*号?\s*[-#/]\s*[0-9]{1,4}|[0-9]{1,5}\s*(?:号|门)?\s*(?:之[一二三四五六七八九十])?$"
)

# Any character that stands for a decimal digit, whatever its script or width, as that digit: one for one, so that
# positions in the text stay the same.
_DIGITS = {
    code: str(digit)
    for code in range(0x80, 0x1FC00)
    if (digit := unicodedata.digit(chr(code), None)) is not None and chr(code) not in "〇"
} | {0xFF38: "X", 0xFF58: "X", ord("x"): "X", 0xFF0B: "+"}
_CHINESE_DIGITS = str.maketrans("〇零一幺壹二贰三叁四肆五伍六陆七柒八捌九玖", "001112233445566778899")
# What people put between the digits of a number, by habit or to get past a filter.
_GAP = r"[\s\-_.·•()（）\u00ad\u2010-\u2015\u200b-\u200f\u2060\u2212\ufeff\uff0d]{0,3}"
_MOBILE = re.compile(rf"(?<!\d)(?:(?:\+|00)?{_GAP}8{_GAP}6{_GAP})?1{_GAP}[3-9]" + rf"{_GAP}\d" * 9 + r"(?!\d)")
_LANDLINE = re.compile(rf"(?<!\d)0[1-9]\d{{1,2}}{_GAP}[2-9]\d{{2,3}}{_GAP}\d{{4}}(?!\d)")
_ID = re.compile(r"(?<!\d)[1-9]" + rf"{_GAP}\d" * 16 + rf"{_GAP}[\dX](?!\d)")
_OLD_ID = re.compile(r"(?:身份证|证件)\D{0,8}?([1-9]" + rf"{_GAP}\d" * 14 + r")(?!\d)")


def name(text: str) -> str:
    """张三 -> 张*, 欧阳修远 -> 欧阳**, Anna Schmidt -> A***. A compound surname needs a given name behind it."""
    text = _plain(text)
    if not text:
        return ""
    if not "\u3400" <= text[0] <= "\U0003ffff":
        return f"{text[0]}***"
    if "·" in text or "•" in text:  # 买买提·艾山: the part before the dot is a given name
        return f"{text[0]}***"
    kept = 2 if len(text) > 2 and text[:2] in COMPOUND_SURNAMES else 1
    return text[:kept] + "*" * max(1, min(len(text) - kept, 3))


def phone(text: str) -> str:
    """13812345678 -> 138****5678, 010-61234567 -> 010****4567, 61234567 -> ****4567."""
    digits = re.sub(r"\D", "", re.sub(r"^\s*(?:\+|00)86", "", _plain(text)))
    if re.fullmatch(r"86(1[3-9]\d{9})", digits):
        digits = digits[2:]
    if re.fullmatch(r"1[3-9]\d{9}", digits):
        return f"{digits[:3]}****{digits[-4:]}"
    if re.fullmatch(r"0\d{9,11}", digits):
        area = 3 if digits[1] in "12" else 4
        return f"{digits[:area]}****{digits[-4:]}"
    if len(digits) in (7, 8):
        return f"****{digits[-4:]}"
    return HIDDEN if _plain(text) else ""


def id_number(text: str) -> str:
    """11010519491231002X -> 110***********002X: the first three and the last four, never the birthday."""
    text = re.sub(r"[\s-]", "", _plain(text)).upper()
    if not text:
        return ""
    if _ID_SHAPE.fullmatch(text):
        return text[:3] + "*" * (len(text) - 7) + text[-4:]
    return HIDDEN if len(text) < 6 else text[0] + "*" * (len(text) - 2) + text[-1]


def address(text: str) -> str:
    """Keep the compound, hide the door: 云岗北里小区3号楼501室 -> 云岗北里小区***. Without a door nothing is hidden."""
    text = _plain(text)
    found = _DOOR.search(text)
    return text if found is None else text[: found.start()].rstrip(" ,、-") + "***"


def scrub(text: str) -> str:
    """Free text with the telephone and ID numbers in it masked, however they are spaced or spelled.

    An eighteen-digit number is an ID number when its middle is a date (so a case number or a region code stays); an old
    fifteen-digit one only after 身份证 or 证件. Applying it twice changes nothing more.
    """
    plain = text.translate(_DIGITS)
    spans: list[tuple[int, int, str]] = []
    for found in _ID.finditer(plain):
        collapsed = _collapse(found[0])
        if _is_birthday(collapsed[6:14]):
            spans.append((*found.span(), id_number(collapsed)))
    spans += [(*found.span(1), id_number(_collapse(found[1]))) for found in _OLD_ID.finditer(plain)]
    for pattern in (_MOBILE, _LANDLINE):
        spans += [(*found.span(), phone(_collapse(found[0]))) for found in pattern.finditer(plain)]
    spans += [
        (*found.span(), phone(_collapse(found[0]))) for found in _MOBILE.finditer(text.translate(_CHINESE_DIGITS))
    ]
    pieces, end = [], 0
    for start, stop, masked in sorted(spans, key=lambda span: (span[0], -span[1])):
        if start >= end:
            pieces += [text[end:start], masked]
            end = stop
        elif stop > end:  # two readings overlap: hide what the second adds
            pieces.append("*" * (stop - end))
            end = stop
    return "".join([*pieces, text[end:]])


def _collapse(found: str) -> str:
    return re.sub(r"[^0-9X+]", "", found)


def _is_birthday(digits: str) -> bool:
    return re.fullmatch(r"(?:18|19|20)\d\d(?:0[1-9]|1[0-2])(?:0[1-9]|[12]\d|3[01])", digits) is not None


def _plain(text: str) -> str:
    return unicodedata.normalize("NFKC", text or "").strip()
