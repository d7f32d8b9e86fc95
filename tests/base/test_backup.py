"""Backups: made from a working database, proven by restoring, refused when damaged, put back without losing the old."""

import os
import shutil
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import psycopg
import pytest

from linli.base import backup
from linli.base.cluster import Cluster
from linli.base.roles import installed, note, prepare

CASES = 200


@dataclass
class Instance:
    url: str
    home: Path

    def execute(self, statement: str, role: str = "linli_owner") -> list[tuple[object, ...]]:
        with psycopg.connect(self.url, autocommit=True) as connection:
            connection.execute(f"SET ROLE {role}")
            cursor = connection.execute(statement)
            return cursor.fetchall() if cursor.description else []


@pytest.fixture(scope="module")
def cluster(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Cluster]:
    made = Cluster(tmp_path_factory.mktemp("backup") / "database", fast=True)
    with made.held():
        yield made
    shutil.rmtree(made.place, ignore_errors=True)


@pytest.fixture(params=["administrator", "plain login"])
def instance(request: pytest.FixtureRequest, cluster: Cluster, tmp_path: Path) -> Iterator[Instance]:
    """A small database with what a dump may lose: rows behind row-level security, rights taken away, a sequence."""
    name = f"instance_{os.getpid()}"
    admin = cluster.address("linli", "postgres")
    with psycopg.connect(admin, autocommit=True) as connection:
        connection.execute(f"CREATE DATABASE {name}")
    url = cluster.address("linli", name)
    if request.param == "plain login":
        with psycopg.connect(admin, autocommit=True) as connection:
            connection.execute("DROP ROLE IF EXISTS plain")
            connection.execute("CREATE ROLE plain LOGIN PASSWORD 'plain' CREATEDB")
            connection.execute("GRANT linli_owner, linli_web TO plain")
            connection.execute(f"ALTER DATABASE {name} OWNER TO plain")
        url = f"postgresql://plain:plain@/{name}?host={cluster.sockets}"
    prepare(url)
    made = Instance(url, tmp_path / "home")
    (made.home / "files" / "ab").mkdir(parents=True)
    (made.home / "files" / "ab" / "photo").write_bytes(b"picture")
    (made.home / "keys.json").write_text('{"active": "0a0b0c0d", "keys": [{"id": "0a0b0c0d", "seal": "secret"}]}')
    made.execute("CREATE TABLE cases (id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY, region text, said text)")
    made.execute(f"INSERT INTO cases (region, said) SELECT '110106', '漏水' FROM generate_series(1, {CASES})")
    made.execute("ALTER TABLE cases ENABLE ROW LEVEL SECURITY")
    made.execute("CREATE POLICY seen ON cases TO linli_web USING (region = current_setting('linli.regions', true))")
    made.execute("REVOKE UPDATE, DELETE ON cases FROM linli_web")
    note(url, "migrations", "abc")
    yield made
    with psycopg.connect(admin, autocommit=True) as connection:
        connection.execute("SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE usename = 'plain'")
        names = connection.execute("SELECT datname FROM pg_database WHERE starts_with(datname, 'instance_')").fetchall()
        for (left,) in names:
            connection.execute(f'DROP DATABASE "{left}" WITH (FORCE)')


def databases(instance: Instance) -> list[str]:
    return [str(row[0]) for row in instance.execute("SELECT datname FROM pg_database ORDER BY datname")]


def test_a_backup_is_proven_by_restoring_it_and_leaves_nothing_behind(instance: Instance, tmp_path: Path) -> None:
    before = databases(instance)
    manifest = backup.make(instance.url, tmp_path / "b.tar", instance.home)
    assert manifest["rows"] == {"cases": CASES, "linli_installed": 1}
    assert backup.verify(instance.url, tmp_path / "b.tar") == manifest
    assert databases(instance) == before
    assert '"b.tar"' in installed(instance.url)["verified_backup"]
    assert [path.name for path in tmp_path.iterdir() if path.name.startswith(".linli")] == []


def test_a_backup_is_private_and_holds_no_key(instance: Instance, tmp_path: Path) -> None:
    manifest = backup.make(instance.url, tmp_path / "b.tar", instance.home)
    assert (tmp_path / "b.tar").stat().st_mode & 0o777 == 0o600
    assert manifest["keys"] == ["0a0b0c0d"]
    assert b"secret" not in (tmp_path / "b.tar").read_bytes()
    assert backup.missing_keys(manifest, tmp_path / "another home") == ["0a0b0c0d"]


def test_an_existing_file_is_never_overwritten(instance: Instance, tmp_path: Path) -> None:
    (tmp_path / "b.tar").write_text("the only other backup")
    with pytest.raises(backup.BackupError, match="不会覆盖"):
        backup.make(instance.url, tmp_path / "b.tar", instance.home)
    assert (tmp_path / "b.tar").read_text() == "the only other backup"


