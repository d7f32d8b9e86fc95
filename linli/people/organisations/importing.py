"""A sheet of organisations: what its rows would found, and what is wrong with which cell. Reads, writes nothing."""

import re
import tempfile
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from linli.base.exchange import Problem, SheetError, read_rows
from linli.people.organisations import rules
from linli.people.organisations.models import Organisation
from linli.people.organisations.queries import Listing, directory
from linli.places.regions import queries as regions
from linli.places.regions.models import Region

MAX_BYTES, MAX_ROWS = 2 * 1024 * 1024, 2000
SUFFIXES = (".csv", ".txt", ".tsv", ".xlsx", ".xls", ".ods")
# Our columns and the headers they are known by; the sheet that the register exports is one that can be read again.
COLUMNS: dict[str, tuple[str, ...]] = {
    "name": ("名称", "单位名称", "组织名称"),
    "kind": ("类别", "类型"),
    "region_code": ("所在区划", "区划代码", "所在区划代码"),
    "short_name": ("简称",),
    "parent": ("上级", "上级组织", "上级单位"),
    "subject": ("职责领域",),
    "service_phone": ("服务电话", "电话"),
    "regions": ("责任区",),
}
NEEDED = ("name", "kind", "region_code")
LENGTHS = {"name": 80, "short_name": 30, "subject": 40, "service_phone": 30}

Values = dict[str, str]


@dataclass(frozen=True, slots=True)
class Row:
    """One organisation of a sheet. parent: id of one that is there; above: number of the row that founds the parent."""

    number: int
    values: Values
    kind: str
    parent: int | None = None
    above: int | None = None

    @property
    def kind_label(self) -> str:
        return str(Organisation.Kind(self.kind).label)


@dataclass(frozen=True, slots=True)
class Plan:
    """created: parents before children; same: numbers of rows that are there already."""

    created: list[Row] = field(default_factory=list)
    same: list[int] = field(default_factory=list)
    problems: list[Problem] = field(default_factory=list)


def title(column: str) -> str:
    """The header of one of our columns; "" for the row as a whole."""
    return COLUMNS[column][0] if column else ""


def read(content: bytes, file_name: str) -> tuple[list[tuple[int, Values]], list[Problem]]:
    """Rows by our columns, and what could not be read. Raises SheetError when it is no sheet of organisations."""
    suffix = Path(file_name).suffix.lower()
    if suffix not in SUFFIXES:
        raise SheetError("请选 CSV 或 Excel 表格。")
    if len(content) > MAX_BYTES:
        raise SheetError(f"文件太大（最多 {MAX_BYTES // 1024 // 1024} MB），请分成几份。")
    problems: list[Problem] = []
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / f"sheet{suffix}"
        path.write_bytes(content)
        rows = [(number, _ours(values)) for number, values in read_rows(path, problems=problems)]
    if len(rows) > MAX_ROWS:
        raise SheetError(f"一次最多 {MAX_ROWS} 行，请分成几份。")
    if not rows and not problems:
        raise SheetError("表里没有一行组织。")
    missing = [title(name) for name in NEEDED if rows and name not in rows[0][1]]
    if missing:
        raise SheetError(f"表里没有“{'”“'.join(missing)}”这一列。")
    return rows, problems


def _ours(values: Mapping[str, str]) -> Values:
    found = {}
    for name, headers in COLUMNS.items():
        for header in headers:
            if header in values:
                found[name] = " ".join(values[header].split())
                break
    return found


def plan(rows: Sequence[tuple[int, Values]], problems: Iterable[Problem] = ()) -> Plan:
    """What the rows would found, compared with the organisations as they are now."""
    found = Plan(problems=list(problems))
    wanted = {code for _n, values in rows for code in (values.get("region_code", ""), *codes(values))}
    known = set(regions.current(Region.objects.filter(code__in=wanted)).values_list("code", flat=True))
    names = {values.get("name", "") for _n, values in rows}
    there = set(Organisation.objects.filter(valid_to=None, name__in=names).values_list("kind", "name", "region_code"))
    seen: dict[tuple[str, str, str], int] = {}
    good: dict[int, Row] = {}
    for number, values in rows:
        kind = _kind(values.get("kind", ""))
        wrong = _wrong(values, kind, known)
        key = (kind, values.get("name", ""), values.get("region_code", ""))
        if not wrong and key in seen:
            wrong = [("name", f"和第 {seen[key]} 行是同一个组织")]
        if wrong:
            found.problems.extend(Problem(number, title(column), reason) for column, reason in wrong)
        elif key in there:
            found.same.append(number)
        else:
            seen[key] = number
            good[number] = Row(number, values, kind)
    _settle(good, found)
    found.problems.sort(key=lambda problem: problem.row)
    return found


