"""What a score rule is, as values: words that may be chosen, and the parts it is made of."""

from dataclasses import dataclass, field, replace
from fractions import Fraction

from linli.base.expressions import Expression

SOURCES = ("table", "cases")
UNIT_KINDS = {"community": "社区", "sub_district": "街道", "organisation": "单位"}
KINDS = {"base": "基本", "bonus": "加分", "malus": "扣分"}
METHODS = {
    "none": "只列不计分",
    "share": "按比例得分",
    "deduct": "达标得满分，不足扣分",
    "bands": "分段得分",
    "each": "每件计分",
    "direct": "数值即得分",
    "formula": "公式得分",
}
MISSING = {
    "error": "缺值就不能计算",
    "zero": "缺值得 0 分",
    "full": "缺值得满分",
    "skip": "缺值不计，满分相应减少",
    "spread": "缺值不计，分值摊到其余各项",
    "mean": "缺值取同组其余单位的平均得分",
}
STEPS = {"exact": "按实际差额", "whole": "不足一个单位不扣", "started": "不足一个单位按一个扣"}
AVERAGES = {"mean": "各单位算术平均", "pooled": "合计数相除", "weighted": "按件数加权平均"}
TIES = {"same": "并列同名次，其后空出", "dense": "并列同名次，其后不空", "order": "不并列"}
PUBLISH = {"tiers": "分档", "trend": "趋势", "ranks": "名次"}
# Names that stand for a number of a policy and not for something counted.
CONSTANTS = ("basic_weight",)
OWN = ("value", "full", "numerator", "denominator")


class RuleError(ValueError):
    """A rule that cannot be used, or values that it cannot be applied to; the message says where. column: of a sheet."""

    def __init__(self, message: str, column: str = "") -> None:
        super().__init__(message)
        self.column = column


@dataclass(frozen=True, slots=True)
class Input:
    """One counted or given value. measure: what is counted of cases; share: cells are parts of one; constant: the same
    for every unit, so it is never added up."""

    code: str
    name: str
    aliases: tuple[str, ...] = ()
    measure: str = ""
    where: Expression | None = None
    share: bool = False
    missing: str = "empty"
    negative: bool = False
    constant: bool = False


@dataclass(frozen=True, slots=True)
class Band:
    start: Fraction | None
    points: Fraction


@dataclass(frozen=True, slots=True)
class Measure:
    """One line of the score sheet. Points and weights are exact; None where the rule says nothing."""

    code: str
    name: str
    meaning: str
    kind: str
    percent: bool
    numerator: Expression | None
    denominator: Expression | None
    exclude: Expression | None
    exclude_both: bool
    value: Expression | None
    cap: Fraction | None
    least: Fraction | None
    digits: int | None
    mode: str
    weight: Fraction
    method: str
    of: Fraction
    threshold: Fraction | None
    low: bool
    per: Fraction
    deduct: Fraction
    add: Fraction
    steps: str
    each: Fraction
    bands: tuple[Band, ...]
    points: Expression | None
    floor: Fraction | None
    ceiling: Fraction | None
    points_digits: int | None
    points_mode: str
    missing: str
    missing_value: Fraction | None
    published: str
    published_points: str


@dataclass(frozen=True, slots=True)
class Group:
    """Units of the same kind. scale: whether totals are converted from the rule's full marks to the group's."""

    name: str
    full_marks: Fraction
    scale: bool
    members: frozenset[str]
    measures: tuple[Measure, ...]


@dataclass(frozen=True, slots=True)
class Tier:
    name: str
    start: Fraction | None


@dataclass(frozen=True, slots=True)
class Total:
    base: Fraction
    digits: int | None
    mode: str
    most: Fraction | None
    least: Fraction | None
    bonus_most: Fraction | None
    malus_most: Fraction | None
    formula: Expression | None
    published: str


@dataclass(frozen=True, slots=True)
class Ranking:
    """within: `group` or `all`; then: (code of an input or measure, whether the larger comes first)."""

    within: str = "group"
    ties: str = "same"
    then: tuple[tuple[str, bool], ...] = ()
    needs: Expression | None = None
    exact: bool = False
    down: bool = True


@dataclass(frozen=True, slots=True)
class Rule:
    name: str
    source: str
    unit_kind: str
    organisation_kinds: tuple[str, ...]
    first_day: int
    inputs: dict[str, Input]
    groups: tuple[Group, ...]
    full_marks: Fraction
    total: Total
    tiers: tuple[Tier, ...]
    tiers_by_share: bool
    ranking: Ranking
    average: str
    weight_by: str
    summary_digits: int | None
    summary_mode: str
    publish: str
    appeal_days: int | None
    year_first_month: int
    year_average: str
    unit_columns: tuple[str, ...] = ()
    group_column: str = ""
    pivot: str = ""
    pivot_value: str = ""
    named_groups: bool = False
    measures: tuple[Measure, ...] = field(default=())

    def group_of(self, name: str) -> Group | None:
        """The group of that name; without groups everybody is of one kind."""
        if not self.named_groups:
            return replace(self.groups[0], name=name) if name else self.groups[0]
        return next((group for group in self.groups if group.name == name), None)
