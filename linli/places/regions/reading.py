"""From an uploaded file to checked rows of regions. Pure: no database; what is wrong comes back row by row, in words.

A code sheet (CSV, XLSX) has at least a column of codes and one of names. A GeoJSON file has one
feature per region, its code among the properties.
"""

import json
from collections.abc import Callable
from dataclasses import asdict, dataclass, field
from tempfile import NamedTemporaryFile
from typing import Any

from django.utils.translation import gettext as _

from linli.base import exchange
from linli.places.regions import outlines
from linli.places.regions.rules import InvalidCode, Scheme, check_urban_rural, short_name, validate

MAX_BYTES = 40 * 1024 * 1024
MAX_ROWS = 100_000
MAX_HOUSEHOLDS = 1_000_000

# What people call the columns, in files and in GeoJSON properties. Compared without spaces, in lower case.
_NAMES = {
    "code": "代码 编码 区划代码 统计用区划代码 社区代码 网格代码 网格编码 网格编号 code adcode region_code grid_code",
    "name": "名称 区划名称 单位名称 社区名称 网格名称 name",
    "short_name": "简称 short_name shortname",
    "urban_rural": "城乡分类代码 城乡分类 urban_rural",
    "households": "户数 总户数 households",
    "source": "来源 出处 source",
}
_COLUMN_OF = {alias: column for column, aliases in _NAMES.items() for alias in aliases.split()}


class Unreadable(ValueError):
    """The file as a whole cannot be read; the text says why and what to do."""


@dataclass(frozen=True, slots=True)
class Problem:
    """One thing wrong. place: where in the file (“第 3 行”); column; reason: in words; grave: it stops that row."""

    place: str
    column: str
    reason: str
    grave: bool = True


@dataclass(slots=True)
class Row:
    """One region as the file gives it; None for what it does not say. outline: checked geometry and its measures."""

    place: str
    code: str
    name: str | None = None
    short_name: str | None = None
    urban_rural: str | None = None
    households: int | None = None
    source: str | None = None
    outline: dict[str, Any] | None = None

    def as_json(self) -> dict[str, Any]:
        return asdict(self)


@dataclass(slots=True)
class Reading:
    """A file as it was understood. kind: `sheet` or `geojson`."""

    kind: str
    rows: list[Row] = field(default_factory=list)
    problems: list[Problem] = field(default_factory=list)


