"""Canary persons: do sealed data stand anywhere in clear, and did whatever left the server leave its row in the read log?

    python -m tests.drills.canaries --persons 5000

Invented people with unmistakable names, numbers and births are entered in the register and as reporters of cases. Then the
site is used: every page as several people, searches, openings for a purpose, exports, wrong input, broken pages, a backup.
Afterwards the raw bytes of the database's files, its log of writes, the backup, our own log and every answer are searched in
nine encodings, also inside whatever is compressed. A planted leak must be found by the same search.
"""

import argparse
import base64
import contextlib
import json
import logging
import re
import tempfile
import zlib
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from urllib.parse import quote

# No real name begins so, no number of any operator, no district: what carries one of these marks is a canary.
NAME, PHONE, IDENTITY = "魑魅", "19973", "99010119"
MARKS = (NAME, PHONE, IDENTITY)
# The beginnings of what zlib and gzip write.
_PACKED = re.compile(rb"\x1f\x8b\x08|\x78[\x01\x5e\x9c\xda]")
_MOST_UNPACKED = 64 * 1024 * 1024


def encodings(text: str) -> dict[str, tuple[bytes, ...]]:
    """The bytes by which a text is found, by encoding; several where they depend on what stands before."""
    plain = text.encode()
    escaped = json.dumps(text)[1:-1]
    found: dict[str, tuple[bytes, ...]] = {
        "utf-8": (plain,),
        "utf-16": (text.encode("utf-16-le"), text.encode("utf-16-be")),
        "gbk": (text.encode("gbk"),),
        "base64": tuple(_base64(plain, shift) for shift in range(3)),
        "hex": (plain.hex().encode(), plain.hex().upper().encode()),
        "url": (quote(text).encode(), quote(text).lower().encode()),
        "json": (escaped.encode(), escaped.upper().replace("\\U", "\\u").encode()),
        "reversed": (plain[::-1], text[::-1].encode()),
    }
    return found


