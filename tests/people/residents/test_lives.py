"""Lives at random: people come, move, part, join, die by mistake and in earnest, are merged and told apart; what must hold, holds after each step."""

from collections import defaultdict
from collections.abc import Callable
from datetime import timedelta
from itertools import pairwise
from random import Random
from typing import Any

import pytest

from linli.base.actor import system
from linli.base.clockwork import frozen
from linli.base.commands import Refused
from linli.base.scope import enter
from linli.people.residents import commands, queries
from linli.people.residents.commands import Given
from linli.people.residents.models import CareNeed, Contact, Household, Person, PersonFact, Residence
from linli.places.addresses.models import Dwelling
from tests.cast import GRID_2, MONDAY, Cast
from tests.people.residents.stories import door

STEPS = 45
NAMES = ["林小满", "程立秋", "秋白露", "谷雨生"]


class Village:
    """Six doors in two grids, and what a random hand does there."""

    def __init__(self, cast: Cast, seed: int) -> None:
        self.cast, self.random = cast, Random(seed)
        self.doors: list[Dwelling] = [door(cast, str(room)) for room in (101, 102, 201, 202)]
        self.doors += [door(cast, str(room), region=GRID_2) for room in (101, 102)]
        self.done: dict[str, int] = defaultdict(int)
        self.facts: set[int] = set()
        self.plain: set[str] = set(NAMES)

    @property
    def given(self) -> Given:
        ago = self.random.choice([0, 0, 0, 3, 40])
        return Given("visit", queries.today() - timedelta(days=ago), "said")

    def somebody(self, **chosen: Any) -> Person:
        rows = list(Person.objects.filter(merged_into=None, **chosen).order_by("pk"))
        if not rows:
            raise Refused("nobody")
        return self.random.choice(rows)

    def home(self) -> int:
        return self.random.choice(self.doors).pk

    def joined(self, dwelling: int) -> int | None:
        there = list(Household.objects.filter(dwelling=dwelling, ends=None).values_list("pk", flat=True))
        return self.random.choice([None, *there])

    def register(self) -> None:
        dwelling, number = self.home(), f"139{self.random.randrange(10**8):08d}"
        self.plain.add(number)
        commands.register(
            self.cast.secretary, name=self.random.choice(NAMES), dwelling=dwelling, household=self.joined(dwelling), phone=number,
            kind=self.random.choice(Person.Kind.values), lives=self.random.random() < 0.8, birth_year=1950, given=self.given, anyway=True,
        )  # fmt: skip

    def correct(self) -> None:
        number = f"137{self.random.randrange(10**8):08d}"
        self.plain.add(number)
        row = self.somebody()
        commands.correct(
            self.cast.secretary, row, changes={"phone": number, "name": self.random.choice(NAMES)}, given=self.given
        )

    def move_in(self) -> None:
        dwelling = self.home()
        commands.move_in(
            self.cast.secretary, self.somebody(), dwelling=dwelling, kind=self.random.choice(Person.Kind.values),
            lives=self.random.random() < 0.6, household=self.joined(dwelling), given=self.given,
        )  # fmt: skip

    def move_out(self) -> None:
        dwelling = self.random.choice([None, self.home()])
        commands.move_out(self.cast.secretary, self.somebody(), dwelling=dwelling, given=self.given)

    def move_house(self) -> None:
        dwelling = self.home()
        commands.move_house(
            self.cast.secretary, self.somebody(), dwelling=dwelling, whole_household=self.random.random() < 0.4,
            household=self.joined(dwelling), kind=self.random.choice([None, "owner"]), given=self.given,
        )  # fmt: skip

    def split(self) -> None:
        row = self.somebody(state="living")
        commands.split(self.cast.secretary, row.household, members=[row.pk], given=self.given)

    def join(self) -> None:
        row = self.somebody(state="living")
        other = Household.objects.filter(dwelling=row.dwelling, ends=None).exclude(pk=row.household_id).first()
        commands.join(self.cast.secretary, row.household, other=other.pk if other else 0, given=self.given)

    def die(self) -> None:
        died = queries.today() - timedelta(days=self.random.choice([0, 5]))
        commands.note_death(self.cast.secretary, self.somebody(), died_on=died, given=self.given)

    def rise(self) -> None:
        commands.undo_death(self.cast.secretary, self.somebody(state="dead"), given=self.given)

    def merge(self) -> None:
        commands.merge(
            self.cast.secretary, self.somebody(), other=self.somebody().pk, take=self.random.choice([(), ("phone",)]),
            given=self.given,
        )  # fmt: skip

    def separate(self) -> None:
        gone = self.random.choice([*Person.objects.exclude(merged_into=None).order_by("pk"), None])
        if gone is not None and gone.merged_into is not None:
            commands.separate(self.cast.secretary, gone.merged_into, other=gone.pk, given=self.given)

    def care(self) -> None:
        given = Given("visit", queries.today() - timedelta(days=self.random.choice([0, 120])))
        commands.note_care(
            self.cast.secretary,
            self.somebody(),
            group=self.random.choice(["old", "tenant"]),
            purpose="visit",
            given=given,
        )

    def visit(self) -> None:
        for person, needs in queries.visit_list(self.cast.secretary)[:1]:
            commands.record_visit(self.cast.secretary, person, still=[needs[0].pk], given=self.given)

    def contact(self) -> None:
        commands.add_contact(
            self.cast.secretary, self.somebody(), kind="relative", name="林大树", phone="13900002222", given=self.given
        )

    def step(self) -> None:
        acts: list[Callable[[], None]] = [
            self.register, self.register, self.correct, self.move_in, self.move_in, self.move_out, self.move_house, self.move_house, self.split,
            self.join, self.die, self.rise, self.merge, self.merge, self.separate, self.care, self.visit, self.contact,
        ]  # fmt: skip
        act = self.random.choice(acts)
        try:
            act()
        except Refused:
            return
        self.done[act.__name__] += 1

    def check(self) -> None:
        enter(system("test"))
        facts = set(PersonFact.objects.values_list("pk", flat=True))
        assert self.facts <= facts, "history is only added to"
        self.facts = facts
        people = list(Person.objects.filter(merged_into=None).select_related("dwelling", "household"))
        for row in people:
            self.check_person(row)
        for home in Household.objects.all():
            members = set(
                Person.objects.filter(household=home, state="living", merged_into=None).values_list("pk", flat=True)
            )
            assert bool(members) == (home.ends is None), f"{home}: {members} until {home.ends}"
            assert home.head_id is None or home.head_id in members, home

    def check_person(self, row: Person) -> None:
        theirs = queries.same_person([row.pk])
        running = list(Residence.objects.filter(theirs, ends=None))
        lived = [one for one in running if one.lives]
        here = f"{row.pk} {row.state}: {[(one.pk, one.dwelling_id, one.lives) for one in running]}"
        if row.state == "living":
            assert [one.dwelling_id for one in lived] == [row.dwelling_id], here
            assert row.household is not None and row.household.dwelling_id == row.dwelling_id, here
            assert lived[0].household_id == row.household_id, here
            there = [one.person_id for one in queries.in_dwelling(system("test"), row.dwelling_id)]
            assert there.count(row.pk) == 1, here
        else:
            assert not lived and row.household is None, here
        if row.state == "absent":
            assert row.dwelling_id in [one.dwelling_id for one in running], here
        if row.state in ("gone", "dead"):
            assert not running, here
            assert not CareNeed.objects.filter(theirs, ends=None).exists(), here
            assert not Contact.objects.filter(theirs, ends=None).exists(), here
        assert len({one.dwelling_id for one in running}) == len(running), f"twice behind one door: {here}"
        assert row.region_code == row.dwelling.region_code, here
        for model in (PersonFact, Contact, CareNeed):
            assert set(model.objects.filter(theirs).values_list("region_code", flat=True)) <= {row.region_code}, model
        past = sorted(
            (one.starts, one.ends or queries.today())
            for one in Residence.objects.filter(person=row, lives=True).exclude(ending__in=("merged", "wrong"))
        )
        for before, after in pairwise(past):
            assert before[1] <= after[0], f"in two homes at once: {row.pk} {past}"
        told = " ".join([str(row.name), str(row.phone), *(str(queries.before_of(one)) for one in queries.history(row))])
        assert not [word for word in self.plain if word in told]


@pytest.mark.parametrize("seed", range(4))
def test_what_must_hold_holds_after_every_step(cast: Cast, seed: int) -> None:
    village = Village(cast, seed)
    for number in range(STEPS):
        with frozen(MONDAY + timedelta(days=3 * number)):
            village.step()
            village.check()
    assert len(village.done) > 8, village.done
