"""Sheets to download: read while the scope holds, never kept by a cache, marked with who took them."""

import io
from collections.abc import Iterator
from typing import Any

import pytest
from django.http import HttpResponse
from python_calamine import CalamineWorkbook

from linli.base.actor import system
from linli.base.scope import enter
from linli.base.ui.downloads import marked, sheet
from linli.procedures.models import Proceeding
from tests.cast import Cast
from tests.matters.cases.stories import filed


def body(answer: Any) -> bytes:
    return bytes(answer.getvalue())


def test_lines_are_read_before_the_scope_ends(cast: Cast) -> None:
    """An answer is sent after the transaction of its request: lines still to be read then would be none."""
    filed(cast)
    enter(cast.secretary)
    lines = ([one.number] for one in Proceeding.objects.all())
    answer = sheet("诉求", ["编号"], lines)
    enter(cast.neighbour)
    assert body(answer).decode().count("2026-") == 1


def test_a_long_sheet_is_read_through_the_reader_s_own_scope(cast: Cast) -> None:
    filed(cast)

    def lines() -> Iterator[list[str]]:
        for one in Proceeding.objects.all():
            yield [one.number]

    mine = sheet("诉求", ["编号"], lines(), seen_by=cast.secretary)
    theirs = sheet("诉求", ["编号"], lines(), seen_by=cast.neighbour)
    enter(system("test"))
    assert body(mine).decode().count("2026-") == 1
    assert body(theirs).decode().count("2026-") == 0


@pytest.mark.parametrize("form", ["csv", "xlsx"])
def test_it_is_an_attachment_that_no_cache_keeps(form: str) -> None:
    answer = sheet("攻坚专班", ["名称"], [["甲"]], form)
    assert "attachment" in answer["Content-Disposition"]
    assert f".{form}" in answer["Content-Disposition"]
    assert answer["Cache-Control"] == "no-store"
    assert "甲" in (str(CalamineWorkbook.from_filelike(io.BytesIO(body(answer))).get_sheet_by_index(0).to_python())
                   if form == "xlsx" else body(answer).decode())  # fmt: skip


def test_the_last_line_says_who_took_how_much(cast: Cast) -> None:
    found = list(marked(iter([["甲"], ["乙"]]), cast.secretary, "全部"))
    assert found[:2] == [["甲"], ["乙"]]
    assert "舒书记" in found[2][0]
    assert "2 行" in found[2][0]
    assert "全部" in found[2][0]
    assert isinstance(sheet("x", ["名称"], found), HttpResponse)
