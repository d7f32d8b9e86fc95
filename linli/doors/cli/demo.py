"""`linli demo`: the demo district. The only place where accounts with known passwords are made."""

import fcntl
import subprocess
import sys

import click

from linli.base.cluster import try_lock
from linli.base.ground import Addresses, database, ground, home
from linli.base.roles import fingerprint, installed, note

LOADING = "loading"


@click.command("demo")
@click.option("--reset", is_flag=True, help="清空演示数据后重新装入；只作用于演示实例")
@click.option("--cases", default=0, help="诉求件数；不写则按默认")
def command(reset: bool, cases: int) -> None:
    """装入演示街区（虚构的人，真实的区划）。"""
    if reset and running():
        raise click.ClickException("邻里正在运行，请先在那里按 Ctrl-C，再重新装入演示街区。")
    with database() as addresses:
        noted = installed(addresses.admin).get("demo")
        if reset or noted == LOADING:  # a load that was cut off half-way is begun again
            empty(addresses)
        elif noted:
            click.echo("演示街区已经装入。要重新装入，请用 --reset。")
            return
        if installed(addresses.admin).get("migrations") != fingerprint():
            migrate()
        if people(addresses, demo=False):
            raise click.ClickException("这个实例里有不是演示的账号，不能装入演示街区。")
        note(addresses.admin, "demo", LOADING)
        with ground("web", addresses):
            loaded = load(cases)
        note(addresses.admin, "demo", loaded)


def running() -> bool:
    """Is `linli run` at work on this instance?"""
    folder = home()
    folder.mkdir(parents=True, exist_ok=True, mode=0o700)
    with open(folder / "run.lock", "a+") as lock:
        return not try_lock(lock, fcntl.LOCK_EX)


def empty(addresses: Addresses) -> None:
    """Throw everything away and make the tables anew. Refuses where anybody but demo people has an account."""
    import psycopg

    noted = installed(addresses.admin)
    with psycopg.connect(addresses.admin, autocommit=True) as connection:
        if noted.get("migrations") and ("demo" not in noted or people(addresses, demo=False)):
            raise click.ClickException("这个实例里有不是演示的数据，不能清空。")
        connection.execute("DROP SCHEMA public CASCADE")
        connection.execute("CREATE SCHEMA public")


def people(addresses: Addresses, *, demo: bool) -> dict[str, bool]:
    """User names of the accounts that the demo made, or of those that it did not make; is each of them open?"""
    import psycopg

    with psycopg.connect(addresses.admin) as connection:
        connection.execute("SET ROLE linli_owner")
        return dict(connection.execute("SELECT login, is_active FROM accounts_account WHERE demo = %s", [demo]))


def migrate() -> None:
    """Bring the tables up to date, in a process of its own: this one may not connect as the owner as well."""
    subprocess.run([sys.executable, "-m", "linli", "migrate", "--verbosity", "0"], check=True)


def load(cases: int = 0) -> str:
    """Load the demo district into an empty instance; returns a note on what was loaded."""
    from linli.doors.demo.load import CASES
    from linli.doors.demo.load import load as fill

    return fill(lambda line: click.echo(f"  {line}"), cases or CASES)


def sign_ins(there: dict[str, bool]) -> list[tuple[str, str, str]]:
    """Role, user name and password of the demo people who are there: a demo loaded long ago has not all of today's."""
    from linli.doors.demo.sign_ins import PASSWORD, SIGN_INS

    return [(title, login, PASSWORD) for login, (_name, _role, title, _at) in SIGN_INS.items() if there.get(login)]
