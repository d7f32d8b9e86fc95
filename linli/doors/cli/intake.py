"""`linli intake sheet FILE --map MAP.toml`: bring a spreadsheet of requests in through the same command as the web form."""

import csv
import time
from pathlib import Path

import click

from linli.base.ground import ground


@click.group("intake")
def command() -> None:
    """把外面的诉求收进来。"""


@command.command("sheet")
@click.argument("file", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@click.option(
    "--map",
    "map_file",
    required=True,
    type=click.Path(exists=True, dir_okay=False, path_type=Path),
    help="对照表（TOML）：哪一列是什么",
)
@click.option("--dry-run", is_flag=True, help="只试一遍，什么都不存")
@click.option("--errors", type=click.Path(dir_okay=False, path_type=Path), help="错误表写到哪里；默认在原表旁边")
def sheet(file: Path, map_file: Path, dry_run: bool, errors: Path | None) -> None:
    """收一张诉求表。中断了就再运行一次：收过的不会重复，没收的接着收。"""
    with ground():
        from linli.base.actor import system
        from linli.base.exchange import SheetError, problem_rows
        from linli.doors.intake.sheet.mapping import BadMapping, read
        from linli.doors.intake.sheet.running import NotThisSheet, Outcome, run

        begun = time.monotonic()

        def progress(outcome: Outcome) -> None:
            done = f"读了 {outcome.rows} 行，新收 {outcome.filed}，已有 {outcome.known}，有错 {outcome.refused}"
            click.echo(f"\r{done},{outcome.rows / (time.monotonic() - begun):.0f} 行/秒", nl=False, err=True)

        try:
            outcome = run(
                system("sheet"), file, read(map_file.read_text(encoding="utf-8")), dry=dry_run, progress=progress
            )
        except (BadMapping, SheetError, NotThisSheet) as problem:
            raise click.ClickException(str(problem)) from None
        click.echo("", err=True)
        verb = "可以收" if dry_run else "新收"
        click.echo(
            f"{verb} {outcome.filed} 件，已有 {outcome.known} 件，有错 {outcome.refused} 行，用时 {time.monotonic() - begun:.1f} 秒。"
        )
        if outcome.problems:
            target = errors or file.with_name(f"{file.name.split('.')[0]}-errors.csv")
            with open(target, "w", encoding="utf-8-sig", newline="") as sink:
                csv.writer(sink).writerows([("行号", "列", "原因"), *problem_rows(outcome.problems)])
            click.echo(f"错误表：{target}")
