"""The rule language: what it can say, and what it says about a rule or a table that is wrong. No database."""

import tomllib
from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from linli.insight.scores.rules import (
    Rule,
    RuleError,
    Unit,
    UnitScore,
    number_text,
    parse,
    problems,
    read_number,
    rounded,
    score,
    tables,
)
from linli.insight.scores.rules.arithmetic import NotANumber
from linli.insight.scores.rules.counting import BITS, COUNTED, counts, numbers
from linli.insight.scores.rules.periods import before, last_complete, month, year_of

HEAD = 'name = "例"\nbasis = "例"\n'


def rule(text: str) -> Rule:
    return parse(tomllib.loads(HEAD + text), {}, COUNTED)


def wrong(text: str) -> str:
    return "；".join(problems(tomllib.loads(HEAD + text), {}, COUNTED))


def one(text: str, group: str = "", **given_numbers: object) -> UnitScore:
    made = rule(text)
    values = {code: read_number(str(given_numbers[code])) if code in given_numbers else None for code in made.inputs}
    return score(made, [Unit("甲", "甲", values, group)]).scores[0]


def measure(more: str, head: str = 'numerator = "a"\ndenominator = "b"') -> str:
    return f'[[measures]]\ncode = "m"\nname = "率"\n{head}\n{more}\n'


# -- numbers


@pytest.mark.parametrize(
    ("text", "digits", "mode", "shown"),
    [
        ("12.345", 2, "half_up", "12.35"), ("12.345", 2, "half_even", "12.34"), ("12.345", 2, "truncate", "12.34"),
        ("12.341", 2, "up", "12.35"), ("-12.345", 2, "half_up", "-12.35"), ("-12.349", 2, "truncate", "-12.34"),
        ("0.5", 0, "half_up", "1"), ("1.5", 0, "half_even", "2"), ("2.5", 0, "half_even", "2"),
    ],
)  # fmt: skip
def test_rounding(text: str, digits: int, mode: str, shown: str) -> None:
    assert number_text(rounded(Fraction(text), digits, mode), digits) == shown


@given(st.fractions(min_value=-1000, max_value=1000, max_denominator=10**6), st.integers(0, 6))
def test_rounding_moves_by_less_than_one_step(number: Fraction, digits: int) -> None:
    step = Fraction(1, 10**digits)
    assert abs(rounded(number, digits, "half_up") - number) <= step / 2
    assert abs(rounded(number, digits, "half_even") - number) <= step / 2
    assert 0 <= abs(number) - abs(rounded(number, digits, "truncate")) < step
    assert 0 <= abs(rounded(number, digits, "up")) - abs(number) < step


@pytest.mark.parametrize(
    ("text", "number"),
    [("98.5%", "98.5"), ("98.5％", "98.5"), ("1,234", "1234"), ("１２", "12"), (" 3 ", "3"), ("1e-05", "0.00001"), ("−3", "-3"), ("0.30000000000000004", "0.3")],
)  # fmt: skip
def test_numbers_as_people_write_them(text: str, number: str) -> None:
    assert read_number(text) == Fraction(number)


def test_what_is_no_number() -> None:
    assert read_number("—") is read_number("") is read_number("无") is None
    for text in ("abc", "1.2.3", "12件", "=1+1", "1,23", "%", "nan", "inf"):
        with pytest.raises(NotANumber):
            read_number(text)
    assert read_number("0.985", share=True) == read_number("98.5%", share=True) == Fraction("98.5")


# -- one line


def test_a_share_of_the_weight_and_its_cap() -> None:
    assert one(measure("weight = 20"), a=9, b=10).total == 18
    over = one(measure("weight = 20"), a=11, b=10)
    assert (over.total, over.lines[0].remarks[0]) == (22, "分子大于分母")
    assert one(measure("weight = 20\ncap = 100"), a=11, b=10).total == 20


