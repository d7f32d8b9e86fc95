"""`linli demo`: the demo district. The only place where accounts with known passwords are made."""

import subprocess
import sys

import click

from linli.base.ground import Addresses, database, ground
from linli.base.roles import installed, note


@click.command("demo")
@click.option("--reset", is_flag=True, help="清空演示数据后重新装入;只作用于演示实例")
@click.option("--cases", default=0, help="诉求件数;不写则按默认")
def command(reset: bool, cases: int) -> None:
    """装入演示街区(虚构的人,真实的区划)。"""
    with database() as addresses:
        if reset:
            empty(addresses)
        elif "demo" in installed(addresses.admin):
            click.echo("演示街区已经装入。要重新装入,请用 --reset。")
            return
        with ground("web", addresses):
            loaded = load(cases)
        note(addresses.admin, "demo", loaded)


def empty(addresses: Addresses) -> None:
    """Throw everything away and make the tables anew. Refuses where anybody but demo people has an account."""
    import psycopg

    noted = installed(addresses.admin)
    with psycopg.connect(addresses.admin, autocommit=True) as connection:
        if noted.get("migrations"):
            people = connection.execute("SELECT count(*) FROM accounts_account WHERE NOT demo").fetchone() or (0,)
            if people[0] or "demo" not in noted:
                raise click.ClickException("这个实例里有不是演示的数据,不能清空。")
        connection.execute("DROP SCHEMA public CASCADE")
        connection.execute("CREATE SCHEMA public")
    subprocess.run([sys.executable, "-m", "linli", "migrate", "--verbosity", "0"], check=True)


def load(cases: int = 0) -> str:
    """Load the demo district into an empty instance; returns a note on what was loaded."""
    from linli.doors.demo.load import CASES
    from linli.doors.demo.load import load as fill

    return fill(lambda line: click.echo(f"  {line}"), cases or CASES)


def sign_ins() -> list[tuple[str, str, str]]:
    """The demo people who can sign in: role, user name, password."""
    from linli.doors.demo.sign_ins import PASSWORD, SIGN_INS

    return [(title, login, PASSWORD) for login, (_name, _role, title, _organisation) in SIGN_INS.items()]
