"""The head of all records, kept outside: it agrees as long as only new ones are added, and tells when old ones changed."""

from pathlib import Path

import psycopg
import pytest
from click.testing import CliRunner, Result
from django.db import connection

from linli.base.actor import system
from linli.base.clockwork import now
from linli.base.scope import enter
from linli.doors.cli import chain as cli
from linli.procedures import heads
from linli.procedures.heads import BadHead
from tests.cast import Cast
from tests.embedded import Server, with_database
from tests.matters.cases.stories import answered, closed


def call(*words: str) -> Result:
    result = CliRunner().invoke(cli.command, list(words))
    enter(system("test"))
    return result


def taken() -> heads.Head:
    enter(system("test"))
    return heads.take(now())


def changed(name: str, change: object, monkeypatch: pytest.MonkeyPatch) -> dict[str, str]:
    """What a head says when the lines of one table are read differently: the tests may not write there."""
    head = taken()
    words, model, lines = heads.COVERED[name]
    monkeypatch.setitem(heads.COVERED, name, (words, model, lambda last: change(list(lines(last)))))  # type: ignore[operator]
    return heads.compare(head)


def test_what_is_added_later_leaves_an_old_head_true(cast: Cast) -> None:
    closed(cast)
    head = taken()
    assert head.parts["entries"].count > 5 and head.parts["audit"].count > 5
    answered(cast)
    enter(system("test"))
    assert set(heads.compare(head).values()) == {""}
    later = taken()
    assert later.parts["entries"].count > head.parts["entries"].count
    assert later.parts["entries"].digest != head.parts["entries"].digest


def test_a_write_under_way_is_waited_for_and_none_of_another_database(cast: Cast, django_db_setup: Server) -> None:
    closed(cast)
    enter(system("test"))
    with django_db_setup.connection() as other, other.transaction():
        other.execute("SELECT pg_current_xact_id()")
        assert heads.take(now(), patience=0).parts["entries"].count > 5
    here = with_database(django_db_setup.web, connection.settings_dict["NAME"])
    with psycopg.connect(here) as other, other.transaction():
        other.execute("SELECT pg_current_xact_id()")
        with pytest.raises(BadHead, match="正在写入"):
            heads.take(now(), patience=0)
    assert heads.take(now(), patience=0).parts["entries"].count > 5


@pytest.mark.parametrize("name", ["entries", "audit", "reads"])
def test_what_is_missing_or_changed_is_told(cast: Cast, name: str, monkeypatch: pytest.MonkeyPatch) -> None:
    from linli.matters.cases import commands

    row = closed(cast)
    commands.reveal(cast.secretary, answered(cast).pk, purpose="contact")
    enter(system("test"))
    words = heads.COVERED[name][0]
    with monkeypatch.context() as patch:
        assert "现在是" in changed(name, lambda lines: lines[:-1], patch)[name]
    with monkeypatch.context() as patch:
        told = changed(name, lambda lines: [lines[0] + "x", *lines[1:]], patch)
        assert told[name] == f"{words}：有内容与当时不同"
        assert [one for one in told.values() if one] == [told[name]], "the others agree"
    assert row.pk


def test_an_entry_that_was_sealed_anew_is_seen(cast: Cast, monkeypatch: pytest.MonkeyPatch) -> None:
    """The chain of the record would agree again: that is what the head outside is for."""
    closed(cast)
    told = changed("entries", lambda lines: [lines[0][:-64] + "0" * 64, *lines[1:]], monkeypatch)
    assert "与当时不同" in told["entries"]


def test_a_head_says_nothing_about_anybody(cast: Cast) -> None:
    row = closed(cast)
    line = heads.write(taken())
    assert row.number not in line and "\n" not in line and line.isascii()


def test_a_line_is_read_as_it_was_written(cast: Cast) -> None:
    closed(cast)
    head = taken()
    again = heads.read(heads.write(head) + "\n")
    assert again.parts == head.parts and abs((again.at - head.at).total_seconds()) < 1


@pytest.mark.parametrize(
    "line",
    ["", "hello", "linli-chain/1 at=2026-01-01T00:00:00+00:00 entries=1:1:" + "0" * 64 + " mac=" + "0" * 64, "linli-chain/2 x mac=y"],
)  # fmt: skip
def test_what_is_no_line_of_ours_is_refused(everything: None, line: str) -> None:
    with pytest.raises(BadHead):
        heads.read(line)


def test_a_line_that_was_changed_is_refused(cast: Cast) -> None:
    line = heads.write(taken())
    with pytest.raises(BadHead, match="被改过"):
        heads.read(line.replace("entries=0", "entries=1"))


def test_an_act_under_way_is_waited_for_and_not_for_ever(cast: Cast, monkeypatch: pytest.MonkeyPatch) -> None:
    asked: list[int] = []

    def under_way() -> set[str]:
        asked.append(1)
        return {"7", "8"} if len(asked) < 4 else {"9"}

    monkeypatch.setattr(heads, "_under_way", under_way)
    assert taken().parts["entries"].count == 0
    assert len(asked) == 4
    monkeypatch.setattr(heads, "_under_way", lambda: {"7"})
    with pytest.raises(BadHead, match="还没有结束"):
        heads.take(now(), patience=0.2)


def test_from_the_command_line(cast: Cast, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    closed(cast)
    file = tmp_path / "heads.txt"
    printed = call("head")
    assert printed.exit_code == 0 and printed.output.startswith("linli-chain/1 at=")
    assert call("head", "--out", str(file)).exit_code == 0
    answered(cast)
    enter(system("test"))
    assert call("head", "--out", str(file)).exit_code == 0
    good = call("check", "--head", str(file))
    assert good.exit_code == 0 and good.output.count("一致") == 2
    words, model, lines = heads.COVERED["audit"]
    monkeypatch.setitem(heads.COVERED, "audit", (words, model, lambda last: list(lines(last))[1:]))
    bad = call("check", "--head", str(file))
    assert bad.exit_code == 1 and "审计记录：当时" in bad.output
    empty = tmp_path / "empty.txt"
    empty.write_text("\n")
    assert call("check", "--head", str(empty)).exit_code == 1
