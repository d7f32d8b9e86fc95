"""The shipped code rules: their own examples, and what the editor is told. No database."""

from typing import Any

import pytest

from linli.base.policies.registry import shipped, try_examples
from linli.places.regions import policy
from linli.places.regions.rules import SCHEMES


@pytest.fixture
def data() -> dict[str, Any]:
    return shipped()["regions"]


def test_the_examples_hold(data: dict[str, Any]) -> None:
    assert len(data["examples"]) >= 5
    assert try_examples("regions", data) == []


def test_the_file_and_the_code_name_the_same_schemes(data: dict[str, Any]) -> None:
    found = policy.schemes(data)
    assert set(found) == set(SCHEMES)
    for key, scheme in found.items():
        known = SCHEMES[key]
        assert (scheme.grid_digits, scheme.object_digits) == (known.grid_digits, known.object_digits)


def test_an_unknown_scheme_is_refused(data: dict[str, Any]) -> None:
    assert "没有名为“x”的编码方案" in policy.problems({**data, "scheme": "x"})[0]


@pytest.mark.parametrize("schemes", [[{"key": "a"}], [{"key": "a", "name": "a", "grid_digits": 99}], "x", None])
def test_a_broken_scheme_is_refused(data: dict[str, Any], schemes: object) -> None:
    assert "不能使用" in policy.problems({**data, "schemes": schemes})[0]


def test_another_scheme_changes_what_a_grid_is(data: dict[str, Any]) -> None:
    changed = {**data, "scheme": "cjt213-14"}
    assert policy.problems(changed) == []
    assert policy.answer(changed, {"code": "110106009008001"})["error"].endswith("是 15 位")
    assert policy.answer(changed, {"code": "11010600900801"})["level"] == "grid"
