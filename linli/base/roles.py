"""The two roles of the database: `linli_owner` owns the tables, `linli_web` does the daily work and owns nothing.

Row-level security binds `linli_web`; append-only tables take further rights from it in their migrations.
Standard library and psycopg only: this runs before Django can.
"""

import hashlib
import importlib.metadata
from pathlib import Path

import psycopg
from psycopg import sql

from linli.base.cluster import OperatorError

PACKAGE = Path(__file__).resolve().parents[1]
OWNER, WEB = "linli_owner", "linli_web"

BY_HAND = """The login of DATABASE_URL may neither use nor create the roles {owner} and {web}. Let an administrator run:
  CREATE ROLE {owner} NOLOGIN; CREATE ROLE {web} NOLOGIN; GRANT {owner}, {web} TO {login};
and try again."""


class RolesError(OperatorError):
    """The roles cannot be made; the message says what an administrator has to run."""


def prepare(url: str) -> None:
    """Make the roles and their rights in the database of `url`, as its login. Does nothing twice.

    The login may be a superuser, or own the database and have CREATEROLE, or be a member of both roles already.
    Raises RolesError when it is none of these.
    """
    with psycopg.connect(url, autocommit=True) as connection:
        login, database = connection.execute("SELECT current_user, current_database()").fetchone() or ("", "")
        for role in (OWNER, WEB):
            _make(connection, role, login)
        names = {"owner": sql.Identifier(OWNER), "web": sql.Identifier(WEB), "database": sql.Identifier(database)}
        for statement in (
            "GRANT CONNECT, CREATE, TEMPORARY ON DATABASE {database} TO {owner}",
            "GRANT CONNECT ON DATABASE {database} TO {web}",
            "REVOKE CREATE ON SCHEMA public FROM PUBLIC",
            "GRANT USAGE, CREATE ON SCHEMA public TO {owner}",
            "GRANT USAGE ON SCHEMA public TO {web}",
            "SET ROLE {owner}",
            "ALTER DEFAULT PRIVILEGES IN SCHEMA public GRANT SELECT, INSERT, UPDATE, DELETE ON TABLES TO {web}",
            "ALTER DEFAULT PRIVILEGES IN SCHEMA public GRANT USAGE, SELECT ON SEQUENCES TO {web}",
            "CREATE TABLE IF NOT EXISTS linli_installed (name text PRIMARY KEY, value text NOT NULL)",
            "REVOKE INSERT, UPDATE, DELETE ON linli_installed FROM {web}",
        ):
            connection.execute(sql.SQL(statement).format(**names))


def _make(connection: psycopg.Connection, role: str, login: str) -> None:
    """The role exists and the login may act as it."""
    name = sql.Identifier(role)
    try:
        if not connection.execute("SELECT 1 FROM pg_roles WHERE rolname = %s", [role]).fetchone():
            connection.execute(sql.SQL("CREATE ROLE {} NOLOGIN").format(name))
    except psycopg.errors.DuplicateObject:  # another database on this server was prepared at the same moment
        pass
    except psycopg.errors.InsufficientPrivilege as error:
        raise RolesError(BY_HAND.format(owner=OWNER, web=WEB, login=login)) from error
    try:
        connection.execute(sql.SQL("SET ROLE {}").format(name))
        connection.execute("RESET ROLE")
        return
    except psycopg.errors.InsufficientPrivilege:
        pass
    try:
        connection.execute(sql.SQL("GRANT {} TO {}").format(name, sql.Identifier(login)))
    except psycopg.errors.InsufficientPrivilege as error:
        raise RolesError(BY_HAND.format(owner=OWNER, web=WEB, login=login)) from error


def fingerprint() -> str:
    """Hash over everything that shapes the tables and fills them: migrations, shipped policies, and this module."""
    total = hashlib.sha256()
    for package in ("django", "procrastinate"):
        total.update(importlib.metadata.version(package).encode())
    for path in sorted([*PACKAGE.rglob("migrations/*.py"), *PACKAGE.glob("policies/*.toml"), Path(__file__)]):
        total.update(str(path.relative_to(PACKAGE)).encode() + b"\0" + path.read_bytes())
    return total.hexdigest()[:32]


def installed(url: str) -> dict[str, str]:
    """What has been noted in this database: `migrations` (a fingerprint) and `demo`. Empty in a new one."""
    with psycopg.connect(url, autocommit=True) as connection:
        if connection.execute("SELECT to_regclass('public.linli_installed')").fetchone() != (None,):
            return dict(connection.execute("SELECT name, value FROM linli_installed").fetchall())
    return {}


def note(url: str, name: str, value: str) -> None:
    """Write one line into `linli_installed`, as its owner."""
    with psycopg.connect(url, autocommit=True) as connection:
        connection.execute(sql.SQL("SET ROLE {}").format(sql.Identifier(OWNER)))
        connection.execute(
            "INSERT INTO linli_installed VALUES (%s, %s) ON CONFLICT (name) DO UPDATE SET value = excluded.value",
            [name, value],
        )