@pytest.mark.parametrize("damage", ["half", "flipped", "text", "empty"])
def test_a_damaged_backup_is_refused_before_anything_is_touched(
    instance: Instance, tmp_path: Path, damage: str
) -> None:
    file = tmp_path / "b.tar"
    backup.make(instance.url, file, instance.home)
    whole = bytearray(file.read_bytes())
    before = databases(instance)
    if damage == "half":
        file.write_bytes(whole[: len(whole) // 2])
    elif damage == "flipped":
        whole[whole.index(b"PGDMP") + 900] ^= 1
        file.write_bytes(whole)
    else:
        file.write_bytes(b"not a backup" if damage == "text" else b"")
    for attempt in (backup.verify, lambda url, path: backup.restore(url, path, instance.home)):
        with pytest.raises(backup.BackupError):
            attempt(instance.url, file)
    assert databases(instance) == before


def test_a_dump_that_lost_rows_does_not_count_as_verified(
    instance: Instance, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    count = backup.count_rows
    monkeypatch.setattr(backup, "count_rows", lambda connection: count(connection) | {"cases": CASES + 1})
    backup.make(instance.url, tmp_path / "b.tar", instance.home)
    monkeypatch.setattr(backup, "count_rows", count)
    with pytest.raises(backup.BackupError, match="cases"):
        backup.verify(instance.url, tmp_path / "b.tar")
    assert "verified_backup" not in installed(instance.url)


def test_restoring_keeps_the_old_database_and_brings_back_rows_rights_walls_and_files(
    instance: Instance, tmp_path: Path
) -> None:
    backup.make(instance.url, tmp_path / "b.tar", instance.home)
    instance.execute("DELETE FROM cases WHERE id > 50")
    shutil.rmtree(instance.home / "files")
    before = backup.restore(instance.url, tmp_path / "b.tar", instance.home)
    assert instance.execute("SELECT count(*) FROM cases") == [(CASES,)]
    assert instance.execute("SELECT count(*) FROM cases", role="linli_web") == [(0,)]  # the wall stands
    with pytest.raises(psycopg.errors.InsufficientPrivilege):
        instance.execute("DELETE FROM cases", role="linli_web")
    instance.execute("INSERT INTO cases (said) VALUES ('next')")
    assert instance.execute("SELECT max(id) FROM cases") == [(CASES + 1,)]
    old = Instance(backup._with_database(instance.url, before), instance.home)
    assert old.execute("SELECT count(*) FROM cases") == [(50,)]
    assert (instance.home / "files" / "ab" / "photo").read_bytes() == b"picture"


def test_restoring_waits_for_nobody_it_refuses_while_the_site_is_connected(instance: Instance, tmp_path: Path) -> None:
    backup.make(instance.url, tmp_path / "b.tar", instance.home)
    before = databases(instance)
    with psycopg.connect(instance.url), pytest.raises(backup.BackupError, match="请先停止"):
        backup.restore(instance.url, tmp_path / "b.tar", instance.home)
    assert databases(instance) == before


def test_another_login_is_seen_although_one_may_not_read_what_it_does(
    instance: Instance, cluster: Cluster, tmp_path: Path
) -> None:
    backup.make(instance.url, tmp_path / "b.tar", instance.home)
    before, name = databases(instance), instance.url.partition("?")[0].rpartition("/")[2]
    with (
        psycopg.connect(cluster.address("linli", name)),
        pytest.raises(backup.BackupError, match=r"还有 1 个连接.*请先停止"),
    ):
        backup.restore(instance.url, tmp_path / "b.tar", instance.home)
    assert databases(instance) == before


def test_somebody_who_connects_in_the_middle_stops_a_restore_that_changes_nothing(
    instance: Instance, cluster: Cluster, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    backup.make(instance.url, tmp_path / "b.tar", instance.home)
    instance.execute("DELETE FROM cases WHERE id > 50")
    before, name, fill = databases(instance), instance.url.partition("?")[0].rpartition("/")[2], backup._fill
    late: list[psycopg.Connection] = []

    def fill_while_somebody_comes(*given: object) -> None:
        fill(*given)  # type: ignore[arg-type]
        late.append(psycopg.connect(cluster.address("linli", name)))

    monkeypatch.setattr(backup, "_fill", fill_while_somebody_comes)
    with pytest.raises(backup.BackupError, match="又有人连上"):
        backup.restore(instance.url, tmp_path / "b.tar", instance.home)
    late[0].close()
    assert databases(instance) == before
    assert instance.execute("SELECT count(*) FROM cases") == [(50,)]


def test_a_backup_of_nothing_is_none(cluster: Cluster, tmp_path: Path) -> None:
    with pytest.raises(backup.BackupError, match="linli migrate"):
        backup.make(cluster.address("linli", "postgres"), tmp_path / "b.tar", tmp_path)
    with pytest.raises(backup.BackupError, match="文件夹"):
        backup.make(cluster.address("linli", "postgres"), tmp_path / "no" / "b.tar", tmp_path)
