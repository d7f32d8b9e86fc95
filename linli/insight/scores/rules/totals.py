"""From lines to a run: totals, groups, tiers, ranks, and the summary row of each group."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from fractions import Fraction

from linli.base.expressions import ExpressionError, evaluate
from linli.insight.scores.rules.arithmetic import MODES, number_text, rounded
from linli.insight.scores.rules.lines import Line, line, same
from linli.insight.scores.rules.shapes import TIES, Group, Rule, RuleError


@dataclass(frozen=True, slots=True)
class Unit:
    """What is scored: an organisation or a region, never a person. numbers: inputs by code, None where there is none;
    published: cells of the same row by column, to be compared with; row: where it stands in a sheet."""

    key: str
    name: str
    numbers: Mapping[str, Fraction | None]
    group: str = ""
    published: Mapping[str, str] = field(default_factory=dict)
    row: int = 0


@dataclass(frozen=True, slots=True)
class UnitScore:
    """total: as the rule rounds it; share: of the full marks that counted, in hundredths; rank None: not ranked."""

    unit: Unit
    group: str
    lines: tuple[Line, ...]
    base: Fraction
    bonus: Fraction
    malus: Fraction
    full: Fraction
    exact: Fraction
    total: Fraction
    steps: tuple[str, ...]
    tier: str = ""
    rank: int | None = None
    tied: bool = False
    said: tuple[tuple[str, str, bool], ...] = ()

    @property
    def scored(self) -> bool:
        """Whether anything was scored at all: without a single value there is no total, no tier and no rank."""
        return any(line.points is not None for line in self.lines)

    @property
    def share(self) -> Fraction:
        return self.total / self.full * 100 if self.full else Fraction(0)

    @property
    def disagreements(self) -> list[str]:
        """What was published and is not what the rule gives."""
        found = [
            f"{one.measure.name}{what}：公布 {text}，算得 {one.value_text if what == '数值' else one.points_text}"
            for one in self.lines
            for what, text, good in one.said
            if not good
        ]
        return found + [
            f"{what}：公布 {text}，算得 {number_text(self.total)}" for what, text, good in self.said if not good
        ]


@dataclass(frozen=True, slots=True)
class Summary:
    """The summary row of a group: values by measure and the total, averaged as the rule says."""

    group: str
    units: int
    values: dict[str, Fraction | None]
    total: Fraction | None


@dataclass(frozen=True, slots=True)
class Result:
    scores: tuple[UnitScore, ...]
    summaries: tuple[Summary, ...]

    def of(self, key: str) -> UnitScore:
        return next(one for one in self.scores if one.unit.key == key)


def faults(rule: Rule, units: Sequence[Unit]) -> list[tuple[Unit, str, str]]:
    """Units that cannot be scored: (unit, column, why). Every unit is tried, so that a sheet is mended in one go."""
    found = []
    for unit in units:
        try:
            _lines(rule, _group(rule, unit), unit)
        except RuleError as error:
            found.append((unit, error.column, str(error)))
    return found


def score(rule: Rule, units: Sequence[Unit]) -> Result:
    """Every unit under the rule, in the order given. Raises RuleError naming the unit that cannot be scored."""
    groups = {unit.group: _group(rule, unit) for unit in units}
    lines = [_lines(rule, groups[unit.group], unit) for unit in units]
    lines = _means(groups, units, lines)
    scores = [_total(rule, groups[unit.group], unit, own) for unit, own in zip(units, lines, strict=True)]
    scores = _ranked(rule, [replace(one, tier=tier(rule, one)) for one in scores])
    names = list(dict.fromkeys(one.group for one in scores))
    return Result(
        tuple(scores),
        tuple(_summary(rule, groups[name], [one for one in scores if one.group == name]) for name in names),
    )


def _group(rule: Rule, unit: Unit) -> Group:
    found = rule.group_of(unit.group)
    if found is None:
        listed = "、".join(group.name for group in rule.groups)
        raise RuleError(f"{unit.name}的组“{unit.group}”不在规则里；有：{listed}")
    return found


def _lines(rule: Rule, group: Group, unit: Unit) -> list[Line]:
    known: dict[str, Fraction | None] = dict(unit.numbers)
    found = []
    for measure in group.measures:
        try:
            one = line(measure, known, rule.inputs, unit.published)
        except RuleError as error:
            raise RuleError(f"{unit.name}：{error}", error.column) from error
        known[measure.code] = one.value
        found.append(one)
    return found


def _means(groups: Mapping[str, Group], units: Sequence[Unit], lines: list[list[Line]]) -> list[list[Line]]:
    """Lines that wait for the mean of their group get it; where nobody else has points, nought."""
    for place, unit in enumerate(units):
        for number, one in enumerate(lines[place]):
            if not (one.missing and one.measure.missing == "mean"):
                continue
            others = [
                other.points
                for rows, neighbour in zip(lines, units, strict=True)
                if neighbour.group == unit.group
                for other in rows
                if other.measure.code == one.measure.code and not other.missing and other.points is not None
            ]
            mean = rounded(
                sum(others, Fraction(0)) / len(others) if others else Fraction(0),
                one.measure.points_digits,
                one.measure.points_mode,
            )
            said = f"同组 {len(others)} 个单位的平均得分：{number_text(mean)}"
            lines[place][number] = replace(one, points=mean, steps=(*one.steps, said))
    return lines


def _total(rule: Rule, group: Group, unit: Unit, lines: list[Line]) -> UnitScore:
    steps: list[str] = []
    plain = [one for one in lines if one.measure.kind == "base" and one.points is not None]
    earned = sum((one.points or Fraction(0) for one in plain), Fraction(0))
    if plain:
        steps.append("基本分：" + " + ".join(number_text(one.points) for one in plain) + f" = {number_text(earned)}")
    full = rule.full_marks if group.scale else group.full_marks
    earned, full = _without_missing(lines, earned, full, steps)
    base, bonus, malus = rule.total.base, _sum(lines, "bonus"), _sum(lines, "malus")
    bonus, malus = (
        _most("加分", bonus, rule.total.bonus_most, steps),
        _most("扣分", malus, rule.total.malus_most, steps),
    )
    if rule.total.formula is not None:
        exact = _by_formula(
            rule, unit, lines, {"base": base, "lines": earned, "bonus": bonus, "malus": malus, "full": full}, steps
        )
    else:
        exact = base + earned + bonus - malus
        if base or bonus or malus:
            parts = [number_text(base)] * bool(base) + [number_text(earned)]
            said = (
                " + ".join(parts)
                + (f" + 加分 {number_text(bonus)}" if bonus else "")
                + (f" − 扣分 {number_text(malus)}" if malus else "")
            )
            steps.append(f"合计：{said} = {number_text(exact)}")
    if group.scale and rule.full_marks:
        scaled = exact * group.full_marks / rule.full_marks
        steps.append(
            f"按本组满分折算：{number_text(exact)} × {number_text(group.full_marks)} ÷ {number_text(rule.full_marks)} = {number_text(scaled)}"
        )
        exact, full = scaled, full * group.full_marks / rule.full_marks
    total = _held(rule, exact, steps)
    said = unit.published.get(rule.total.published, "").strip() if rule.total.published else ""
    compared = (("总分", said, same(said, total)),) if said else ()
    return UnitScore(
        unit, unit.group, tuple(lines), base, bonus, malus, full, exact, total, tuple(steps), said=compared
    )


def _without_missing(
    lines: list[Line], earned: Fraction, full: Fraction, steps: list[str]
) -> tuple[Fraction, Fraction]:
    """Lines without a value: left out of the full marks, or their weight spread over the others."""
    gone = [one for one in lines if one.missing and one.measure.kind == "base" and not one.counts]
    spread = sum((one.measure.weight for one in gone if one.measure.missing == "spread"), Fraction(0))
    skipped = sum((one.measure.weight for one in gone if one.measure.missing == "skip"), Fraction(0))
    weights = sum((one.measure.weight for one in lines if one.measure.kind == "base" and one.counts), Fraction(0))
    if spread and weights:
        more = earned * (weights + spread) / weights
        steps.append(
            f"缺值的 {number_text(spread)} 分摊到其余各项：{number_text(earned)} × {number_text(weights + spread)} ÷ {number_text(weights)} = {number_text(more)}"
        )
        earned = more
    if skipped:
        steps.append(
            f"缺值的 {number_text(skipped)} 分不计，满分 {number_text(full)} − {number_text(skipped)} = {number_text(full - skipped)}"
        )
        full -= skipped
    return earned, full


def _sum(lines: list[Line], kind: str) -> Fraction:
    return sum((one.points for one in lines if one.measure.kind == kind and one.points is not None), Fraction(0))


def _most(word: str, points: Fraction, most: Fraction | None, steps: list[str]) -> Fraction:
    if most is not None and points > most:
        steps.append(f"{word} {number_text(points)}，最多 {number_text(most)}")
        return most
    return points


def _by_formula(rule: Rule, unit: Unit, lines: list[Line], known: dict[str, Fraction], steps: list[str]) -> Fraction:
    formula = rule.total.formula
    assert formula is not None
    values = {one.measure.code: one.points if one.points is not None else one.value for one in lines} | known
    try:
        value = evaluate(formula, values)
    except ExpressionError as error:
        raise RuleError(f"{unit.name}：总分公式算不出来：{error}") from error
    if isinstance(value, bool) or not isinstance(value, int | Fraction):
        raise RuleError(f"{unit.name}：总分公式的结果不是数字")
    steps.append(f"总分：{formula.text} = {number_text(Fraction(value))}")
    return Fraction(value)


def _held(rule: Rule, exact: Fraction, steps: list[str]) -> Fraction:
    total = rule.total
    found = exact
    if total.most is not None and found > total.most:
        found = total.most
        steps.append(f"总分最高 {number_text(total.most)}")
    if total.least is not None and found < total.least:
        found = total.least
        steps.append(f"总分最低 {number_text(total.least)}")
    if total.digits is not None:
        found = rounded(found, total.digits, total.mode)
        steps.append(f"总分保留 {total.digits} 位小数（{MODES[total.mode]}）：{number_text(found, total.digits)}")
    return found


def tier(rule: Rule, one: UnitScore) -> str:
    """The highest tier whose start is reached; a start belongs to its tier. Without any points there is no tier."""
    if not one.scored and rule.total.formula is None:
        return ""
    reached = one.share if rule.tiers_by_share else one.total
    return next((each.name for each in rule.tiers if each.start is None or reached >= each.start), "")


def _ranked(rule: Rule, scores: list[UnitScore]) -> list[UnitScore]:
    """Ranks within each group or over all; who does not meet the rule's condition stays without one."""
    places = {}
    for name in {one.group if rule.ranking.within == "group" else "" for one in scores}:
        members = [
            number
            for number, one in enumerate(scores)
            if (rule.ranking.within == "all" or one.group == name) and _may_be_ranked(rule, one)
        ]
        members.sort(key=lambda number: scores[number].unit.name)
        members.sort(key=lambda number: _key(rule, scores[number]), reverse=True)
        places.update(_places(rule, scores, members))
    return [
        replace(one, rank=places[number][0], tied=places[number][1]) if number in places else one
        for number, one in enumerate(scores)
    ]


