"""Paging by key: every row once, in both directions, also where some rows have no due time."""

from datetime import UTC, datetime, timedelta

import pytest
from django.db import transaction
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from linli.base import policies
from linli.people.organisations.models import Organisation
from linli.procedures.models import Proceeding
from linli.procedures.paging import ORDERS, Cursor, page_of, read_cursor

START = datetime(2026, 3, 2, 1, tzinfo=UTC)
NAMES = ("id", "due_at", "opened_at")


def store(dues: list[int | None]) -> None:
    desk, _ = Organisation.objects.get_or_create(name="台", kind="desk", region_code="110106009")
    Proceeding.objects.bulk_create(
        Proceeding(
            number=f"P{n}",
            procedure_id=policies.load("procedure.case").id,
            kind="paged",
            title=str(n),
            service_class="ordinary",
            region_code="110106009008",
            step="filed",
            desk=desk,
            holder=desk,
            opened_at=START + timedelta(minutes=n // 3),
            due_at=None if due is None else START + timedelta(hours=due),
        )
        for n, due in enumerate(dues)
    )


@settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    dues=st.lists(st.none() | st.integers(0, 3), max_size=14),
    size=st.integers(1, 5),
    order=st.sampled_from(sorted(ORDERS)),
)
def test_walking_there_and_back_meets_every_row_once_in_order(
    everything: None, dues: list[int | None], size: int, order: str
) -> None:

    with transaction.atomic():
        store(dues)
        rows, way = Proceeding.objects.filter(kind="paged"), ORDERS[order]
        pages = [page_of(rows, NAMES, way, size=size)]
        while pages[-1].after:
            pages.append(page_of(rows, NAMES, way, after=pages[-1].after, size=size))
        walked = [row["id"] for page in pages for row in page.rows]
        expected = sorted(
            rows.values(*NAMES),
            key=lambda row: (
                (row["due_at"] is None, row["due_at"] or START, row["id"])
                if order == "due"
                else (False, row["opened_at"], row["id"])
            ),
            reverse=order == "-opened",
        )
        assert walked == [row["id"] for row in expected]
        back = pages[-1]
        for page in reversed(pages[:-1]):
            back = page_of(rows, NAMES, way, before=back.before, size=size)
            assert back.rows == page.rows
        assert back.before == ""
        transaction.set_rollback(True)


@pytest.mark.parametrize(
    "text",
    ["", "x", ",", "1", "-", "-,", "-,x", "-,-1", "2026-03-02,1", "2026-03-02T00:00:00,1", "-,²", "-," + "9" * 19],
)
def test_what_is_no_cursor_is_none(text: str) -> None:
    assert read_cursor(text) is None


def test_a_cursor_survives_its_text() -> None:
    for cursor in (Cursor(START, 7), Cursor(None, 9)):
        assert read_cursor(str(cursor)) == cursor
