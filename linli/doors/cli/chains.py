"""`linli chains`: is every record as it was written?"""

import click

from linli.base.ground import ground


@click.command("chains")
def command() -> None:
    """从第一条起重新计算每件的办理记录，核对有没有被改过、删过；有不一致时以 1 退出。"""
    with ground():
        from linli.base.actor import system
        from linli.base.scope import scope
        from linli.procedures.chains import every

        count = entries = broken = 0
        with scope(system("cli: chains")):
            for portion in every():
                count += len(portion)
                entries += sum(one.entries for one in portion)
                for one in portion:
                    if one.problems:
                        broken += 1
                        click.echo(f"{one.number}：{'；'.join(one.problems)}")
                click.echo(f"已核对 {count} 件", err=True)
    click.echo(f"核对了 {count} 件、{entries} 条记录，不一致 {broken} 件。")
    if broken:
        raise SystemExit(1)