def _places(rule: Rule, scores: list[UnitScore], members: list[int]) -> dict[int, tuple[int, bool]]:
    found: dict[int, tuple[int, bool]] = {}
    rank, distinct = 0, 0
    keys = [_key(rule, scores[number]) for number in members]
    for place, number in enumerate(members):
        if place == 0 or keys[place] != keys[place - 1] or rule.ranking.ties == "order":
            distinct += 1
            rank = distinct if rule.ranking.ties == "dense" else place + 1
        found[number] = rank, rule.ranking.ties != "order" and keys.count(keys[place]) > 1
    assert rule.ranking.ties in TIES
    return found


def _may_be_ranked(rule: Rule, one: UnitScore) -> bool:
    if not one.scored and rule.total.formula is None:
        return False  # a rule that only shows rates ranks nobody
    if rule.ranking.needs is None:
        return True
    try:
        return evaluate(rule.ranking.needs, _known(one)) is True
    except ExpressionError:
        return False


def _known(one: UnitScore) -> dict[str, Fraction | None]:
    return {**one.unit.numbers, **{each.measure.code: each.value for each in one.lines}}


def _key(rule: Rule, one: UnitScore) -> tuple[Fraction | int, ...]:
    """What is compared, larger first; what is missing comes last."""
    known = _known(one)
    first = one.exact if rule.ranking.exact else one.total
    if rule.ranking.within == "all" and len({group.full_marks for group in rule.groups}) > 1:
        first = first / one.full if one.full else Fraction(0)
    key: list[Fraction | int] = [first if rule.ranking.down else -first]
    for code, down in rule.ranking.then:
        number = known.get(code)
        key += [0, 0] if number is None else [1, number if down else -number]
    return tuple(key)