def _base64(plain: bytes, shift: int) -> bytes:
    """What base64 makes of these bytes behind `shift` others, without the signs that depend on the neighbours."""
    whole = base64.b64encode(b"\0" * shift + plain)
    return whole[-(-shift * 8 // 6) : (shift + len(plain)) * 8 // 6]


PATTERNS: dict[bytes, str] = {}
for _mark in MARKS:
    for _encoding, _forms in encodings(_mark).items():
        for _form in _forms:
            if len(_form) >= 4:
                PATTERNS.setdefault(_form, _encoding)
_SEARCH = re.compile(b"|".join(re.escape(form) for form in sorted(PATTERNS, key=len, reverse=True)))
# Five digits alone stand in many numbers: with the six behind them they are a canary's, whatever the encoding.
_DIGITS = {
    "utf-8": re.compile(rb"(?<!\d)19973\d{6}(?!\d)"),
    "utf-16": re.compile(rb"1\x009\x009\x007\x003\x00(?:\d\x00){6}|\x001\x009\x009\x007\x003(?:\x00\d){6}"),
    "hex": re.compile(rb"3139393733(?:3\d){6}"),
    "reversed": re.compile(rb"(?<!\d)\d{6}37991(?!\d)"),
}


@dataclass(frozen=True, slots=True)
class Hit:
    """A canary in clear. where: which bytes; around: what stands there."""

    where: str
    encoding: str
    around: bytes


def search(data: bytes, where: str = "", packed: str = "") -> list[Hit]:
    """Every canary in these bytes, also inside what is compressed in them."""
    found = [
        Hit(where, packed or PATTERNS[match.group()], data[max(0, match.start() - 40) : match.end() + 40])
        for match in _SEARCH.finditer(data)
        if _certain(match, data)
    ]
    if not packed:
        for start, content in unpacked(data):
            found += search(content, f"{where} at {start}", "gzip")
    return found


def _certain(match: re.Match[bytes], data: bytes) -> bool:
    """Whether what was found is a canary and not five digits of another number."""
    encoding = PATTERNS[match.group()]
    if match.group() in _SHORT and encoding in _DIGITS:
        return any(
            one.start() <= match.start() < one.end()
            for one in _DIGITS[encoding].finditer(data, max(0, match.start() - 24), match.end() + 24)
        )
    return True


_SHORT = {form for forms in encodings(PHONE).values() for form in forms}


def unpacked(data: bytes) -> Iterator[tuple[int, bytes]]:
    """(where, content) of everything in these bytes that zlib or gzip has packed."""
    for match in _PACKED.finditer(data):
        worker = zlib.decompressobj(31 if match.group().startswith(b"\x1f") else 15)
        try:
            content = worker.decompress(data[match.start() : match.start() + _MOST_UNPACKED], _MOST_UNPACKED)
        except zlib.error:
            continue
        if len(content) > 8:
            yield match.start(), content


def search_files(folder: Iterable[Path]) -> list[Hit]:
    """The same in files, however long, whole."""
    found: list[Hit] = []
    for path in folder:
        with contextlib.suppress(FileNotFoundError, IsADirectoryError):  # a server clears up behind itself
            found += search(path.read_bytes(), str(path))
    return found


# --- who they are ---------------------------------------------------------------------------------------------------

_SIGNS = "甲乙丙丁戊己庚辛壬癸子丑寅卯辰巳午未申酉戌亥天地玄黄宇宙洪荒日月盈昃"


def name_of(number: int) -> str:
    signs = len(_SIGNS)
    return NAME + _SIGNS[number % signs] + _SIGNS[number // signs % signs] + _SIGNS[number // signs**2 % signs]


def phone_of(number: int) -> str:
    return f"{PHONE}{number:06}"


def identity_of(number: int) -> str:
    """A number whose check digit is right, of a district that does not exist (990101)."""
    body = f"99010119{30 + number % 60:02}{1 + number // 60 % 12:02}{1 + number // 720 % 28:02}{number % 1000:03}"
    weights = (7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2)
    total = sum(int(digit) * weight for digit, weight in zip(body, weights, strict=True))
    return body + "10X98765432"[total % 11]


# --- using the site -------------------------------------------------------------------------------------------------


@dataclass
class Seen:
    """What the site answered, and what was wrong with it."""

    answers: int = 0
    opened: int = 0
    leaks: list[str] = field(default_factory=list)
    unlogged: list[str] = field(default_factory=list)
    administrators: list[str] = field(default_factory=list)
    shown: list[str] = field(default_factory=list)
    log: list[str] = field(default_factory=list)


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


def populate(cast: Any, persons: int) -> list[int]:
    """Enter the canaries in the register, and as many as forty as reporters of cases; returns the ids of the cases."""
    from linli.base.actor import system
    from linli.base.scope import enter
    from linli.matters.cases import commands as cases
    from linli.people.residents.commands.many import register_many
    from linli.places.addresses.models import Dwelling
    from tests.cast import GRID, POINT_HERE

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
    for start in range(0, persons, 5000):
        register_many(system("canaries"), rows[start : start + 5000])
    filed = []
    for number in range(min(persons, 40)):
        found = cases.file(
            cast.secretary, text="楼道灯不亮", channel="counter", name=name_of(number), phone=phone_of(number),
            longitude=POINT_HERE[0], latitude=POINT_HERE[1],
        )  # fmt: skip
        filed.append(int(found["id"]))
        enter(system("canaries"))
    return filed


def use(cast: Any, filed: list[int], seen: Seen) -> None:
    """Open every page as everybody, search, open for a purpose, export, send what is wrong, break pages."""
    from django.test import Client

    from linli.base.actor import system
    from linli.base.scope import enter
    from linli.people.residents.models import Person
    from tests.house.routes import routes

    root = logging.getLogger()
    handler = _Log(seen.log)
    root.addHandler(handler)
    try:
        enter(system("canaries"))
        person = Person.objects.order_by("pk").values_list("pk", flat=True)[0]
        clients: dict[str, Client] = {name: cast.client(name) for name in ROLES} | {"nobody": Client()}
        for client in clients.values():
            client.raise_request_exception = False
        for name, client in clients.items():
            for route in routes():
                if not route.parameters and not route.name.startswith(("web:sign", "web:demo")):
                    _look(client.get(route.address({})), f"{name} {route.name}", seen, filed, person)
            _look(client.get(f"/residents/{person}/"), f"{name} a resident", seen, filed, person)
            _look(client.get(f"/cases/{filed[0]}/"), f"{name} a case", seen, filed, person)
            _look(client.get("/residents/", {"q": "2单元"}), f"{name} search", seen, filed, person)
            _look(client.get("/residents/export.csv?purpose=visit"), f"{name} export", seen, filed, person)
            _look(client.get("/cases/export.xlsx?purpose=check"), f"{name} export", seen, filed, person)
            _look(client.post("/residents/new/", {"name": "x"}), f"{name} wrong input", seen, filed, person)
            _look(client.get("/no-such-page/"), f"{name} 404", seen, filed, person)
            _type(client)
    finally:
        root.removeHandler(handler)


def _type(client: Any) -> None:
    """Type canaries where they do not belong. Whoever typed them sees them again; logs and tables must not have them."""
    client.post("/residents/new/", {"name": name_of(9), "phone": phone_of(9) + "x", "identity": identity_of(9)})
    client.post("/residents/find/", {"text": phone_of(9)})
    client.post("/residents/find/", {"text": name_of(9)})
    client.post("/sign-in/", {"login": phone_of(9), "password": name_of(9)})
    client.post("/my-information/", {"phone": phone_of(9)})
    client.post("/my-information/code/", {"code": phone_of(9)})
    client.post("/report/", {"text": "", "phone": phone_of(9) + "x", "name": name_of(9), "contact": "phone"})


def own_files(persons: int, seen: Seen) -> None:
    """Prove to be reached by a canary's number and take the file: every record in it must have its row in the read log."""
    from django.test import Client, override_settings

    from linli.base.actor import system
    from linli.base.commands.models import ReadRow
    from linli.base.scope import enter
    from linli.doors.portal import one_time

    for number in range(0, min(persons, 20), 4):
        enter(system("canaries"))
        before = ReadRow.objects.filter(purpose="own").count()
        client = Client(REMOTE_ADDR=f"203.0.113.{number + 1}")
        with override_settings(DEMO=True):
            page = client.post("/my-information/", {"phone": phone_of(number)}, follow=True).content.decode()
            code = re.search(r"验证码是 (\d{6})", page)
            assert code, "the demo shows the code"
            shown = client.post("/my-information/code/", {"code": code[1]}, follow=True)
            _look(shown, f"own page {number}", seen, [], 0)
            file = client.get("/my-information/file/")
        enter(system("canaries"))
        held = one_time.held_under(phone_of(number))
        if search(file.content):
            seen.opened += 1
            if ReadRow.objects.filter(purpose="own").count() - before != len(held) or not held:
                seen.unlogged.append(f"the file of canary {number}")


def reveal_residents(cast: Any, seen: Seen) -> None:
    """Open what is sealed of residents in an emergency: each opening must be in the read log."""
    from linli.base.actor import system
    from linli.base.commands.models import ReadRow
    from linli.base.scope import enter
    from linli.people.residents.commands import reveal as open_resident
    from linli.people.residents.models import Person

    enter(system("canaries"))
    for person in Person.objects.order_by("-pk")[:10]:
        told = open_resident(
            cast.grid_worker, person, fields=["name", "phone"], purpose="urgent", note="楼上漏水找不到人"
        )
        enter(system("canaries"))
        if search(json.dumps(told, ensure_ascii=False).encode()):
            seen.opened += 1
            if not ReadRow.objects.filter(subject_kind="residents.person", subject_id=str(person.pk)).exists():
                seen.unlogged.append(f"resident {person.pk}")


def reveal(cast: Any, filed: list[int], seen: Seen) -> None:
    """Open reporters' contacts for a purpose: what is told must be in the read log."""
    from linli.base.actor import system
    from linli.base.commands.models import ReadRow
    from linli.base.scope import enter
    from linli.matters.cases import commands as cases
    from linli.procedures.models import Proceeding

    for number, case in enumerate(filed):
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
        if search(json.dumps(told, ensure_ascii=False).encode()):
            seen.opened += 1
            if not ReadRow.objects.filter(
                subject_kind="cases.case", subject_id=str(case), account_id=actor.account_id
            ).exists():
                seen.unlogged.append(f"case {case} of canary {number}")


def _look(answer: Any, where: str, seen: Seen, _filed: list[int], _person: int) -> None:
    content = b"".join(answer.streaming_content) if answer.streaming else answer.content
    seen.answers += 1
    headers = "\n".join(f"{key}: {value}" for key, value in answer.headers.items()).encode()
    seen.leaks += [f"{where}: {hit.encoding} {hit.around!r}" for hit in search(content + b"\n" + headers, where)]
    # Masked they may be seen by those who look after them; by whoever runs the machine not even so.
    masked = NAME[0].encode() in content or b"199****" in content
    if masked:
        seen.shown.append(where)
    if masked and where.startswith("sysadmin"):
        seen.administrators.append(where)


# --- the whole ------------------------------------------------------------------------------------------------------


def play(server: Any, stage: Any, persons: int, home: Path, plant: Callable[[], None] | None = None) -> Seen:
    """Everything on one database. server: tests.embedded.Server; stage: tests.journeys.stage.Stage.

    plant: leaves a leak on purpose, in the system's scope, to see that it is found.
    """
    from django.db import connection

    from linli.base import backup
    from linli.procedures import definitions

    definitions._cached.cache_clear()  # policies of another database may have the same numbers
    seen = Seen()
    with stage.ground() as cast:
        filed = populate(cast, persons)
        use(cast, filed, seen)
        reveal(cast, filed, seen)
        reveal_residents(cast, seen)
        own_files(persons, seen)
        from linli.base.actor import system
        from linli.base.scope import enter

        enter(system("canaries"))
        if plant is not None:
            plant()
        with connection.cursor() as cursor:
            cursor.execute("SELECT oid::text FROM pg_database WHERE datname = current_database()")
            oid = cursor.fetchone()[0]
    with server.connection() as admin:
        admin.execute("CHECKPOINT")
    name = stage.url.split("?")[0].rsplit("/", 1)[1]
    target = home / "canaries.tar"
    backup.make(_admin(server, name), target, home)
    hits = search_files([target])
    if server.cluster is not None:
        data = server.cluster.data
        hits += search_files(path for path in sorted((data / "base" / oid).iterdir()) if path.is_file())
        hits += search_files(path for path in sorted((data / "pg_wal").iterdir()) if path.is_file())
    seen.leaks += [f"{hit.where}: {hit.encoding} {hit.around!r}" for hit in hits]
    seen.leaks += [f"log: {hit.encoding} {hit.around!r}" for hit in search("\n".join(seen.log).encode(), "log")]
    return seen


def _admin(server: Any, name: str) -> str:
    from tests.embedded import with_database

    return with_database(server.admin, name)


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
        f" {len(seen.administrators)} pages that show an administrator somebody; {len(seen.shown)} pages showed a mask"
    )
    wrong = [*seen.leaks, *seen.unlogged, *seen.administrators]
    for one in wrong[:40]:
        print("  ", one)
    sys.exit(1 if wrong else 0)


if __name__ == "__main__":
    main()
