"""Whatever acts follow one another: every card belongs to exactly one organisation that is there on that day, and what
was true before the day of an act is true after it."""

from collections.abc import Callable
from datetime import date, timedelta
from typing import Any

from django.db import transaction
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from linli.base.commands import Refused
from linli.people.organisations.models import Organisation
from linli.people.organisations.queries import directory_on
from linli.people.party import commands, queries
from linli.people.party.commands import Into
from linli.people.party.models import Change, MemberCard, Membership
from tests.cast import GRID, GRID_2, HERE, Cast
from tests.people.party.stories import BASIS, KINDS, Party, made

FIRST = date(2025, 1, 1)
SPAN = 200
DAYS = [FIRST + timedelta(days=day) for day in range(0, SPAN + 10, 5)]
numbers = st.integers(0, 10_000)


class World:
    """A party and what the drawn numbers choose of it."""

    def __init__(self, cast: Cast, party: Party) -> None:
        self.clerk: Any = cast.party_clerk
        self.party = party
        self.named = 0
        commands.enter(
            self.clerk, name="南里党总支", kind=KINDS.GENERAL_BRANCH, region_code=HERE,
            parent=cast.organisations["committee"], founded_on=date(2015, 7, 1), basis=BASIS,
        )  # fmt: skip

    def name(self) -> str:
        self.named += 1
        return f"支部{self.named}"

    def branch(self, number: int) -> Organisation:
        rows = list(Organisation.objects.filter(kind__in=("grid_branch", "branch"), valid_to=None).order_by("pk"))
        return rows[number % len(rows)]

    def parts(self, cards: list[int], number: int) -> tuple[tuple[int, ...], tuple[int, ...]]:
        at = 1 + number % max(1, len(cards) - 1)
        return tuple(cards[:at]), tuple(cards[at:])

    def acts(self) -> list[Callable[[int, int, date], Any]]:
        return [
            self.rename, self.move, self.split, self.merge, self.regroup, self.dissolve, self.transfer, self.found,
            self.provisional, self.end_card, self.enter_card,
        ]  # fmt: skip

    def rename(self, one: int, other: int, day: date) -> Any:
        return commands.rename(self.clerk, self.branch(one), name=self.name(), on=day, basis=BASIS)

    def move(self, one: int, other: int, day: date) -> Any:
        parents = list(Organisation.objects.filter(kind="general_branch", valid_to=None).order_by("pk"))
        return commands.move(self.clerk, self.branch(one), parent=parents[other % len(parents)], on=day, basis=BASIS)

    def split(self, one: int, other: int, day: date) -> Any:
        row = self.branch(one)
        stay, go = self.parts(queries.members_of(row.pk, day), other)
        kept = row.pk if other % 2 else None
        into = [Into(self.name(), stay, organisation=kept), Into(self.name(), go)]
        return commands.split(self.clerk, row, into=into, on=day, basis=BASIS)

    def merge(self, one: int, other: int, day: date) -> Any:
        row, second = self.branch(one), self.branch(other)
        kept = row.pk if other % 2 else None
        into = Into(self.name(), (), organisation=kept)
        return commands.merge(self.clerk, [row, second], into=into, on=day, basis=BASIS)

    def regroup(self, one: int, other: int, day: date) -> Any:
        rows = [self.branch(one), self.branch(other)]
        cards = [card for row in rows for card in queries.members_of(row.pk, day)]
        stay, go = self.parts(cards, one + other)
        into = [Into(self.name(), stay, region_code=GRID), Into(self.name(), go, region_code=GRID_2)]
        return commands.regroup(self.clerk, rows, into=into, on=day, basis=BASIS)

    def dissolve(self, one: int, other: int, day: date) -> Any:
        return commands.dissolve(self.clerk, self.branch(one), to=self.branch(other), on=day, basis=BASIS)

    def transfer(self, one: int, other: int, day: date) -> Any:
        cards = list(MemberCard.objects.order_by("pk"))
        return commands.transfer_card(self.clerk, cards[one % len(cards)], to=self.branch(other), on=day, basis=BASIS)

    def found(self, one: int, other: int, day: date) -> Any:
        cards = queries.members_of(self.branch(one).pk, day)[: 3 + other % 2]
        return commands.found(
            self.clerk, name=self.name(), kind=KINDS.BRANCH, region_code=HERE, parent=self.party.general, on=day,
            cards=cards, basis=BASIS,
        )  # fmt: skip

    def provisional(self, one: int, other: int, day: date) -> Any:
        return commands.found_provisional(
            self.clerk, name=self.name(), region_code=HERE, parent=self.party.general, on=day, project="工地",
            ends_by=day + timedelta(days=30), cards=queries.members_of(self.branch(one).pk, day)[:2], basis=BASIS,
        )  # fmt: skip

    def end_card(self, one: int, other: int, day: date) -> Any:
        cards = list(MemberCard.objects.order_by("pk"))
        return commands.end_card(self.clerk, cards[one % len(cards)], reason="transferred", on=day)

    def enter_card(self, one: int, other: int, day: date) -> Any:
        return commands.enter_card(
            self.clerk,
            self.branch(one),
            name="新来",
            joined_on=date(2010, 7, 1),
            formal_on=date(2011, 7, 1),
            starts=day,
        )


