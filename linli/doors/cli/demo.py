"""`linli demo`: the demo district. The only place where accounts with known passwords are made."""

import click

from linli.base.ground import database, ground
from linli.base.roles import note


@click.command("demo")
@click.option("--reset", is_flag=True, help="清空演示数据后重新装入;只作用于演示实例")
def command(reset: bool) -> None:
    """装入演示街区(虚构的人,真实的区划)。"""
    with database() as addresses:
        with ground("web", addresses):
            loaded = load(reset=reset)
        note(addresses.admin, "demo", loaded)


def load(reset: bool = False) -> str:
    """Load the demo district when it is not there yet; `reset` empties it first. Returns a note on what was loaded."""
    click.echo("没有可装入的演示数据。")
    return "nothing"


def sign_ins() -> list[tuple[str, str, str]]:
    """The demo people who can sign in: role, user name, password. Imports nothing of Django."""
    return []
