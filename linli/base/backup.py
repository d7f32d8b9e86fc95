"""Backups that are known to work: made from one snapshot, restored into a scratch database at once, counted there.

A backup is one tar file: `manifest.json` (made when, by which version, rows per table, SHA-256 of every member, the ids
of the sealing keys), `database.dump` (pg_dump, custom format) and the stored files. The sealing keys themselves are
never in it: whoever steals a backup must not get them with it, so keep `keys.json` somewhere else.
"""

import hashlib
import json
import os
import shutil
import subprocess
import tarfile
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from datetime import UTC, datetime
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit, urlunsplit

import psycopg
from psycopg import sql
from psycopg.conninfo import conninfo_to_dict

from linli import __version__
from linli.base.cluster import ClusterError, OperatorError, program
from linli.base.roles import OWNER, note, prepare

FORMAT = 1
MANIFEST, DUMP, STORED = "manifest.json", "database.dump", "files"
# The first line of a dump that a server before PostgreSQL 17 does not understand; among the settings at its head.
UNKNOWN_BEFORE_17 = b"SET transaction_timeout = 0;\n"
ENVIRONMENT = {
    "host": "PGHOST",
    "port": "PGPORT",
    "user": "PGUSER",
    "password": "PGPASSWORD",
    "dbname": "PGDATABASE",
    "sslmode": "PGSSLMODE",
    "sslrootcert": "PGSSLROOTCERT",
    "sslcert": "PGSSLCERT",
    "sslkey": "PGSSLKEY",
}


# Clients of this database beside ourselves. Whoever may not read what other logins do still sees that they are there;
# the server's own processes have no user.
BUSY = (
    "SELECT count(*) FROM pg_stat_activity"
    " WHERE datname = current_database() AND pid <> pg_backend_pid() AND usesysid IS NOT NULL"
)


class BackupError(OperatorError):
    """The backup cannot be made, is damaged, or does not restore; nothing has been changed."""


# --- making ---------------------------------------------------------------------------------------------------------


def make(url: str, target: Path, home: Path, moment: datetime | None = None) -> dict[str, Any]:
    """Write a backup of the database of `url` and the files of `home`; returns its manifest.

    The site may go on working: the dump and the counts see one and the same moment. Refuses to overwrite.
    """
    if target.exists():
        raise BackupError(f"{target} 已存在，不会覆盖")
    if not target.resolve().parent.is_dir():
        raise BackupError(f"没有 {target.resolve().parent} 这个文件夹")
    with tempfile.TemporaryDirectory(dir=target.resolve().parent, prefix=".linli-") as folder:
        dump = Path(folder) / DUMP
        # A login that is no superuser dumps as the owner of the tables, whom row-level security does not bind.
        role = [] if _superuser(url) else [f"--role={OWNER}"]
        with psycopg.connect(url) as connection:
            connection.isolation_level = psycopg.IsolationLevel.REPEATABLE_READ
            connection.read_only = True
            (snapshot,) = connection.execute("SELECT pg_export_snapshot()").fetchone() or ("",)
            if role:
                connection.execute(sql.SQL("SET ROLE {}").format(sql.Identifier(OWNER)))
            counts = count_rows(connection)
            if not counts:
                raise BackupError("数据库里还没有表，没有什么可以备份；请先运行 linli migrate。")
            _run("pg_dump", url, "--format=custom", f"--snapshot={snapshot}", f"--file={dump}", *role)
        # Files are named by their content and only ever added: what the snapshot mentions is there by now.
        stored = sorted(path for path in (home / STORED).rglob("*") if path.is_file())
        members = {DUMP: dump} | {str(path.relative_to(home)): path for path in stored}
        manifest = {
            "format": FORMAT,
            "made": (moment or datetime.now(UTC)).isoformat(timespec="seconds"),
            "linli": __version__,
            "rows": counts,
            "sha256": {name: _digest(path) for name, path in members.items()},
            "keys": _key_ids(home),
        }
        unfinished = Path(folder) / "backup.tar"
        with (
            open(os.open(unfinished, os.O_WRONLY | os.O_CREAT, 0o600), "wb") as file,
            tarfile.open(fileobj=file, mode="w") as archive,
        ):
            listing = Path(folder) / MANIFEST
            listing.write_text(json.dumps(manifest, ensure_ascii=False, indent=1))
            for name, path in {MANIFEST: listing, **members}.items():
                archive.add(path, arcname=name)
        with open(unfinished, "rb") as written:
            os.fsync(written.fileno())
        os.link(unfinished, target)  # unlike a rename, this refuses to replace a file that has appeared meanwhile
    return manifest


