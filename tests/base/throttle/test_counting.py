"""Counting in the database: windows open again, subjects are counted apart, nothing readable is stored."""

from datetime import UTC, datetime, timedelta

import pytest
from django.db import connection
from django.test import RequestFactory

from linli.base import callers
from linli.base.clockwork import frozen
from linli.base.throttle import Limit, TooMany, address, counting, left, note, spend
from linli.base.throttle.models import Count

THREE = Limit("test.three", times=3, seconds=600)
NINE = datetime(2026, 3, 2, 9, 0, 30, tzinfo=UTC)


@pytest.mark.django_db
def test_the_fourth_is_one_too_many_and_the_next_window_is_open_again() -> None:
    with frozen(NINE):
        for _turn in range(3):
            spend(THREE, "203.0.113.7")
        with pytest.raises(TooMany) as refused:
            spend(THREE, "203.0.113.7")
        assert refused.value.seconds == 570
        assert left(THREE, "203.0.113.7") == 0
        assert left(THREE, "203.0.113.8") == 3
    with frozen(NINE + timedelta(seconds=570)):
        spend(THREE, "203.0.113.7")
        assert left(THREE, "203.0.113.7") == 2


@pytest.mark.django_db
def test_looking_counts_nothing() -> None:
    for _turn in range(5):
        assert left(THREE, "x") == 3
    assert note(THREE, "x") == 1


@pytest.mark.django_db
def test_nothing_readable_is_stored() -> None:
    note(THREE, "203.0.113.7", "11010600-2026-000123")
    with connection.cursor() as cursor:
        cursor.execute("SELECT throttle_count::text FROM throttle_count")
        (row,) = cursor.fetchone()
        cursor.execute("SELECT relpersistence FROM pg_class WHERE relname = 'throttle_count'")
        assert cursor.fetchone() == ("u",)
    assert "203.0" not in row
    assert "000123" not in row


@pytest.mark.django_db
def test_windows_that_are_over_are_swept(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(counting, "SWEEP_ONCE_IN", 10**9)
    with frozen(NINE):
        note(THREE, "long ago")
    monkeypatch.setattr(counting, "SWEEP_ONCE_IN", 1)
    with frozen(NINE + timedelta(days=1)):
        note(THREE, "today")
    assert Count.objects.count() == 1


def test_a_forged_header_changes_nothing_unless_our_proxy_sent_it(monkeypatch: pytest.MonkeyPatch) -> None:
    made = RequestFactory().get("/", REMOTE_ADDR="203.0.113.7", HTTP_X_FORWARDED_FOR="198.51.100.1")
    monkeypatch.delenv("LINLI_PROXIES", raising=False)
    callers._proxies.cache_clear()
    assert address(made) == "203.0.113.7"
    monkeypatch.setenv("LINLI_PROXIES", "203.0.113.0/24")
    callers._proxies.cache_clear()
    assert address(made) == "198.51.100.1"
    monkeypatch.undo()
    callers._proxies.cache_clear()