def _kind(text: str) -> str:
    """The kind by its code or its Chinese name; full- and half-width brackets are the same."""
    plain = text.replace("(", "（").replace(")", "）")
    return next((code for code, label in Organisation.Kind.choices if plain in (code, str(label))), "")


def codes(values: Values) -> list[str]:
    """Codes of the regions it answers for beside its own; each once."""
    return list(dict.fromkeys(code for code in re.split(r"[、,，;；\s]+", values.get("regions", "")) if code))


def _wrong(values: Values, kind: str, known: set[str]) -> list[tuple[str, str]]:
    wrong = []
    if not values.get("name"):
        wrong.append(("name", "没有填名称"))
    if not kind:
        labels = "、".join(str(label) for _code, label in Organisation.Kind.choices)
        wrong.append(("kind", f"没有“{values.get('kind', '')}”这个类别；可以是：{labels}"))
    if values.get("region_code", "") not in known:
        wrong.append(("region_code", f"没有“{values.get('region_code', '')}”这个区划代码"))
    wrong += [("regions", f"没有“{code}”这个区划代码") for code in codes(values) if code not in known]
    wrong += [(column, f"最多 {most} 个字") for column, most in LENGTHS.items() if len(values.get(column, "")) > most]
    return wrong


def _settle(good: dict[int, Row], found: Plan) -> None:
    """Find the parent of each good row, among what is there or in the sheet itself, and put parents first."""
    waiting = dict(good)
    while True:
        ready, wrong = [], []
        for row in waiting.values():
            parent, above, reason = _parent(row, good)
            if reason:
                wrong.append((row, reason))
            elif above is None or above not in waiting:
                ready.append(Row(row.number, row.values, row.kind, parent, above))
        for row, reason in wrong:
            found.problems.append(Problem(row.number, title("parent"), reason))
            del waiting[row.number], good[row.number]
        for row in ready:
            found.created.append(row)
            del waiting[row.number]
        if not ready and not wrong:
            break
    for row in waiting.values():  # only what stands above itself is left
        found.problems.append(Problem(row.number, title("parent"), "上级绕了一圈，最后又是自己"))


def _parent(row: Row, good: dict[int, Row]) -> tuple[int | None, int | None, str]:
    """(id of a parent that is there, number of a row that founds it, what is wrong)."""
    name = row.values.get("parent", "")
    if not name:
        return None, None, "" if rules.may_stand_under(row.kind, None) else "要写明上级"
    fits = [one for one in directory().by_id.values() if name in (one.name, one.short_name)]
    rows = [
        one for one in good.values() if name in (one.values["name"], one.values.get("short_name")) and one is not row
    ]
    named = len(fits) + len(rows)
    fits = [one for one in fits if rules.may_stand_under(row.kind, one.kind)]
    rows = [one for one in rows if rules.may_stand_under(row.kind, one.kind)]
    if not fits and not rows:
        above = "、".join(str(Organisation.Kind(kind).label) for kind in rules.PARENTS[row.kind])
        reason = f"“{name}”不能做它的上级，应当是{above}" if named else f"没有叫“{name}”的组织，或者那一行有错误"
        return None, None, reason
    every: list[Listing | Row] = [*fits, *rows]
    near = [one for one in every if _region(one)[:9] == row.values["region_code"][:9]] or every
    if len(near) > 1:
        return None, None, f"有几个叫“{name}”的组织，请写全称"
    chosen = near[0]
    return (chosen.id, None, "") if isinstance(chosen, Listing) else (None, chosen.number, "")


def _region(one: Listing | Row) -> str:
    return one.region_code if isinstance(one, Listing) else one.values["region_code"]