def count_rows(connection: psycopg.Connection) -> dict[str, int]:
    """Rows of every table as this transaction sees them, past row-level security; an error where it would hide some."""
    names = connection.execute(
        "SELECT c.relname FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace"
        " WHERE n.nspname = 'public' AND c.relkind = 'r' ORDER BY c.relname"
    ).fetchall()
    connection.execute("SET LOCAL row_security = off")
    counts = {}
    for (name,) in names:
        row = connection.execute(sql.SQL("SELECT count(*) FROM {}").format(sql.Identifier(name))).fetchone()
        counts[name] = row[0] if row else 0
    return counts


# --- reading --------------------------------------------------------------------------------------------------------


@contextmanager
def opened(source: Path) -> Iterator[tuple[dict[str, Any], Path]]:
    """Unpack a backup into a folder that is gone afterwards; everything in it has been checked against its hash."""
    with tempfile.TemporaryDirectory(dir=source.resolve().parent, prefix=".linli-") as name:
        folder = Path(name)
        try:
            with tarfile.open(source) as archive:
                for member in archive:
                    inside = not Path(member.name).is_absolute() and ".." not in Path(member.name).parts
                    if not (member.isfile() and inside):
                        raise BackupError(f"备份里有不该有的内容：{member.name}")
                    content = archive.extractfile(member)
                    assert content
                    place = folder / member.name
                    place.parent.mkdir(parents=True, exist_ok=True)
                    with content, open(place, "xb") as file:  # neither owner nor mode of the archive is taken over
                        shutil.copyfileobj(content, file)
            manifest = json.loads((folder / MANIFEST).read_text())
            digests: dict[str, str] = manifest["sha256"]
            if manifest["format"] != FORMAT:
                raise BackupError(f"备份格式 {manifest['format']} 不是本版本能读的格式 {FORMAT}")
            for member_name, digest in digests.items():
                if _digest(folder / member_name) != digest:
                    raise BackupError(f"备份已损坏：{member_name} 与清单不符")
        except (tarfile.TarError, OSError, ValueError, KeyError, TypeError, EOFError) as error:
            reason = "" if isinstance(error, tarfile.ReadError) else f"：{error}".splitlines()[0]
            raise BackupError(f"{source} 不是完整的备份{reason}") from error
        yield manifest, folder


def verify(url: str, source: Path) -> dict[str, Any]:
    """Restore the backup into a scratch database beside that of `url`, count its rows, drop it; returns the manifest.

    Raises BackupError when anything is missing or differs. Notes the success in the database of `url`.
    """
    with opened(source) as (manifest, folder):
        scratch = f"linli_verify_{os.getpid()}"
        try:
            _fill(url, scratch, manifest, folder)
        finally:
            _drop(url, scratch)
    prepare(url)  # on a new machine nothing may have been made yet
    note(url, "verified_backup", json.dumps({"file": source.name, "made": manifest["made"]}, ensure_ascii=False))
    return manifest


def restore(url: str, source: Path, home: Path, moment: datetime | None = None) -> str:
    """Put the backup in the place of the database of `url`; returns the new name of the database that stood there.

    The old database is renamed, never dropped, and stored files are added, never replaced. Linli must be stopped.
    """
    database = urlsplit(url).path.lstrip("/")
    stamp = f"{moment or datetime.now(UTC):%Y%m%d%H%M%S}"
    fresh, before = f"{database}_restored_{stamp}", f"{database}_before_{stamp}"
    with opened(source) as (manifest, folder):
        with psycopg.connect(url, autocommit=True) as connection:
            (busy,) = connection.execute(BUSY).fetchone() or (0,)
        if busy:
            raise BackupError(f"还有 {busy} 个连接在使用数据库，请先停止邻里再恢复")
        try:
            _fill(url, fresh, manifest, folder)
        except BaseException:
            _drop(url, fresh)
            raise
        for path in sorted((folder / STORED).rglob("*")):
            place = home / path.relative_to(folder)
            if path.is_file() and not place.exists():
                place.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
                shutil.move(path, place)
        _swap(url, database, before, fresh)
    return before


def _swap(url: str, database: str, before: str, fresh: str) -> None:
    """Put `fresh` in the place of `database`, or leave everything as it was: somebody may connect at any moment."""
    try:
        _rename(_with_database(url, fresh), database, before)
    except psycopg.errors.ObjectInUse as error:
        _drop(url, fresh)
        raise BackupError("恢复时又有人连上了数据库，什么都没有改变；请先停止邻里再恢复") from error
    except BaseException:
        _drop(url, fresh)
        raise
    try:
        _rename(_with_database(url, before), fresh, database)
    except BaseException:
        _rename(_with_database(url, fresh), before, database)
        raise


