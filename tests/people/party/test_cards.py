"""The rolls: entered, moved, made formal, ended, corrected, found and opened; nobody else sees a card."""

from datetime import date, timedelta

import pytest
from django.db import IntegrityError, connection, transaction

from linli.base.commands import Refused
from linli.base.commands.models import AuditRow, ReadRow
from linli.base.scope import scope
from linli.people.party import commands, queries
from linli.people.party.models import MemberCard, Membership, UnitSurvey
from tests.cast import Cast
from tests.people.party.stories import made, members

DAY = date(2026, 3, 1)
TODAY = date(2026, 11, 22)


def first(cast: Cast) -> MemberCard:
    party = made(cast)
    return MemberCard.objects.get(pk=party.cards[party.first.pk][0])


def test_a_card_is_sealed_and_says_nothing_but_what_is_needed(cast: Cast) -> None:
    party = made(cast)
    card = commands.enter_card(
        cast.party_clerk, party.first, name="申 国强", phone="138-0000-9999", joined_on=date(1999, 7, 1)
    )
    assert (str(card.name), str(card.phone), card.formal_on) == ("申***", "138****9999", None)
    with connection.cursor() as cursor:
        cursor.execute("SELECT c::text FROM party_membercard c")
        assert not any("13800009999" in text for (text,) in cursor.fetchall())
    fields = {field.name for field in MemberCard._meta.local_fields}
    assert fields == {
        "id", "region_code", "name", "name_index", "phone", "phone_index", "joined_on", "formal_on", "unit", "ended_on",
        "ended_for",
    }  # fmt: skip


@pytest.mark.parametrize(
    ("change", "field"),
    [
        ({"name": " "}, "name"),
        ({"phone": "1234"}, "phone"),
        ({"joined_on": date(2999, 1, 1)}, "joined_on"),
        ({"formal_on": date(1990, 1, 1)}, "formal_on"),
        ({"starts": date(2000, 1, 1)}, "starts"),
    ],
)
def test_an_impossible_card_is_refused(cast: Cast, change: dict[str, object], field: str) -> None:
    party = made(cast)
    values: dict[str, object] = {"name": "申国强", "joined_on": date(1999, 7, 1)}
    with pytest.raises(Refused) as refused:
        commands.enter_card(cast.party_clerk, party.first, **values | change)
    assert refused.value.field == field


def test_members_belong_to_branches_only(cast: Cast) -> None:
    party = made(cast)
    with pytest.raises(Refused, match="不是支部"):
        commands.enter_card(cast.party_clerk, party.general, name="某", joined_on=DAY)


def test_a_card_is_never_in_two_branches(cast: Cast) -> None:
    party = made(cast)
    card = party.cards[party.first.pk][0]
    with pytest.raises(IntegrityError, match="membership_apart"), transaction.atomic():
        Membership.objects.create(card_id=card, organisation=party.second, starts=DAY)
    Membership.objects.create(card_id=card, organisation=party.second, starts=DAY, attached=True)


def test_transfer_and_back(cast: Cast) -> None:
    party = made(cast)
    card = MemberCard.objects.get(pk=party.cards[party.first.pk][0])
    with pytest.raises(Refused, match="批准文件"):
        commands.transfer_card(cast.party_clerk, card, to=party.second, basis="")
    moved = commands.transfer_card(cast.party_clerk, card, to=party.second, on=DAY, basis="介绍信")
    assert moved.region_code == party.second.region_code
    with pytest.raises(Refused, match="已经在这个支部"):
        commands.transfer_card(cast.party_clerk, card, to=party.second, on=DAY, basis="介绍信")
    with pytest.raises(Refused, match="才编入"):
        commands.transfer_card(cast.party_clerk, card, to=party.first, on=DAY - timedelta(days=1), basis="介绍信")
    commands.transfer_card(cast.party_clerk, card, to=party.first, on=DAY, basis="退回")
    assert queries.rolls(DAY).get(card=card).organisation == party.first


def test_probation_ends_once(cast: Cast) -> None:
    party = made(cast)
    [key] = members(cast, party.first, 1, formal=0)
    card = MemberCard.objects.get(pk=key)
    before = queries.formal_of(party.first.pk, TODAY)
    with pytest.raises(Refused, match="入党日期之后"):
        commands.make_formal(cast.party_clerk, card, on=date(1999, 1, 1))
    commands.make_formal(cast.party_clerk, card, on=DAY)
    assert queries.formal_of(party.first.pk, DAY) == before + 1
    assert queries.formal_of(party.first.pk, DAY - timedelta(days=1)) == before
    with pytest.raises(Refused, match="已经是正式党员"):
        commands.make_formal(cast.party_clerk, card, on=DAY)


