"""Canary persons: do sealed data stand anywhere in clear, and did whatever left the server leave its row in the read log?

    python -m tests.drills.canaries --persons 5000

Invented people with unmistakable names, numbers and births are entered in the register, as reporters of cases and in a sheet
that is brought in. Then the site is used: every address as several people, with and without values in it, searches, openings for a
purpose, exports in every form, the API, wrong input, broken pages, a backup. Afterwards the raw bytes of the database's files, its log
of writes, the backup, the shelves, temporary files, caches, sessions, our own log and every answer are searched in nine encodings, also
inside whatever is packed (tests/drills/searching.py). Leaks planted on purpose must be found by the same search (tests/drills/plants.py).
"""

import argparse
import contextlib
import logging
import re
import tempfile
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from unittest import mock

from tests.drills.searching import (
    NAME,
    PHONE,
    encodings,
    identity_of,
    name_of,
    numbers_in,
    phone_of,
    search,
    search_files,
    unpacked,
)

__all__ = ["encodings", "identity_of", "name_of", "numbers_in", "phone_of", "search", "unpacked"]


@dataclass
class Seen:
    """What the site answered, and what was wrong with it. canaries: number of a canary -> ids of records about them."""

    answers: int = 0
    opened: int = 0
    errors: list[str] = field(default_factory=list)
    leaks: list[str] = field(default_factory=list)
    unlogged: list[str] = field(default_factory=list)
    administrators: list[str] = field(default_factory=list)
    shown: list[str] = field(default_factory=list)
    log: list[str] = field(default_factory=list)
    told: int = 0
    last_read: int = 0
    canaries: dict[int, set[str]] = field(default_factory=dict)

    @property
    def wrong(self) -> list[str]:
        return [*self.leaks, *self.unlogged, *self.administrators]


class _Log(logging.Handler):
    def __init__(self, kept: list[str]):
        super().__init__(logging.DEBUG)
        self.kept = kept

    def emit(self, record: logging.LogRecord) -> None:
        self.kept.append(logging.Formatter("%(message)s").format(record))


ROLES = (
    "call_taker",
    "dispatcher",
    "leader",
    "secretary",
    "worker",
    "grid_worker",
    "clerk",
    "manager",
    "auditor",
    "sysadmin",
)
# Those who see nobody, however much is masked: who runs the machine, and who checks what others did.
SEE_NOBODY = ("sysadmin", "auditor")
STAND_FOR_ALL = ("secretary", "grid_worker", "leader", *SEE_NOBODY)
BROKEN = "the machine is broken here on purpose"


