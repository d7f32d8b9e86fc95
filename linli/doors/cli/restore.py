"""`linli restore FILE`: put a backup in the place of the database. The database that stood there is kept."""

from pathlib import Path

import click

from linli.base.ground import database, home


@click.command("restore")
@click.argument("file", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@click.confirmation_option(prompt="将用备份替换当前数据库（当前数据库改名保留）。继续？")
def command(file: Path) -> None:
    """从备份 FILE 恢复。须先停止邻里；原数据库改名保留，不会删除。"""
    from linli.base import backup

    with database() as addresses:
        before = backup.restore(addresses.admin, file, home())
        with backup.opened(file) as (manifest, _):
            missing = backup.missing_keys(manifest, home())
    click.echo(f"已恢复。原数据库保留为 {before}，确认无误后可自行删除。下一步：linli migrate")
    if missing:
        click.echo(f"注意：本机没有密钥 {', '.join(missing)}，加密字段无法打开。请把备份时的 keys.json 放回 {home()}。")