def test_linear_deduction_with_a_floor() -> None:
    text = measure("weight = 25\nthreshold = 95\ndeduct = 0.5\nfloor = 12.5")
    assert one(text, a=95, b=100).total == 25
    assert one(text, a=85, b=100).total == 20
    assert one(text, a=10, b=100).total == Fraction("12.5")
    assert one(measure("weight = 20\nthreshold = 95\ndeduct = 1"), a=10, b=100).total == 0, (
        "down to nothing unless it says otherwise"
    )
    assert one(measure('weight = 20\nthreshold = 95\ndeduct = 1\nfloor = "none"'), a=10, b=100).total == -65


@pytest.mark.parametrize(("steps", "points"), [("exact", "17.5"), ("whole", "18"), ("started", "17")])
def test_parts_of_a_point(steps: str, points: str) -> None:
    assert one(
        measure(f'weight = 20\nthreshold = 95\ndeduct = 1\nsteps = "{steps}"'), a="92.5", b=100
    ).total == Fraction(points)


def test_lower_is_better_and_more_than_full_marks() -> None:
    text = measure('weight = 10\nthreshold = 5\nbetter = "low"\ndeduct = 2')
    assert one(text, a=3, b=100).total == 10
    assert one(text, a=7, b=100).total == 6
    assert one(measure("weight = 10\nthreshold = 90\ndeduct = 1\nadd = 0.2\nceiling = 11"), a=98, b=100).total == 11


def test_bands_each_direct_and_formula() -> None:
    bands = "bands = [{ from = 95, points = 10 }, { from = 90, points = 8 }, { points = 3 }]"
    assert [one(measure(bands), a=a, b=100).total for a in (95, 94, 90, 10)] == [10, 8, 8, 3]
    assert one(measure("each = -0.5", 'value = "a"'), a=4).total == -2
    assert one(measure('method = "direct"', 'value = "a"'), a="9.8").total == Fraction("9.8")
    again = measure('points = "0.2 * min(value, 2) + 0.5 * max(0, value - 2)"', 'value = "a"')
    assert one(again, a=5).total == Fraction("1.9")


def test_exclusions() -> None:
    assert one(measure('weight = 100\nexclude = "c"'), a=90, b=100, c=10).total == 100
    assert (
        one(measure('weight = 100\nexclude = "c"\nexclude_from = "both"'), a=90, b=100, c=10).lines[0].numerator == 80
    )


def test_the_value_is_rounded_before_the_points() -> None:
    text = measure('weight = 100\ndigits = 1\nrounding = "truncate"\npoints_digits = 1')
    assert one(text, a=2, b=3).total == Fraction("66.6")


def test_a_weight_of_nought_only_shows() -> None:
    found = one(measure("weight = 0"), a=1, b=3)
    assert (found.lines[0].value_text, found.lines[0].points, found.total, found.rank) == ("33.333333…%", None, 0, None)


# -- what is missing

TWO = '[[measures]]\ncode = "n"\nname = "另"\nvalue = "c"\nweight = 40\n'


@pytest.mark.parametrize(
    ("word", "total", "full"),
    [('"zero"', "20", 100), ('"full"', "80", 100), ('"skip"', "20", 40), ('"spread"', "50", 100), ("50", "50", 100)],
)
def test_a_missing_value(word: str, total: str, full: int) -> None:
    found = one(measure(f"weight = 60\nmissing = {word}") + TWO, a=0, b=0, c=50)
    assert (found.total, found.full) == (Fraction(total), full)


def test_a_missing_value_that_the_rule_does_not_speak_of_is_an_error() -> None:
    with pytest.raises(RuleError, match=r"分母为 0.*没有写缺值"):
        one(measure("weight = 60"), a=0, b=0)
    with pytest.raises(RuleError, match="“b”没有值"):
        one(measure("weight = 60"), a=1)


def test_the_mean_of_the_others() -> None:
    made = rule(measure('weight = 100\nmissing = "mean"'))
    units = [
        Unit(name, name, {"a": read_number(a), "b": read_number(b)})
        for name, a, b in (("甲", "8", "10"), ("乙", "6", "10"), ("丙", "", ""))
    ]
    assert [int(each.total) for each in score(made, units).scores] == [80, 60, 70]


# -- totals, groups, tiers, ranks

