"""The canary drill at a small size, and its own search: what is planted must be found, whatever it is written in."""

import base64
import gzip
import json
import os
import zlib
from collections.abc import Iterator
from pathlib import Path
from typing import Any
from urllib.parse import quote

import pytest

from tests.drills import canaries, plants
from tests.embedded import Server
from tests.journeys.stage import Stage, staged

PERSONS = int(os.environ.get("LINLI_CANARIES", "200"))
VALUES = [canaries.name_of(7), canaries.phone_of(123456), canaries.identity_of(42)]

WRITTEN = {
    "utf-8": lambda text: text.encode(),
    "utf-16": lambda text: text.encode("utf-16"),
    "gbk": lambda text: text.encode("gbk"),
    "hex": lambda text: text.encode().hex().encode(),
    "url": lambda text: quote(text).encode(),
    "json": lambda text: json.dumps(text).encode(),
    "gzip": lambda text: gzip.compress(b"before " + text.encode() + b" after"),
    "reversed": lambda text: text[::-1].encode(),
}


@pytest.mark.parametrize("value", VALUES)
@pytest.mark.parametrize("written", WRITTEN)
def test_a_planted_leak_is_found_in_every_encoding(written: str, value: str) -> None:
    found = canaries.search(b"\x00\xffnoise " + WRITTEN[written](value) + b" noise\x00")
    assert found, (written, value)


@pytest.mark.parametrize("value", VALUES)
@pytest.mark.parametrize("before", ["", "a", "ab", "abc", "某"])
def test_a_planted_leak_is_found_in_base64_wherever_it_begins(before: str, value: str) -> None:
    assert canaries.search(base64.b64encode(f"{before}{value}后面".encode()))


def test_a_leak_is_found_inside_what_a_dump_has_packed() -> None:
    assert canaries.search(
        os.urandom(500) + zlib.compress(b"COPY x\n" + VALUES[0].encode() + b"\n" * 50) + os.urandom(9)
    )


@pytest.mark.parametrize("form", ["xlsx", "docx"])
def test_a_leak_is_found_inside_a_workbook_and_a_ledger(form: str) -> None:
    from datetime import UTC, datetime

    from linli.base.exchange import xlsx_bytes
    from linli.base.exchange.ledger import docx_bytes

    line, moment = [[VALUES[0], VALUES[1]]], datetime(2026, 3, 2, tzinfo=UTC)
    made = (
        xlsx_bytes(["a", "b"], line) if form == "xlsx" else [docx_bytes("名单", ["a", "b"], line, maker="x", at=moment)]
    )
    content = made if isinstance(made, bytes) else b"".join(made)
    assert {7, 123456} <= set().union(*(canaries.numbers_in(inside) for _at, inside in canaries.unpacked(content)))
    assert canaries.search(content)


def test_masks_and_other_numbers_are_no_leak() -> None:
    from linli.base import masks

    shown = f"{masks.name(VALUES[0])} {masks.phone(VALUES[1])} {masks.id_number(VALUES[2])} 13819973000 219973123456 8619973"
    assert canaries.search(shown.encode()) == []


def test_the_canaries_are_unlike_each_other_and_well_formed() -> None:
    from linli.base.exchange import identifiers

    assert len({canaries.name_of(number) for number in range(5000)}) == 5000
    assert len({canaries.identity_of(number) for number in range(5000)}) == 5000
    assert identifiers.phone(canaries.phone_of(4999)) == "19973004999"


def test_nothing_sealed_stands_anywhere_in_clear(django_db_setup: Server, stage: Stage, tmp_path: Path) -> None:
    seen = canaries.play(django_db_setup, stage, PERSONS, tmp_path, everybody=False)
    assert seen.leaks == []
    assert seen.unlogged == []
    assert seen.administrators == [], "who runs the machine and who audits sees nobody, not even masked"
    assert seen.errors == []
    assert seen.opened > 50
    assert len(seen.shown) >= 8, "the pages did show them, masked"
    assert {where.split()[0] for where in seen.shown} >= {"secretary", "worker", "grid_worker"}
    assert seen.answers > 500


@pytest.fixture
def stage(django_db_setup: Server, django_db_blocker: Any, monkeypatch: pytest.MonkeyPatch) -> Iterator[Stage]:
    from linli.base.crypto import keyring

    monkeypatch.setenv("LINLI_KEYS", "")
    keyring.ring.cache_clear()
    with staged(django_db_setup, django_db_blocker) as made:
        yield made


def test_every_leak_that_is_planted_is_found_where_it_lies(
    django_db_setup: Server, stage: Stage, tmp_path: Path
) -> None:
    def plant(cast: Any) -> None:
        for one in plants.STORED:
            one(cast)

    try:
        seen = canaries.play(django_db_setup, stage, 12, tmp_path, plant)
    finally:
        plants.clear()
    found = {one.__name__: [line for line in seen.leaks if where in line] for one, where in plants.STORED.items()}
    assert [name for name, lines in found.items() if not lines] == []
    if django_db_setup.cluster is not None:
        assert any("/base/" in line for line in seen.leaks)
        assert any("/pg_wal/" in line for line in seen.leaks)
    told = " ".join(seen.leaks)
    # Those that lie in the database are told apart by their numbers: the one in the words, the job's, the one of the audit.
    for number in (canaries.phone_of(5), canaries.identity_of(8)):
        assert number in told


def test_leaks_of_answers_are_found(stage: Stage, tmp_path: Path) -> None:
    """Against the same pages without them: then nothing is wrong."""
    seen: dict[str, canaries.Seen] = {}
    with canaries.watched(canaries.Seen(), tmp_path), stage.ground() as cast:
        first = canaries.Seen()
        values = canaries.populate(cast, 12, first)

        def look(name: str) -> canaries.Seen:
            one = seen[name] = canaries.Seen(canaries=first.canaries, last_read=canaries.last_read())
            clients = {who: cast.client(who) for who in ("secretary", "grid_worker")}
            for who, client in clients.items():
                client.raise_request_exception = False
                canaries._look(client.get("/residents/"), f"{who} list", one)
                canaries._look(client.get("/residents/export.csv?purpose=visit"), f"{who} export", one)
                canaries._openings(client, who, values, one)
            canaries._break(clients, one)
            return one

        assert look("as it is").wrong == []
        assert seen["as it is"].opened > 0
        with plants.a_mask_that_hides_nothing():
            leaks = look("mask").leaks
        assert {"list", "export"} <= {line.split(":")[0].split()[1] for line in leaks}
        with plants.debugging_left_on():
            assert any(" 500" in line for line in look("debugging").leaks)
        with plants.an_opening_that_forgets_its_row():
            assert any("opens a resident" in line for line in look("no row").leaks)
        with plants.an_opening_under_another_name():
            assert any("have no row" in line for line in look("another's row").unlogged)
