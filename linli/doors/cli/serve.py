"""`linli serve`: the web site in production. Put a TLS proxy in front; run `linli work` beside it."""

import sys

import click

from linli.base.ground import ground


def server_words(host: str, port: int, workers: int, threads: int) -> list[str]:
    """The command line of the web server: one process per core, few threads, so that the connections suffice."""
    words = [sys.executable, "-m", "granian", "--interface", "wsgi", "linli.wsgi:application"]
    words += ["--host", host, "--port", str(port), "--workers", str(workers), "--blocking-threads", str(threads)]
    words += ["--log-level", "warning", "--respawn-failed-workers", "--workers-kill-timeout", "10", "--no-ws"]
    return words


@click.command("serve")
@click.option("--host", default="127.0.0.1", show_default=True, help="监听地址")
@click.option("--port", default=8000, show_default=True, help="端口")
@click.option("--workers", default=2, show_default=True, help="进程数，通常等于处理器核数")
@click.option("--threads", default=3, show_default=True, help="每个进程同时处理的请求数")
def command(host: str, port: int, workers: int, threads: int) -> None:
    """启动网站（正式运行）。"""
    from linli.base.boot import check
    from linli.doors.cli._children import Child, supervise

    with ground(ready=False) as addresses:
        check(addresses.web)
        supervise([Child("网站", server_words(host, port, workers, threads))], addresses)
