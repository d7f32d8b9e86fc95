"""Region codes: the code is the path. No database, no clock.

A code is a run of digits in which every level adds some: province 2, city 2, district 2, sub-district 3, community 3
(the statistical division codes of the National Bureau of Statistics, twelve digits) and then the grid, whose number
of digits is a matter of local standard (`Scheme`). A prefix of a code names its ancestor, so a subtree is a range of
codes.
"""

import unicodedata
from dataclasses import dataclass
from enum import IntEnum

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy


class Level(IntEnum):
    """The six levels, top down. The number is stored; its order is the order of the tree."""

    PROVINCE = 1
    CITY = 2
    DISTRICT = 3
    SUB_DISTRICT = 4
    COMMUNITY = 5
    GRID = 6

    @property
    def label(self) -> str:
        """The word on the screens."""
        return str(_LABELS[self])


_LABELS = {
    Level.PROVINCE: gettext_lazy("省级"),
    Level.CITY: gettext_lazy("地市级"),
    Level.DISTRICT: gettext_lazy("区县"),
    Level.SUB_DISTRICT: gettext_lazy("街道"),
    Level.COMMUNITY: gettext_lazy("社区"),
    Level.GRID: gettext_lazy("网格"),
}

# Digits of a whole code, level by level, down to the community (NBS statistical division codes; first six GB/T 2260).
LENGTHS = {Level.PROVINCE: 2, Level.CITY: 4, Level.DISTRICT: 6, Level.SUB_DISTRICT: 9, Level.COMMUNITY: 12}
_LEVELS = {length: level for level, length in LENGTHS.items()}
COMMUNITY_LENGTH = LENGTHS[Level.COMMUNITY]
MAX_LENGTH = 20

# First two digits that GB/T 2260 gives to a province, autonomous region, municipality or special administrative region.
PROVINCES = frozenset(
    [*range(11, 16), *range(21, 24), *range(31, 38), *range(41, 47), *range(50, 55), *range(61, 66), 71, 81, 82]
)

# Cities without districts: their sub-districts hang on a six-digit code that ends in 00 (东莞 中山 儋州 嘉峪关).
UNDIVIDED_CITIES = frozenset({"4419", "4420", "4604", "6202"})

# NBS urban-rural classification: the last-level code published beside each community.
URBAN_RURAL = {
    "111": gettext_lazy("主城区"),
    "112": gettext_lazy("城乡结合区"),
    "121": gettext_lazy("镇中心区"),
    "122": gettext_lazy("镇乡结合区"),
    "123": gettext_lazy("特殊区域"),
    "210": gettext_lazy("乡中心区"),
    "220": gettext_lazy("村庄"),
}


class InvalidCode(ValueError):
    """A code that cannot be used; the text is the reason in the user's words."""


@dataclass(frozen=True, slots=True)
class Scheme:
    """How an office writes grid codes.

    grid_digits: digits of the grid after the twelve of the community; object_digits: leading digits that name a kind of
    object and not a place (CJ/T 349-2010 puts six in front), cut off before the code is stored; source: the standard.
    """

    key: str
    name: str
    grid_digits: int
    object_digits: int = 0
    source: str = ""

    def __post_init__(self) -> None:
        if not 1 <= self.grid_digits <= MAX_LENGTH - COMMUNITY_LENGTH or not 0 <= self.object_digits <= 8:
            raise ValueError(f"grid scheme {self.key}: digits out of bounds")

    @property
    def grid_length(self) -> int:
        """Digits of a stored grid code."""
        return COMMUNITY_LENGTH + self.grid_digits


# The three schemes known to us; linli/policies/regions.toml names the one in use and may add others.
BEIJING_15 = Scheme(
    "beijing-15", "北京单元网格码（15 位）", 3, source="北京市地方标准：区 6 + 街乡 3 + 社区 3 + 顺序 3"
)
NATIONAL_14 = Scheme("cjt213-14", "单元网格码（14 位）", 2, source="CJ/T 213-2005:6 + 3 + 3 + 2")
DIGITAL_20 = Scheme("cjt349-20", "数字社区网格码（20 位）", 2, 6, source="CJ/T 349-2010:对象 6 + 6 + 3 + 3 + 2")
SCHEMES = {scheme.key: scheme for scheme in (BEIJING_15, NATIONAL_14, DIGITAL_20)}


def level_of(code: str, scheme: Scheme = BEIJING_15) -> Level:
    """The level of a stored code, by its length. Raises InvalidCode where no level has that many digits."""
    if level := _LEVELS.get(len(code)):
        return level
    if len(code) == scheme.grid_length:
        return Level.GRID
    raise InvalidCode(
        _("区划代码应为 2、4、6、9、12 或 %(grid)d 位，“%(code)s”是 %(length)d 位")
        % {"grid": scheme.grid_length, "code": code[:30], "length": len(code)}
    )


def stored_level(code: str) -> Level:
    """The level of a code that stands in the database: whatever is longer than a community is a grid."""
    return _LEVELS.get(len(code), Level.GRID)


