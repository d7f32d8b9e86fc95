"""`linli verify FILE`: does this backup restore?"""

from pathlib import Path

import click

from linli.base.ground import database, home


@click.command("verify")
@click.argument("file", type=click.Path(exists=True, dir_okay=False, path_type=Path))
def command(file: Path) -> None:
    """把备份 FILE 恢复到临时数据库，核对每张表的行数，然后删除临时数据库。"""
    from linli.base import backup

    with database() as addresses:
        manifest = backup.verify(addresses.admin, file)
    click.echo(f"备份完好：{manifest['made']},{len(manifest['rows'])} 张表、{sum(manifest['rows'].values())} 行。")
    if missing := backup.missing_keys(manifest, home()):
        click.echo(f"注意：本机没有密钥 {', '.join(missing)}，恢复后加密字段无法打开。")