def read(content: bytes, file_name: str, scheme: Scheme) -> Reading:
    """A GeoJSON file or a code sheet, by its content. Raises Unreadable."""
    if not content.strip():
        raise Unreadable(_("文件是空的"))
    if len(content) > MAX_BYTES:
        raise Unreadable(_("文件太大（最多 %(most)d MB），请分成几份") % {"most": MAX_BYTES // 1024 // 1024})
    start = content.lstrip(b"\xef\xbb\xbf \t\r\n")[:1]
    if start in (b"{", b"[") or file_name.lower().endswith((".geojson", ".json")):
        return read_geojson(content, scheme)
    return read_sheet(content, scheme)


def read_sheet(content: bytes, scheme: Scheme) -> Reading:
    """A code sheet: CSV, XLSX or XLS, told apart by their first bytes. Raises Unreadable."""
    broken: list[exchange.Problem] = []
    found = Reading("sheet")
    with NamedTemporaryFile(suffix=_suffix(content)) as file:
        file.write(content)
        file.flush()
        try:
            for number, cells in exchange.read_rows(file.name, problems=broken):
                given = {column: value for name, value in cells.items() if (column := _column(name))}
                if not {"code", "name"} <= set(given):
                    raise Unreadable(_("没有找到表头：前几行里应有一行写着“代码”和“名称”"))
                if len(found.rows) + len(found.problems) >= MAX_ROWS:
                    raise Unreadable(_("行数太多（最多 %(most)d 行），请分成几份") % {"most": MAX_ROWS})
                _take(found, _row(number), given, scheme)
        except exchange.SheetError as error:
            raise Unreadable(str(error)) from error
    found.problems += [Problem(_row(one.row), _column(one.column) or one.column, one.reason) for one in broken]
    if not found.rows and not found.problems:
        raise Unreadable(_("表里没有一行区划"))
    return found


def read_geojson(content: bytes, scheme: Scheme) -> Reading:
    """A FeatureCollection with the boundaries of regions. Raises Unreadable."""
    try:
        whole = json.loads(content.decode("utf-8-sig"))
    except UnicodeDecodeError as error:
        raise Unreadable(_("GeoJSON 文件应为 UTF-8 编码")) from error
    except (ValueError, RecursionError) as error:
        raise Unreadable(_("这不是完整的 GeoJSON 文件：%(reason)s") % {"reason": str(error)[:80]}) from error
    if (
        not isinstance(whole, dict)
        or whole.get("type") != "FeatureCollection"
        or not isinstance(whole.get("features"), list)
    ):
        raise Unreadable(_("GeoJSON 的最外层应为 FeatureCollection，里面是 features 列表"))
    _check_reference(whole.get("crs"))
    if len(whole["features"]) > MAX_ROWS:
        raise Unreadable(_("要素太多（最多 %(most)d 个），请分成几份") % {"most": MAX_ROWS})
    found = Reading("geojson")
    for number, feature in enumerate(whole["features"], start=1):
        place = _("第 %(number)d 个要素") % {"number": number}
        if not isinstance(feature, dict) or not isinstance(feature.get("properties"), dict):
            found.problems.append(Problem(place, "", _("不是要素（Feature），或者没有属性（properties）")))
            continue
        given = {column: value for key, value in feature["properties"].items() if (column := _column(key))}
        _take(found, place, given, scheme, feature.get("geometry"), with_outline=True)
    return found


def _take(
    found: Reading,
    place: str,
    given: dict[str, Any],
    scheme: Scheme,
    geometry: object = None,
    *,
    with_outline: bool = False,
) -> None:
    """Add one row, or all that is wrong with it."""
    wrong: list[Problem] = []

    def checked(column: str, check: Callable[[Any], Any]) -> Any:
        if column not in given or (column != "code" and (given[column] is None or not str(given[column]).strip())):
            return None
        try:
            return check(given[column])
        except (InvalidCode, outlines.InvalidOutline) as refusal:
            wrong.append(Problem(place, column, str(refusal)))
            return None

    if "code" not in given:
        given = {**given, "code": ""}
    row = Row(
        place,
        checked("code", lambda value: validate("" if value is None else value, scheme)) or "",
        checked("name", lambda value: _text(value, 60)),
        checked("short_name", lambda value: _text(value, 40)),
        checked("urban_rural", check_urban_rural),
        checked("households", _households),
        checked("source", lambda value: _text(value, 200)),
    )
    if row.name and not row.short_name:
        row.short_name = short_name(row.name)[:40]
    if with_outline:
        try:
            outline = outlines.read(geometry)
            row.outline = {
                "geometry": outline.geometry,
                "bounds": outline.bounds,
                "label": outline.label,
                "area": outline.area,
            }
        except outlines.InvalidOutline as refusal:
            wrong.append(Problem(place, "geometry", str(refusal)))
    if wrong:
        found.problems += wrong
    else:
        found.rows.append(row)


def _text(value: Any, most: int) -> str:
    text = " ".join(str(value).split())
    if any(ord(character) < 32 or ord(character) == 127 for character in text):
        raise InvalidCode(_("里面有看不见的控制字符"))
    if any(0xD800 <= ord(character) <= 0xDFFF for character in text):
        raise InvalidCode(_("里面有残缺的字符"))
    if len(text) > most:
        raise InvalidCode(_("最多 %(most)d 个字，这里有 %(count)d 个") % {"most": most, "count": len(text)})
    return text


def _households(value: Any) -> int:
    text = str(value).strip().removesuffix(".0").replace(",", "")
    if not text.isascii() or not text.isdigit() or len(text) > 9 or int(text) > MAX_HOUSEHOLDS:
        facts = {"value": str(value)[:20], "most": MAX_HOUSEHOLDS}
        raise InvalidCode(_("户数应为 0 到 %(most)d 的整数，这里是“%(value)s”") % facts)
    return int(text)


def _column(name: object) -> str:
    """Which of our columns a heading or property means; empty for others."""
    return _COLUMN_OF.get("".join(str(name).split()).lower(), "")


def _row(number: int) -> str:
    return _("第 %(number)d 行") % {"number": number}


def _suffix(content: bytes) -> str:
    kinds = {b"PK\x03\x04": ".xlsx", b"\xd0\xcf\x11\xe0": ".xls", b"\x1f\x8b": ".csv.gz"}
    return next((suffix for start, suffix in kinds.items() if content.startswith(start)), ".csv")


def _check_reference(reference: Any) -> None:
    """Old GeoJSON may name another coordinate system: only longitude and latitude in WGS84 or CGCS2000 are taken."""
    if reference is None:
        return
    properties = reference.get("properties") if isinstance(reference, dict) else None
    name = str(properties.get("name", "")) if isinstance(properties, dict) else ""
    if not name.endswith(("CRS84", ":4326", ":4490")):
        raise Unreadable(_("坐标系应为 CGCS2000 或 WGS84 经纬度，文件写的是“%(name)s”") % {"name": name[:60]})
