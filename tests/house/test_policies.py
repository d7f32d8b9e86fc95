"""Every shipped policy passes its own check and its own examples, and says what it rests on."""

import pytest

from linli.base import policies
from linli.base.policies import registry

SHIPPED = registry.shipped()


@pytest.mark.parametrize("code", sorted(SHIPPED))
def test_a_policy_passes_its_own_examples(code: str, everything: None) -> None:
    data = SHIPPED[code]
    assert registry.try_examples(code, data) == []
    assert data["name"]
    assert "basis" in data, "say what it rests on; an empty text says that nothing outside does"


@pytest.mark.parametrize("code", sorted(SHIPPED))
def test_an_example_can_fail(code: str, everything: None) -> None:
    """The control: turn every expectation, and the examples must notice."""
    data = SHIPPED[code]
    turned = [{**example, "expect": object()} for example in data["examples"]]
    assert len(registry.try_examples(code, {**data, "examples": turned})) >= len(turned)


def test_every_policy_was_shipped_and_is_in_force(everything: None) -> None:
    for code in SHIPPED:
        assert policies.load(code).data["name"] == SHIPPED[code]["name"]
