"""`linli keys`: how the ring stands, changing keys in the foreground, catching up after an old backup."""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner, Result

from linli.base.actor import system
from linli.base.crypto import keyring, known
from linli.base.files import store
from linli.base.privacy.models import KeyRotation, Shredded
from linli.base.scope import enter
from linli.doors.cli import keys
from linli.matters.cases import commands as cases
from linli.matters.cases.models import Case
from tests.cast import MONDAY, POINT_HERE, Cast


@pytest.fixture(autouse=True)
def ring(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, settings: Any) -> Iterator[None]:
    """A ring of the test's own in a file, a store of its own, and the database that is there already."""

    @contextmanager
    def ground() -> Iterator[None]:
        yield

    monkeypatch.setattr(keys, "ground", ground)
    settings.HOME = tmp_path
    keyring.create(tmp_path / "keys.json")
    monkeypatch.setenv("LINLI_KEYS", str(tmp_path / "keys.json"))
    keyring.ring.cache_clear()
    yield
    keyring.ring.cache_clear()


def linli(*words: str) -> Result:
    return CliRunner().invoke(keys.command, list(words), catch_exceptions=False)


def filed(cast: Cast) -> int:
    found = cases.file(
        cast.secretary, text="灯不亮", channel="counter", name="诸葛流年", phone="13800138009",
        longitude=POINT_HERE[0], latitude=POINT_HERE[1],
    )  # fmt: skip
    enter(system("test"))
    return int(found["id"])


def test_the_keys_change_in_the_foreground(cast: Cast) -> None:
    case, before = filed(cast), keyring.ring().active_id
    photo = store.put(b"what the worker saw")
    assert before in linli("status").output
    done = linli("rotate", "--batch", "2")
    assert done.exit_code == 0
    assert "旧索引的密钥已销毁" in done.output
    assert "1 个文件" in done.output
    assert keyring.ring().active_id != before
    assert store.get(photo) == b"what the worker saw"
    assert store.seal_again() == 0
    enter(system("test"))
    assert str(Case.objects.get(pk=case).reporter_phone) == "138****8009"
    assert KeyRotation.objects.get().finished_at is not None
    assert "已完成" in linli("status").output


def test_an_interrupted_change_goes_on(cast: Cast) -> None:
    from linli.base.privacy.commands import rotate_keys

    filed(cast)
    rotate_keys(cast.sysadmin)
    enter(system("test"))
    assert linli("rotate").exit_code == 0
    enter(system("test"))
    assert KeyRotation.objects.count() == 1


def test_whoever_was_noted_is_shredded_by_the_check(cast: Cast) -> None:
    case = filed(cast)
    Shredded.objects.create(kind="cases.case", subject_id=case, noted_at=MONDAY)
    assert "补销毁密钥 1 把" in linli("check").output
    assert not known("cases.case", case)
    enter(system("test"))
    assert Case.objects.get(pk=case).reporter_phone is None
