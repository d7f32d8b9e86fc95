"""`linli regions`: bring regions in from a code sheet or a GeoJSON file."""

import sys
from pathlib import Path
from typing import TYPE_CHECKING

import click

from linli.base.ground import ground

if TYPE_CHECKING:
    from linli.places.regions.importing import Plan

SHOWN = 20


@click.group("regions")
def command() -> None:
    """区划：导入代码表和边界。"""


@command.command("import")
@click.argument("file", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@click.option("--dry-run", is_flag=True, help="只检查，不写入")
@click.option("--only-good", is_flag=True, help="有错误的行跳过，其余照常导入")
def bring_in(file: Path, dry_run: bool, only_good: bool) -> None:
    """导入区划代码表（CSV、XLSX）或边界（GeoJSON）。先说明会有什么变化；有错误时默认一行也不写。"""
    with ground():
        from linli.base.actor import system
        from linli.base.commands import Refused
        from linli.base.scope import scope
        from linli.places.regions import commands
        from linli.places.regions.reading import MAX_BYTES, Unreadable

        if file.stat().st_size > MAX_BYTES:
            raise click.ClickException(f"文件太大（最多 {MAX_BYTES // 1024 // 1024} MB），请分成几份")
        content = file.read_bytes()
        actor = system("linli regions import")
        with scope(actor):
            try:
                kind, plan = commands.foresee(content, file.name)
                _tell(plan)
                if dry_run or (plan.grave and not only_good):
                    if not dry_run:
                        click.echo("没有导入任何一行。改正后重试，或加 --only-good 只导入没有错误的行。", err=True)
                    sys.exit(1 if plan.grave else 0)
                act = commands.import_geojson if kind == "geojson" else commands.import_sheet
                counts = act(actor, content=content, file_name=file.name, only_good=only_good)
            except (Refused, Unreadable) as error:
                raise click.ClickException(str(error)) from error
        click.echo("导入完成：新增 {created}，更新 {changed}，未变 {same}，跳过 {refused}".format(**counts))


def _tell(plan: "Plan") -> None:
    """What would change, and the first problems."""
    click.echo(f"新增 {len(plan.created)}，更新 {len(plan.changed)}，未变 {len(plan.same)}")
    for problem in plan.problems[:SHOWN]:
        mark = "错误" if problem.grave else "提醒"
        click.echo(f"{mark} {problem.place} {problem.column}:{problem.reason}", err=True)
    if len(plan.problems) > SHOWN:
        click.echo(f"……共 {len(plan.problems)} 处", err=True)
