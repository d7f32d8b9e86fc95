"""A unit comes into another grid: its people are seen there and no longer here, and a door behind which they live stays open."""

from datetime import timedelta

import pytest

from linli.base.actor import system
from linli.base.commands import COMMANDS, Refused
from linli.base.commands.models import OutboxRow
from linli.base.facts.noting import Given
from linli.base.privacy import commands as privacy
from linli.base.privacy.models import Authority
from linli.base.scope import enter
from linli.doors import wiring
from linli.people.residents import commands, queries
from linli.people.residents.commands import register_many
from linli.people.residents.models import KnownApart, Person, PersonFact, Residence
from linli.places.addresses import commands as addresses
from linli.places.addresses.commands import NewDwelling
from linli.places.addresses.models import Dwelling
from tests.cast import GRID, GRID_2, Cast
from tests.people.residents.stories import door, someone

SAME = commands.Given(source="visit", reason="same")


def settled(cast: Cast) -> Dwelling:
    """An old couple in unit 2."""
    assert cast.building is not None
    (key,) = addresses.enter_dwellings(cast.secretary, dwellings=[NewDwelling(cast.building.pk, "501", "2")])
    usual = {"dwelling": key, "kind": "owner", "birth_year": 1950, "phone": ""}
    register_many(
        cast.secretary,
        [{**usual, "name": "甄一", "sex": "1", "care": ["old"], "head": True}, {**usual, "name": "甄二", "sex": "2"}],
        source="visit",
    )
    return Dwelling.objects.get(pk=key)


def relay() -> None:
    """What the worker does after commit, for the events of addresses."""
    enter(system("relay"))
    for wire in wiring.WIRES:
        for row in OutboxRow.objects.filter(event__in=wire.events, event__startswith="addresses.").order_by("id"):
            COMMANDS[wire.command].run(system("relay"), **wire.arguments(row.payload))


def test_people_follow_their_dwelling(cast: Cast) -> None:
    settled(cast)
    assert queries.visible_to(cast.grid_worker).count() == 2
    assert cast.building is not None
    addresses.set_grids(cast.secretary, cast.building, grid=GRID, units={"2": GRID_2}, given=Given())
    relay()
    relay()
    assert set(Person.objects.values_list("region_code", flat=True)) == {GRID_2}
    assert set(Residence.objects.values_list("region_code", flat=True)) == {GRID_2}
    assert set(PersonFact.objects.values_list("region_code", flat=True)) == {GRID_2}
    assert not queries.visible_to(cast.grid_worker).exists()
    for actor, count in ((cast.grid_worker_2, 2), (cast.grid_worker, 0)):
        enter(actor)
        assert Person.objects.count() == count
    enter(system("test"))


def test_what_hangs_on_them_follows_too_and_what_lies_behind_another_stays(cast: Cast) -> None:
    """Records that were merged go with the one that is shown, wherever it says of itself that somebody lived."""
    settled(cast)
    stays = someone(cast, name="甄三", home=door(cast, "101", unit="1"), phone="13900000001")
    moves = Person.objects.filter(region_code=GRID).exclude(pk=stays.pk).earliest("pk")
    behind = someone(cast, name="甄四", home=door(cast, "102", unit="1"), phone="13900000002")
    there = someone(cast, name="甄五", home=Dwelling.objects.get(pk=moves.dwelling_id), phone="13900000003")
    commands.merge(cast.secretary, moves, other=behind.pk, given=SAME)
    commands.merge(cast.secretary, stays, other=there.pk, given=SAME)
    commands.keep_apart(cast.secretary, moves, other=stays.pk, given=SAME)
    key = privacy.authorise(
        cast.secretary, subject_kind="residents.person", subject_id=moves.pk, relation="child", name="甄小", phone="13900002222",
        basis="委托书原件", starts=queries.today(), ends=queries.today() + timedelta(days=9),
    )  # fmt: skip
    assert cast.building is not None
    addresses.set_grids(cast.secretary, cast.building, grid=GRID, units={"2": GRID_2}, given=Given())
    relay()
    where = dict(Person.objects.values_list("pk", "region_code"))
    assert (where[moves.pk], where[behind.pk]) == (GRID_2, GRID_2)
    assert (where[stays.pk], where[there.pk]) == (GRID, GRID)
    assert set(PersonFact.objects.filter(person=there.pk).values_list("region_code", flat=True)) == {GRID}
    assert KnownApart.objects.get().region_code == GRID_2
    assert Authority.objects.get(pk=key).region_code == GRID_2


def test_a_dwelling_with_people_in_it_is_not_closed(cast: Cast) -> None:
    row = settled(cast)
    assert cast.building is not None and cast.compound is not None
    for act in (
        lambda: addresses.close_dwelling(cast.secretary, row, basis="拆除"),
        lambda: addresses.close_building(cast.secretary, cast.building, basis="拆除"),
        lambda: addresses.close_compound(cast.secretary, cast.compound, basis="拆除"),
    ):
        with pytest.raises(Refused, match="还登记着 2 个人"):
            act()
    for person in Person.objects.all():
        commands.move_out(cast.secretary, person, given=commands.Given(reason=PersonFact.Reason.values[0]))
    addresses.close_dwelling(cast.secretary, row, basis="拆除")
