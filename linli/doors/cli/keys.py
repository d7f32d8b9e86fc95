"""`linli keys`: the keys of sealed values: how they stand, changing them, destroying what must be forgotten."""

import click

from linli.base.ground import ground


@click.group("keys")
def command() -> None:
    """加密个人信息的密钥：查看、更换、核对。"""


@command.command("status")
def status() -> None:
    """密钥环里有哪几把，最近一次换密钥到了哪里。"""
    with ground():
        from linli.base.actor import system
        from linli.base.crypto import ring
        from linli.base.privacy.queries import rotation
        from linli.base.scope import scope

        here = ring()
        click.echo(f"密钥环第 {here.generation} 代，在用 {here.active_id}")
        for key in here.keys.values():
            old = "" if key.index else "，旧索引的密钥已销毁"
            click.echo(f"  {key.id} {key.suite}，密钥树 {len(key.records)} 个节点{old}")
        with scope(system("cli: keys")):
            row = rotation()
        if row is not None:
            state = "已完成" if row.finished_at else f"看过 {row.done} / {row.total} 行"
            click.echo(f"最近一次换密钥：{row.started_at:%Y-%m-%d %H:%M}，{state}；重新加密 {row.sealed} 行")


@command.command("rotate")
@click.option("--batch", default=500, show_default=True, help="每一步多少行")
def rotate(batch: int) -> None:
    """换一把新密钥，重新加密每一行和每个文件；可以随时中断，再运行就接着做。网站照常使用。"""
    with ground():
        from linli.base.actor import system
        from linli.base.files.store import seal_again
        from linli.base.privacy.commands import rotate_keys
        from linli.base.privacy.models import KeyRotation
        from linli.base.privacy.queries import rotation
        from linli.base.privacy.running import rotate as run
        from linli.base.scope import scope

        with scope(system("cli: keys")):
            row = rotation()
            started = row.pk if row is not None and row.finished_at is None else rotate_keys(system("cli: keys"))

        def told(now: KeyRotation) -> None:
            click.echo(f"\r看过 {now.done} / {now.total} 行，重新加密 {now.sealed} 行", nl=False, err=True)

        done, files = run(started, batch, told), seal_again()
        click.echo("", err=True)
    click.echo(
        f"换好了：在用 {done.key}，重新加密 {done.sealed} 行、{files} 个文件，旧索引的密钥已销毁。请另存新的密钥环，销毁旧的。"
    )


@command.command("check")
def check() -> None:
    """核对：该销毁的密钥是否都销毁了，旧备份带回来的人是否清掉了。恢复备份、换机器以后运行。"""
    with ground():
        from linli.base.actor import system
        from linli.base.privacy.commands import check_keys
        from linli.base.scope import scope

        with scope(system("cli: keys")):
            found = check_keys(system("cli: keys"))
    click.echo(f"补销毁密钥 {found['shredded']} 把，核对并清除 {found['erased']} 条。")
