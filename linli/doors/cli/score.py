"""`linli score`: score rules tried on a sheet, official runs, and runs calculated again from what was frozen."""

import json
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from linli.base.ground import ground

if TYPE_CHECKING:
    from linli.base.actor import Actor
    from linli.insight.scores.rules import Result, Rule

RULE = "规则：政策代码（score.ningguo 或 ningguo，加 @2 指定版本），或一个 .toml 文件"


@click.group("score")
def command() -> None:
    """评分：按规则计算表格，办理正式评分，用冻结的数据复算。"""


@command.command("sheet")
@click.argument("file", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@click.option("--rule", "name", required=True, help=RULE)
@click.option("--sheet", "tab", help="工作簿里哪一张工作表；默认第一张有内容的")
@click.option("--header-row", type=int, help="表头在第几行；默认自己找")
@click.option("--unit", "only", help="只列这个单位的计算过程")
@click.option("--brief", is_flag=True, help="只列结果，不列计算过程")
@click.option("--out", type=click.Path(dir_okay=False, path_type=Path), help="结果写到 .csv 或 .xlsx")
@click.option("--json", "as_json", is_flag=True, help="结果写成 JSON")
@click.option("--strict", is_flag=True, help="与公布的数不符时以 1 退出")
def sheet(
    file: Path, name: str, tab: str | None, header_row: int | None, only: str | None, brief: bool, out: Path | None, as_json: bool, strict: bool
) -> None:  # fmt: skip
    """按规则计算一张表：一行一个单位，一列一个数。什么都不存。有错时按行列指出，以 1 退出。"""
    from linli.insight.scores import sheets
    from linli.insight.scores.rules import RuleError, score
    from linli.insight.scores.rules.tables import hints

    with _rule(name) as rule:
        try:
            table = sheets.read_file(rule, file, tab, header_row)
        except sheets.SheetError as error:
            raise click.ClickException(str(error)) from None
        if table.problems:
            for problem in table.problems:
                click.echo(sheets.problem_text(problem), err=True)
            raise click.ClickException(f"表里有 {len(table.problems)} 处不对，没有计算。")
        if not table.units:
            raise click.ClickException("表里没有可以计算的单位。")
        try:
            result = score(rule, table.units)
        except RuleError as error:
            raise click.ClickException(str(error)) from None
        if only and only not in {one.unit.name for one in result.scores}:
            raise click.ClickException(f"表里没有“{only}”；有：{'、'.join(one.unit.name for one in result.scores)}")
        _show(rule, result, only, brief, as_json)
        if table.unused and not as_json:
            click.echo(f"没有用到的列：{'、'.join(table.unused)}", err=True)
        for hint in hints(rule, table.units):
            click.echo(f"注意　{hint}", err=True)
        if table.skipped:
            click.echo(f"跳过合计行：{'、'.join(map(str, table.skipped))}", err=True)
        if out:
            write(rule, result, out)
        wrong = [f"{one.unit.name}：{text}" for one in result.scores for text in one.disagreements]
        for text in wrong:
            click.echo(f"与公布不符　{text}", err=True)
        if wrong and strict:
            raise SystemExit(1)


@contextmanager
def _rule(name: str) -> Iterator["Rule"]:
    """The rule of that name from the database, or of a file without one."""
    from linli.insight.scores.rules import RuleError, parse
    from linli.insight.scores.rules.counting import COUNTED

    try:
        if name.endswith(".toml") or "/" in name:
            yield parse(_written(Path(name)), _shipped_figures(), COUNTED)
            return
        with ground():
            from linli.base.actor import system
            from linli.base.scope import scope
            from linli.insight.scores import policy, queries

            with scope(system("cli: score")):
                rule = policy.read(queries.rule_named(name).data)
            yield rule
    except (RuleError, LookupError) as error:
        raise click.ClickException(str(error.args[0])) from None


def _written(path: Path) -> dict[str, Any]:
    from linli.base.policies.writing import Unreadable, read

    try:
        return read(path.read_text(encoding="utf-8-sig"))
    except (OSError, UnicodeDecodeError) as error:
        raise click.ClickException(f"规则文件读不出来：{error}") from None
    except Unreadable as error:
        raise click.ClickException(f"{path.name}：{error}") from None


def _shipped_figures() -> dict[str, dict[str, Any]]:
    from linli.base.policies import registry

    return {row["code"]: row for row in registry.shipped()["figures"]["figures"]}


def _show(rule: "Rule", result: "Result", only: str | None, brief: bool, as_json: bool) -> None:
    from linli.insight.scores import sheets
    from linli.insight.scores.rules import number_text

    if as_json:
        head = sheets.header(rule)
        found = [dict(zip(head, map(str, row), strict=True)) for row in sheets.rows(rule, result)]
        click.echo(json.dumps(found, ensure_ascii=False, indent=2))
        return
    click.echo(f"规则：{rule.name}")
    for one in result.scores:
        if only and one.unit.name != only:
            continue
        lines = sheets.told(rule, one)
        click.echo(
            "\n".join(
                [f"\n{lines[0]}", *lines[1:]]
                if not brief
                else lines[:1] + [f"  {sheets.line_text(line)}" for line in one.lines]
            )
        )
    for summary in [] if only else result.summaries:
        names = {measure.code: measure for measure in rule.measures}
        values = [
            f"{names[code].name} {number_text(value)}{'%' if names[code].percent and value is not None else ''}"
            for code, value in summary.values.items()
            if code in names
        ]
        scored = any(measure.method != "none" for measure in rule.measures)
        total = f"，总分 {number_text(summary.total)}" if summary.total is not None and scored else ""
        click.echo(f"\n汇总{summary.group}（{summary.units} 个单位，{_average(rule)}）：{'，'.join(values)}{total}")


def _average(rule: "Rule") -> str:
    from linli.insight.scores.rules.shapes import AVERAGES

    return AVERAGES[rule.average]


def write(rule: "Rule", result: "Result", out: Path) -> None:
    """The result as a sheet of the kind that the name of the file says."""
    from linli.base.exchange import csv_bytes, write_xlsx
    from linli.insight.scores import sheets

    head, rows = sheets.header(rule), sheets.rows(rule, result)
    if out.suffix.lower() == ".xlsx":
        write_xlsx(out, head, rows, "评分")
    else:
        out.write_bytes(b"".join(csv_bytes(head, rows)))
    click.echo(f"已写到 {out}", err=True)


@command.command("check")
@click.argument("file", type=click.Path(exists=True, dir_okay=False, path_type=Path))
def check(file: Path) -> None:
    """检查一个规则文件（.toml），并跑它自带的例子。"""
    with ground():
        from linli.base.actor import system
        from linli.base.policies import registry
        from linli.base.scope import scope

        with scope(system("cli: score")):
            wrong = registry.try_examples("score.check", _written(file))
    for one in wrong:
        click.echo(one, err=True)
    if wrong:
        raise click.ClickException(f"{len(wrong)} 处不对。")
    click.echo("规则能用，例子都通过。")


@command.command("template")
@click.option("--rule", "name", required=True, help=RULE)
@click.option("--out", required=True, type=click.Path(dir_okay=False, path_type=Path), help="写到 .csv 或 .xlsx")
def template(name: str, out: Path) -> None:
    """写一张空表：这个规则要哪些列。"""
    from linli.base.exchange import csv_bytes, write_xlsx
    from linli.insight.scores.rules.tables import wanted

    with _rule(name) as rule:
        if rule.source == "cases":
            click.echo("这个规则按诉求计数；用表格计算时要自己填每一个数。", err=True)
        head = list(rule.unit_columns or ("单位",)) + (["组别"] if rule.named_groups else [])
        head += [rule.pivot, rule.pivot_value] if rule.pivot else [one.name for one in wanted(rule)]
    if out.suffix.lower() == ".xlsx":
        write_xlsx(out, head, [], "评分")
    else:
        out.write_bytes(b"".join(csv_bytes(head, [])))
    click.echo(f"已写到 {out}")


@command.command("run")
@click.option("--rule", "name", required=True, help="规则的政策代码，如 three_rates")
@click.option("--month", "label", required=True, help="考核期，以结束的月份称呼：2026-03")
@click.option("--region", required=True, help="范围的区划代码，如 110106009")
@click.option("--reason", default="", help="重新评分的原因；这一期评过分时要写")
@click.option("--as", "login", metavar="登录名[/岗位]", help="以此人的岗位办理；不写就以系统身份")
def run(name: str, label: str, region: str, reason: str, login: str | None) -> None:
    """按诉求做一次正式评分：用那一期结束时有效的规则，连同背后的诉求一起冻结。"""
    with ground():
        from linli.base.actor import system
        from linli.base.commands import Refused
        from linli.base.scope import scope
        from linli.insight.scores import commands

        actor = _acting(login) if login else system("cli: score run")
        try:
            with scope(actor):
                row = commands.run(actor, rule=name, label=label, region=region, reason=reason)
                _shown_run(row.pk)
        except Refused as refused:
            raise click.ClickException(str(refused)) from None


@command.command("list")
def listed() -> None:
    """列出做过的评分。"""
    with ground():
        from linli.base.actor import system
        from linli.base.scope import scope
        from linli.insight.scores.models import ScoreRun

        with scope(system("cli: score")):
            rows = ScoreRun.objects.select_related("rule", "replaced_by").order_by("-label", "code", "-id")
            for row in rows:
                state = "　已被替代" if getattr(row, "replaced_by", None) else ""
                click.echo(
                    f"{row.pk}　{row.label}　{row.rule.name}@{row.rule.version}　{row.region_code}　{row.digest[:12]}{state}"
                )


@command.command("show")
@click.argument("number", type=int)
@click.option("--unit", "only", help="只列这个单位")
@click.option("--out", type=click.Path(dir_okay=False, path_type=Path), help="结果写到 .csv 或 .xlsx")
def show(number: int, only: str | None, out: Path | None) -> None:
    """一次正式评分（编号见 linli score list），含冲正，每个单位的计算过程。"""
    with ground():
        from linli.base.actor import system
        from linli.base.scope import scope
        from linli.insight.scores import queries
        from linli.insight.scores.models import ScoreRun

        with scope(system("cli: score")):
            row = ScoreRun.objects.select_related("rule").filter(pk=number).first()
            if row is None:
                raise click.ClickException(f"没有编号为 {number} 的评分；linli score list 列出全部。")
            rule, result = queries.rule_of(row), queries.corrected(row, queries.units(row))
            _show(rule, result, only, False, False)
            if out:
                write(rule, result, out)


@command.command("replay")
@click.argument("number", type=int, required=False)
def replay(number: int | None) -> None:
    """用冻结的诉求重数、按当时的规则重算，核对与冻结时是否一致；不写编号就核对全部，有不一致时以 1 退出。"""
    with ground():
        from linli.base.actor import system
        from linli.base.scope import scope
        from linli.insight.scores import queries
        from linli.insight.scores.models import ScoreRun

        bad = count = 0
        with scope(system("cli: score")):
            rows = ScoreRun.objects.select_related("rule").order_by("label", "id")
            for row in rows.filter(pk=number) if number is not None else rows:
                differs = queries.replay(row, queries.units(row))
                count, bad = count + 1, bad + bool(differs)
                click.echo(f"{row.pk}　{row.label}　{row.rule.name}：{'；'.join(differs) or '一致'}")
        if number is not None and not count:
            raise click.ClickException(f"没有编号为 {number} 的评分。")
        click.echo(f"核对了 {count} 次，不一致 {bad} 次。")
        if bad:
            raise SystemExit(1)


def _acting(login: str) -> "Actor":
    from linli.doors.cli.do import _actor

    return _actor(login, None)


def _shown_run(number: int) -> None:
    """What a run gave, one line for each unit."""
    from linli.insight.scores import queries
    from linli.insight.scores.models import ScoreRun

    row = ScoreRun.objects.select_related("rule").get(pk=number)
    click.echo(
        f"{row.pk}　{row.label}（{row.first} 至 {row.last}）　{row.rule.name}@{row.rule.version}　{row.digest[:12]}"
    )
    for unit in queries.units(row):
        told = f"{unit.total.normalize():f} 分" if unit.total is not None else "没有可计的数"
        click.echo(f"  {unit.name}　{told}　{unit.tier}{f'　第 {unit.rank} 名' if unit.rank else ''}")
    if row.unplaced:
        click.echo(f"  另有 {row.unplaced} 件没有定到单位。")