def populate(cast: Any, persons: int, seen: Seen) -> dict[str, Any]:
    """Enter the canaries in the register, and as many as forty as reporters of cases; returns values for every address."""
    from linli.base.actor import system
    from linli.base.scope import enter
    from linli.matters.cases import commands as cases
    from linli.people.residents.commands.many import register_many
    from linli.places.addresses.models import Dwelling
    from linli.procedures.models import Proceeding
    from tests.cast import GRID, POINT_HERE
    from tests.house import world

    values = world.make(cast).values
    enter(system("canaries"))
    homes = Dwelling.objects.bulk_create(
        Dwelling(building=cast.building, unit_name="9", room_name=f"{number:04}", floor=1, region_code=GRID)
        for number in range(max(1, persons // 3))
    )
    rows = [
        {"name": name_of(n), "phone": phone_of(n), "birth_year": 1950 + n % 40, "dwelling": homes[n % len(homes)].pk,
         "sex": "1", "lives": True, "kind": "owner" if n < len(homes) else "family"}
        for n in range(persons)
    ]  # fmt: skip
    made: list[int] = []
    for start in range(0, persons, 5000):
        made += register_many(system("canaries"), rows[start : start + 5000])
    seen.canaries = {number: {str(key)} for number, key in enumerate(made)}
    filed = []
    for number in range(min(persons, 40)):
        found = cases.file(
            cast.secretary, text="楼道灯不亮", channel="counter", name=name_of(number), phone=phone_of(number),
            longitude=POINT_HERE[0], latitude=POINT_HERE[1],
        )  # fmt: skip
        filed.append(int(found["id"]))
        seen.canaries[number].add(str(found["id"]))
        enter(system("canaries"))
    case = Proceeding.objects.get(pk=filed[0])
    return values | {
        "person": made[0], "first": made[0], "second": made[1], "dwelling": homes[0].pk, "number": case.number, "pk": case.pk,
        "filed": filed,
    }  # fmt: skip


QUERIES: tuple[dict[str, str], ...] = ({}, {"q": "2单元", "purpose": "visit", "tab": "open", "kind": "case"})


def use(cast: Any, values: dict[str, Any], seen: Seen, everybody: bool = True) -> None:
    """everybody: not only those who stand for the others. Open every address as everybody, search, open for a purpose, export, bring a sheet in, send what is wrong, break pages."""
    from django.test import Client
    from django.urls import NoReverseMatch

    from tests.house.routes import routes
    from tests.house.world import address

    clients: dict[str, Any] = {name: cast.client(name) for name in ROLES} | {"nobody": Client()}
    for name, client in clients.items():
        client.raise_request_exception = False
        for route in routes():
            if route.name.startswith(("web:sign", "web:demo", "api:")):
                continue
            if route.parameters and not (everybody or name in STAND_FOR_ALL):
                continue
            for query in QUERIES[: 1 if route.parameters or not everybody else None]:
                _look(client.get(address(route, values), query), f"{name} {route.name}", seen)
            for form in ("xlsx", "docx") if "form" in route.parameters else ():
                with contextlib.suppress(NoReverseMatch):
                    path = address(route, values | {"form": form})
                    _look(client.get(path, {"purpose": "visit"}), f"{name} {route.name} {form}", seen)
        _look(client.get("/residents/export.csv?purpose=visit"), f"{name} export", seen)
        _look(client.get("/cases/export.xlsx?purpose=check"), f"{name} export", seen)
        _look(client.get("/no-such-page/"), f"{name} 404", seen)
        _look(client.get("/residents/", HTTP_HOST="bad host"), f"{name} 400", seen)
        _look(client.post("/residents/new/", {"name": "x"}), f"{name} wrong input", seen)
        _openings(client, name, values, seen)
        _type(client)
        if name not in ("nobody", *SEE_NOBODY):
            _api(cast, name, values, seen)
    _break(clients, seen)
    bring_in(cast, clients["secretary"], seen)


def _type(client: Any) -> None:
    """Type canaries where they do not belong. Whoever typed them sees them again; logs and tables must not have them."""
    from django.test import Client

    client.post("/residents/new/", {"name": name_of(9), "phone": phone_of(9) + "x", "identity": identity_of(9)})
    client.post("/residents/find/", {"text": phone_of(9)})
    client.post("/residents/find/", {"text": name_of(9)})
    client.post("/sign-in/", {"login": phone_of(9), "password": name_of(9)})
    client.post("/my-information/", {"phone": phone_of(9)})
    client.post("/my-information/code/", {"code": phone_of(9)})
    client.post("/report/", {"text": "", "phone": phone_of(9) + "x", "name": name_of(9), "contact": "phone"})
    strict = Client(enforce_csrf_checks=True, raise_request_exception=False)
    assert strict.post("/my-information/", {"phone": phone_of(9)}).status_code == 403


def _openings(client: Any, name: str, values: dict[str, Any], seen: Seen) -> None:
    """Ask for what is sealed on the pages that give it, for a good purpose and for bad ones."""
    person, number = values["person"], values["number"]
    for purpose in ("contact", "review", "visit", "urgent", "none"):
        for wanted in ("name,phone", "identity,contacts,care"):
            sent = {"purpose": purpose, "fields": wanted, "fields_wanted": wanted.split(","), "note": "楼上漏水找不到人",
                    "_nonce": f"{name}{purpose}{wanted}"}  # fmt: skip
            _look(client.post(f"/residents/{person}/reveal/", sent), f"{name} opens a resident", seen, clear=True)
            _look(client.post(f"/residents/{person}/urgent/", sent), f"{name} opens a resident", seen, clear=True)
        _look(client.post(f"/cases/{number}/reveal/", {"purpose": purpose}), f"{name} opens a case", seen, clear=True)


def _api(cast: Any, name: str, values: dict[str, Any], seen: Seen) -> None:
    """Everything the API answers to a machine that this post has let in."""
    from django.test import Client

    from linli.base.actor import system
    from linli.base.commands import Refused
    from linli.base.scope import enter
    from linli.doors.api import commands as keys
    from tests.house.routes import routes

    try:
        token = keys.create_token(getattr(cast, name), name="金丝雀")
    except Refused:
        return
    finally:
        enter(system("canaries"))
    machine = Client(headers={"Authorization": f"Bearer {token}"}, raise_request_exception=False)
    for route in routes():
        if route.name.startswith("api:api-v1"):
            for query in QUERIES:
                _look(machine.get(route.address(values), query), f"{name} {route.name}", seen)
    _look(machine.post("/api/v1/cases", {"text": "", "phone": phone_of(9) + "x"}, "application/json"), "api", Seen())


def _break(clients: dict[str, Any], seen: Seen) -> None:
    """A page that breaks while it holds somebody's name and number, with debugging off: neither page nor log may tell."""
    from linli.people.residents import queries

    def broken(_actor: object, text: str) -> None:
        raise RuntimeError(BROKEN)

    with mock.patch.object(queries, "by_name", broken), mock.patch.object(queries, "by_phone", broken):
        for name in ("secretary", "grid_worker"):
            for typed in (name_of(11), phone_of(11)):
                answer = clients[name].post("/residents/find/", {"text": typed})
                if answer.status_code != 500:
                    seen.errors.append(f"{name}: the page did not break")
                _look(answer, f"{name} 500", seen)


def bring_in(cast: Any, client: Any, seen: Seen) -> None:
    """A sheet with canaries: preview, problems, bringing in and taking back. The shelf is searched with the other files."""
    from django.core.files.uploadedfile import SimpleUploadedFile

    from linli.base.actor import system
    from linli.base.scope import enter
    from linli.doors.intake.registers import commands, running
    from linli.doors.intake.registers.models import RegisterImport

    lines = ["姓名,性别,联系电话,身份证号,居住地址"]
    for n in range(7000, 7020):  # every other one has a number that is none, and an identity that may not be kept
        wrong = n % 2
        lines.append(
            f"{name_of(n)},男,{phone_of(n)}{'x' * wrong},{identity_of(n) * wrong},春光里小区3号楼2单元{501 + n % 10}"
        )
    sheet = SimpleUploadedFile("居民.csv", "\n".join(lines).encode("gb18030"))
    _look(client.post("/registers/import/", {"file": sheet}), "upload", seen)
    enter(system("canaries"))
    row = RegisterImport.objects.order_by("-pk").first()
    assert row is not None
    _pages_of(row.pk, client, seen)
    commands.check(cast.secretary, row, target="residents", columns=row.columns, options=row.options)
    running.run(row.pk, "checking")
    enter(system("canaries"))
    _pages_of(row.pk, client, seen)
    commands.start(cast.secretary, RegisterImport.objects.get(pk=row.pk))
    running.run(row.pk, "applying")
    enter(system("canaries"))
    _pages_of(row.pk, client, seen)


def _pages_of(pk: int, client: Any, seen: Seen) -> None:
    for page in ("", "progress/", "errors.csv"):
        _look(client.get(f"/registers/import/{pk}/{page}"), f"import {page}", seen)


def own_files(persons: int, seen: Seen) -> None:
    """Prove to be reached by a canary's number and take the file in each form: every record in it must have its row."""
    from django.test import Client, override_settings

    for number in range(0, min(persons, 20), 4):
        client = Client(REMOTE_ADDR=f"203.0.113.{number + 1}", raise_request_exception=False)
        with override_settings(DEMO=True):
            page = client.post("/my-information/", {"phone": phone_of(number)}, follow=True).content.decode()
            code = re.search(r"验证码是 (\d{6})", page)
            assert code, "the demo shows the code"
            shown = client.post("/my-information/code/", {"code": code[1]}, follow=True)
            _look(shown, f"own page {number}", seen)
            before = seen.told
            for form in ("csv", "json", "print"):
                _look(client.get("/my-information/file/", {"form": form}), f"own file {form}", seen, clear=True)
            if seen.told - before != 3:
                seen.unlogged.append(f"the files of canary {number} do not hold them")


def reveal(cast: Any, filed: list[int], seen: Seen) -> None:
    """Open reporters' contacts through the command, as job and command line do: what is told must be in the read log."""
    from linli.base.actor import system
    from linli.base.scope import enter
    from linli.matters.cases import commands as cases
    from linli.procedures.models import Proceeding

    for case in filed:
        enter(system("canaries"))
        row = Proceeding.objects.get(pk=case)
        holder = next((one for one in cast.posts if getattr(cast, one).organisation_id == row.holder_id), "")
        if not holder or not getattr(cast, holder).may("cases.reveal"):
            continue
        actor = getattr(cast, holder)
        if row.step == "dispatched":
            cases.accept(actor, case)
            enter(system("canaries"))
        told = cases.reveal(actor, case, purpose="contact")
        enter(system("canaries"))
        _judge(str(told).encode(), f"case {case}", seen)


def reveal_residents(cast: Any, seen: Seen) -> None:
    """Open what is sealed of residents in an emergency."""
    from linli.base.actor import system
    from linli.base.scope import enter
    from linli.people.residents.commands import reveal as open_resident
    from linli.people.residents.models import Person

    enter(system("canaries"))
    for person in Person.objects.filter(pk__in=[int(min(ids)) for ids in seen.canaries.values()]).order_by("-pk")[:10]:
        told = open_resident(
            cast.grid_worker, person, fields=["name", "phone"], purpose="urgent", note="楼上漏水找不到人"
        )
        enter(system("canaries"))
        _judge(str(told).encode(), f"resident {person.pk}", seen)


def _look(answer: Any, where: str, seen: Seen, *, clear: bool = False) -> None:
    """clear: here somebody may read it whole, with a row in the read log; on no other page, row or not."""
    content = b"".join(answer.streaming_content) if answer.streaming else answer.content
    seen.answers += 1
    if answer.status_code >= 500 and BROKEN not in str(getattr(answer, "exc_info", "")):
        seen.errors.append(f"{where}: {answer.status_code}")
    headers = "\n".join(f"{key}: {value}" for key, value in answer.headers.items()).encode()
    _judge(content + b"\n" + headers, where, seen, clear=clear)
    # Masked they may be seen by those who look after them; by whoever runs the machine not even so.
    if NAME[0].encode() in content or f"{PHONE[:3]}****".encode() in content:
        seen.shown.append(where)
        if where.split()[0] in SEE_NOBODY:
            seen.administrators.append(where)


def _judge(content: bytes, where: str, seen: Seen, *, clear: bool = True) -> None:
    """What left the server in clear: each person in it needs a row in the read log, written by this very request."""
    hits = search(content, where)
    if not hits:
        return
    if not clear:
        seen.leaks += [f"{where}: {hit.encoding} {hit.around!r}" for hit in hits[:3]]
        return
    from linli.base.actor import system
    from linli.base.commands.models import ReadRow
    from linli.base.scope import enter

    enter(system("canaries"))
    rows = list(ReadRow.objects.filter(pk__gt=seen.last_read).values_list("pk", "subject_id"))
    seen.last_read = max([seen.last_read, *(pk for pk, _subject in rows)])
    logged = {subject for _pk, subject in rows}
    told = numbers_in(content).union(*(numbers_in(inside) for _start, inside in unpacked(content)))
    missing = [number for number in sorted(told) if not seen.canaries.get(number, set()) & logged]
    if told and not missing:
        seen.opened += len(told)
        seen.told += 1
    elif rows:
        seen.unlogged.append(f"{where}: canaries {missing or 'in an encoding of its own'} have no row")
    else:
        seen.leaks += [f"{where}: {hit.encoding} {hit.around!r}" for hit in hits[:3]]


# --- the whole ------------------------------------------------------------------------------------------------------


@contextlib.contextmanager
def watched(seen: Seen, home: Path) -> Iterator[None]:
    """Every line of log is kept, and what is temporary is written where it is searched."""
    from django.test import override_settings

    root, handler = logging.getLogger(), _Log(seen.log)
    root.addHandler(handler)
    temporary = home / "tmp"
    temporary.mkdir(exist_ok=True)
    with mock.patch.object(tempfile, "tempdir", str(temporary)), mock.patch.dict("os.environ", TMPDIR=str(temporary)):
        try:
            with override_settings(DEBUG=False):
                yield
        finally:
            root.removeHandler(handler)


def play(
    server: Any,
    stage: Any,
    persons: int,
    home: Path,
    plant: Callable[[Any], None] | None = None,
    everybody: bool = True,
) -> Seen:
    """Everything on one database. server: tests.embedded.Server; stage: tests.journeys.stage.Stage.

    plant: leaves leaks on purpose, in the system's scope, in place of using the site, to see that they are found.
    """
    from django.db import connection

    from linli.base.actor import system
    from linli.base.scope import enter
    from linli.procedures import definitions

    definitions._cached.cache_clear()  # policies of another database may have the same numbers
    seen, begun = Seen(), time.time()
    with watched(seen, home), stage.ground() as cast:
        values = populate(cast, persons, seen)
        seen.last_read = last_read()
        if plant is not None:
            plant(cast)
        else:
            use(cast, values, seen, everybody)
            reveal(cast, values["filed"], seen)
            reveal_residents(cast, seen)
            own_files(persons, seen)
        enter(system("canaries"))
        _memory(seen)
        with connection.cursor() as cursor:
            cursor.execute("SELECT oid::text FROM pg_database WHERE datname = current_database()")
            oid = cursor.fetchone()[0]
    sweep(server, stage, home, begun, oid, seen)
    return seen


def last_read() -> int:
    """The youngest row of the read log."""
    from linli.base.commands.models import ReadRow

    return ReadRow.objects.order_by("-pk").values_list("pk", flat=True).first() or 0


def _memory(seen: Seen) -> None:
    """Sessions, which are packed and signed, and what the process keeps in its caches."""
    from django.contrib.sessions.models import Session
    from django.core.cache import caches

    for session in Session.objects.all():
        seen.leaks += [f"session: {hit.encoding} {hit.around!r}" for hit in search(str(session.get_decoded()).encode())]
    for cache in caches.all():
        for key, value in getattr(cache, "_cache", {}).items():
            kept = value if isinstance(value, bytes) else str(value).encode()
            seen.leaks += [f"cache: {hit.encoding} {hit.around!r}" for hit in search(key.encode() + b" " + kept)]


def sweep(server: Any, stage: Any, home: Path, begun: float, oid: str, seen: Seen) -> None:
    """Search every byte that was written: the database's files and its log of writes, a backup, shelves, temporary files, logs."""
    from django.conf import settings

    from linli.base import backup
    from tests.embedded import with_database

    with server.connection() as admin:
        admin.execute("CHECKPOINT")
    written = [path for path in (home / "tmp").rglob("*") if path.is_file()]
    written += [path for path in Path(settings.HOME).rglob("*") if _fresh(path, begun)]
    name, target = stage.url.split("?")[0].rsplit("/", 1)[1], home / "canaries.tar"
    target.unlink(missing_ok=True)
    backup.make(with_database(server.admin, name), target, home)
    written.append(target)
    if server.cluster is not None:
        data = server.cluster.data
        folders = [
            data / "base" / oid,
            data / "pg_wal",
            data / "log",
            data / "pg_stat_tmp",
            data / "base" / "pgsql_tmp",
        ]
        written += [
            path for folder in folders if folder.exists() for path in sorted(folder.iterdir()) if path.is_file()
        ]
        written += [
            path for path in (server.cluster.place / "server.log", server.cluster.home / "keeper.log") if path.exists()
        ]
    seen.leaks += [f"{hit.where}: {hit.encoding} {hit.around!r}" for hit in search_files(written)]
    lines = "\n".join(seen.log).encode()
    seen.leaks += [f"log: {hit.encoding} {hit.around!r}" for hit in search(lines, "log")]


def _fresh(path: Path, begun: float) -> bool:
    with contextlib.suppress(OSError):
        return path.is_file() and path.stat().st_mtime >= begun - 1
    return False


class _Free:
    """Outside pytest nothing blocks the database."""

    def unblock(self) -> contextlib.AbstractContextManager[None]:
        return contextlib.nullcontext()


def _staged(server: Any, persons: int) -> Seen:
    from tests.journeys.stage import staged

    with staged(server, _Free()) as stage, tempfile.TemporaryDirectory() as folder:
        return play(server, stage, persons, Path(folder))


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--persons", type=int, default=5000)
    given = parser.parse_args()
    import os
    import sys

    import django

    from tests.embedded import test_server

    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "linli.settings")
    django.setup()
    from django.test.utils import setup_test_environment

    setup_test_environment()
    with test_server() as server:
        os.environ["DATABASE_URL"] = server.web
        seen = _staged(server, given.persons)
    print(
        f"{given.persons} people, {seen.answers} answers, {seen.opened} openings, {len(seen.log)} lines of log:"
        f" {len(seen.leaks)} leaks, {len(seen.unlogged)} openings without a row,"
        f" {len(seen.administrators)} pages that show an administrator or auditor somebody; {len(seen.shown)} pages showed a mask;"
        f" {len(seen.errors)} pages broke"
    )
    for one in [*seen.wrong, *seen.errors][:60]:
        print("  ", one)
    sys.exit(1 if seen.wrong or seen.errors else 0)


if __name__ == "__main__":
    main()