GROUPS = """
full_marks = 100
[[groups]]
name = "大"
full_marks = 150
[[groups]]
name = "小"
full_marks = 100
"""


def test_group_full_marks() -> None:
    text = GROUPS + measure("weight = 100")
    assert (one(text, "大", a=9, b=10).total, one(text, "大", a=9, b=10).full) == (135, 150)
    assert one(text, "小", a=9, b=10).total == 90
    with pytest.raises(RuleError, match="不在规则里"):
        one(text, "中", a=9, b=10)


def test_a_group_with_weights_of_its_own() -> None:
    text = GROUPS.replace("full_marks = 150\n", "full_marks = 150\n[groups.measures.m]\nweight = 150\n") + measure(
        "weight = 100"
    )
    found = one(text, "大", a=9, b=10)
    assert (found.total, found.full) == (135, 150)
    assert not any("折算" in step for step in found.steps)


def test_a_measure_of_one_group_only() -> None:
    text = GROUPS + measure("weight = 60") + TWO + 'groups = ["大"]\n'
    assert len(one(text, "大", a=1, b=1, c=100).lines) == 2
    assert len(one(text, "小", a=1, b=1).lines) == 1


def test_bonus_malus_base_and_caps() -> None:
    text = (
        measure("weight = 50")
        + '[[measures]]\ncode = "p"\nname = "加"\nkind = "bonus"\nvalue = "c"\neach = 1\n[[measures]]\ncode = "q"\nname = "扣"\nkind = "malus"\nvalue = "d"\neach = 2\n'
        + "[total]\nbase = 50\nbonus_most = 3\nmost = 101\n"
    )
    assert one(text, a=1, b=1, c=5, d=0).total == 101
    found = one(text, a=1, b=2, c=1, d=4)
    assert (found.base, found.bonus, found.malus, found.total) == (50, 1, 8, 68)


def test_a_total_by_formula() -> None:
    text = measure("weight = 50") + '[total]\nformula = "100 - (50 - m) + 4"\ndigits = 2\n'
    assert one(text, a=1, b=2).total == 79


TIERS = '[[tiers]]\nname = "优"\nfrom = 90\n[[tiers]]\nname = "良"\nfrom = 80\n[[tiers]]\nname = "待改进"\n'


def test_tiers_by_total_and_by_share() -> None:
    assert [one(measure("weight = 100") + TIERS, a=a, b=100).tier for a in (90, 89, 80, 10)] == [
        "优",
        "良",
        "良",
        "待改进",
    ]
    assert one('tiers_by = "share"\n' + GROUPS + measure("weight = 100") + TIERS, "大", a=85, b=100).tier == "良"


def ranks(text: str, *values: tuple[str, int, int]) -> list[tuple[str, int | None]]:
    made = rule(measure("weight = 100") + text)
    units = [Unit(name, name, {"a": Fraction(a), "b": Fraction(b)}) for name, a, b in values]
    return [(each.unit.name, each.rank) for each in score(made, units).scores]


def test_ranks_and_ties() -> None:
    four = (("甲", 8, 10), ("乙", 80, 100), ("丙", 9, 10), ("丁", 1, 10))
    assert ranks("", *four) == [("甲", 2), ("乙", 2), ("丙", 1), ("丁", 4)]
    assert ranks('[ranking]\nties = "dense"', *four) == [("甲", 2), ("乙", 2), ("丙", 1), ("丁", 3)]
    assert ranks('[ranking]\nthen = ["-b"]', *four) == [("甲", 3), ("乙", 2), ("丙", 1), ("丁", 4)]
    assert ranks('[ranking]\nneeds = "b >= 50"', *four) == [("甲", None), ("乙", 1), ("丙", None), ("丁", None)]
    assert ranks('[ranking]\norder = "up"', *four)[3] == ("丁", 1)


