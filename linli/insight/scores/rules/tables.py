"""Units from a sheet: which column is what, and what is wrong, by row and column."""

import re
import unicodedata
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from fractions import Fraction

from linli.base.exchange import Problem
from linli.insight.scores.rules.arithmetic import NotANumber, read_number
from linli.insight.scores.rules.shapes import Input, Rule
from linli.insight.scores.rules.totals import Unit, faults

UNIT_NAMES = (
    "单位", "单位名称", "承办单位", "责任单位", "部门", "部门名称", "社区", "社区名称", "街道", "街道名称", "乡镇", "镇街", "乡镇街道", "区县",
    "县区", "县市区", "地区", "名称", "unit", "name", "county", "organisation",
)  # fmt: skip
GROUP_NAMES = ("组", "组别", "分组", "group")
# Scores have organisations and regions as their units, never people.
PEOPLE = (
    "姓名",
    "居民",
    "诉求人",
    "来电人",
    "网格员",
    "工作人员",
    "经办人",
    "人员",
    "党员",
    "手机号",
    "身份证号",
    "联系电话",
)
_PERSON = re.compile(r"1[3-9]\d{9}|\d{17}[\dXx]")
SUMS = frozenset(
    {"合计", "总计", "小计", "平均", "平均值", "平均数", "均值", "全市平均", "全区平均", "全县平均", "全街道平均"}
)
_UNIT_OF_COLUMN = re.compile(r"\([^()]*\)$")


@dataclass(slots=True)
class Table:
    """What a sheet gave. unused: columns that the rule does not ask for; skipped: rows of sums, by number."""

    units: list[Unit] = field(default_factory=list)
    problems: list[Problem] = field(default_factory=list)
    unused: list[str] = field(default_factory=list)
    skipped: list[int] = field(default_factory=list)


def plain(name: str) -> str:
    return "".join(unicodedata.normalize("NFKC", name).split()).casefold()


def read(rule: Rule, rows: Iterable[tuple[int, Mapping[str, str]]], header: Sequence[str] = ()) -> Table:
    """rows: row number and cells by column, as `read_rows` gives them; header: the columns, where there may be no row."""
    kept = [(number, dict(cells)) for number, cells in rows]
    table = Table()
    columns = list(kept[0][1]) if kept else list(header)
    if not kept:
        table.problems.append(Problem(0, "", "表里没有数据行。"))
        return table
    by_name = _by_name(columns)
    unit_columns = _unit_columns(rule, by_name, columns, table)
    group_column = (
        by_name.get(plain(rule.group_column))
        if rule.group_column
        else next((by_name[plain(n)] for n in GROUP_NAMES if plain(n) in by_name), None)
    )
    if rule.group_column and group_column is None:
        table.problems.append(
            Problem(1, rule.group_column, f"没有“{rule.group_column}”这一列；表里有：{'、'.join(columns)}。")
        )
    if table.problems:
        return table
    if rule.pivot:
        _long(rule, kept, by_name, unit_columns, group_column, table)
    else:
        _wide(rule, kept, by_name, unit_columns, group_column, table)
    rejected = {problem.row for problem in table.problems}
    good = [unit for unit in table.units if unit.row not in rejected]
    table.problems += [Problem(unit.row, column, f"{why}。") for unit, column, why in faults(rule, good)]
    table.problems.sort(key=lambda problem: problem.row)
    return table


def _by_name(columns: Sequence[str]) -> dict[str, str]:
    """Columns by their plain name; `办结数（件）` is also found as `办结数` where nothing else is called so."""
    found = {plain(column): column for column in columns}
    shorter = [(_UNIT_OF_COLUMN.sub("", name), column) for name, column in found.items()]
    for name, column in shorter:
        if name and sum(name == other for other, _column in shorter) == 1:
            found.setdefault(name, column)
    return found


