"""The database under a command: the server that DATABASE_URL names, or the embedded one, held while it is needed.

`with ground():` is what every command of the command line begins with: afterwards the ORM works.
"""

import os
from collections.abc import Iterator
from contextlib import contextmanager, nullcontext
from dataclasses import dataclass
from pathlib import Path

from linli.base.cluster import Cluster, OperatorError
from linli.base.roles import fingerprint, installed

ROOT = Path(__file__).resolve().parents[2]


class NotReady(OperatorError):
    """The tables are not there, or not those of this version."""

    def __init__(self) -> None:
        super().__init__("数据库还没有建好，或者不是这个版本的结构；请先运行 linli migrate。")


def home() -> Path:
    """The folder of this instance's state, as the settings see it."""
    return Path(os.environ.get("LINLI_HOME") or ROOT / "var").resolve()


@dataclass(frozen=True)
class Addresses:
    """URLs of one database: for daily work, for migrations, for roles and backups.

    cluster: the embedded server, if it is that. hold: what a child process inherits to keep that server running.
    """

    web: str
    owner: str
    admin: str
    cluster: Cluster | None = None
    hold: tuple[int, ...] = ()


@contextmanager
def database() -> Iterator[Addresses]:
    """The addresses of this instance's database; the embedded server runs while the block does.

    LINLI_OWNER_URL may name another login than DATABASE_URL for migrations, roles and backups.
    """
    url = os.environ.get("DATABASE_URL")
    if url:
        owner = os.environ.get("LINLI_OWNER_URL") or url
        yield Addresses(web=url, owner=owner, admin=owner)
        return
    folder = home()
    folder.mkdir(parents=True, exist_ok=True, mode=0o700)
    cluster = Cluster(folder / "database")
    with cluster.held() as hold:
        web, owner, admin = (cluster.address(login) for login in ("linli_web", "linli_owner", "linli"))
        yield Addresses(web, owner, admin, cluster, (hold,))


@contextmanager
def ground(role: str = "web", addresses: Addresses | None = None, *, ready: bool = True) -> Iterator[Addresses]:
    """Database reachable and Django set up, as `web` (row-level security applies) or `owner` (migrations).

    ready: whether its tables must be those of this version; `migrate` makes them, and some commands need none.
    Inside a process that has set up Django already (a test, a server) the block simply uses what is there.
    Raises NotReady.
    """
    from django.apps import apps

    if apps.ready:
        url = os.environ["DATABASE_URL"]
        yield addresses or Addresses(url, url, url)
        return
    with nullcontext(addresses) if addresses else database() as found:
        if ready and role == "web" and installed(found.web).get("migrations") != fingerprint():
            raise NotReady
        os.environ["DATABASE_URL"] = found.owner if role == "owner" else found.web
        os.environ["LINLI_ROLE"] = role
        os.environ.setdefault("DJANGO_SETTINGS_MODULE", "linli.settings")
        import django

        django.setup()
        try:
            yield found
        finally:
            from django.db import connection

            connection.close()
            getattr(connection, "close_pool", lambda: None)()
