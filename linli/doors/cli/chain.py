"""`linli chain ...`: one line that stands for everything recorded so far, to be kept outside; and the comparison later."""

from pathlib import Path

import click

from linli.base.ground import ground


@click.group("chain")
def command() -> None:
    """链头：把到此刻为止的记录变成一行摘要，存到外面；以后拿来比对。"""


@command.command("head")
@click.option("--out", type=click.Path(dir_okay=False, path_type=Path), help="接着写在这个文件后面；不写就打印出来")
def head(out: Path | None) -> None:
    """打印一行链头：办理记录、审计记录、查看记录的条数和摘要，没有个人信息。请存到别处或公证。"""
    with ground():
        from linli.base.actor import system
        from linli.base.clockwork import now
        from linli.base.scope import scope
        from linli.procedures import heads

        with scope(system("cli: chain head")):
            line = heads.write(heads.take(now()))
    if out is None:
        click.echo(line)
    else:
        with open(out, "a", encoding="utf-8") as sink:
            sink.write(f"{line}\n")
        click.echo(f"已写入 {out}。请把它存到这台机器以外。")


@command.command("check")
@click.option(
    "--head",
    "file",
    required=True,
    type=click.Path(exists=True, dir_okay=False, path_type=Path),
    help="存着链头的文件，一行一个",
)
def check(file: Path) -> None:
    """拿存在外面的链头比对现在的记录；有不一致时以 1 退出。"""
    with ground():
        from linli.base.actor import system
        from linli.base.scope import scope
        from linli.base.ui.words import local
        from linli.procedures import heads

        lines = [line for line in file.read_text(encoding="utf-8").splitlines() if line.strip()]
        if not lines:
            raise click.ClickException(f"{file} 里没有链头。")
        wrong = 0
        with scope(system("cli: chain check")):
            for line in lines:
                then = heads.read(line)
                problems = [words for words in heads.compare(then).values() if words]
                wrong += bool(problems)
                count = sum(part.count for part in then.parts.values())
                result = "；".join(problems) or f"一致（{count} 条）"
                click.echo(f"{local(then.at):%Y-%m-%d %H:%M} 的链头：{result}")
    if wrong:
        raise SystemExit(1)
