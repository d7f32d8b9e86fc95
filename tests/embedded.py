"""The database of the tests.

One server (DATABASE_URL, or an embedded one without fsync under var/test), one template database per state of the
migrations, one clone of it per test process. Made by the owner from the real migrations; the tests connect as the web
role, so row-level security and the missing rights of the web role apply to them as to the site.

Nothing is started until the first test asks for the database.
"""

import os
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit, urlunsplit

import psycopg
import pytest
from psycopg import sql

from linli.base.cluster import Cluster
from linli.base.ground import ROOT
from linli.base.roles import fingerprint, prepare

GIVEN_URL = os.environ.get("DATABASE_URL", "")
# Files, keys and logs of the tests never mix with those of an instance in the same checkout, nor those of two processes:
# a file lies by its content, so one process would take away what another has just stored.
HOME = ROOT / "var" / "test"
os.environ["LINLI_HOME"] = str(HOME / os.environ.get("PYTEST_XDIST_WORKER", "alone"))
PREFIX = "linli_test_"


def with_database(url: str, name: str) -> str:
    """The same server and login, another database."""
    return urlunsplit(urlsplit(url)._replace(path=f"/{name}"))


@dataclass
class Server:
    """The server the tests use. `admin`: URL of a login that may create databases; `web`: of the web role."""

    admin: str
    web: str
    cluster: Cluster | None = None

    @contextmanager
    def connection(self) -> Iterator[psycopg.Connection]:
        with psycopg.connect(self.admin, autocommit=True) as connection:
            yield connection

    def template(self) -> str:
        """Name of the database made from today's migrations; made now if need be, by one process at a time."""
        name = f"{PREFIX}template_{fingerprint()[:16]}"
        with self.connection() as connection:
            connection.execute("SELECT pg_advisory_lock(hashtext('linli_test_template'))")
            if not self._exists(connection, name):
                self._drop_old(connection)
                draft = f"{name}_draft"
                self._drop(connection, draft)
                connection.execute(sql.SQL("CREATE DATABASE {}").format(sql.Identifier(draft)))
                prepare(with_database(self.admin, draft))
                self._migrate(with_database(self.admin, draft))
                connection.execute(
                    sql.SQL("ALTER DATABASE {} RENAME TO {}").format(sql.Identifier(draft), sql.Identifier(name))
                )
        return name

    def _migrate(self, url: str) -> None:
        """In a process of its own, as the owner: this one's connection belongs to the web role."""
        environment = {**os.environ, "DATABASE_URL": url}
        words = [sys.executable, "-c", "from linli.doors.cli import main; main(['migrate', '--verbosity', '0'])"]
        result = subprocess.run(words, env=environment, cwd=ROOT, capture_output=True, text=True, check=False)
        if result.returncode:
            pytest.exit(f"the migrations failed:\n{result.stdout}{result.stderr[-4000:]}", returncode=1)

    def clone(self, name: str, template: str) -> None:
        """A fresh copy of the template under this name."""
        with self.connection() as connection:
            self._drop(connection, name)
            connection.execute(
                sql.SQL("CREATE DATABASE {} TEMPLATE {}").format(sql.Identifier(name), sql.Identifier(template))
            )

    def drop(self, name: str) -> None:
        with self.connection() as connection:
            self._drop(connection, name)

    @staticmethod
    def _drop(connection: psycopg.Connection, name: str) -> None:
        connection.execute(sql.SQL("DROP DATABASE IF EXISTS {} WITH (FORCE)").format(sql.Identifier(name)))

    @staticmethod
    def _exists(connection: psycopg.Connection, name: str) -> bool:
        return bool(connection.execute("SELECT 1 FROM pg_database WHERE datname = %s", [name]).fetchone())

    def _drop_old(self, connection: psycopg.Connection) -> None:
        """Templates of earlier migrations, and clones left by test processes that were killed."""
        rows = connection.execute(
            "SELECT datname FROM pg_database d WHERE starts_with(datname, %s)"
            " AND NOT EXISTS (SELECT 1 FROM pg_stat_activity a WHERE a.datid = d.oid)",
            [PREFIX],
        )
        for (name,) in rows.fetchall():
            owner = name.removeprefix(PREFIX).split("_")[0]
            if owner == "template" or (owner.isdigit() and not Path(f"/proc/{owner}").exists()):
                with suppress(psycopg.errors.ObjectInUse):
                    self._drop(connection, name)


@contextmanager
def test_server() -> Iterator[Server]:
    """The server while the block runs."""
    if GIVEN_URL:
        yield Server(admin=GIVEN_URL, web=GIVEN_URL)
        return
    HOME.mkdir(parents=True, exist_ok=True, mode=0o700)
    cluster = Cluster(HOME / "database", fast=True)
    with cluster.held():
        yield Server(admin=cluster.address("linli", "postgres"), web=cluster.address("linli_web"), cluster=cluster)


def point_django_at(url: str) -> None:
    """Let Django's connection, and processes the tests start, use this database; without a pool."""
    from django.db import connection

    from linli.settings import _database

    os.environ["DATABASE_URL"] = url

    found = _database(url, "web")
    found["OPTIONS"].pop("pool", None)
    for name in ("NAME", "USER", "PASSWORD", "HOST", "PORT", "OPTIONS"):
        connection.settings_dict[name] = found[name]


@pytest.fixture(scope="session")
def django_db_setup(django_db_blocker: Any) -> Iterator[Server]:
    """pytest-django's own fixture of this name would create the tables as the role that runs the tests."""
    from django.db import connection
    from django.test import TransactionTestCase

    with test_server() as server:
        template = server.template()
        name = f"{PREFIX}{os.getpid()}"
        server.clone(name, template)
        url = with_database(server.web, name)
        with django_db_blocker.unblock():
            point_django_at(url)

        def start_over(self: object) -> None:
            """After a test that committed: a new copy. Flushing would need rights the web role must not have."""
            connection.close()
            server.clone(name, template)

        with pytest.MonkeyPatch.context() as patch:
            patch.setattr(TransactionTestCase, "_fixture_teardown", start_over)
            yield server
        with django_db_blocker.unblock():
            connection.close()
        server.drop(name)
