"""Nothing is open by oversight: every address has a rule, every rule a right that somebody can hold, and none is
dead."""

from linli.base.actor import RESIDENT_RIGHTS, SYSTEM_RIGHTS
from linli.base.commands import COMMANDS
from linli.base.ground import ROOT
from linli.base.policies import registry
from linli.people.accounts.rules import OWN_RIGHTS
from tests.house.routes import routes


def given() -> set[str]:
    """Rights that some role of the shipped policy holds."""
    return {right for role in registry.shipped()["roles"]["roles"] for right in role["rights"]}


def known() -> set[str]:
    return given() | RESIDENT_RIGHTS | SYSTEM_RIGHTS | OWN_RIGHTS


def test_every_address_has_a_rule() -> None:
    found = routes()
    assert len(found) > 90
    assert [route.name for route in found if not route.rule] == []


def test_every_rule_is_well_formed_and_asks_for_a_right_that_exists() -> None:
    rights = known()
    for route in routes():
        kind, _colon, rest = route.rule.partition(":")
        assert kind in ("right", "signed-in", "public"), route
        assert len(rest.strip()) > 3, f"{route}: say why"
        assert not route.right or route.right in rights, f"nobody can open {route}: no role holds {route.right}"


def test_every_command_asks_for_a_right_that_exists() -> None:
    assert len(COMMANDS) > 50
    rights = known()
    assert {
        name: one.right for name, one in COMMANDS.items() if one.right not in rights and not name.startswith("test.")
    } == {}


def test_what_only_the_system_does_no_role_may() -> None:
    assert SYSTEM_RIGHTS & (given() | RESIDENT_RIGHTS | OWN_RIGHTS) == set()
    assert [
        right for right in SYSTEM_RIGHTS if right not in {one.right for one in COMMANDS.values()} | {"demo.people"}
    ] == []


def test_no_right_is_dead() -> None:
    """A right that nothing asks for is a rule without a route: somebody believes to be protected by it."""
    asked = {one.right for one in COMMANDS.values()} | {route.right for route in routes()}
    texts = [
        path.read_text(encoding="utf-8") for path in (ROOT / "linli").rglob("*") if path.suffix in (".py", ".html")
    ]
    asked |= {right for right in given() if any(f'"{right}"' in text for text in texts)}
    assert sorted(given() - asked) == []


def test_administrators_of_the_system_hold_nothing_of_residents() -> None:
    for role in registry.shipped()["roles"]["roles"]:
        if role["code"] in ("system_administrator", "policy_editor", "auditor"):
            assert [right for right in role["rights"] if right.startswith("cases.")] == [], role["code"]
