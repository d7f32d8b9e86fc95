"""Members' cards live in one room and are seen by one kind of post: everybody else tries everywhere else and finds nobody."""

from collections.abc import Iterator
from datetime import date

import pytest
from django.http import StreamingHttpResponse
from django.urls import reverse

from linli.base.actor import system
from linli.base.commands.models import AuditRow, OutboxRow
from linli.base.scope import enter
from linli.people.answering import commands as answering
from linli.people.party import commands
from linli.people.party.models import MemberCard
from tests.cast import GRID, Cast
from tests.house.routes import routes
from tests.people.party.stories import BASIS, LONG_AGO, done, firm, made

NAME, MASKED, PHONE = "欧阳百合子", "欧阳***", "13877776666"
OTHERS = (
    "secretary", "leader", "worker", "grid_worker", "dispatcher", "clerk", "manager", "auditor", "sysadmin",
    "neighbour_party_clerk", None,
)  # fmt: skip


@pytest.fixture
def card(cast: Cast) -> MemberCard:
    """One member whose name nobody else has; moved, shown in a preview and opened, so that each left whatever it leaves."""
    party = made(cast)
    unit = firm(cast)
    row = commands.enter_card(
        cast.party_clerk, party.first, name=NAME, phone=PHONE, joined_on=date(2000, 7, 1), formal_on=date(2001, 7, 1),
        unit=unit, starts=LONG_AGO,
    )  # fmt: skip
    commands.transfer_card(cast.party_clerk, row, to=party.second, basis="介绍信", on=date(2026, 3, 1))
    commands.reveal_card(cast.party_clerk, row, purpose="meeting")
    page = f"/party/{party.second.pk}/do/dissolve/"
    assert done(cast.client("party_clerk"), page, {"to": party.first.pk, "basis": BASIS}).status_code == 302
    enter(system("test"))
    assert cast.building
    answering.charge(cast.secretary, role="building_head", building=cast.building, name="另一人")
    row.refresh_from_db()
    return row


def pages(card: MemberCard, cast: Cast) -> Iterator[str]:
    """Every address without a parameter, and those where a member's trace would be looked for."""
    for route in routes():
        if not route.parameters and not route.name.startswith(("web:sign", "web:demo", "accounts:own")):
            yield reverse(route.name)
    assert cast.building
    branch = card.memberships.get(until=None).organisation_id
    yield from (
        f"/party/cards/{card.pk}/", f"/party/{branch}/", f"/party/of/{card.unit_id}/", f"/organisations/{card.unit_id}/",
        f"/organisations/{branch}/", f"/door/{cast.building.pk}/", f"/door/of/building/{cast.building.pk}/",
        f"/addresses/buildings/{cast.building.pk}/", f"/search/?q={NAME}", f"/search/?q={PHONE}", f"/residents/?q={NAME}",
        "/audit/?tab=read", "/party/changes/", f"/regions/{GRID}/",
    )  # fmt: skip


def said(answer: object) -> str:
    if isinstance(answer, StreamingHttpResponse):
        return b"".join(answer).decode("utf-8", "replace")  # type: ignore[arg-type]
    return answer.content.decode("utf-8", "replace")  # type: ignore[attr-defined, no-any-return]


@pytest.mark.parametrize("who", OTHERS)
def test_nobody_else_meets_a_member_anywhere(cast: Cast, card: MemberCard, who: str | None) -> None:
    client = cast.client(who)
    addresses, open_ones = list(pages(card, cast)), 0
    for address in addresses:
        answer = client.get(address)
        text = said(answer)
        open_ones += answer.status_code == 200
        # A page may repeat what was asked of it.
        words = [word for word in (NAME, MASKED, PHONE, f"#{card.pk}<") if word not in address]
        assert not any(word in text for word in words), f"{who} at {address}"
        if address.startswith("/party/cards"):
            assert answer.status_code in (302, 404) or who == "neighbour_party_clerk", address
    assert len(addresses) > 50
    assert open_ones > 3
    for address in ("/party/cards/", f"/party/cards/{card.pk}/reveal/", f"/party/cards/{card.pk}/do/end/"):
        text = said(client.post(address, {"q": NAME, "purpose": "meeting", "reason": "died"}))
        assert not any(word in text for word in (NAME, MASKED, PHONE)), f"{who} at {address}"


def test_neither_audit_nor_events_name_a_member(cast: Cast, card: MemberCard) -> None:
    kept = [str(row) for row in AuditRow.objects.values("detail", "target_id")]
    kept += [str(row) for row in OutboxRow.objects.values("payload")]
    assert not any(word in text for word in (NAME, MASKED, PHONE) for text in kept)
    assert any("transfer_card" in row for row in AuditRow.objects.values_list("command", flat=True))


def test_only_those_who_keep_the_roll_do(cast: Cast, card: MemberCard) -> None:
    client = cast.client("party_clerk")
    assert MASKED in said(client.get(f"/party/cards/{card.pk}/"))
    assert NAME not in said(client.get(f"/party/cards/{card.pk}/"))
