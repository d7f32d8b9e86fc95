"""A routing rule that cannot run raises an alert, and its cases wait at a desk with somebody at it."""

from html import unescape

from linli.base import policies
from linli.base.actor import system
from linli.base.policies import commands as publishing
from linli.base.scope import enter
from tests.cast import Cast
from tests.matters.cases.stories import filed

SYSTEM = system("test")


def publish(rules: list[dict[str, str]], note: str) -> None:
    enter(SYSTEM)
    data = {**policies.load("routing").data, "rules": rules, "examples": [], "note": note}
    data["examples"] = [{"given": SETTLED, "expect": "desk"}]
    publishing.publish(SYSTEM, publishing.draft(SYSTEM, code="routing", data=data), basis="试")


SETTLED = {
    "category": "property.elevator", "kind": "help", "channel": "web", "service_class": "ordinary",
    "region": "110106009008001", "hour": 9, "weekday": 1, "month": 3, "proactive": False,
}  # fmt: skip
# Without a category `top` has no value, and to read it is an error.
BROKEN = [{"name": "坏规则", "when": "top == 'nothing'", "to": "community"}]


def duty(cast: Cast, who: str) -> str:
    page = unescape(cast.client(who).get("/desk/").content.decode())
    enter(SYSTEM)
    assert "派单规则不能运行" in page
    return page.partition("派单规则不能运行")[0][-400:] + page.partition("派单规则不能运行")[2][:400]


def test_it_falls_to_the_desk_and_those_who_mend_it_are_told(cast: Cast) -> None:
    before = duty(cast, "policy_editor")
    publish(BROKEN, "one")
    row = filed(cast, text="嗯嗯啊啊哦哦，说不清楚的一件事", category="")
    assert row.step == "filed"
    assert row.holder_id == cast.organisations["desk"].pk
    held = row.entries.get(act="hold")
    assert "坏规则" in held.note
    assert duty(cast, "policy_editor") != before
    assert "转了人工派单" in unescape(cast.client("sysadmin").get("/system/").content.decode())


def test_a_new_version_wipes_the_slate(cast: Cast) -> None:
    publish(BROKEN, "one")
    filed(cast, text="嗯嗯啊啊哦哦，说不清楚的一件事", category="")
    publish([], "two")
    assert "转了人工派单" not in unescape(cast.client("sysadmin").get("/system/").content.decode())
