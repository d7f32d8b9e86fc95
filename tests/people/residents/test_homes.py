"""Moving in, out and house; households split and joined; a death and its undoing."""

from datetime import date

import pytest

from linli.base.actor import system
from linli.base.commands import Refused
from linli.base.scope import enter
from linli.people.residents import commands, queries
from linli.people.residents.models import CareNeed, Contact, Household, Person, PersonFact, Residence
from tests.cast import GRID, GRID_2, GRID_THERE, Cast
from tests.people.residents.stories import BY_VISIT, SAID, cared, door, minor, someone


def fresh(row: Person) -> Person:
    enter(system("test"))
    return Person.objects.get(pk=row.pk)


def test_moving_house_takes_history_and_care_along(cast: Cast) -> None:
    row = someone(cast)
    need = cared(cast, row)
    there = door(cast, region=GRID_2)
    with pytest.raises(Refused, match="不在您的工作范围内"):
        commands.move_house(cast.grid_worker, row, dwelling=there.pk, given=SAID)
    commands.move_house(cast.secretary, row, dwelling=there.pk, kind="tenant", given=SAID)
    row = fresh(row)
    assert (row.dwelling_id, row.region_code, row.kind, row.state) == (there.pk, GRID_2, "tenant", "living")
    old, new = Residence.objects.filter(person=row).order_by("id")
    assert (old.ends is not None, old.ending, new.ends, new.region_code) == (True, "moved", None, GRID_2)
    assert CareNeed.objects.get(pk=need.pk).region_code == GRID_2
    assert set(PersonFact.objects.filter(person=row).values_list("region_code", flat=True)) == {GRID_2}
    told = queries.history(row)[0]
    assert (told.act, queries.before_of(told)["home"]) == ("move_house", "春光里小区***")
    assert Household.objects.get(pk=old.household_id).ends is not None, "nobody is left in it"
    assert not queries.living_in(cast.grid_worker).exists()
    assert queries.living_in(cast.grid_worker_2).filter(pk=row.pk).exists()
    with pytest.raises(Refused, match="现在的住处"):
        commands.move_house(cast.secretary, row, dwelling=there.pk, given=SAID)


def test_a_whole_household_moves_together(cast: Cast) -> None:
    head = someone(cast)
    child = minor(cast, household=head.household_id)
    there = door(cast, "602")
    commands.move_house(cast.grid_worker, head, dwelling=there.pk, whole_household=True, given=SAID)
    head, child = fresh(head), fresh(child)
    assert head.household_id == child.household_id
    assert {head.dwelling_id, child.dwelling_id} == {there.pk}
    assert Household.objects.get(pk=head.household_id).head_id == head.pk


def test_leaving_ends_care_and_contacts_and_coming_back_begins_anew(cast: Cast) -> None:
    row = minor(cast)
    cared(cast, row, "young")
    commands.move_out(cast.grid_worker, row, given=SAID)
    row = fresh(row)
    assert (row.state, row.household_id) == ("gone", None)
    assert CareNeed.objects.get(person=row).ending == "left"
    assert Contact.objects.get(person=row).ends is not None
    assert not Residence.objects.filter(person=row, ends=None).exists()
    with pytest.raises(Refused, match="已经迁出"):
        commands.correct(cast.grid_worker, row, changes={"sex": "1"}, given=SAID)
    with pytest.raises(Refused, match="已经迁出"):
        commands.move_out(cast.grid_worker, row, given=SAID)
    commands.move_in(cast.grid_worker, row, dwelling=door(cast, "401").pk, kind="family", given=BY_VISIT)
    row = fresh(row)
    assert (row.state, row.dwelling.room_name) == ("living", "401")
    assert Residence.objects.filter(person=row).count() == 2


def test_a_second_dwelling_leaves_the_home_where_it_is(cast: Cast) -> None:
    row, flat = someone(cast), door(cast, "302")
    with pytest.raises(Refused, match="搬家"):
        commands.move_in(cast.grid_worker, row, dwelling=flat.pk, given=BY_VISIT)
    commands.move_in(cast.grid_worker, row, dwelling=flat.pk, kind="owner", lives=False, given=BY_VISIT)
    row = fresh(row)
    assert row.dwelling.room_name == "501"
    assert Residence.objects.filter(person=row, ends=None).count() == 2
    with pytest.raises(Refused, match="已经登记在这套"):
        commands.move_in(cast.grid_worker, row, dwelling=flat.pk, lives=False, given=BY_VISIT)
    with pytest.raises(Refused, match="现在的住处"):
        commands.move_out(cast.grid_worker, row, dwelling=row.dwelling_id, given=BY_VISIT)
    commands.move_out(cast.grid_worker, row, dwelling=flat.pk, given=BY_VISIT)
    assert fresh(row).state == "living"
    assert Residence.objects.get(person=row, ends=None).dwelling_id == row.dwelling_id
    with pytest.raises(Refused, match="没有登记在"):
        commands.move_out(cast.grid_worker, row, dwelling=flat.pk, given=BY_VISIT)