def hints(rule: Rule, units: Sequence[Unit]) -> list[str]:
    """What looks wrong though it can be computed: percentages that are all parts of one."""
    found = []
    for measure in rule.measures:
        if measure.value is None or not measure.percent or measure.value.text not in rule.inputs:
            continue
        numbers = [number for unit in units if (number := unit.numbers.get(measure.value.text)) is not None]
        if numbers and max(numbers) <= 1 and any(numbers):
            name = rule.inputs[measure.value.text].name
            found.append(f"“{name}”的数都不超过 1；如果表里写的是比例（0.95），请在规则里给这一项写 share = true。")
    return found


def wanted(rule: Rule) -> list[Input]:
    """The inputs that some formula reads."""
    read_names: set[str] = set()
    for group in rule.groups:
        for measure in group.measures:
            for formula in (measure.numerator, measure.denominator, measure.exclude, measure.value, measure.points):
                read_names |= formula.names if formula is not None else set()
    read_names |= {code for code, _down in rule.ranking.then} | {rule.weight_by}
    read_names |= rule.ranking.needs.names if rule.ranking.needs is not None else set()
    return [one for code, one in rule.inputs.items() if code in read_names]


def _unit_columns(rule: Rule, by_name: Mapping[str, str], columns: list[str], table: Table) -> list[str]:
    if rule.unit_columns:
        missing = [name for name in rule.unit_columns if plain(name) not in by_name]
        table.problems += [Problem(1, name, f"没有“{name}”这一列；表里有：{'、'.join(columns)}。") for name in missing]
        found = [by_name[plain(name)] for name in rule.unit_columns if plain(name) in by_name]
    else:
        found = [by_name[plain(name)] for name in UNIT_NAMES if plain(name) in by_name][:1]
    if people := [name for name in found if any(word in name for word in PEOPLE)]:
        table.problems.append(Problem(1, people[0], "评分的对象是单位或区划，不能是个人。"))
    if not found and not table.problems:
        known = [name for name in columns if any(word in name for word in PEOPLE)]
        reason = (
            "评分的对象是单位或区划，不能是个人。"
            if known
            else '没有写单位的列；请把这一列命名为“单位”，或在规则里写 [table] unit = "列名"。'
        )
        table.problems.append(Problem(1, known[0] if known else "", f"{reason}表里有：{'、'.join(columns)}。"))
    return found


def _columns(rule: Rule, by_name: Mapping[str, str]) -> dict[str, str]:
    """Input code -> column, by code, name or alias."""
    found = {}
    for one in wanted(rule):
        column = next(
            (by_name[plain(name)] for name in (one.code, one.name, *one.aliases) if plain(name) in by_name), None
        )
        if column is not None:
            found[one.code] = column
    return found


def _name(cells: Mapping[str, str], columns: list[str]) -> str:
    return " ".join(cells[column].strip() for column in columns if cells[column].strip())


def _usable(number: int, name: str, column: str, table: Table) -> bool:
    if not name:
        table.problems.append(Problem(number, column, "没有写单位。"))
    elif plain(name) in SUMS:
        table.skipped.append(number)
    elif _PERSON.search(plain(name)):
        table.problems.append(Problem(number, column, "评分的对象是单位或区划，不能是个人。"))
    else:
        return True
    return False


def _group(rule: Rule, number: int, name: str, cell: str, column: str | None, table: Table) -> str:
    if not rule.named_groups:
        return cell
    if cell and rule.group_of(cell):
        return cell
    listed = "、".join(group.name for group in rule.groups)
    if cell:
        table.problems.append(Problem(number, column or "", f"规则里没有“{cell}”组；有：{listed}。"))
        return ""
    found = [group.name for group in rule.groups if name in group.members]
    if not found and len(rule.groups) == 1:
        found = [rule.groups[0].name]
    if len(found) != 1:
        table.problems.append(Problem(number, column or "组别", f"“{name}”不知道属于哪一组；规则里有：{listed}。"))
        return ""
    return found[0]


def _cell(one: Input, text: str, number: int, column: str, table: Table) -> Fraction | None:
    try:
        value = read_number(text, share=one.share)
    except NotANumber as error:
        table.problems.append(Problem(number, column, f"{error}。"))
        return None
    if value is None and one.missing == "zero":
        return Fraction(0)
    if value is None and one.missing == "error":
        table.problems.append(Problem(number, column, "没有填。"))
    if value is not None and value < 0 and not one.negative:
        table.problems.append(
            Problem(number, column, f"“{text}”小于 0；确实可以为负的，在规则里给这一项写 negative = true。")
        )
    return value


