"""Waits, codes and passwords as plain values."""

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from linli.people.accounts import passwords, second_factor, waits
from linli.people.accounts.models import Account

NOW = datetime(2026, 3, 2, 1, 0, tzinfo=UTC)
PAIR = waits.BY_LOGIN_AND_ADDRESS


def ago(*seconds: float) -> list[datetime]:
    return [NOW - timedelta(seconds=each) for each in seconds]


def test_the_wait_grows_and_has_an_end() -> None:
    assert waits.seconds_left(PAIR, [], NOW) == 0
    assert waits.seconds_left(PAIR, ago(*range(4)), NOW) == 0
    grown = [waits.seconds_left(PAIR, ago(*[0] * count), NOW) for count in range(5, 15)]
    assert grown[:4] == [15, 30, 60, 120]
    assert grown[-1] == PAIR.longest == 900
    assert waits.seconds_left(PAIR, ago(*[16] * 5), NOW) == 0
    assert waits.seconds_left(PAIR, ago(*[0.5] * 5), NOW) == 15, "rounded up: never told to come a moment too early"


@given(st.lists(st.floats(0, 200_000), max_size=80), st.sampled_from([PAIR, waits.BY_ADDRESS, waits.BY_LOGIN]))
def test_nobody_is_ever_locked_for_good(seconds: list[float], brake: waits.Brake) -> None:
    left = waits.seconds_left(brake, ago(*seconds), NOW)
    assert 0 <= left <= brake.longest
    assert waits.seconds_left(brake, ago(*seconds), NOW + timedelta(seconds=left)) == 0


def test_recovery_codes_are_long_different_and_forgiving_to_type() -> None:
    codes = second_factor.new_recovery_codes()
    assert len(set(codes)) == second_factor.RECOVERY_CODES
    assert all(len(code.replace("-", "")) == 24 for code in codes)
    assert second_factor.digest(codes[0], 1) == second_factor.digest(f" {codes[0].lower().replace('-', ' ')}", 1)
    assert second_factor.digest(codes[0], 1) != second_factor.digest(codes[0], 2)


@pytest.mark.parametrize(
    "password", ["", "short", "1234567890", "password123", "qwertyuiop", "iloveyou12", "0000000000", "x" * 300]
)
def test_weak_passwords_are_refused(password: str) -> None:
    assert passwords.problems(password)


@pytest.mark.parametrize("password", ["a calm river in spring", "春江潮水连海平海上明月", "lantern-bridge-42"])
def test_long_uncommon_passwords_are_taken_without_further_ado(password: str) -> None:
    assert passwords.problems(password) == []


def test_a_password_must_not_hold_the_login() -> None:
    assert passwords.problems("xxpaidanxx2026", Account(login="paidan"))


def test_the_other_profile_wants_kinds_and_changes(settings: Any) -> None:
    account = Account(login="x", password_at=NOW)
    assert not passwords.must_change(account, NOW + timedelta(days=400))
    settings.AUTH_PROFILE = "dengbao3"
    assert passwords.problems("a calm river in spring")
    assert passwords.problems("A calm river 1") == []
    assert passwords.must_change(account, NOW + timedelta(days=91))
    assert not passwords.must_change(account, NOW + timedelta(days=89))
    settings.AUTH_PROFILE = "typo"
    with pytest.raises(ValueError, match="AUTH_PROFILE"):
        passwords.profile()


def test_one_time_passwords_are_strong_and_end() -> None:
    made = {passwords.new_one_time() for _number in range(50)}
    assert len(made) == 50
    assert all(not passwords.problems(each) for each in made)
    account = Account(login="x", one_time=True, password_at=NOW)
    assert not passwords.one_time_is_over(account, NOW + timedelta(hours=71))
    assert passwords.one_time_is_over(account, NOW + timedelta(hours=73))
