"""The two roles: made by whoever may, least rights for the web, refused in plain words where nobody may."""

import os
import shutil
from collections.abc import Iterator

import psycopg
import pytest

from linli.base.cluster import Cluster
from linli.base.roles import RolesError, fingerprint, installed, note, prepare


@pytest.fixture(scope="module")
def cluster(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Cluster]:
    made = Cluster(tmp_path_factory.mktemp("roles") / "database", fast=True)
    with made.held():
        yield made
    shutil.rmtree(made.place, ignore_errors=True)


@pytest.fixture
def bare(cluster: Cluster) -> Iterator[str]:
    """A database on a server that has never heard of Linli's roles; URL of its administrator."""
    admin = cluster.address("linli", "postgres")
    with psycopg.connect(admin, autocommit=True) as connection:
        connection.execute("CREATE DATABASE office")
        connection.execute("ALTER DATABASE linli OWNER TO linli")
        connection.execute("DROP ROLE IF EXISTS linli_owner, linli_web")
    yield cluster.address("linli", "office")
    with psycopg.connect(admin, autocommit=True) as connection:
        connection.execute("DROP DATABASE office WITH (FORCE)")
        connection.execute("DROP ROLE IF EXISTS linli_owner, linli_web, clerk")


def clerk(cluster: Cluster, bare: str, rights: str) -> str:
    """A login with these rights that owns the database; its URL."""
    with psycopg.connect(bare, autocommit=True) as connection:
        connection.execute(f"CREATE ROLE clerk LOGIN PASSWORD 'pw' {rights}")
        connection.execute("ALTER DATABASE office OWNER TO clerk")
    return f"postgresql://clerk:pw@/office?host={cluster.sockets}"


def works_as(url: str, role: str, *statements: str) -> None:
    with psycopg.connect(url, options=f"-c role={role}", autocommit=True) as connection:
        for statement in statements:
            connection.execute(statement)


@pytest.mark.parametrize("rights", ["", "CREATEROLE"], ids=["superuser", "owner with CREATEROLE"])
def test_the_roles_are_made_twice_without_harm_and_divide_the_work(cluster: Cluster, bare: str, rights: str) -> None:
    url = clerk(cluster, bare, rights) if rights else bare
    prepare(url)
    prepare(url)
    works_as(url, "linli_owner", "CREATE EXTENSION pg_trgm", "CREATE TABLE cases (id bigserial, said text)")
    works_as(url, "linli_web", "INSERT INTO cases (said) VALUES ('a')", "UPDATE cases SET said = 'b'", "TABLE cases")
    for forbidden in ("CREATE TABLE x ()", "DROP TABLE cases", "TRUNCATE cases", "DELETE FROM linli_installed"):
        with pytest.raises(psycopg.errors.InsufficientPrivilege):
            works_as(url, "linli_web", forbidden)


def test_a_login_that_may_nothing_is_told_what_an_administrator_has_to_run(cluster: Cluster, bare: str) -> None:
    url = clerk(cluster, bare, "")
    with pytest.raises(RolesError) as told:
        prepare(url)
    said = str(told.value)
    for statement in said[said.index("CREATE ROLE") : said.rindex(";")].split(";"):
        with psycopg.connect(bare, autocommit=True) as connection:
            connection.execute(statement)
    prepare(url)
    works_as(url, "linli_owner", "CREATE TABLE cases ()")


def test_notes_are_kept_in_the_database_they_speak_of(bare: str) -> None:
    assert installed(bare) == {}
    prepare(bare)
    note(bare, "demo", "one")
    note(bare, "demo", "two")
    assert installed(bare) == {"demo": "two"}


def test_the_fingerprint_follows_the_migrations(monkeypatch: pytest.MonkeyPatch, tmp_path: os.PathLike[str]) -> None:
    from pathlib import Path

    from linli.base import roles

    package = Path(tmp_path) / "linli"
    (package / "base").mkdir(parents=True)
    shutil.copy(roles.__file__, package / "base" / "roles.py")
    monkeypatch.setattr(roles, "PACKAGE", package)
    monkeypatch.setattr(roles, "__file__", str(package / "base" / "roles.py"))
    before = fingerprint()
    assert fingerprint() == before
    (package / "room" / "migrations").mkdir(parents=True)
    (package / "room" / "migrations" / "0001_initial.py").write_text("a")
    after = fingerprint()
    assert after != before
    (package / "room" / "migrations" / "0001_initial.py").write_text("b")
    assert fingerprint() not in (before, after)
