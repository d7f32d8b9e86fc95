"""`linli run`: everything on one machine, for trying it out: database, tables, demo district, web site and jobs."""

import fcntl
import json
import os
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Sequence
from pathlib import Path
from typing import IO

import click

from linli.base.boot import check
from linli.base.ground import Addresses, database, home
from linli.base.roles import fingerprint, installed
from linli.doors.cli.demo import LOADING, people, sign_ins

PORTS_TRIED = 50
FIRST_PAGE_SECONDS = 60


@click.command("run")
@click.option("--port", default=8000, envvar="PORT", show_default=True, help="首选端口；被占用时取下一个空闲端口")
@click.option("--demo/--no-demo", default=True, help="装入演示街区并显示演示账号")
def command(port: int, demo: bool) -> None:
    """一条命令看到邻里：数据库、演示街区、网站、后台任务。只在本机可访问。"""
    from linli.doors.cli._children import Child, die_with_parent, supervise
    from linli.doors.cli.serve import server_words

    if os.environ.get("MAKELEVEL"):
        die_with_parent()
    begun = time.monotonic()
    folder = home()
    folder.mkdir(parents=True, exist_ok=True, mode=0o700)
    with open(folder / "run.lock", "a+") as lock:
        already_running(lock, folder)
        os.environ["LINLI_DEMO"] = "1" if demo else os.environ.get("LINLI_DEMO", "0")
        with database() as addresses:
            bring_up_to_date(addresses, demo)
            free = free_port(port)
            if free != port:
                click.echo(f"端口 {port} 已被占用，改用 {free}。")
            url = f"http://127.0.0.1:{free}/"
            (folder / "run.json").write_text(json.dumps({"url": url, "pid": os.getpid()}))
            children = [
                Child("网站", server_words("127.0.0.1", free, workers=2, threads=3)),
                Child("后台任务", [sys.executable, "-m", "linli", "work"]),
            ]
            known = sign_ins(people(addresses, demo=True)) if demo else []
            supervise(children, addresses, started=lambda: welcome(url, known, begun))
    click.echo("已停止。数据都在，下次 make run 继续。")


def already_running(lock: IO[str], folder: Path) -> None:
    """Two at once on one database would stop it under each other's feet: say where the first one is."""
    try:
        fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        where = json.loads((folder / "run.json").read_text()) if (folder / "run.json").exists() else {}
        raise click.ClickException(
            f"邻里已经在运行：{where.get('url', '')}（进程 {where.get('pid', '?')}）。要重新启动，请先在那里按 Ctrl-C。"
        ) from None


def bring_up_to_date(addresses: Addresses, demo: bool) -> None:
    """Tables and demo district; what is noted as done in the database itself is skipped."""
    noted = installed(addresses.admin)
    if noted.get("migrations") != fingerprint():
        step("数据库结构", "migrate", "--verbosity", "0")
    if demo and noted.get("demo", LOADING) == LOADING:
        step("演示街区", "demo")
    os.environ["DATABASE_URL"] = addresses.web
    check(addresses.web)


def step(title: str, *words: str) -> None:
    """Run one `linli` command to its end; stop everything when it fails."""
    from linli.doors.cli._children import die_with_parent

    begun = time.monotonic()
    click.echo(f"· {title} …")
    result = subprocess.run(
        [sys.executable, "-m", "linli", *words],
        stdin=subprocess.DEVNULL,
        preexec_fn=die_with_parent,
        check=False,
    )
    if result.returncode:
        raise click.ClickException(f"linli {' '.join(words)} 没有成功，见上面的说明。")
    click.echo(f"✓ {title}  {time.monotonic() - begun:.0f} s")


def free_port(wanted: int) -> int:
    """The wanted port, or the next one that nobody listens on."""
    for port in range(wanted, wanted + PORTS_TRIED):
        with socket.socket() as trial:
            trial.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            try:
                trial.bind(("127.0.0.1", port))
            except OSError:
                continue
            return port
    raise click.ClickException(f"端口 {wanted} 到 {wanted + PORTS_TRIED - 1} 都被占用；用 PORT=... 另选一个。")


def welcome(url: str, known: Sequence[tuple[str, str, str]], begun: float) -> None:
    """Wait for the first page, then say where it is and who can sign in."""
    deadline = time.monotonic() + FIRST_PAGE_SECONDS
    while not answers(url):
        if time.monotonic() > deadline:
            raise click.ClickException(f"网站 {FIRST_PAGE_SECONDS} 秒内没有打开，见上面的错误。")
        time.sleep(0.1)
    click.echo(f"\n  邻里已启动（{time.monotonic() - begun:.1f} s）：{url}\n")
    show_table(["角色", "用户名", "口令"], known)
    click.echo("  按 Ctrl-C 停止。")


def answers(url: str) -> bool:
    """Does the first page come, whole?"""
    try:
        with urllib.request.urlopen(url, timeout=20) as page:  # noqa: S310 - our own address
            return bool(page.read())
    except urllib.error.HTTPError as error:
        if error.code >= 500:
            raise click.ClickException(f"首页出错（{error.code}），见上面的错误。") from None
        return True
    except OSError:
        return False


def show_table(head: Sequence[str], rows: Sequence[Sequence[str]]) -> None:
    """Columns that line up although a Chinese character is two cells wide."""
    if not rows:
        return
    every = [head, *rows]
    wide = [max(cells(row[column]) for row in every) for column in range(len(head))]
    click.echo("  演示账号（只在演示实例中存在）：")
    for row in every:
        click.echo(
            "    " + "  ".join(text + " " * (width - cells(text)) for text, width in zip(row, wide, strict=True))
        )
    click.echo()


def cells(text: str) -> int:
    """Width of a text on the terminal."""
    return sum(2 if ord(letter) > 0x2E80 else 1 for letter in text)