# Acts that leave a change, which can be taken back.
CHANGES = ("rename", "move", "split", "merge", "regroup", "dissolve", "found", "provisional")


def named(day: date) -> dict[int, tuple[str, int | None]]:
    """Names and parents of the party organisations of a day."""
    found = directory_on(day).by_id.values()
    return {
        one.id: (one.name, one.parent_id) for one in found if one.kind in ("general_branch", "grid_branch", "branch")
    }


def belongs(day: date) -> dict[int, int]:
    """card -> organisation on a day; every card once, and nowhere that was not there."""
    rows = list(queries.rolls(day).values_list("card_id", "organisation_id"))
    assert len(rows) == len({card for card, _organisation in rows}), f"{day}: a card in two organisations"
    there = named(day)
    assert {organisation for _card, organisation in rows} <= set(there), f"{day}: a card in what was not there"
    return dict(rows)


def everybody(day: date) -> set[int]:
    """Cards that had been entered by that day and had not ended."""
    entered = Membership.objects.filter(attached=False, starts__lte=day).values("card")
    rows = MemberCard.objects.filter(pk__in=entered).exclude(ended_on__lte=day)
    return set(rows.values_list("pk", flat=True))


@settings(
    max_examples=12,
    deadline=None,
    derandomize=True,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)
@given(steps=st.lists(st.tuples(numbers, numbers, numbers, st.integers(0, SPAN)), min_size=6, max_size=14))
def test_every_card_is_somewhere_and_the_past_stays(cast: Cast, steps: list[tuple[int, int, int, int]]) -> None:
    with transaction.atomic():
        world = World(cast, made(cast, first=9, second=6))
        before = {day: (named(day), belongs(day)) for day in DAYS}
        # Mostly forwards in time, as an office works; the drawn day lets some act be entered late.
        for at, (act, one, other, day) in enumerate(steps):
            acts = world.acts()
            on = FIRST + timedelta(days=min(SPAN, day if day % 4 == 0 else at * SPAN // len(steps)))
            try:
                with transaction.atomic():
                    acts[act % len(acts)](one, other, on)
            except Refused:
                continue
            after = {day: (named(day), belongs(day)) for day in DAYS}
            if acts[act % len(acts)].__name__ in CHANGES:
                with transaction.atomic():
                    commands.undo(world.clerk, Change.objects.latest("pk"), reason="登记错了")
                    assert {day: (named(day), belongs(day)) for day in DAYS} == before, "taken back whole"
                    transaction.set_rollback(True)
            for past in DAYS:
                assert set(after[past][1]) == everybody(past), f"{past}: a card nowhere"
                if past < on:
                    assert after[past] == before[past], f"{acts[act % len(acts)].__name__} on {on} changed {past}"
            before = after
        transaction.set_rollback(True)


def test_the_sequences_do_something(cast: Cast) -> None:
    """Each of the acts drawn above passes at least once, so that the property is not one of refusals alone."""
    world = World(cast, made(cast, first=12, second=9))

    def passes(act: Callable[[int, int, date], Any], one: int, other: int) -> bool:
        with transaction.atomic():
            try:
                act(one, other, FIRST)
            except Refused:
                return False
            finally:
                transaction.set_rollback(True)
        return True

    for act in world.acts():
        assert any(passes(act, one, other) for one in range(6) for other in range(1, 8)), act.__name__
