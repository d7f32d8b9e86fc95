"""A score rule as policy data writes it, read into values; everything that is wrong with it is said in the editor's words."""

from collections.abc import Mapping
from fractions import Fraction
from typing import Any

from linli.base.expressions import Expression, ExpressionError, compile
from linli.insight.scores.rules.arithmetic import MODES
from linli.insight.scores.rules.measuring import measure
from linli.insight.scores.rules.names import names_in
from linli.insight.scores.rules.shapes import (
    AVERAGES,
    CONSTANTS,
    OWN,
    PUBLISH,
    SOURCES,
    TIES,
    UNIT_KINDS,
    Group,
    Input,
    Measure,
    Ranking,
    Rule,
    RuleError,
    Tier,
    Total,
)

_SHAPE: dict[str, set[str]] = {
    "rule": {
        "name", "basis", "source", "note", "full_marks", "units", "period", "inputs", "measures", "groups", "total", "tiers",
        "tiers_by", "ranking", "summary", "publish", "appeal_days", "year", "examples", "table",
    },
    "input": {"code", "name", "aliases", "measure", "where", "share", "missing", "negative"},
    "measure": {
        "code", "name", "meaning", "kind", "numerator", "denominator", "exclude", "exclude_from", "value", "figure", "unit",
        "cap", "least", "digits", "rounding", "weight", "method", "of", "threshold", "better", "per", "deduct", "add",
        "steps", "each", "bands", "points", "floor", "ceiling", "points_digits", "points_rounding", "missing", "groups",
        "published", "published_points",
    },
    "group": {"name", "members", "full_marks", "scale", "measures"},
    "total": {"base", "digits", "rounding", "most", "least", "bonus_most", "malus_most", "formula", "published"},
    "ranking": {"within", "ties", "then", "needs", "on", "order"},
    "summary": {"average", "weight_by", "digits", "rounding"},
    "units": {"kind", "kinds"},
    "period": {"first_day"},
    "year": {"first_month", "average"},
    "table": {"unit", "group", "pivot", "value"},
}  # fmt: skip


def parse(
    data: Mapping[str, Any],
    figures: Mapping[str, Mapping[str, Any]] | None = None,
    counted: Mapping[str, str] | None = None,
) -> Rule:
    """The rule as values. figures: numerator and denominator by code, for measures that name a figure; counted: names that
    are counted of cases, with their Chinese words. Raises RuleError with the first thing that is wrong."""
    return _Reader(data, figures or {}, counted or {}).rule()


def problems(
    data: Mapping[str, Any],
    figures: Mapping[str, Mapping[str, Any]] | None = None,
    counted: Mapping[str, str] | None = None,
) -> list[str]:
    """What is wrong with a rule; empty when it can be used. Goes on after the first fault of a measure."""
    reader = _Reader(data, figures or {}, counted or {})
    try:
        reader.rule()
    except RuleError as error:
        if str(error) not in reader.found:
            reader.found.append(str(error))
    return reader.found


