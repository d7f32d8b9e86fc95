"""Published bulletins recomputed: Ningguo's five units, Lianyungang's components, every ratio; what does not agree is named here.

The tables themselves may not be shared; the tests read them from LINLI_REAL_DATA and are skipped without them.
"""

import csv
import os
import tomllib
from fractions import Fraction
from pathlib import Path

import pytest

from linli.base.ground import ROOT
from linli.base.policies import registry
from linli.insight.scores import sheets
from linli.insight.scores.rules import Result, parse, read_number, rounded, score
from linli.insight.scores.rules.counting import COUNTED

FOLDER = Path(os.environ.get("LINLI_REAL_DATA", ROOT.parent / "shared" / "data")) / "bulletins"
real = pytest.mark.skipif(not FOLDER.is_dir(), reason="LINLI_REAL_DATA holds no bulletins")

# Where a bulletin does not agree with itself, whatever the rule. Both shares would be right if they were cut off, but the other
# shares of the same table are rounded.
RATIOS_THAT_DISAGREE = {("HB2021-03", "建议"): "1.24", ("HB2021-03", "政法"): "9.82"}
# Publicly known beside the tables: 591 of 594 closed was published as 99.6 %.
NINGGUO_2021_08 = (591, 594, "99.6")
# Sums of published parts that are not the published total.
SUMS_THAT_DISAGREE = {"灌云县": "29.67", "灌南县": "29.43", "赣榆区": "29.37"}


def computed(name: str, file: str, source: str = "") -> Result:
    data = tomllib.loads(source or registry.shipped_sources()[f"score.{name}"])
    rule = parse(data, {}, COUNTED)
    table = sheets.read_file(rule, FOLDER / file)
    assert table.problems == []
    return score(rule, table.units)


def rows(file: str) -> list[dict[str, str]]:
    with (FOLDER / file).open(encoding="utf-8-sig", newline="") as source:
        return list(csv.DictReader(source))


@real
def test_ningguos_five_units() -> None:
    result = computed("ningguo", "ningguo_2022-04_units.csv")
    assert [one.unit.name for one in result.scores] == ["住建局", "公安局", "城管局", "卫健委", "市场监督管理局"]
    for one in result.scores:
        assert len([said for line in one.lines for said in line.said]) == 3
        assert one.disagreements == []
        assert one.rank is None, "a rule that only shows rates ranks nobody"


@real
def test_ningguos_dissatisfaction_over_all_orders_is_wrong_for_all_five() -> None:
    """The control: with the denominator that the bulletin's heading suggests, no unit agrees but by accident of rounding."""
    source = registry.shipped_sources()["score.ningguo"].replace(
        'denominator = "hotline_on_time + hotline_late"', 'denominator = "dispatched"'
    )
    result = computed("", "ningguo_2022-04_units.csv", source)
    assert sum(bool(one.disagreements) for one in result.scores) >= 4


@real
def test_lianyungangs_components() -> None:
    result = computed("lianyungang", "lyg_component_scores.csv")
    said = [good for one in result.scores for line in one.lines for _what, _text, good in line.said]
    published = [row for row in rows("lyg_component_scores.csv") if row["published_component_score"]]
    assert len(said) == len(published) == 14
    assert all(said)
    recomputed = {
        (one.unit.name, line.measure.code): line.points_text
        for one in result.scores
        for line in one.lines
        if line.points is not None
    }
    assert recomputed["LYG2021-08 连云港铁塔", "signing"] == "0.71"
    assert recomputed["LYG2021-08 连云港铁塔", "punctual"] == "8.33"


RATIOS = """
name = "比率核对"
basis = "各地公开通报"
[table]
unit = ["bulletin", "measure"]
[[measures]]
code = "ratio"
numerator = "numerator"
denominator = "denominator"
name = "比率"
digits = 2
published = "published_pct"
[[examples]]
given = { numerator = 1, denominator = 3, show = "ratio" }
expect = "33.33%"
"""


@real
def test_every_published_ratio() -> None:
    found = {}
    for number, row in enumerate(rows("ratio_checks.csv"), 2):
        numerator, denominator = Fraction(row["numerator"]), Fraction(row["denominator"])
        digits = len(row["published_pct"].partition(".")[2])
        exact = rounded(numerator / denominator * 100, digits)
        if exact != read_number(row["published_pct"]):
            found[row["bulletin"], row["measure"]] = f"{float(exact):.{digits}f}"
        assert number > 1
    assert found == RATIOS_THAT_DISAGREE


@real
def test_ratios_through_a_rule(tmp_path: Path) -> None:
    """The same through the rule language: names of the columns are the inputs, and those published to two digits agree."""
    source = RATIOS.replace('"numerator"\n', '"分子"\n').replace('"denominator"\n', '"分母"\n')
    source = source.replace("numerator = 1, denominator = 3", '"分子" = 1, "分母" = 3')
    sheet = tmp_path / "ratios.csv"
    with sheet.open("w", encoding="utf-8", newline="") as target:
        writer = csv.writer(target)
        writer.writerow(["bulletin", "measure", "分子", "分母", "published_pct"])
        for row in rows("ratio_checks.csv"):
            writer.writerow(
                [row["bulletin"], row["measure"], row["numerator"], row["denominator"], row["published_pct"]]
            )
    rule = parse(tomllib.loads(source), {}, COUNTED)
    table = sheets.read_file(rule, sheet)
    assert table.problems == []
    wrong = {one.unit.name for one in score(rule, table.units).scores if one.disagreements}
    assert wrong == {"HB2021-03 建议", "HB2021-03 政法", "DY2017-03 前三类占比"}, (
        "the last is published to whole percents"
    )


QUALITY = """
name = "数据质量分项合计"
basis = "连云港 2020 年 9 月"
[table]
unit = "county"
[[inputs]]
code = "completeness"
name = "完整"
[[inputs]]
code = "content"
name = "规范"
[[inputs]]
code = "timeliness"
name = "及时"
[[inputs]]
code = "interface"
name = "接口"
[[measures]]
code = "quality"
name = "合计"
value = "completeness + content + timeliness + interface"
method = "direct"
[total]
digits = 2
published = "published_total"
"""


@real
def test_lianyungangs_data_quality() -> None:
    result = computed("", "lyg_2020-09_data_quality.csv", QUALITY)
    found = {one.unit.name: f"{float(one.total):.2f}" for one in result.scores if one.disagreements}
    assert found == SUMS_THAT_DISAGREE
    assert f"{float(result.of('东海县').total):.2f}" == "29.45"


def test_a_ratio_that_its_own_bulletin_gets_wrong() -> None:
    numerator, denominator, published = NINGGUO_2021_08
    assert rounded(Fraction(numerator, denominator) * 100, 1) == Fraction("99.5") != read_number(published)
