"""The canary drill at a small size, and its own search: what is planted must be found, whatever it is written in."""

import base64
import gzip
import json
import os
import zlib
from pathlib import Path
from typing import Any
from urllib.parse import quote

import pytest

from tests.drills import canaries
from tests.embedded import Server

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


def test_masks_and_other_numbers_are_no_leak() -> None:
    from linli.base import masks

    shown = f"{masks.name(VALUES[0])} {masks.phone(VALUES[1])} {masks.id_number(VALUES[2])} 13819973000 219973123456 8619973"
    assert canaries.search(shown.encode()) == []


def test_the_canaries_are_unlike_each_other_and_well_formed() -> None:
    from linli.base.exchange import identifiers

    assert len({canaries.name_of(number) for number in range(5000)}) == 5000
    assert len({canaries.identity_of(number) for number in range(5000)}) == 5000
    assert identifiers.phone(canaries.phone_of(4999)) == "19973004999"


def test_nothing_sealed_stands_anywhere_in_clear(
    django_db_setup: Server, django_db_blocker: Any, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    from linli.base.crypto import keyring
    from tests.journeys.stage import staged

    monkeypatch.setenv("LINLI_KEYS", "")
    keyring.ring.cache_clear()
    with staged(django_db_setup, django_db_blocker) as stage:
        seen = canaries.play(django_db_setup, stage, PERSONS, tmp_path)
    assert seen.leaks == []
    assert seen.unlogged == []
    assert seen.administrators == [], "who runs the machine sees nobody, not even masked"
    assert seen.opened > 50
    assert len(seen.shown) >= 8, "the pages did show them, masked"
    assert {where.split()[0] for where in seen.shown} >= {"secretary", "worker", "grid_worker"}
    assert seen.answers > 500


def test_a_leak_planted_in_the_database_is_found_in_its_files_and_in_the_backup(
    django_db_setup: Server, django_db_blocker: Any, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    from linli.base.crypto import keyring
    from tests.journeys.stage import staged

    def plant() -> None:
        from linli.matters.cases.models import Case

        Case.objects.filter(pk=Case.objects.order_by("pk").values("pk")[:1]).update(text=f"请找{canaries.name_of(3)}")

    monkeypatch.setenv("LINLI_KEYS", "")
    monkeypatch.setattr(canaries, "use", lambda *_given: None)
    keyring.ring.cache_clear()
    with staged(django_db_setup, django_db_blocker) as stage:
        seen = canaries.play(django_db_setup, stage, 3, tmp_path, plant)
    assert any("canaries.tar" in one for one in seen.leaks)
    if django_db_setup.cluster is not None:
        assert any("/base/" in one for one in seen.leaks)
        assert any("/pg_wal/" in one for one in seen.leaks)