class _Reader:
    def __init__(self, data: Mapping[str, Any], figures: Mapping[str, Mapping[str, Any]], counted: Mapping[str, str]):
        self.data, self.figures, self.counted = data, figures, counted
        self.found: list[str] = []

    # -- small things ------------------------------------------------------------------------------------------------

    def shape(self, part: Any, kind: str, where: str) -> dict[str, Any]:
        if not isinstance(part, Mapping):
            raise RuleError(f"{where}要写成一张表")
        if unknown := sorted(set(part) - _SHAPE[kind]):
            raise RuleError(
                f"{where}里没有“{'、'.join(unknown)}”这样的内容，能写的是：{'、'.join(sorted(_SHAPE[kind]))}"
            )
        return dict(part)

    def number(self, part: Mapping[str, Any], key: str, where: str, default: Fraction | None = None) -> Fraction | None:
        value = part.get(key)
        if value is None:
            return default
        if isinstance(value, bool) or not isinstance(value, int | float | str):
            raise RuleError(f"{where}的 {key} 要写数字")
        try:
            return Fraction(str(value))
        except (ValueError, ZeroDivisionError):
            raise RuleError(f"{where}的 {key} 要写数字，写的是“{value}”") from None

    def sure(self, part: Mapping[str, Any], key: str, where: str, default: int | Fraction) -> Fraction:
        return self.number(part, key, where, Fraction(default)) or Fraction(0)

    def digits(self, part: Mapping[str, Any], key: str, where: str) -> int | None:
        value = part.get(key)
        if value is None:
            return None
        if isinstance(value, bool) or value not in range(7):
            raise RuleError(f"{where}的 {key} 是小数位数，要写 0 到 6")
        return int(value)

    def choice(self, part: Mapping[str, Any], key: str, where: str, choices: Any, default: str) -> str:
        value = part.get(key, default)
        if value not in choices:
            raise RuleError(f"{where}的 {key} 要写 {'、'.join(choices)} 之一，写的是“{value}”")
        return str(value)

    def text(self, part: Mapping[str, Any], key: str, where: str, default: str = "") -> str:
        value = part.get(key, default)
        if not isinstance(value, str):
            raise RuleError(f"{where}的 {key} 要写文字")
        return value

    def texts(self, part: Mapping[str, Any], key: str, where: str) -> tuple[str, ...]:
        value = part.get(key, [])
        value = [value] if isinstance(value, str) else value
        if not isinstance(value, list) or not all(isinstance(one, str) for one in value):
            raise RuleError(f"{where}的 {key} 要写成文字的清单")
        return tuple(value)

    def formula(self, part: Mapping[str, Any], key: str, where: str, names: Any) -> Expression | None:
        text = part.get(key)
        if text is None:
            return None
        try:
            return compile(str(text), names)
        except ExpressionError as error:
            raise RuleError(f"{where}的 {key} 写法不对：{error}") from error

    def rows(self, key: str) -> list[Any]:
        value = self.data.get(key, [])
        if not isinstance(value, list):
            raise RuleError(f"{key} 要写成 [[{key}]]")
        return value

    # -- the parts -----------------------------------------------------------------------------------------------------

    def rule(self) -> Rule:
        data = self.shape(self.data, "rule", "规则")
        source = self.choice(data, "source", "规则", SOURCES, "table")
        units = self.shape(data.get("units", {}), "units", "[units] ")
        first_day = self.shape(data.get("period", {}), "period", "[period] ").get("first_day", 1)
        if isinstance(first_day, bool) or first_day not in range(1, 29):
            raise RuleError("[period] 的 first_day 是每期第一天，要写 1 到 28；19 表示上月 19 日至本月 18 日")
        measured = self.rows("measures")
        if not measured:
            raise RuleError("至少要写一项 [[measures]]")
        inputs = self.inputs(source, measured)
        names = tuple(inputs)
        measures = self.measures(measured, names, "")
        codes = tuple(measure.code for measure in measures)
        total = self.total(data, codes)
        summed = sum((one.weight for one in measures if one.kind == "base"), Fraction(0)) + total.base
        full = self.number(data, "full_marks", "规则", summed) or summed
        groups = self.groups(measured, names, full, measures)
        if self.found:
            raise RuleError(self.found[0])
        summary = self.shape(data.get("summary", {}), "summary", "[summary] ")
        average = self.choice(summary, "average", "[summary] ", AVERAGES, "mean")
        weight_by = self.text(summary, "weight_by", "[summary] ")
        if average == "weighted" and weight_by not in inputs:
            raise RuleError("[summary] 按件数加权要用 weight_by 写明哪个数作权")
        if average == "pooled" and (shares := [one.name for one in inputs.values() if one.share]):
            raise RuleError(f"[summary] 合计数相除时不能用比例：{'、'.join(shares)}")
        given = [one.name for one in measures if one.value is not None and one.percent]
        if average == "pooled" and given:
            raise RuleError(
                f"[summary] 合计数相除要有分子分母，{'、'.join(given)}是直接给的百分比；请用 mean 或 weighted"
            )
        table = self.shape(data.get("table", {}), "table", "[table] ")
        year = self.shape(data.get("year", {}), "year", "[year] ")
        if year.get("first_month", 1) not in range(1, 13):
            raise RuleError("[year] 的 first_month 要写 1 到 12")
        days = data.get("appeal_days")
        if days is not None and (isinstance(days, bool) or not isinstance(days, int) or not 1 <= days <= 365):
            raise RuleError("appeal_days 是申诉期的天数，要写 1 到 365")
        tiers = self.tiers()
        return Rule(
            name=self.text(data, "name", "规则"),
            source=source,
            unit_kind=self.choice(
                units, "kind", "[units] ", UNIT_KINDS, "community" if source == "cases" else "organisation"
            ),
            organisation_kinds=self.texts(units, "kinds", "[units] "),
            first_day=first_day,
            inputs=inputs,
            groups=groups,
            full_marks=full,
            total=total,
            tiers=tiers,
            tiers_by_share=self.choice(data, "tiers_by", "规则", ("total", "share"), "total") == "share",
            ranking=self.ranking((*names, *codes)),
            average=average,
            weight_by=weight_by,
            summary_digits=self.digits(summary, "digits", "[summary] "),
            summary_mode=self.choice(summary, "rounding", "[summary] ", MODES, "half_up"),
            publish=self.choice(data, "publish", "规则", PUBLISH, "tiers" if tiers else "trend"),
            appeal_days=days,
            year_first_month=int(year.get("first_month", 1)),
            year_average=self.choice(year, "average", "[year] ", ("mean", "sum"), "mean"),
            unit_columns=self.texts(table, "unit", "[table] "),
            group_column=self.text(table, "group", "[table] "),
            pivot=self.text(table, "pivot", "[table] "),
            pivot_value=self.text(table, "value", "[table] "),
            named_groups=bool(self.rows("groups")),
            measures=measures,
        )

    def inputs(self, source: str, measured: list[Any]) -> dict[str, Input]:
        found: dict[str, Input] = {}
        for number, row in enumerate(self.rows("inputs"), 1):
            where = f"第{number}个 [[inputs]] "
            part = self.shape(row, "input", where)
            code = self.text(part, "code", where)
            if not code.isidentifier() or code in found or code in OWN:
                raise RuleError(f"{where}的 code“{code}”要写成没有空格和符号的词，不能重复，也不能是 {'、'.join(OWN)}")
            kind = self.text(part, "measure", where, code if code in self.counted else "")
            if source == "cases" and kind not in self.counted:
                raise RuleError(f"{where}的 measure 要写可数的项：{'、'.join(self.counted)}")
            found[code] = Input(
                code, self.text(part, "name", where, code), self.texts(part, "aliases", where), kind,
                self.formula(part, "where", where, ("kind", "channel", "category")),
                part.get("share") is True,
                self.choice(part, "missing", where, ("error", "zero", "empty"), "empty"),
                part.get("negative") is True,
            )  # fmt: skip
        if source == "cases":
            known = {
                name: Input(name, told, measure=name, constant=name in CONSTANTS) for name, told in self.counted.items()
            }
            return known | found
        return found | self.undeclared(measured, found)

    def undeclared(self, measured: list[Any], known: Mapping[str, Input]) -> dict[str, Input]:
        """Columns that formulas name without an [[inputs]] of their own."""
        codes = {row.get("code") for row in measured if isinstance(row, Mapping)}
        found: dict[str, Input] = {}
        rows = [row for row in measured if isinstance(row, Mapping)]
        rows += [
            changed
            for group in self.rows("groups")
            if isinstance(group, Mapping) and isinstance(group.get("measures", {}), Mapping)
            for changed in group.get("measures", {}).values()
            if isinstance(changed, Mapping)
        ]
        for row in rows:
            for key in ("numerator", "denominator", "exclude", "value", "points"):
                for name in names_in(str(row.get(key, ""))):
                    if name not in known and name not in codes and name not in OWN:
                        found[name] = Input(name, name)
        ranking = self.data.get("ranking", {})
        if isinstance(ranking, Mapping):
            for name in names_in(str(ranking.get("needs", ""))):
                if name not in known and name not in codes:
                    found.setdefault(name, Input(name, name))
        return found

    def measures(
        self, rows: list[Any], names: tuple[str, ...], group: str, changes: Mapping[str, Any] | None = None
    ) -> tuple[Measure, ...]:
        found: list[Measure] = []
        for number, row in enumerate(rows, 1):
            try:
                where = f"第{number}项 [[measures]] "
                part = self.shape(row, "measure", where)
                where = f"“{part.get('name') or part.get('code') or number}”"
                if changes and (changed := changes.get(str(part.get("code")))) is not None:
                    part |= self.shape(changed, "measure", f"{group}组对{where}的改动")
                if group and (only := self.texts(part, "groups", where)) and group not in only:
                    continue
                found.append(measure(self, part, where, names, tuple(each.code for each in found)))
            except RuleError as error:
                if str(error) not in self.found:
                    self.found.append(str(error))
        return tuple(found)

    def groups(
        self, rows: list[Any], names: tuple[str, ...], full: Fraction, measures: tuple[Measure, ...]
    ) -> tuple[Group, ...]:
        listed = self.rows("groups")
        if not listed:
            return (Group("", full, False, frozenset(), measures),)
        found: list[Group] = []
        for number, row in enumerate(listed, 1):
            part = self.shape(row, "group", f"第{number}个 [[groups]] ")
            name = self.text(part, "name", f"第{number}个 [[groups]] ")
            where = f"“{name}”组"
            if not name or name in {one.name for one in found}:
                raise RuleError(f"第{number}个 [[groups]] 要有自己的 name")
            changes = part.get("measures", {})
            if not isinstance(changes, Mapping):
                raise RuleError(f"{where}的 measures 要写成 [groups.measures.代码]")
            known = {str(one.get("code")) for one in rows if isinstance(one, Mapping)}
            if unknown := sorted(set(changes) - known):
                raise RuleError(f"{where}改动了没有的项：{'、'.join(unknown)}")
            own = self.measures(rows, names, name, changes)
            marks = self.number(part, "full_marks", where, full) or full
            # Own weights already add up to the group's marks; without them the total is converted.
            default = "total" if marks != full and not any("weight" in one for one in changes.values()) else "none"
            scale = self.choice(part, "scale", where, ("total", "none"), default) == "total"
            found.append(Group(name, marks, scale, frozenset(self.texts(part, "members", where)), own))
        for row in rows:
            if isinstance(row, Mapping):
                for name in self.texts(row, "groups", str(row.get("name"))):
                    if name not in {one.name for one in found}:
                        raise RuleError(f"“{row.get('name')}”写了没有的组“{name}”")
        return tuple(found)

    def total(self, data: Mapping[str, Any], codes: tuple[str, ...]) -> Total:
        part, where = self.shape(data.get("total", {}), "total", "[total] "), "[total] "
        return Total(
            self.sure(part, "base", where, 0), self.digits(part, "digits", where), self.choice(part, "rounding", where, MODES, "half_up"),
            self.number(part, "most", where), self.number(part, "least", where), self.number(part, "bonus_most", where),
            self.number(part, "malus_most", where),
            self.formula(part, "formula", where, (*codes, "base", "lines", "bonus", "malus", "full")),
            self.text(part, "published", where),
        )  # fmt: skip

    def tiers(self) -> tuple[Tier, ...]:
        found = []
        for number, row in enumerate(self.rows("tiers"), 1):
            where = f"第{number}个 [[tiers]] "
            if not isinstance(row, Mapping) or set(row) - {"name", "from"} or not isinstance(row.get("name"), str):
                raise RuleError(f"{where}要写 name 和 from")
            found.append(Tier(row["name"], self.number(row, "from", where)))
        starts = [one.start for one in found[:-1]]
        if any(start is None for start in starts):
            raise RuleError("[[tiers]] 里只有最后一档可以不写 from")
        known = [one.start for one in found if one.start is not None]
        if known != sorted(known, reverse=True) or len(set(known)) != len(known):
            raise RuleError("[[tiers]] 要从高到低写，from 不能相同")
        return tuple(found)

    def ranking(self, names: tuple[str, ...]) -> Ranking:
        part, where = self.shape(self.data.get("ranking", {}), "ranking", "[ranking] "), "[ranking] "
        then = []
        for one in self.texts(part, "then", where):
            code, down = one.removeprefix("-"), one.startswith("-")
            if code not in names and code != "name":
                raise RuleError(f"[ranking] 的 then 里“{code}”不是输入项，也不是指标")
            then.append((code, down))
        return Ranking(
            self.choice(part, "within", where, ("group", "all"), "group"), self.choice(part, "ties", where, TIES, "same"),
            tuple(then), self.formula(part, "needs", where, names),
            self.choice(part, "on", where, ("shown", "exact"), "shown") == "exact",
            self.choice(part, "order", where, ("down", "up"), "down") == "down",
        )  # fmt: skip