def test_a_household_is_split_and_joined_again(cast: Cast) -> None:
    head = someone(cast)
    second = someone(cast, name="林立秋", phone="", kind="family", household=head.household_id)
    third = someone(cast, name="林白露", phone="", kind="family", household=head.household_id)
    house = Household.objects.get(pk=head.household_id)
    new = commands.split(cast.grid_worker, house, members=[second.pk, third.pk], head=second.pk, given=SAID)
    assert fresh(third).household_id == new.pk
    assert (new.head_id, Residence.objects.get(person=third).household_id) == (second.pk, new.pk)
    for wrong in ({"members": []}, {"members": [head.pk]}, {"members": [second.pk]}, {"members": [head.pk], "head": 5}):
        with pytest.raises(Refused):
            commands.split(cast.grid_worker, house, given=SAID, **wrong)
    commands.join(cast.grid_worker, house, other=new.pk, given=SAID)
    assert {fresh(one).household_id for one in (head, second, third)} == {house.pk}
    assert Household.objects.get(pk=new.pk).ends is not None
    assert Household.objects.get(pk=house.pk).head_id == head.pk
    with pytest.raises(Refused, match="另外一户"):
        commands.join(cast.grid_worker, house, other=house.pk, given=SAID)
    elsewhere = someone(cast, name="林处暑", phone="", home=door(cast, "101"))
    with pytest.raises(Refused, match="同一套房屋"):
        commands.join(cast.grid_worker, house, other=elsewhere.household_id, given=SAID)
    with pytest.raises(Refused, match="不在您的工作范围内"):
        commands.join(cast.neighbour, house, other=elsewhere.household_id, given=SAID)


def test_a_death_ends_everything_that_reaches_out_and_can_be_taken_back(cast: Cast) -> None:
    row = someone(cast)
    need = cared(cast, row, on=date(2025, 1, 1))
    commands.add_contact(cast.grid_worker, row, kind="relative", name="林大树", phone="13900002222", given=BY_VISIT)
    assert queries.visit_list(cast.grid_worker)
    commands.note_death(cast.grid_worker, row, died_on=date(2026, 1, 5), given=SAID)
    row = fresh(row)
    assert (row.state, row.died_on, row.household_id) == ("dead", date(2026, 1, 5), None)
    assert queries.visit_list(cast.grid_worker) == []
    assert CareNeed.objects.get(pk=need.pk).ending == "death"
    with pytest.raises(Refused, match="已登记去世"):
        commands.correct(cast.grid_worker, row, changes={"sex": "1"}, given=SAID)
    with pytest.raises(Refused, match="不再联系"):
        commands.reveal(cast.grid_worker, row, fields=["phone"], purpose="urgent", note="楼上漏水")
    assert queries.history(row)[0].act == "death"
    commands.undo_death(cast.grid_worker, row, given=commands.Given(reason="mistake"))
    row = fresh(row)
    assert (row.state, row.died_on) == ("living", None)
    assert CareNeed.objects.get(pk=need.pk).ends is None
    assert Residence.objects.get(person=row).ends is None
    assert Contact.objects.get(person=row).ends is None
    house = Household.objects.get(pk=row.household_id)
    assert house.head_id == row.pk
    with pytest.raises(Refused, match="没有登记去世"):
        commands.undo_death(cast.grid_worker, row, given=SAID)


def test_a_death_cannot_be_in_the_future_or_before_birth(cast: Cast) -> None:
    row = someone(cast)
    for day in (date(2099, 1, 1), date(1900, 1, 1)):
        with pytest.raises(Refused) as refused:
            commands.note_death(cast.grid_worker, row, died_on=day, given=SAID)
        assert refused.value.field == "died_on"


def test_a_contact_ends_and_what_it_was_stays_sealed_in_the_history(cast: Cast) -> None:
    row = someone(cast)
    made = commands.add_contact(
        cast.grid_worker, row, kind="relative", name="林大树", phone="13900002222", given=BY_VISIT
    )
    commands.end_contact(cast.grid_worker, row, contact=made.pk, given=SAID)
    enter(system("test"))
    ended = Contact.objects.get(pk=made.pk)
    assert (ended.phone, ended.ends is not None) == (None, True)
    assert queries.before_of(queries.history(row)[0]) == {"contact_name": "林**", "contact_phone": "139****2222"}
    with pytest.raises(Refused):
        commands.end_contact(cast.grid_worker, row, contact=made.pk, given=SAID)
    with pytest.raises(Refused, match="电话"):
        commands.add_contact(cast.grid_worker, row, kind="relative", name="林大树", phone="", given=BY_VISIT)
    with pytest.raises(Refused, match="关系"):
        commands.add_contact(cast.grid_worker, row, kind="boss", name="林大树", phone="13900002222", given=BY_VISIT)


def test_nobody_registers_where_they_do_not_work(cast: Cast) -> None:
    row = someone(cast)
    for who in (cast.neighbour, cast.grid_worker_2):
        for act in (
            lambda who=who: commands.move_out(who, row, given=SAID),
            lambda who=who: commands.note_death(who, row, died_on=date(2026, 1, 5), given=SAID),
            lambda who=who: commands.move_house(who, row, dwelling=door(cast, region=GRID_THERE).pk, given=SAID),
        ):
            with pytest.raises(Refused) as refused:
                act()
            assert refused.value.status == 404
    assert fresh(row).region_code == GRID