@pytest.mark.parametrize(("average", "value"), [("mean", "75"), ("pooled", "50.909091"), ("weighted", "50.909091")])
def test_the_summary_row(average: str, value: str) -> None:
    made = rule(measure("weight = 100") + f'[summary]\naverage = "{average}"\nweight_by = "b"\n')
    units = [
        Unit("甲", "甲", {"a": Fraction(10), "b": Fraction(10)}),
        Unit("乙", "乙", {"a": Fraction(50), "b": Fraction(100)}),
    ]
    if average == "mean":
        assert score(made, units).summaries[0].values["m"] == 75
    found = score(made, units).summaries[0].values["m"]
    wanted = {"mean": Fraction(75), "pooled": Fraction(6000, 110), "weighted": (Fraction(100) * 10 + 50 * 100) / 110}[
        average
    ]
    assert found == wanted
    assert value


# -- what is wrong with a rule


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("", "至少要写一项"),
        (measure("wieght = 20"), "没有“wieght”"),
        (measure("", 'numerator = "a"'), "分母"),
        (measure("", 'value = "a +"'), "写法不对"),
        (measure('missing = "maybe"'), "missing 要写"),
        (measure("digits = 9"), "0 到 6"),
        (measure('weight = "much"'), "要写数字"),
        (measure("threshold = 95"), "还要写"),
        (measure("weight = 1") + measure("weight = 1"), "都是“m”"),
        (measure("weight = 1") + '[ranking]\nthen = ["x"]', "不是输入项"),
        (measure("weight = 1") + '[[tiers]]\nname = "甲"\nfrom = 1\n[[tiers]]\nname = "乙"\nfrom = 2\n', "从高到低"),
        (measure("weight = 1") + "[period]\nfirst_day = 31\n", "1 到 28"),
        (measure('weight = 1\nunit = "percent"', 'value = "a"') + '[summary]\naverage = "pooled"\n', "直接给的百分比"),
        (measure('figure = "none"', ""), "不在指标口径里"),
        ('[units]\nkind = "resident"\n' + measure("weight = 1"), "community"),
        ('source = "cases"\n' + measure("weight = 1"), "没有“a”这个名称"),
    ],
)
def test_what_is_wrong_with_a_rule_is_said(text: str, said: str) -> None:
    assert said in wrong(text)


# -- tables


def read(text: str, *lines: dict[str, str]) -> tables.Table:
    return tables.read(rule(text), enumerate(lines, 2))


def said(table: tables.Table) -> list[tuple[int, str]]:
    return [(problem.row, problem.column) for problem in table.problems]


def test_a_table_is_judged_by_row_and_column() -> None:
    text = measure("weight = 100")
    good = {"单位": "甲", "a": "9", "b": "10"}
    assert said(read(text, good)) == []
    found = read(
        text,
        good,
        {**good, "a": "x"},
        {"单位": "乙", "a": "x", "b": "-1"},
        {"单位": "丙", "a": "1", "b": ""},
        {"单位": "合计", "a": "9", "b": "9"},
    )
    assert said(found) == [(3, "单位"), (4, "a"), (4, "b"), (5, "b")]
    assert found.skipped == [6]
    assert said(read(text, {"单位": "甲", "a": "1"})) == [(1, "b")]
    assert said(read(text, {"谁": "甲", "a": "1", "b": "2"})) == [(1, "")]


def test_people_are_never_scored() -> None:
    text = measure("weight = 100")
    for name in ("居民姓名", "网格员"):
        assert "不能是个人" in read(text, {name: "张三", "a": "1", "b": "2"}).problems[0].reason
    assert "不能是个人" in read(text, {"单位": "13800138000", "a": "1", "b": "2"}).problems[0].reason


def test_chinese_columns_need_no_declaration() -> None:
    text = '[[measures]]\ncode = "rate"\nname = "率"\nnumerator = "办结数"\ndenominator = "受理数 - 缓办数"\nweight = 100\n'
    table = read(text, {"单位": "甲", "办结数": "9", "受理数": "12", "缓办数": "2"})
    assert table.problems == []
    assert score(rule(text), table.units).scores[0].total == 90


# -- counted cases


