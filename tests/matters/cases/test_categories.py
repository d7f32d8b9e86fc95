"""The policy of categories and the policy of suggestions: what they must hold, and their own examples."""

import copy
import tomllib
from pathlib import Path
from typing import Any

import pytest

import linli
from linli.base.policies import registry
from linli.matters.cases import categories, classifier
from linli.matters.cases.demo_texts import sources
from linli.matters.cases.models import Case

POLICIES = Path(linli.__file__).parent / "policies"


@pytest.fixture(autouse=True)
def shipped_model(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("LINLI_CLASSIFIER", str(tmp_path))
    monkeypatch.setattr(classifier, "_held", classifier._Held())


@pytest.fixture
def tree() -> dict[str, Any]:
    return tomllib.loads((POLICIES / "categories.toml").read_text(encoding="utf-8"))


def test_the_shipped_tree_has_no_problem_and_its_examples_hold(tree: dict[str, Any]) -> None:
    assert registry.try_examples("categories", tree) == []
    assert len(tree["examples"]) >= 16


def test_a_wrong_example_is_noticed(tree: dict[str, Any]) -> None:
    tree["examples"].append({"given": "暖气不热，屋里冰凉", "expect": "education"})
    assert "utilities" in registry.try_examples("categories", tree)[0]


def test_letters_can_be_invented_for_every_category_and_for_no_other(tree: dict[str, Any]) -> None:
    codes = {category["code"] for category, top in categories.each(tree) if top is not None}
    assert codes == set(sources())
    assert {category["code"] for category, top in categories.each(tree) if top is None} == {
        c.split(".")[0] for c in codes
    }


def test_kinds_are_those_of_a_case(tree: dict[str, Any]) -> None:
    assert {kind["code"]: kind["name"] for kind in tree["kinds"]} == dict(Case.Kind.choices)


def test_time_classes_are_those_of_the_procedure(tree: dict[str, Any]) -> None:
    procedure = tomllib.loads((POLICIES / "procedure.case.toml").read_text(encoding="utf-8"))
    assert {u["code"]: u["name"] for u in tree["urgencies"]} == {c["code"]: c["name"] for c in procedure["classes"]}


def test_names_of_the_tree_lead_to_codes(tree: dict[str, Any]) -> None:
    names = categories.names(tree)
    assert names["电梯"] == names["物业服务/电梯"] == names["物业服务 / 电梯"] == "property.elevator"
    assert "property" not in names
    second = [category["name"] for category, top in categories.each(tree) if top is not None]
    assert len(set(second)) == len(second), "a name in a sheet must mean one category"


@pytest.mark.parametrize(
    ("path", "value", "complaint"),
    [
        (("code",), "property", "重复"),
        (("code",), "a.b", "不能有点号"),
        (("children",), [], "至少要有一个二级分类"),
        (("name",), "", "缺少代码或名称"),
        (("children", 0, "code"), "elsewhere.x", "应写成"),
        (("children", 0, "code"), "sanitation.a.b", "应写成"),
        (("children", 0, "kind"), "praise", "通常类型"),
        (("children", 0, "urgency"), "soon", "时限类别"),
    ],
)
def test_a_spoilt_tree_is_named(tree: dict[str, Any], path: tuple[Any, ...], value: Any, complaint: str) -> None:
    spoilt = copy.deepcopy(tree)
    place = spoilt["categories"][1]
    for step in path[:-1]:
        place = place[step]
    place[path[-1]] = value
    assert any(complaint in problem for problem in categories.problems(spoilt))


def test_an_empty_tree_is_refused() -> None:
    assert categories.problems({}) == ["至少要有一个分类"]


def test_a_category_that_the_office_removed_is_never_named(tree: dict[str, Any]) -> None:
    tree["categories"] = [top for top in tree["categories"] if top["code"] != "utilities"]
    assert categories.suggested_top(tree, "暖气不热，屋里冰凉") == ""


def test_the_shipped_threshold_and_its_examples() -> None:
    policy = tomllib.loads((POLICIES / "suggestion.toml").read_text(encoding="utf-8"))
    assert registry.try_examples("suggestion", policy) == []
    assert categories.applies(policy, policy["threshold"])
    assert not categories.applies(policy, policy["threshold"] - 1e-9)


@pytest.mark.parametrize(("key", "value"), [("threshold", 0), ("threshold", 1.2), ("threshold", True), ("offered", 0)])
def test_a_threshold_out_of_bounds_is_refused(key: str, value: Any) -> None:
    assert categories.suggestion_problems({"threshold": 0.6, "offered": 3, key: value})
