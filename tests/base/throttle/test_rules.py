"""Windows, keys and what counts as one visitor."""

from datetime import UTC, datetime, timedelta

from hypothesis import given
from hypothesis import strategies as st

from linli.base.throttle import rules


@given(st.floats(1.5e9, 2.2e9), st.integers(1, 90_000))
def test_the_window_ends_soon_and_never_in_the_past(stamp: float, seconds: int) -> None:
    moment = datetime.fromtimestamp(stamp, UTC)
    ends, wait = rules.window(moment, seconds)
    assert moment < ends <= moment + timedelta(seconds=seconds)
    assert 1 <= wait <= seconds
    assert moment + timedelta(seconds=wait) >= ends


def test_two_moments_of_one_window_have_one_end() -> None:
    first = datetime(2026, 3, 2, 9, 0, 1, tzinfo=UTC)
    assert rules.window(first, 60)[0] == rules.window(first + timedelta(seconds=58), 60)[0]
    assert rules.window(first, 60)[0] != rules.window(first + timedelta(seconds=59), 60)[0]


def test_a_key_says_nothing_and_mixes_nothing_up() -> None:
    assert len(rules.key(b"s", "track", ["1.2.3.4"])) == 16
    assert rules.key(b"s", "track", ["ab", "c"]) != rules.key(b"s", "track", ["a", "bc"])
    assert rules.key(b"s", "track", ["a"]) != rules.key(b"s", "file", ["a"])
    assert rules.key(b"s", "track", ["a"]) != rules.key(b"other", "track", ["a"])
    assert rules.key(b"s", "track", ["\ud800"])  # half a surrogate does not break it


def test_one_visitor() -> None:
    assert rules.bucket("203.0.113.7") == "203.0.113.7"
    assert rules.bucket("2001:db8:1:2:3::4") == rules.bucket("2001:db8:1:2:ffff::1") == "2001:db8:1:2::/64"
    assert rules.bucket("2001:db8:1:3::1") != rules.bucket("2001:db8:1:2::1")
    assert rules.bucket("fe80::1%eth0") == "fe80::/64"
    assert rules.bucket(None) == rules.bucket("") == "unknown"