def test_bits_and_conditions() -> None:
    made = rule(
        'source = "cases"\n[[inputs]]\ncode = "called"\nname = "热线件"\nmeasure = "filed"\nwhere = "channel == \'hotline\'"\n'
        + measure("weight = 100", 'numerator = "called"\ndenominator = "filed"')
    )
    facts = BITS["filed"] | BITS["answered"]
    sorts = [
        (facts, "help|hotline|noise.social", 3),
        (BITS["filed"], "help|web|", 1),
        (facts | BITS["exempted"], "help|hotline|", 2),
    ]
    found = numbers(made, sorts, {"basic_weight": Fraction(9, 10)})
    assert (found["called"], found["filed"], found["answered"], found["exempted"]) == (3, 4, 3, 2)
    assert numbers(made, sorts, {}, every=True)["called"] == 5
    assert counts(made, facts, "help|hotline|noise.social") == ["filed", "answered", "called"]
    assert "filed" not in counts(made, facts | BITS["exempted"], "help|hotline|")


# -- periods


def test_periods() -> None:
    assert (str(month("2026-03").first), str(month("2026-03").last)) == ("2026-03-01", "2026-03-31")
    assert (str(month("2026-03", 19).first), str(month("2026-03", 19).last)) == ("2026-02-19", "2026-03-18")
    assert (str(month("2026-01", 19).first), str(month("2024-02").last)) == ("2025-12-19", "2024-02-29")
    assert before("2026-01") == "2025-12"
    assert last_complete(month("2026-03").last) == "2026-02"
    assert last_complete(month("2026-03", 19).last, 19) == "2026-02"
    assert year_of(2026)[0::11] == ["2026-01", "2026-12"]
    assert year_of(2026, 11)[0::11] == ["2025-11", "2026-10"]
    for text in ("2026-13", "2026", "26-03", "March"):
        with pytest.raises(ValueError, match="不是月份"):
            month(text)


def test_a_unit_without_any_value_has_no_total_and_spoils_no_mean() -> None:
    made = rule(measure('weight = 100\nmissing = "skip"') + TIERS)
    units = [
        Unit("甲", "甲", {"a": Fraction(8), "b": Fraction(10)}),
        Unit("乙", "乙", {"a": Fraction(0), "b": Fraction(0)}),
    ]
    result = score(made, units)
    assert [(each.scored, each.tier, each.rank) for each in result.scores] == [(True, "良", 1), (False, "", None)]
    assert result.summaries[0].total == 80


def test_a_malus_takes_away_whichever_sign_it_is_written_with() -> None:
    base = '[[measures]]\ncode = "n"\nname = "基"\nvalue = "c"\nmethod = "direct"\nweight = 100\n'
    for head, more in (
        ('value = "a"', "each = 2"),
        ('value = "a"', "each = -2"),
        ('value = "a"', 'points = "-2 * value"'),
    ):
        assert one(base + measure(f'kind = "malus"\n{more}', head), a=3, c=90).total == 84
    below = measure('kind = "malus"\nthreshold = 95\ndeduct = 0.5\nceiling = 5')
    assert one(base + below, a=91, b=100, c=90).total == 88
    assert one(base + below, a=50, b=100, c=90).total == 85
    assert one(base + below, a=96, b=100, c=90).total == 90


def test_columns_with_their_unit_behind_them() -> None:
    table = read(measure("weight = 100"), {"单位名称": "甲", "a（件）": "9", "b(件)": "10", "序号": "1"})
    assert table.problems == []
    assert table.unused == ["序号"]


def test_shares_that_look_like_percentages_are_remarked_on() -> None:
    made = rule(measure('weight = 20\nunit = "percent"', 'value = "办结率"'))
    table = tables.read(made, [(2, {"单位": "甲", "办结率": "0.9912"})])
    assert "share = true" in tables.hints(made, table.units)[0]
    shared = rule(
        '[[inputs]]\ncode = "办结率"\nshare = true\n' + measure('weight = 20\nunit = "percent"', 'value = "办结率"')
    )
    table = tables.read(shared, [(2, {"单位": "甲", "办结率": "0.9912"}), (3, {"单位": "乙", "办结率": "99.12%"})])
    assert tables.hints(shared, table.units) == []
    assert {each.total for each in score(shared, table.units).scores} == {Fraction("19.824")}
