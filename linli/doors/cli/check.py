"""`linli check`: would the site start here?"""

import click

from linli.base.boot import check
from linli.base.ground import ground


@click.command("check")
def command() -> None:
    """启动前检查：数据库版本、持久性参数、校验和、角色权限、结构版本。"""
    with ground(ready=False) as addresses:
        check(addresses.web)
    click.echo("数据库符合要求。")