def parent_code(code: str) -> str | None:
    """The code one level up; None for a province."""
    shorter = [length for length in _LEVELS if length < len(code)]
    return code[: max(shorter)] if shorter else None


def ancestor_codes(code: str) -> list[str]:
    """The codes above, province first, without the code itself."""
    return [code[:length] for length in _LEVELS if length < len(code)]


def bounds(prefix: str) -> tuple[str, str]:
    """The half-open range [low, high) of all codes that begin with `prefix`, under byte order (collation "C").

    A range comparison uses a plain btree index in every locale; LIKE 'prefix%' does not.
    """
    if not prefix:
        raise ValueError("a prefix needs at least one digit")
    return prefix, prefix[:-1] + chr(ord(prefix[-1]) + 1)


def normalise(text: object, scheme: Scheme = BEIJING_15) -> str:
    """A code as people and spreadsheets write it -> the stored code.

    Forgives full-width digits, spaces, a text apostrophe, a whole number with ".0" (spreadsheets), twelve digits padded
    with zeros (NBS tables write 110106000000 for 110106) and the object digits of the scheme. Raises InvalidCode.
    """
    if isinstance(text, float):
        if not text.is_integer() or abs(text) >= 1e15:
            raise InvalidCode(_("区划代码在表格里被存成了数字，尾数已经丢失；请把这一列设为“文本”后重新填写"))
        text = int(text)
    code = "".join(unicodedata.normalize("NFKC", str(text)).split()).lstrip("'‘’").removesuffix(".0")
    if not code:
        raise InvalidCode(_("区划代码没有填写"))
    if "E+" in code.upper():
        raise InvalidCode(_("区划代码在表格里被存成了数字，尾数已经丢失；请把这一列设为“文本”后重新填写"))
    for place, character in enumerate(code, start=1):
        if not ("0" <= character <= "9"):
            raise InvalidCode(
                _("区划代码只能由数字组成，“%(code)s”的第 %(place)d 位是“%(character)s”")
                % {"code": code[:30], "place": place, "character": character}
            )
    if scheme.object_digits and len(code) == scheme.grid_length + scheme.object_digits:
        code = code[scheme.object_digits :]
        if int(code[COMMUNITY_LENGTH:]) == 0:  # CJ/T 349-2010: grid 00 is the community that has no grids
            code = code[:COMMUNITY_LENGTH]
    return _without_padding(code)


def validate(text: object, scheme: Scheme = BEIJING_15) -> str:
    """The stored code, checked: digits, province, length, no empty segment. Raises InvalidCode with the reason."""
    code = normalise(text, scheme)
    if len(code) < 2 or int(code[:2]) not in PROVINCES:
        raise InvalidCode(_("“%(code)s”的前两位不是省级代码") % {"code": code[:30]})
    level = level_of(code, scheme)
    if level is not Level.PROVINCE:
        segment = code[len(parent_code(code) or "") :]
        if int(segment) == 0 and not (level is Level.DISTRICT and code[:4] in UNDIVIDED_CITIES):
            facts = {"code": code, "level": level.label}
            raise InvalidCode(_("“%(code)s”的最后一段全是 0，不指向任何%(level)s") % facts)
    return code


def check_urban_rural(text: object) -> str:
    """The NBS urban-rural class as three digits, or empty. Raises InvalidCode for anything else."""
    value = "".join(str(text or "").split()).removesuffix(".0")
    if value and value not in URBAN_RURAL:
        facts = {"value": value[:10], "known": "、".join(URBAN_RURAL)}
        raise InvalidCode(_("城乡分类代码没有“%(value)s”，应为 %(known)s") % facts)
    return value


def short_name(name: str) -> str:
    """The everyday name: without 居委会, 村委会 and the like.

    >>> [short_name(name) for name in ("滨西社区居民委员会", "柿园村委会", "友谊村村民委员会", "丰台街道")]
    ['滨西社区', '柿园村', '友谊村', '丰台街道']
    """
    for ending in ("社区居民委员会", "社区居委会"):
        if name.endswith(ending) and len(name) > len(ending):
            return name.removesuffix(ending) + "社区"
    for ending in ("村村民委员会", "村村委会", "村民委员会", "村委会"):
        if name.endswith(ending) and len(name) > len(ending):
            return name.removesuffix(ending) + "村"
    for ending in ("街道办事处", "居民委员会", "居委会"):
        if name.endswith(ending) and len(name) > len(ending):
            return name.removesuffix(ending) + ("街道" if ending == "街道办事处" else "")
    return name


def _without_padding(code: str) -> str:
    """Cut the zeros with which tables fill a shorter code up to six or twelve digits; other lengths stay."""
    if len(code) == 12 and code.endswith("000"):
        code = code[:9]
        if code.endswith("000"):
            code = code[:6]
    if len(code) == 6 and code[:4] not in UNDIVIDED_CITIES:
        while len(code) > 2 and code.endswith("00"):
            code = code[:-2]
    return code
