"""The rules of the residents' door, without a database."""

import tomllib
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from linli.base.policies import registry
from linli.doors.portal import rules

SHIPPED: dict[str, Any] = tomllib.loads((Path(registry.SHIPPED) / "site.toml").read_text("utf-8"))
NINE = datetime(2026, 3, 2, 9, tzinfo=UTC)


def test_the_shipped_policy_passes_its_examples() -> None:
    from linli.doors.portal import policy  # noqa: F401  registers the checker

    assert registry.try_examples("site", SHIPPED) == []


@pytest.mark.parametrize(
    "change",
    [
        {"site_name": " "},
        {"hotline": None},
        {"photos_most": 0},
        {"photos_most": True},
        {"photo_megabytes": 16},
        {"remind_hours": "24"},
        {"kept_words": None},
        {"emergencies": [{"call": "119"}]},
        {"emergencies": "119"},
        {"hints": [{"months": [13], "texts": ["x"]}]},
        {"hints": [{"months": [1], "texts": []}]},
    ],
)
def test_a_policy_that_cannot_be_used_is_told(change: dict[str, Any]) -> None:
    assert len(rules.problems({**SHIPPED, **change})) == 1


def test_an_emergency_is_seen_through_spaces_and_line_breaks() -> None:
    assert [one.call for one in rules.emergencies("楼 道\n着 火 了", SHIPPED["emergencies"])] == ["119"]


def test_a_reminder_is_free_again_after_its_hours() -> None:
    assert rules.may_remind_from(None, 24, NINE) is None
    assert rules.may_remind_from(NINE, 24, NINE + timedelta(hours=23)) == NINE + timedelta(hours=24)
    assert rules.may_remind_from(NINE, 24, NINE + timedelta(hours=24)) is None


@pytest.mark.parametrize(
    ("step", "states"),
    [
        ("filed", ["current", *["todo"] * 5]),
        ("deliberating", ["done", "current", *["todo"] * 4]),
        ("paused", ["done", "done", "current", *["todo"] * 3]),
        ("answered", [*["done"] * 4, "current", "todo"]),
        ("closed", ["done"] * 6),
    ],
)
def test_the_road_of_a_case(step: str, states: list[str]) -> None:
    assert [state for _label, state in rules.stages(step, 1)] == states
    assert rules.stages(step, 2)[1][0] == "重新派单"


def test_another_road_is_not_drawn_wrongly() -> None:
    assert rules.stages("measured", 1) == []


@given(st.dictionaries(st.text(max_size=8), st.one_of(st.text(), st.integers(), st.none()), max_size=4))
def test_a_fingerprint_depends_on_what_was_typed_alone(typed: dict[str, Any]) -> None:
    assert rules.fingerprint(typed) == rules.fingerprint(dict(reversed(typed.items())))
    assert rules.fingerprint(typed) != rules.fingerprint({**typed, "more": "x" * 9})
