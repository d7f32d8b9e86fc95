"""The keeper of one embedded server: `python -m linli.base.cluster_keeper HOME [--fast]`. Started by `Cluster.ensure`.

It makes the cluster at the first start, runs the server as its child, starts it again after a crash, and stops both
when nobody holds the cluster any more. When the keeper itself is killed the kernel tells the server to shut down.
"""

import ctypes
import fcntl
import json
import os
import secrets
import shutil
import signal
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from typing import Any

from linli.base.cluster import LOGINS, Cluster, ClusterError, try_lock, write_once

GONE_SECONDS = 30  # an earlier server may need as long to finish
CRASHES = 5  # as many within CRASH_SPAN seconds, and the keeper gives up
CRASH_SPAN = 60
DIE_WITH_PARENT = 1  # PR_SET_PDEATHSIG of <sys/prctl.h>
SETTINGS = {
    "listen_addresses": "",
    "unix_socket_permissions": "0700",
    "max_connections": "80",
    "shared_buffers": "256MB",
    "effective_cache_size": "1GB",
    "max_wal_size": "2GB",
    "random_page_cost": "1.1",
    "jit": "off",
    "timezone": "UTC",
    "log_timezone": "UTC",
    "lc_messages": "C",
}
DURABLE = {"fsync": "on", "full_page_writes": "on", "synchronous_commit": "on", "data_sync_retry": "off"}
# With these a crash of the machine may cost the whole cluster: tests only.
FAST = {"fsync": "off", "full_page_writes": "off", "synchronous_commit": "off", "autovacuum_naptime": "10min"}


