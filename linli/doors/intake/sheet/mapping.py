"""Which column of a sheet is which field of a case. Pure: a mapping is data (TOML), a row goes in, the command's arguments come out.

name = "市长信箱"
source = "letters"                  # with the number: what makes a row the same row next time
street = "110106009"                # whose source it is; without it the sub-district of default_region
zone = "Asia/Shanghai"              # of times without one
dates = ["%Y/%m/%d", "%Y-%m-%d"]    # how times are written; ISO is always understood
default_region = "110106009"        # where a row does not say where

[columns]                           # field = column, or several columns joined by a line break
number = "id"
text = ["title", "text"]
filed_at = "date"

[values.kind]                       # words of the sheet = codes of Linli; "*" stands for every other word
"投诉类" = "complaint"
"*" = "help"
"""

import re
import tomllib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

FIELDS = {
    "number": "编号",
    "text": "诉求内容",
    "title": "标题",
    "kind": "类型",
    "category": "分类",
    "service_class": "时限等级",
    "filed_at": "登记时间",
    "region_code": "区划代码",
    "place_text": "地点",
    "longitude": "经度",
    "latitude": "纬度",
    "name": "姓名",
    "phone": "电话",
}
# With the code of the sub-district and a stroke before it, it fits where cases keep it.
SOURCE_MOST = 30
_STREET = re.compile(r"[0-9]{9}")
LONGEST = {"number": 80, "title": 120, "place_text": 200, "name": 40, "phone": 30}


class BadMapping(ValueError):
    """The mapping itself is wrong; the message says where."""


class BadValue(ValueError):
    """One cell cannot be understood: (column, reason)."""

    def __init__(self, column: str, reason: str):
        super().__init__(reason)
        self.column = column
        self.reason = reason


@dataclass(frozen=True, slots=True)
class SheetMap:
    name: str
    source: str
    columns: Mapping[str, tuple[str, ...]]
    values: Mapping[str, Mapping[str, str]] = field(default_factory=dict)
    constants: Mapping[str, str] = field(default_factory=dict)
    dates: tuple[str, ...] = ()
    zone: str = "Asia/Shanghai"
    default_region: str = ""
    street: str = ""

    @property
    def own_source(self) -> str:
        """The source in the name space of its sub-district: two that name theirs alike never meet."""
        return f"{self.street}/{self.source}" if self.street else self.source


def read(text: str) -> SheetMap:
    """TOML -> mapping. Raises BadMapping."""
    try:
        data = tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        raise BadMapping(f"对照表不是正确的 TOML:{error}") from None
    return of(data)


def of(data: Mapping[str, Any]) -> SheetMap:
    """Plain data -> mapping, checked. Raises BadMapping."""
    columns = {name: (one,) if isinstance(one, str) else tuple(one) for name, one in data.get("columns", {}).items()}
    if unknown := sorted(set(columns) - set(FIELDS)):
        raise BadMapping(f"没有“{'、'.join(unknown)}”这样的项；可用的有：{'、'.join(FIELDS)}")
    if "text" not in columns:
        raise BadMapping("必须写明哪一列是诉求内容（columns.text）。")
    source = str(data.get("source", "")).strip()
    if not source or len(source) > SOURCE_MOST:
        raise BadMapping(f"必须写来源名（source），不超过 {SOURCE_MOST} 个字。")
    default_region = str(data.get("default_region", ""))
    street = str(data.get("street", "") or (default_region[:9] if len(default_region) >= 9 else ""))
    if street and not _STREET.fullmatch(street):
        raise BadMapping(f"街道（street）应为 9 位区划代码，不是“{street[:20]}”。")
    zone = str(data.get("zone", "Asia/Shanghai"))
    try:
        ZoneInfo(zone)
    except (KeyError, ValueError):
        raise BadMapping(f"没有“{zone}”这个时区。") from None
    return SheetMap(
        name=str(data.get("name", source)),
        source=source,
        columns=columns,
        values={name: dict(words) for name, words in data.get("values", {}).items()},
        constants={name: str(word) for name, word in data.get("constants", {}).items()},
        dates=tuple(data.get("dates", ())),
        zone=zone,
        default_region=default_region,
        street=street,
    )


def missing_columns(mapping: SheetMap, header: Sequence[str]) -> list[str]:
    """Columns the mapping names that the sheet does not have."""
    wanted = {column for names in mapping.columns.values() for column in names}
    return sorted(wanted - set(header))


def arguments(mapping: SheetMap, row: Mapping[str, str]) -> dict[str, Any]:
    """What `cases.file` is called with for this row. Raises BadValue naming the column."""
    given: dict[str, Any] = dict(mapping.constants)
    for name, columns in mapping.columns.items():
        words = [row.get(column, "").strip() for column in columns]
        text = "\n".join(word for word in words if word)
        given[name] = _value(mapping, name, " + ".join(columns), text)
    result = {name: value for name, value in given.items() if value not in ("", None)}
    number = str(result.pop("number", ""))
    if number:
        result |= {"foreign_source": mapping.own_source, "foreign_number": number}
    if "longitude" not in result and not result.get("region_code") and mapping.default_region:
        result["region_code"] = mapping.default_region
    result.setdefault("text", "")
    return result


def _value(mapping: SheetMap, name: str, column: str, text: str) -> Any:
    words = mapping.values.get(name)
    if words is not None:
        text = words.get(text, words.get("*", text))
    if not text:
        return ""
    if name in ("longitude", "latitude"):
        try:
            return float(text)
        except ValueError:
            raise BadValue(column, f"“{text[:20]}”不是坐标") from None
    if name == "filed_at":
        return _moment(mapping, column, text)
    if len(text) > LONGEST.get(name, 100_000):
        raise BadValue(column, f"超过 {LONGEST[name]} 个字")
    return text


def _moment(mapping: SheetMap, column: str, text: str) -> datetime:
    for form in mapping.dates:
        try:
            found = datetime.strptime(text, form)  # noqa: DTZ007  the zone is put on below
            break
        except ValueError:
            continue
    else:
        try:
            found = datetime.fromisoformat(text.replace("/", "-"))
        except ValueError:
            raise BadValue(column, f"“{text[:30]}”不是认得的时间") from None
    return found if found.tzinfo else found.replace(tzinfo=ZoneInfo(mapping.zone))
