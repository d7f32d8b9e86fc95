"""`linli backup FILE`: make a backup and prove that it restores."""

from pathlib import Path

import click

from linli.base.ground import database, home


@click.command("backup")
@click.argument("file", type=click.Path(dir_okay=False, path_type=Path))
@click.option("--verify/--no-verify", default=True, help="马上恢复到临时数据库并核对行数")
def command(file: Path, verify: bool) -> None:
    """备份数据库与文件到 FILE(不含密钥)。网站可以继续运行。"""
    from linli.base import backup

    with database() as addresses:
        manifest = backup.make(addresses.admin, file, home())
        click.echo(f"已备份 {len(manifest['rows'])} 张表、{sum(manifest['rows'].values())} 行：{file}")
        if verify:
            backup.verify(addresses.admin, file)
            click.echo("已恢复到临时数据库并核对：行数一致。")
    if manifest["keys"]:
        click.echo(f"密钥不在备份中。请另行保管 {home() / 'keys.json'}（密钥编号 {', '.join(manifest['keys'])}）。")