class Keeper:
    def __init__(self, cluster: Cluster) -> None:
        self.cluster = cluster
        self.account = cluster.account
        self.server: subprocess.Popen[bytes] | None = None

    def own(self, path: Path) -> None:
        """A private folder of the server's account; refuses one that somebody else has put there."""
        path.mkdir(mode=0o700, parents=True, exist_ok=True)
        uid, gid = (self.account.pw_uid, self.account.pw_gid) if self.account else (os.geteuid(), os.getegid())
        found = path.lstat()
        if path.is_symlink() or found.st_uid not in (uid, os.geteuid()):
            raise ClusterError(f"{path} belongs to somebody else; remove it")
        if self.account and found.st_uid != uid:
            os.chown(path, uid, gid)
        path.chmod(0o700)

    def make(self) -> None:
        """The data folder, if there is none yet: made beside its place and renamed, all or nothing."""
        cluster = self.cluster
        if (cluster.data / "PG_VERSION").exists():
            self.check_version()
            return
        fresh, passwords_file = cluster.place / "data.new", cluster.home / "passwords.json"
        if passwords_file.exists() and not fresh.exists() and not cluster.fast:
            raise ClusterError(
                f"the data folder {cluster.data} is gone. Put it back (a disk not mounted?), or, to begin with an empty"
                f" database and restore a backup into it, remove {passwords_file}."
            )
        passwords_file.unlink(missing_ok=True)
        shutil.rmtree(fresh, ignore_errors=True)
        passwords = {login: secrets.token_urlsafe(24) for login in LOGINS}
        self.initialise(fresh, passwords["linli"])
        logins = "".join(f"CREATE ROLE {name} LOGIN PASSWORD '{passwords[name]}';\n" for name in LOGINS[1:])
        statements = f"{logins}\n\nCREATE DATABASE linli OWNER linli_owner;\n\n"
        self.run("postgres", "--single", "-D", str(fresh), "-j", "postgres", text=statements)
        write_once(passwords_file, json.dumps(passwords))
        if not cluster.fast:
            self.run("initdb", "--sync-only", f"--pgdata={fresh}")
        fresh.rename(cluster.data)

    def initialise(self, folder: Path, password: str) -> None:
        """initdb with checksums; its only way in is the socket with a password."""
        with tempfile.NamedTemporaryFile("w", dir=self.cluster.place, suffix=".password") as file:
            file.write(password)
            file.flush()
            if self.account:
                os.chown(file.name, self.account.pw_uid, self.account.pw_gid)
            words = ["--username=linli", f"--pwfile={file.name}", "--auth=scram-sha-256", "--data-checksums"]
            # One order and one idea of a letter on every machine, whatever locales are installed; pg_trgm still asks
            # the C library what a letter is, and takes Chinese for punctuation when that says C.
            words += ["--encoding=UTF8", "--locale-provider=builtin", "--builtin-locale=C.UTF-8", "--locale=C"]
            self.run("initdb", f"--pgdata={folder}", "--no-sync", "--lc-ctype=C.UTF-8", *words)
        (folder / "pg_hba.conf").write_text("local all all scram-sha-256\n")

    def check_version(self) -> None:
        """A server reads only the data of its own major version."""
        data = self.cluster.data
        version = (data / "PG_VERSION").read_text().strip()
        asked = subprocess.run(
            [self.cluster.binary("postgres"), "--version"], capture_output=True, text=True, check=True
        )
        here = asked.stdout.strip()
        if f" {version}." not in here:
            raise ClusterError(
                f"the data in {data} were written by PostgreSQL {version}, this program has {here}."
                " Back up with the earlier version of Linli (`linli backup`), then restore with this one."
            )

    def run(self, program: str, *words: str, text: str | None = None) -> None:
        result = subprocess.run(
            [self.cluster.binary(program), *words],
            input=text,
            capture_output=True,
            text=True,
            check=False,
            **self.identity(),
        )
        if result.returncode or "ERROR" in result.stderr:
            raise ClusterError(f"{program} failed:\n{result.stdout}{result.stderr}")

    def identity(self) -> dict[str, Any]:
        """Arguments that make a child run as the server's account, with a working folder it may enter."""
        clean = {name: value for name, value in os.environ.items() if not name.startswith("PG")} | {"LC_ALL": "C"}
        if not self.account:
            return {"cwd": "/", "env": clean, "umask": 0o077}
        ids = {"user": self.account.pw_uid, "group": self.account.pw_gid, "extra_groups": []}
        return {"cwd": "/", "env": clean | {"HOME": "/"}, "umask": 0o077, **ids}

    def start(self) -> None:
        """Start the server as a child that shuts down when this process dies."""
        cluster = self.cluster
        self.clear_leftovers()
        settings = SETTINGS | (FAST if cluster.fast else DURABLE) | {"unix_socket_directories": str(cluster.sockets)}
        log = cluster.place / "server.log"
        with open(log, "ab" if log.exists() and log.stat().st_size < 10_000_000 else "wb") as output:
            self.server = subprocess.Popen(
                [cluster.binary("postgres"), "-D", cluster.data, *(f"--{k}={v}" for k, v in settings.items())],
                stdin=subprocess.DEVNULL,
                stdout=output,
                stderr=output,
                preexec_fn=die_with_parent,
                start_new_session=True,
                **self.identity(),
            )

    def clear_leftovers(self) -> None:
        """Wait for an earlier server that is still finishing; remove the file of one that was killed.

        PostgreSQL takes a killed process that nobody has reaped for a living server and would refuse to start.
        """
        deadline = time.monotonic() + GONE_SECONDS
        while lines := self.cluster.server_file():
            if not self.cluster.alive(int(lines[0])):
                (self.cluster.data / "postmaster.pid").unlink(missing_ok=True)
                break
            if time.monotonic() > deadline:
                raise ClusterError(f"another server (process {lines[0]}) is using {self.cluster.data}")
            time.sleep(0.1)

    def stop(self) -> None:
        """Fast shutdown: running transactions are rolled back, everything committed is on disk."""
        if not self.server:
            return
        if self.server.poll() is None:
            self.server.send_signal(signal.SIGINT)
            try:
                self.server.wait(GONE_SECONDS)
            except subprocess.TimeoutExpired:
                self.server.send_signal(signal.SIGQUIT)  # the next start replays the log
                self.server.wait()
        shutil.rmtree(self.cluster.sockets, ignore_errors=True)

    def keep(self) -> None:
        """Until the last holder has gone. The exclusive lock keeps new holders waiting while the server stops."""
        crashes: list[float] = []
        with open(self.cluster.home / "holders", "a") as holders:
            while not try_lock(holders, fcntl.LOCK_EX):
                assert self.server
                if self.server.poll() is not None:
                    crashes = [at for at in crashes if at > time.monotonic() - CRASH_SPAN] + [time.monotonic()]
                    if len(crashes) >= CRASHES:
                        raise ClusterError(f"the server went down {CRASHES} times in {CRASH_SPAN} s")
                    self.start()
                time.sleep(0.2)
            self.stop()


def die_with_parent() -> None:
    """In the child, before it becomes the server: on Linux, ask for SIGINT when the keeper dies."""
    if sys.platform == "linux":
        ctypes.CDLL(None).prctl(DIE_WITH_PARENT, signal.SIGINT)


def main(home: Path, fast: bool) -> int:
    cluster = Cluster(home, fast)
    with open(home / "keeper.lock", "w") as lock:
        for _ in range(20):  # those who only ask whether a keeper is at work hold this lock for a moment
            if try_lock(lock, fcntl.LOCK_EX):
                break
            time.sleep(0.02)
        else:
            return 0
        if os.fork():  # the child keeps the lock, and nobody has to wait for its end
            os._exit(0)
        keeper = Keeper(cluster)
        for name in (signal.SIGTERM, signal.SIGHUP):
            signal.signal(name, lambda *_: sys.exit(0))
        try:
            for folder in (cluster.place, cluster.sockets):
                if folder.parent == Path("/var/lib/linli") or folder.parent.name == "linli-tests":
                    folder.parent.mkdir(parents=True, exist_ok=True, mode=0o755)
                keeper.own(folder)
            keeper.make()
            keeper.start()
            keeper.keep()
        except ClusterError as error:
            print(error, file=sys.stderr)
            return 1
        finally:
            keeper.stop()
    return 0


if __name__ == "__main__":
    sys.exit(main(Path(sys.argv[1]), "--fast" in sys.argv))