def missing_keys(manifest: dict[str, Any], home: Path) -> list[str]:
    """Ids of sealing keys that the backup needs and this instance has not: without them sealed values stay sealed."""
    return sorted(set(manifest["keys"]) - set(_key_ids(home)))


def _fill(url: str, name: str, manifest: dict[str, Any], folder: Path) -> None:
    """Make the database `name` from an unpacked backup and compare every count."""
    with psycopg.connect(url, autocommit=True) as connection:
        statement = "CREATE DATABASE {} TEMPLATE template0"
        connection.execute(sql.SQL(statement).format(sql.Identifier(name)))
    target = _with_database(url, name)
    prepare(target)
    with psycopg.connect(target, autocommit=True) as connection:
        connection.execute("DROP TABLE linli_installed")  # it comes with the dump
    _replay(target, folder / DUMP)
    with psycopg.connect(target) as connection:
        if not _superuser(target):
            connection.execute(sql.SQL("SET ROLE {}").format(sql.Identifier(OWNER)))
        found = count_rows(connection)
    if found != manifest["rows"]:
        different = sorted(t for t in {*found, *manifest["rows"]} if found.get(t) != manifest["rows"].get(t))
        raise BackupError(f"恢复后的行数与清单不符：{', '.join(different)}")


# --- small things ---------------------------------------------------------------------------------------------------


def _run(name: str, url: str, *words: str) -> None:
    """Run one of PostgreSQL's programs to its end."""
    result = subprocess.run([_find(name), *words], env=_environment(url), capture_output=True, text=True, check=False)
    if result.returncode:
        raise BackupError(f"{name}: {result.stderr.strip()[-2000:]}")


def _replay(url: str, dump: Path) -> None:
    """Play a dump into an empty database, in one transaction, on a server that may be older than our programs."""
    words = [
        _find("psql"),
        "--no-psqlrc",
        "--quiet",
        "--single-transaction",
        "--set=ON_ERROR_STOP=1",
        "--output=/dev/null",
    ]
    with (
        tempfile.TemporaryFile() as complaints,
        subprocess.Popen([_find("pg_restore"), "--file=-", dump], stdout=subprocess.PIPE, stderr=complaints) as reader,
        subprocess.Popen(words, env=_environment(url), stdin=subprocess.PIPE, stderr=complaints) as writer,
    ):
        assert reader.stdout
        assert writer.stdin
        with suppress(BrokenPipeError), writer.stdin as script:
            for line in reader.stdout:
                if line == UNKNOWN_BEFORE_17:
                    break
                script.write(line)
            shutil.copyfileobj(reader.stdout, script)
        reader.stdout.close()
        if writer.wait() or reader.wait():
            complaints.seek(0)
            raise BackupError(f"恢复失败：{complaints.read().decode(errors='replace').strip()[-2000:]}")


def _find(name: str) -> Path | str:
    try:
        return program(name)
    except ClusterError:  # the wheel is not installed: one on the PATH, then
        return name


def _environment(url: str) -> dict[str, str]:
    """The connection for PostgreSQL's programs; in the environment `ps` does not show the password."""
    parts = conninfo_to_dict(url)
    return os.environ | {variable: str(parts[key]) for key, variable in ENVIRONMENT.items() if parts.get(key)}


def _superuser(url: str) -> bool:
    with psycopg.connect(url) as connection:
        row = connection.execute("SELECT rolsuper FROM pg_roles WHERE rolname = current_user").fetchone()
    return row == (True,)


def _with_database(url: str, name: str) -> str:
    return urlunsplit(urlsplit(url)._replace(path=f"/{name}"))


def _drop(url: str, name: str) -> None:
    with psycopg.connect(url, autocommit=True) as connection:
        connection.execute(sql.SQL("DROP DATABASE IF EXISTS {} WITH (FORCE)").format(sql.Identifier(name)))


def _rename(url: str, old: str, new: str) -> None:
    with psycopg.connect(url, autocommit=True) as connection:
        connection.execute(sql.SQL("ALTER DATABASE {} RENAME TO {}").format(sql.Identifier(old), sql.Identifier(new)))


def _digest(path: Path) -> str:
    with open(path, "rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def _key_ids(home: Path) -> list[str]:
    """Ids of the keys in the key ring, which are no secret."""
    told = os.environ.get("LINLI_KEYS", "")
    try:
        text = told if told.lstrip().startswith("{") else Path(told or home / "keys.json").read_text()
        return sorted(key["id"] for key in json.loads(text)["keys"])
    except FileNotFoundError:
        return []
