"""A death ends everything that ends with it, and taking it back runs all of it again."""

from datetime import date, timedelta

from linli.base.actor import system
from linli.base.commands import COMMANDS
from linli.base.commands.models import OutboxRow
from linli.base.privacy import commands as privacy
from linli.base.privacy.models import Authority
from linli.base.scope import enter
from linli.doors import wiring
from linli.people.answering import commands as answering
from linli.people.answering.models import Charge
from linli.people.party import commands as party
from linli.people.party.models import MemberCard, Membership
from linli.people.residents import commands, queries
from linli.people.residents.models import CareNeed, Contact, Household, Person, Residence
from tests.cast import Cast
from tests.people.party.stories import made
from tests.people.residents.stories import BY_VISIT, SAID, cared, someone

LONG_AGO = date(2025, 1, 1)


def followed() -> None:
    """What the worker does after commit, for every event of a death."""
    enter(system("relay"))
    for wire in wiring.WIRES:
        for event in OutboxRow.objects.filter(
            event__in=wire.events, event__startswith="residents.death_undone"
        ).order_by("id"):
            COMMANDS[wire.command].run(system("relay"), **wire.arguments(event.payload))
        for event in OutboxRow.objects.filter(event__in=wire.events, event="residents.died").order_by("id"):
            COMMANDS[wire.command].run(system("relay"), **wire.arguments(event.payload))


def test_visits_calls_the_home_and_the_access_of_relatives_end_and_run_again(cast: Cast) -> None:
    row, today = someone(cast), queries.today()
    cared(cast, row, on=LONG_AGO)
    commands.add_contact(cast.grid_worker, row, kind="relative", name="林大树", phone="13900002222", given=BY_VISIT)
    key = privacy.authorise(
        cast.secretary, subject_kind="residents.person", subject_id=row.pk, relation="child", name="林大树",
        phone="13900002222", basis="委托书原件", starts=today, ends=today + timedelta(days=365),
    )  # fmt: skip

    def running() -> list[bool]:
        enter(system("test"))
        return [
            CareNeed.objects.filter(ends=None).exists(), Contact.objects.filter(ends=None).exists(),
            Residence.objects.filter(ends=None).exists(), Household.objects.filter(ends=None, head=row).exists(),
            Authority.objects.filter(pk=key, starts__lte=today, ends__gte=today).exists(),
        ]  # fmt: skip

    assert running() == [True] * 5
    commands.note_death(cast.grid_worker, row, died_on=today, given=SAID)
    assert running() == [False] * 5
    assert queries.visit_list(cast.grid_worker) == []
    commands.undo_death(cast.grid_worker, row, given=SAID)
    assert running() == [True] * 5
    back = Person.objects.get(pk=row.pk)
    assert (back.state, back.died_on, back.household_id) == ("living", None, row.household_id)
    assert Authority.objects.get(pk=key).ends == today + timedelta(days=365)


def test_the_roll_of_the_party_and_the_charge_of_a_building_end_too(cast: Cast) -> None:
    row, today = someone(cast), queries.today()
    mine = {"name": "林小满", "phone": "13800001111"}
    assert cast.building is not None
    charge = answering.charge(cast.secretary, role="building_head", building=cast.building, starts=LONG_AGO, **mine)
    other = answering.charge(
        cast.secretary, role="building_head", building=cast.building, unit_name="2", name="林小满", phone="13900002222"
    )
    home = made(cast).first
    card, namesake = (
        MemberCard.objects.get(pk=key)
        for key in party.enter_cards(
            cast.party_clerk, home,
            rows=[{"name": "林小满", "phone": phone, "joined_on": LONG_AGO, "starts": LONG_AGO} for phone in ("13800001111", "13900002222")],
        )
    )  # fmt: skip
    commands.note_death(cast.grid_worker, row, died_on=today, given=SAID)
    for _twice in range(2):
        followed()
    assert Charge.objects.get(pk=charge.pk).ends == today
    assert Charge.objects.get(pk=other.pk).ends is None, "somebody else of that name"
    assert (MemberCard.objects.get(pk=card.pk).ended_for, MemberCard.objects.get(pk=namesake.pk).ended_for) == (
        "died",
        "",
    )
    assert Membership.objects.filter(card=card, until=today).exists()
    commands.undo_death(cast.grid_worker, row, given=SAID)
    for _twice in range(2):
        followed()
    assert Charge.objects.get(pk=charge.pk).ends is None
    assert (MemberCard.objects.get(pk=card.pk).ended_on, MemberCard.objects.get(pk=card.pk).ended_for) == (None, "")
    assert Membership.objects.filter(card=card, until=None, organisation=home).exists()


def test_who_took_the_place_meanwhile_keeps_it(cast: Cast) -> None:
    """A death that was noted by mistake and taken back late: nobody answers twice for one building."""
    row, today = someone(cast), queries.today()
    assert cast.building is not None
    named = {"role": "building_head", "building": cast.building}
    mine = {"name": "林小满", "phone": "13800001111"}
    charge = answering.charge(cast.secretary, starts=LONG_AGO, **named, **mine)
    commands.note_death(cast.grid_worker, row, died_on=today - timedelta(days=3), given=SAID)
    followed()
    other = answering.charge(cast.secretary, **named, name="林立秋", phone="13900002222")
    commands.undo_death(cast.grid_worker, row, given=SAID)
    followed()
    assert Charge.objects.get(pk=charge.pk).ends == today - timedelta(days=3)
    assert Charge.objects.get(pk=other.pk).ends is None