def _wide(
    rule: Rule,
    rows: list[tuple[int, dict[str, str]]],
    by_name: Mapping[str, str],
    unit_columns: list[str],
    group_column: str | None,
    table: Table,
) -> None:
    columns, header = _columns(rule, by_name), list(rows[0][1])
    for one in wanted(rule):
        if one.code not in columns:
            names = "、".join(dict.fromkeys((one.name, one.code, *one.aliases)))
            table.problems.append(Problem(1, one.name, f"没有这一列（可以叫：{names}）；表里有：{'、'.join(header)}。"))
    if table.problems:
        return
    compared = _published(rule, by_name)
    used = {*columns.values(), *unit_columns, *compared.values()} | ({group_column} if group_column else set())
    table.unused = [column for column in header if column not in used]
    seen: dict[str, int] = {}
    for number, cells in rows:
        name = _name(cells, unit_columns)
        if not _usable(number, name, unit_columns[0], table):
            continue
        if name in seen:
            table.problems.append(Problem(number, unit_columns[0], f"“{name}”在第 {seen[name]} 行已经有了。"))
            continue
        seen[name] = number
        group = _group(rule, number, name, cells[group_column].strip() if group_column else "", group_column, table)
        numbers: dict[str, Fraction | None] = {
            one.code: _cell(one, cells[columns[one.code]], number, columns[one.code], table) for one in wanted(rule)
        }
        published = {written: cells[column] for written, column in compared.items()}
        table.units.append(Unit(name, name, numbers, group, published, number))


def _published(rule: Rule, by_name: Mapping[str, str]) -> dict[str, str]:
    """Columns with published numbers: as the rule writes them -> as the sheet does."""
    written = {rule.total.published}
    for group in rule.groups:
        for measure in group.measures:
            written |= {measure.published, measure.published_points}
    return {name: by_name[plain(name)] for name in written if name and plain(name) in by_name}


def _long(
    rule: Rule,
    rows: list[tuple[int, dict[str, str]]],
    by_name: Mapping[str, str],
    unit_columns: list[str],
    group_column: str | None,
    table: Table,
) -> None:
    """One row for each unit and input: `unit, metric, value`. Published cells are found as `metric:column`."""
    for name in (rule.pivot, rule.pivot_value):
        if plain(name) not in by_name:
            table.problems.append(Problem(1, name, f"没有“{name}”这一列；表里有：{'、'.join(rows[0][1])}。"))
    if table.problems:
        return
    pivot, value = by_name[plain(rule.pivot)], by_name[plain(rule.pivot_value)]
    known = {plain(name): one for one in rule.inputs.values() for name in (one.code, one.name, *one.aliases)}
    units: dict[str, tuple[int, str, dict[str, Fraction | None], dict[str, str]]] = {}
    for number, cells in rows:
        name, metric = _name(cells, unit_columns), cells[pivot].strip()
        if not _usable(number, name, unit_columns[0], table):
            continue
        one = known.get(plain(metric))
        if one is None:
            table.problems.append(
                Problem(
                    number,
                    pivot,
                    f"规则里没有“{metric}”；有：{'、'.join(each.name for each in rule.inputs.values())}。",
                )
            )
            continue
        if name not in units:
            group = _group(rule, number, name, cells[group_column].strip() if group_column else "", group_column, table)
            units[name] = number, group, dict.fromkeys(rule.inputs), {}
        _row, _group_name, numbers, published = units[name]
        if numbers[one.code] is not None:
            table.problems.append(Problem(number, pivot, f"“{name}”的“{metric}”写了两次。"))
            continue
        numbers[one.code] = _cell(one, cells[value], number, value, table)
        published.update({f"{one.code}:{column}": text for column, text in cells.items()})
    table.units += [
        Unit(name, name, numbers, group, published, number)
        for name, (number, group, numbers, published) in units.items()
    ]
