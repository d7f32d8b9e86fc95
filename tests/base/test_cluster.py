"""The embedded server: it serves, survives being killed in every way, stops with its last holder, and keeps private."""

import os
import shutil
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import psycopg
import pytest

from linli.base.cluster import Cluster, ClusterError
from linli.base.cluster_keeper import Keeper

SECONDS = 20


def until(what: Callable[[], object]) -> None:
    """Wait for a fact; fail when it does not come."""
    deadline = time.monotonic() + SECONDS
    while not what():
        assert time.monotonic() < deadline, "it did not happen"
        time.sleep(0.05)


@pytest.fixture(scope="module")
def cluster(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Cluster]:
    """One cluster in a private folder; made once, stopped and started by the tests."""
    private = tmp_path_factory.mktemp("private", numbered=True)
    private.chmod(0o700)
    made = Cluster(private / "state" / "database")  # durable, as `make run` has it
    yield made
    until(lambda: not made.kept())
    shutil.rmtree(made.place, ignore_errors=True)


def keeper_of(cluster: Cluster) -> int:
    """Process id of the keeper: the parent of the server."""
    server = cluster.server_file()[0].strip()
    return int(Path(f"/proc/{server}/stat").read_text().rpartition(")")[2].split()[1])


def count(cluster: Cluster) -> int:
    with psycopg.connect(cluster.address("linli_owner")) as connection:
        row = connection.execute("SELECT count(*) FROM kept").fetchone()
    return row[0] if row else -1


def add_row(cluster: Cluster) -> None:
    with psycopg.connect(cluster.address("linli_owner")) as connection:
        connection.execute("CREATE TABLE IF NOT EXISTS kept (id int)")
        connection.execute("INSERT INTO kept VALUES (1)")


def test_it_serves_on_a_socket_with_a_password_and_checksums(cluster: Cluster) -> None:
    with cluster.held():
        with psycopg.connect(cluster.address()) as connection:
            asked = "SELECT current_user, current_setting('listen_addresses'), current_setting('data_checksums')"
            assert connection.execute(asked).fetchone() == ("linli_web", "", "on")
        with psycopg.connect(cluster.address("linli_owner")) as connection:
            connection.execute("CREATE EXTENSION pg_trgm")  # a trusted extension: the owner of the database may
            row = connection.execute("SELECT cardinality(show_trgm('垃圾清运'))").fetchone()
            assert row == (5,), "Chinese characters must count as letters"
        with pytest.raises(psycopg.OperationalError, match="password authentication failed"):
            psycopg.connect(cluster.address().replace("linli_web:", "linli_web:not-"))
        assert cluster.sockets.stat().st_mode & 0o777 == 0o700
        assert (cluster.home / "passwords.json").stat().st_mode & 0o777 == 0o600


def test_a_killed_server_comes_back_with_what_was_committed(cluster: Cluster) -> None:
    with cluster.held():
        add_row(cluster)
        before = count(cluster)
        killed = int(cluster.server_file()[0])
        os.kill(killed, signal.SIGKILL)
        until(lambda: cluster.ready() and int(cluster.server_file()[0]) != killed)
        assert count(cluster) == before


def test_a_killed_keeper_takes_the_server_along_and_the_holder_gets_a_new_one(cluster: Cluster) -> None:
    with cluster.held():
        add_row(cluster)
        before, killed = count(cluster), keeper_of(cluster)
        os.kill(killed, signal.SIGKILL)
        until(lambda: not cluster.kept())
        cluster.ensure()
        assert keeper_of(cluster) != killed
        assert count(cluster) == before


def test_the_server_stops_with_its_last_holder_and_not_before(cluster: Cluster) -> None:
    with cluster.held():
        with cluster.held():
            assert count(cluster) >= 0
        time.sleep(0.6)  # more than two looks of the keeper
        assert cluster.ready()
    until(lambda: not cluster.kept())
    assert cluster.server_file() == []
    assert not cluster.sockets.exists()


def test_a_killed_holder_does_not_leave_the_server_behind(cluster: Cluster) -> None:
    program = (
        "import sys, time, pathlib; from linli.base.cluster import Cluster\n"
        "with Cluster(pathlib.Path(sys.argv[1])).held(): print('held', flush=True); time.sleep(60)"
    )
    words = [sys.executable, "-c", program, str(cluster.home)]
    with subprocess.Popen(words, stdout=subprocess.PIPE, text=True) as holder:
        assert holder.stdout
        assert holder.stdout.readline() == "held\n"
        holder.kill()
    until(lambda: not cluster.kept())
    assert cluster.server_file() == []


def test_a_leftover_file_that_names_a_foreign_process_does_not_stop_the_start(cluster: Cluster) -> None:
    leftover = cluster.data / "postmaster.pid"
    leftover.write_text(f"{os.getpid()}\n{cluster.data}\n1\n5432\n{cluster.sockets}\n\n0 0\nready\n")
    if account := cluster.account:
        os.chown(leftover, account.pw_uid, account.pw_gid)
    with cluster.held():
        assert count(cluster) > 0


def test_a_private_home_stays_private(cluster: Cluster) -> None:
    with cluster.held():
        folders = [cluster.home, *list(cluster.home.parents)[:2]]
        assert [folder.stat().st_mode & 0o777 for folder in folders][-1] == 0o700
        assert cluster.home.stat().st_mode & 0o777 == 0o700
        assert cluster.place.stat().st_mode & 0o777 == 0o700
        for path in cluster.home.iterdir():
            assert path.stat().st_uid == os.geteuid() or path == cluster.data


def test_a_data_folder_that_is_gone_is_not_replaced_by_an_empty_one(tmp_path: Path) -> None:
    (tmp_path / "passwords.json").write_text("{}")
    (tmp_path / "place").write_text(str(tmp_path / "elsewhere"))
    with pytest.raises(ClusterError, match="is gone"):
        Keeper(Cluster(tmp_path)).make()


def test_a_cluster_that_cannot_start_says_why(tmp_path: Path) -> None:
    home = tmp_path / "home"
    home.mkdir()
    (home / "place").write_text(str(home))
    cluster = Cluster(home, fast=True)
    (cluster.data / "global").mkdir(parents=True)
    (cluster.data / "PG_VERSION").write_text("11\n")
    with pytest.raises(ClusterError, match="written by PostgreSQL 11"), cluster.held():
        pass