def test_an_ended_card_stays_on_record(cast: Cast) -> None:
    card = first(cast)
    with pytest.raises(Refused, match="原因"):
        commands.end_card(cast.party_clerk, card, reason="")
    commands.end_card(cast.party_clerk, card, reason="transferred", on=DAY)
    assert not queries.rolls(DAY).filter(card=card).exists()
    assert queries.rolls(DAY - timedelta(days=1)).filter(card=card).exists()
    for again in (
        lambda: commands.end_card(cast.party_clerk, card, reason="died"),
        lambda: commands.reveal_card(cast.party_clerk, card, purpose="verify"),
        lambda: commands.correct_card(cast.party_clerk, card, joined_on=DAY),
    ):
        with pytest.raises(Refused, match="已经终止"):
            again()
    assert card not in queries.roll(cast.party_clerk, {}, TODAY)
    assert card in queries.roll(cast.party_clerk, {"ended": True}, TODAY)


def test_a_correction_leaves_what_is_not_said(cast: Cast) -> None:
    card = first(cast)
    commands.correct_card(cast.party_clerk, card, joined_on=date(2001, 7, 1), phone="13900001111")
    card.refresh_from_db()
    assert (str(card.phone), card.formal_on, card.joined_on) == ("139****1111", None, date(2001, 7, 1))
    assert list(queries.found_by(cast.party_clerk, "13900001111")) == [card]
    assert AuditRow.objects.get(command="party.correct_card").detail == {
        "fields": ["joined_on", "formal_on", "unit", "phone"]
    }


def test_a_name_is_found_whole_and_opened_for_a_purpose(cast: Cast) -> None:
    card = first(cast)
    assert list(queries.found_by(cast.party_clerk, "党员0"))[:1] == [card]
    assert not queries.found_by(cast.party_clerk, "党员").exists()
    with pytest.raises(Refused, match="用途"):
        commands.reveal_card(cast.party_clerk, card, purpose="curious")
    told = commands.reveal_card(cast.party_clerk, MemberCard.objects.get(pk=card.pk), purpose="meeting")
    assert told["name"] == "党员0"
    row = ReadRow.objects.get()
    assert (row.subject_kind, row.subject_id, row.purpose) == ("party.membercard", str(card.pk), "meeting")


def test_only_those_who_keep_the_rolls_see_a_card(cast: Cast) -> None:
    card = first(cast)
    assert queries.cards(cast.party_clerk).count() == 13
    for who in ("secretary", "leader", "grid_worker", "sysadmin", "auditor", "neighbour", "neighbour_party_clerk"):
        actor = getattr(cast, who)
        assert not queries.cards(actor).exists(), who
        with pytest.raises(Refused):
            commands.reveal_card(actor, card, purpose="meeting")
    assert ReadRow.objects.count() == 0
    for who in ("neighbour_party_clerk", "neighbour", "clerk", "nobody"):
        with scope(getattr(cast, who)):
            assert MemberCard.objects.count() == 0, who
            assert Membership.objects.count() == 0, who
            assert UnitSurvey.objects.count() == 0, who


def test_the_pages_of_the_roll(cast: Cast) -> None:
    card = first(cast)
    client = cast.client("party_clerk")
    text = client.get("/party/cards/?standing=formal").content.decode()
    assert "党**" in text
    assert "党员0" not in text
    assert f"#{card.pk}" in client.post("/party/cards/", {"q": "党员0"}).content.decode()
    assert "没有符合条件的党员" in client.post("/party/cards/", {"q": "没有此人"}).content.decode()
    page = f"/party/cards/{card.pk}/"
    assert "党员0" not in client.get(page).content.decode()
    shown = client.post(f"{page}reveal/", {"purpose": "verify"})
    assert "党员0" in shown.content.decode()
    assert shown["Cache-Control"] == "no-store"
    assert "田组委" in client.get(page).content.decode(), "who looked"
    assert client.post(f"{page}do/end/", {"reason": ""}).status_code == 422
    assert client.post(f"{page}do/end/", {"reason": "died"}).status_code == 302
    assert client.get(f"{page}do/end/").status_code == 404
    for who in ("secretary", "leader", "neighbour"):
        assert cast.client(who).get("/party/cards/").status_code == 404
    other = cast.client("neighbour_party_clerk")
    assert other.get(page).status_code == 404
    assert "党**" not in other.get("/party/cards/").content.decode()
