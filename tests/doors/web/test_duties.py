"""What asks for somebody at their desk beside cases: each figure only for whoever has to do it, and it opens what it counts."""

from datetime import date

from linli.base import policies
from linli.base.actor import Actor
from linli.base.clockwork import now
from linli.base.policies import commands as publishing
from linli.base.policies import registry
from linli.base.privacy import commands as privacy
from linli.doors.web.duties import Duty, duties
from linli.people.party import commands as party
from linli.places.addresses.models import Dwelling
from tests.cast import Cast
from tests.people.party.stories import made
from tests.people.residents.stories import cared, door, someone

LONG_AGO = date(2025, 1, 1)


def told(actor: Actor) -> dict[str, Duty]:
    return {duty.label: duty for duty in duties(actor, now())}


def opened(cast: Cast, name: str, duty: Duty) -> str:
    answer = cast.client(name).get(duty.href)
    assert answer.status_code == 200
    return str(answer.content.decode())


def test_visits_that_are_due_count_people_and_open_the_visit_list(cast: Cast) -> None:
    row = someone(cast)
    assert "待走访" not in told(cast.grid_worker)
    cared(cast, row, on=LONG_AGO)
    cared(cast, row, "ill", on=LONG_AGO)
    assert told(cast.grid_worker)["待走访"].value == "1"
    assert "待走访" not in told(cast.leader)
    assert "待走访" not in told(cast.neighbour)
    assert "林**" in opened(cast, "grid_worker", told(cast.grid_worker)["待走访"])


def test_the_party_clerk_starts_from_terms_and_warnings(cast: Cast) -> None:
    rows = made(cast)
    party.begin_term(cast.party_clerk, rows.first, starts=date(2015, 6, 1), basis="报告")
    party.begin_term(cast.party_clerk, rows.second, starts=date(2026, 6, 1), basis="报告")
    found = told(cast.party_clerk)
    assert (found["已超期没有换届"].value, found["已超期没有换届"].tone) == ("1", "bad")
    assert found["三个月内届满（含已超期）"].value == "1"
    page = opened(cast, "party_clerk", found["已超期没有换届"])
    assert rows.first.name in page
    assert rows.second.name not in page
    assert "已超期没有换届" not in told(cast.secretary)
    assert int(found["党组织预警（项）"].value) >= 1
    assert "/party/" in cast.client("party_clerk").get("/desk/").content.decode()


def test_an_export_waits_at_the_desk_of_whoever_may_agree_and_not_of_who_asked(cast: Cast) -> None:
    data = registry.shipped()["protection"] | {"export_limit": 2, "examples": [{"given": {"rows": 3}, "expect": True}]}
    publishing.publish(
        cast.policy_editor, publishing.draft(cast.policy_editor, code="protection", data=data, basis="试")
    )
    policies.forget()
    privacy.take(cast.leader, what="工单", conditions="", address="/cases/export.csv", rows=3, purpose="check")
    assert "名单导出等您审批" not in told(cast.leader)
    duty = told(cast.secretary).get("名单导出等您审批")
    assert duty is None, "a street's export is not a community's to agree to"
    privacy.take(
        cast.secretary, what="居民台账", conditions="", address="/residents/export.csv", rows=3, purpose="check"
    )
    assert told(cast.leader)["名单导出等您审批"].value == "1"
    assert "居民台账" in opened(cast, "leader", told(cast.leader)["名单导出等您审批"])


def test_one_box_finds_addresses_too(cast: Cast) -> None:
    row: Dwelling = door(cast)
    words = f"{row.building.compound.name}{row.building.name}2单元501"
    page = cast.client("secretary").get("/search/", {"q": words}).content.decode()
    assert f"/addresses/dwellings/{row.pk}/" in page
    other = cast.client("neighbour").get("/search/", {"q": words}).content.decode()
    assert f"/addresses/dwellings/{row.pk}/" not in other
