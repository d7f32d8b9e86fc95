"""The auditor recomputes records: one that was changed behind our back is found and named, nobody's words are shown."""

from collections.abc import Iterator
from contextlib import contextmanager
from html import unescape

import pytest
from click.testing import CliRunner
from django.db import ProgrammingError, connection, transaction

from linli.base.actor import system
from linli.base.scope import enter
from linli.doors.cli import chains as cli
from linli.procedures import chains, queries
from linli.procedures.models import Entry, Proceeding
from tests.cast import Cast
from tests.matters.cases.stories import answered, closed


def page(cast: Cast, who: str = "auditor", query: str = "") -> str:
    answer = cast.client(who).get(f"/procedures/chains/{query}")
    assert answer.status_code == 200
    enter(system("test"))
    return unescape(answer.content.decode())


@contextmanager
def forged(row: Proceeding, seq: int, **values: object) -> Iterator[None]:
    """An entry as somebody left it who came past every lock: read so, though the tests may not write so."""
    kept = queries.sealed_as

    def read(entry: Entry) -> dict[str, object]:
        return {**kept(entry), **(values if (entry.proceeding_id, entry.seq) == (row.pk, seq) else {})}

    queries.sealed_as = read
    try:
        yield
    finally:
        queries.sealed_as = kept


def test_untouched_records_agree(cast: Cast) -> None:
    rows = [closed(cast), answered(cast)]
    content = page(cast)
    for row in rows:
        assert row.number in content
        assert row.title not in content
    assert "都与写下时一致" in content
    assert rows[1].number not in page(cast, query=f"?number={rows[0].number}")
    assert "没有可核对的办件" in page(cast, query="?number=%F0%9F%94%92")


def test_a_changed_entry_is_found_and_named(cast: Cast) -> None:
    row, other = closed(cast), closed(cast)
    with forged(row, 3, note="换了一句"):
        content = page(cast)
        assert "第 3 条记录与写下时不同" in content
        assert f"{other.number}：" not in content
        result = CliRunner().invoke(cli.command)
        enter(system("test"))
    assert result.exit_code == 1
    assert row.number in result.output
    assert CliRunner().invoke(cli.command).exit_code == 0


def test_a_missing_entry_is_found(cast: Cast) -> None:
    row = closed(cast)
    entries = queries.timeline(row)
    assert queries.broken_in(row, entries[:-1]) == ["最后的记录不见了"]
    assert queries.broken_in(row, [*entries[:1], *entries[2:]]) == ["第 2 条记录不见了"]


def test_the_database_itself_refuses_to_change_an_entry(cast: Cast) -> None:
    row = closed(cast)
    for statement in ("UPDATE procedures_entry SET note = 'x'", "DELETE FROM procedures_entry"):
        with pytest.raises(ProgrammingError, match="permission denied"):
            execute(f"{statement} WHERE proceeding_id = {row.pk}")


def execute(statement: str) -> None:
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(statement)


def test_checking_many_costs_one_statement(cast: Cast, django_assert_num_queries: object) -> None:
    rows = [closed(cast) for _ in range(3)]
    with django_assert_num_queries(1):  # type: ignore[operator]
        assert all(not one.problems for one in chains.check(rows))


def test_the_page_is_the_auditors(cast: Cast) -> None:
    for who in ("dispatcher", "leader", "sysadmin", "grid_worker"):
        assert cast.client(who).get("/procedures/chains/").status_code == 404
    assert "/procedures/chains/" in cast.client("auditor").get("/audit/").content.decode()
    assert "/procedures/chains/" in cast.client("auditor").get("/desk/").content.decode()
