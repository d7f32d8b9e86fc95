"""`linli score`: a sheet under a rule, with errors by row and column; official runs, shown and calculated again."""

import json
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from linli.base.actor import system
from linli.base.clockwork import frozen
from linli.base.ground import ROOT
from linli.base.scope import enter
from linli.doors.cli.score import command
from linli.insight.scores.models import ScoreRun
from tests.cast import STREET, Cast
from tests.insight.scores.stories import AFTER, RULE, month, scored

RULES = ROOT / "linli" / "policies"
HEAD = "单位,组别,承办件数,按时办结数,回访数,满意数,表扬件数,退回重办件数"


def linli(*words: str) -> Result:
    return CliRunner().invoke(command, list(words))


@pytest.fixture
def sheet(tmp_path: Path) -> Path:
    path = tmp_path / "table.csv"
    path.write_text(f'{HEAD}\n甲局,一组,300,280,70,66,8,4\n乙局,二组,"1,200",1250,0,,,\n', encoding="utf-8")
    return path


def test_a_sheet_under_a_rule_of_a_file(sheet: Path) -> None:
    answer = linli("sheet", str(sheet), "--rule", str(RULES / "score.two_groups.toml"))
    assert answer.exit_code == 0, answer.output
    assert "甲局（一组）　总分 147.36 / 150　优　第 1 名" in answer.output
    assert "低于 95% 1.67 个百分点，每 1 个百分点扣 1：60 − 1.67 = 58.33" in answer.output
    assert "超过 100% 按 100% 计" in answer.output
    assert "缺值的 40 分摊到其余各项" in answer.output


def test_a_sheet_under_a_rule_of_the_database(sheet: Path, everything: None) -> None:
    for name in ("two_groups", "score.two_groups", "score.two_groups@1"):
        assert "147.36" in linli("sheet", str(sheet), "--rule", name, "--brief").output
    answer = linli("sheet", str(sheet), "--rule", "nothing")
    assert answer.exit_code == 1
    assert "没有名为“nothing”的评分规则" in answer.output
    assert "score.ningguo" in answer.output


def test_what_is_wrong_is_said_by_row_and_column(sheet: Path) -> None:
    sheet.write_text(f"{HEAD}\n甲局,一组,abc,280,70,66,8,4\n乙局,三组,10,5,2,-1,0,0\n", encoding="utf-8")
    answer = linli("sheet", str(sheet), "--rule", str(RULES / "score.two_groups.toml"))
    assert answer.exit_code == 1
    assert "第 2 行“承办件数”：“abc”不是数字。" in answer.output
    assert "第 3 行“组别”：规则里没有“三组”组；有：一组、二组。" in answer.output
    assert "第 3 行“满意数”：“-1”小于 0" in answer.output
    assert "没有计算" in answer.output
    sheet.write_text(f"{HEAD.replace('承办件数', '件数')}\n甲局,一组,1,1,1,1,0,0\n", encoding="utf-8")
    answer = linli("sheet", str(sheet), "--rule", str(RULES / "score.two_groups.toml"))
    assert "第 1 行“承办件数”：没有这一列" in answer.output


def test_results_as_sheets_and_json(sheet: Path, tmp_path: Path) -> None:
    rule = str(RULES / "score.two_groups.toml")
    out = tmp_path / "out.csv"
    assert linli("sheet", str(sheet), "--rule", rule, "--out", str(out)).exit_code == 0
    assert "147.36" in out.read_text(encoding="utf-8-sig")
    rows = json.loads(linli("sheet", str(sheet), "--rule", rule, "--json").stdout)
    assert (rows[0]["单位"], rows[0]["总分"], rows[0]["名次"]) == ("甲局", "147.36", "1")
    empty = tmp_path / "empty.csv"
    assert linli("template", "--rule", rule, "--out", str(empty)).exit_code == 0
    assert empty.read_text(encoding="utf-8-sig").strip() == HEAD


def test_published_numbers_are_compared(tmp_path: Path) -> None:
    rule, sheet = tmp_path / "rule.toml", tmp_path / "table.csv"
    rule.write_text(
        'name = "例"\nbasis = ""\n[[measures]]\ncode = "m"\nname = "率"\nnumerator = "a"\ndenominator = "b"\nweight = 100\ndigits = 1\npublished = "公布"\n',
        encoding="utf-8",
    )
    sheet.write_text("单位,a,b,公布\n甲,1,3,33.3%\n乙,2,3,66.6%\n", encoding="utf-8")
    answer = linli("sheet", str(sheet), "--rule", str(rule))
    assert answer.exit_code == 0
    assert "与公布不符　乙：率数值：公布 66.6%，算得 66.7%" in answer.output
    assert linli("sheet", str(sheet), "--rule", str(rule), "--strict").exit_code == 1


def test_a_rule_file_is_checked(tmp_path: Path, everything: None) -> None:
    assert "例子都通过" in linli("check", str(RULES / "score.ningguo.toml")).output
    wrong = tmp_path / "wrong.toml"
    wrong.write_text('name = "错"\nbasis = ""\n', encoding="utf-8")
    answer = linli("check", str(wrong))
    assert answer.exit_code == 1
    assert "至少要写一项" in answer.output


def test_an_official_run_and_the_same_again(cast: Cast) -> None:
    month(cast)
    with frozen(AFTER):
        answer = linli("run", "--rule", RULE, "--month", "2026-03", "--region", STREET, "--as", "leader")
        assert answer.exit_code == 0, answer.output
        assert "北大街北里　82.5 分　良　第 2 名" in answer.output
        again = linli("run", "--rule", RULE, "--month", "2026-03", "--region", STREET, "--as", "leader")
    assert again.exit_code == 1
    assert "已经评过分" in again.output
    enter(system("test"))
    run = ScoreRun.objects.get()
    assert run.frozen_by == "凌主任"
    assert f"{run.pk}　2026-03" in linli("list").output
    assert "解决率　75%" in linli("show", str(run.pk), "--unit", "北大街北里").output
    assert "不一致 0 次" in linli("replay").output
    assert linli("replay", "999999").exit_code == 1


def test_a_run_that_was_tampered_with_is_found_out(cast: Cast, monkeypatch: pytest.MonkeyPatch) -> None:
    month(cast)
    run = scored(cast)
    from linli.insight.scores import queries

    def other(_run: ScoreRun, _rows: object) -> str:
        return "0" * 64

    monkeypatch.setattr(queries, "seal", other)
    answer = linli("replay", str(run.pk))
    assert answer.exit_code == 1
    assert "摘要不同" in answer.output