def _summary(rule: Rule, group: Group, scores: list[UnitScore]) -> Summary:
    """Mean of the units' values, weighted mean, or the values of all numbers added up."""
    name, digits, mode = scores[0].group, rule.summary_digits, rule.summary_mode
    if rule.average == "pooled":
        together = {
            code: _together(one.constant, [each.unit.numbers.get(code) for each in scores])
            for code, one in rule.inputs.items()
        }
        try:
            whole = _total(
                rule,
                group,
                Unit("", "合计", together, name),
                _means({}, [], [_lines(rule, group, Unit("", "合计", together, name))])[0],
            )
        except RuleError:
            return Summary(name, len(scores), {measure.code: None for measure in group.measures}, None)
        return Summary(name, len(scores), {one.measure.code: one.value for one in whole.lines}, whole.total)
    weights = [
        one.unit.numbers.get(rule.weight_by) or Fraction(0) if rule.average == "weighted" else Fraction(1)
        for one in scores
    ]
    values: dict[str, Fraction | None] = {}
    for place, measure in enumerate(group.measures):
        rows = [(one.lines[place].value, weight) for one, weight in zip(scores, weights, strict=True)]
        values[measure.code] = _mean(rows, digits if digits is not None else measure.digits, mode)
    totals: list[tuple[Fraction | None, Fraction]] = [
        (one.total if one.scored else None, weight) for one, weight in zip(scores, weights, strict=True)
    ]
    return Summary(name, len(scores), values, _mean(totals, digits if digits is not None else rule.total.digits, mode))


def _together(constant: bool, numbers: list[Fraction | None]) -> Fraction:
    return (numbers[0] or Fraction(0)) if constant else sum((number or Fraction(0) for number in numbers), Fraction(0))


def _mean(rows: list[tuple[Fraction | None, Fraction]], digits: int | None, mode: str) -> Fraction | None:
    known = [(value, weight) for value, weight in rows if value is not None]
    whole = sum((weight for _value, weight in known), Fraction(0))
    if not whole:
        return None
    return rounded(sum((value * weight for value, weight in known), Fraction(0)) / whole, digits, mode)
