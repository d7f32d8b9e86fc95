"""Moving in, out and house; splitting and joining households."""

from collections.abc import Sequence
from datetime import date
from typing import Any

from django.db.models import Q

from linli.base.actor import Actor
from linli.base.commands import Refused, announce, command, detail
from linli.people.residents.commands.common import (
    Given,
    dwelling_in_reach,
    end_residences,
    fact,
    follow,
    in_hand,
)
from linli.people.residents.models import CareNeed, Household, Person, PersonFact, Residence
from linli.places.addresses.models import Dwelling


@command("residents.move_in")
def move_in(
    actor: Actor,
    person: Person,
    *,
    dwelling: int,
    given: Given,
    kind: str = Person.Kind.TENANT,
    lives: bool = True,
    household: int | None = None,
) -> Person:
    """Somebody on the register comes to a dwelling: back after they had left, or a second one that they own or rent.

    lives False: they own or rent it and live elsewhere; their home stays where it is. Refused: they are there already; they live in
    another dwelling (that is moving house).
    """
    given = given.checked()
    row = in_hand(actor, person, moved=True)
    if kind not in Person.Kind.values:
        raise Refused("请从清单里选居住关系。", field="kind")
    home = dwelling_in_reach(actor, dwelling)
    if Residence.objects.filter(person=row, dwelling=home, ends=None).exists():
        raise Refused("这位居民已经登记在这套房屋。", field="dwelling")
    if lives and row.state == Person.State.LIVING:
        raise Refused("这位居民住在别处，请办搬家。", field="dwelling")
    was = _standing(row)
    joined = _household(household, home, given.day) if lives else None
    Residence.objects.create(
        person=row, dwelling=home, household=joined, kind=kind, lives=lives, region_code=home.region_code, starts=given.day
    )  # fmt: skip
    if lives or row.state == Person.State.GONE:
        _settle(row, home, joined, kind, Person.State.LIVING if lives else Person.State.ABSENT)
    fact(actor, row, PersonFact.Act.MOVE_IN, given, ["home"], was)
    detail(region=home.region_code, lives=lives)
    announce("residents.moved_in", {"person": row.pk})
    return row


@command("residents.move_out")
def move_out(actor: Actor, person: Person, *, given: Given, dwelling: int | None = None) -> Person:
    """Somebody leaves: all their dwellings here, or one of them that they do not live in. What was known stays as history.

    With the last dwelling reviews and contacts end.
    """
    given = given.checked()
    row = in_hand(actor, person)
    was = _standing(row)
    running = Residence.objects.filter(person=row, ends=None)
    one = dwelling is not None and running.exclude(dwelling=dwelling).exists()
    if dwelling is not None and not running.filter(dwelling=dwelling).exists():
        raise Refused("这位居民没有登记在这套房屋。", field="dwelling")
    if one and running.filter(dwelling=dwelling, lives=True).exists():
        raise Refused("这是这位居民现在的住处，请办搬家，或者全部迁出。", field="dwelling")
    if one:
        end_residences(row, given.day, Residence.Ending.LEFT, dwelling=dwelling)
    else:
        end_residences(row, given.day, Residence.Ending.LEFT)
        _leave_household(row, given.day)
        CareNeed.objects.filter(person=row, ends=None).update(ends=given.day, ending=CareNeed.Ending.LEFT)
        row.contacts.filter(ends=None).update(ends=given.day)
        row.state, row.household = Person.State.GONE, None
        row.save(update_fields=["state", "household"])
    fact(actor, row, PersonFact.Act.MOVE_OUT, given, ["home"], was)
    detail(region=row.region_code)
    announce("residents.moved_out", {"person": row.pk})
    return row


@command("residents.move_house")
def move_house(
    actor: Actor,
    person: Person,
    *,
    dwelling: int,
    given: Given,
    kind: str | None = None,
    whole_household: bool = False,
    household: int | None = None,
) -> Person:
    """Somebody moves to another dwelling within reach, alone or with their whole household. Needs for care go with them.

    kind: owner, family or tenant there; left out, as before. household: one that lives there already and that they join.
    """
    given = given.checked()
    row = in_hand(actor, person)
    home = dwelling_in_reach(actor, dwelling)
    if row.state != Person.State.LIVING:
        raise Refused("这位居民没有住在登记的房屋，请办迁入。", field="dwelling")
    if home.pk == row.dwelling_id:
        raise Refused("就是现在的住处。", field="dwelling")
    if kind is not None and kind not in Person.Kind.values:
        raise Refused("请从清单里选居住关系。", field="kind")
    movers = [row]
    if whole_household and row.household_id:
        others = Person.objects.select_for_update().filter(
            household=row.household_id, state=Person.State.LIVING, merged_into=None
        )
        movers += list(others.exclude(pk=row.pk).order_by("pk"))
    old = row.household
    head = old.head_id if old is not None else None
    joined = _household(household, home, given.day)
    for one in movers:
        was = _standing(one)
        end_residences(one, given.day, Residence.Ending.MOVED, dwelling=one.dwelling_id)
        _leave_household(one, given.day)
        theirs = kind or one.kind
        Residence.objects.update_or_create(
            person=one, dwelling=home, ends=None,
            defaults={
                "household": joined, "kind": theirs, "lives": True, "region_code": home.region_code, "starts": given.day,
            },
        )  # fmt: skip
        _settle(one, home, joined, theirs, Person.State.LIVING)
        fact(actor, one, PersonFact.Act.MOVE_HOUSE, given, ["home"], was)
    if head in {one.pk for one in movers} and joined.head_id is None:
        Household.objects.filter(pk=joined.pk).update(head=head)
    detail(region=home.region_code, people=len(movers))
    announce("residents.moved_house", {"people": [one.pk for one in movers]})
    return row


@command("residents.split")
def split(
    actor: Actor, household: Household, *, members: Sequence[int], given: Given, head: int | None = None
) -> Household:
    """Some members become a household of their own in the same dwelling. head: one of them, if anybody is."""
    given = given.checked()
    old = _held(actor, household)
    going = sorted(set(members))
    rows = list(_living(old).filter(pk__in=going).order_by("pk"))
    if not going or len(rows) != len(going):
        raise Refused("请选这一户里要分出去的人。", field="members")
    if not _living(old).exclude(pk__in=going).exists():
        raise Refused("不能把全户都分出去，至少留一人。", field="members")
    if head is not None and head not in going:
        raise Refused("新户的户主要在分出去的人里选。", field="head")
    new = Household.objects.create(
        dwelling_id=old.dwelling_id, region_code=old.region_code, starts=given.day, head_id=head
    )
    _rehouse(rows, new)
    if old.head_id in going:
        Household.objects.filter(pk=old.pk).update(head=None)
    for row in rows:
        fact(actor, row, PersonFact.Act.SPLIT, given, ["household"])
    detail(members=len(rows), into=new.pk)
    return new


@command("residents.join")
def join(actor: Actor, household: Household, *, other: int, given: Given) -> Household:
    """Another household of the same dwelling becomes part of this one; the head of this one stays. Returns this one."""
    given = given.checked()
    kept = _held(actor, household)
    gone = _held(actor, Household(pk=other))
    if gone.pk == kept.pk:
        raise Refused("请选另外一户。", field="other")
    if gone.dwelling_id != kept.dwelling_id:
        raise Refused("只能合并同一套房屋里的两户；住在别处的请先办搬家。", field="other")
    rows = list(_living(gone).order_by("pk"))
    _rehouse(rows, kept)
    gone.ends = max(given.day, gone.starts)
    gone.save(update_fields=["ends"])
    if kept.head_id is None and gone.head_id is not None:
        Household.objects.filter(pk=kept.pk).update(head=gone.head_id)
    for row in rows:
        fact(actor, row, PersonFact.Act.JOIN, given, ["household"])
    detail(members=len(rows), other=gone.pk)
    kept.refresh_from_db()
    return kept


def _standing(row: Person) -> dict[str, Any]:
    return {"home": str(row.dwelling), "kind": row.kind, "state": row.state}


def _settle(row: Person, home: Dwelling, joined: Household | None, kind: str, state: str) -> None:
    row.dwelling, row.household, row.kind, row.state = home, joined, kind, state
    row.region_code = home.region_code
    row.save(update_fields=["dwelling", "household", "kind", "state", "region_code"])
    follow(row, home.region_code)


def _household(chosen: int | None, home: Dwelling, day: date) -> Household:
    if chosen is None:
        return Household.objects.create(dwelling=home, region_code=home.region_code, starts=day)
    row = Household.objects.select_for_update().filter(pk=chosen, dwelling=home, ends=None).first()
    if row is None:
        raise Refused("这套房屋里没有这一户。", field="household")
    return row


def _leave_household(row: Person, day: date) -> None:
    """A household whose last member left has ended; one whose head left has none."""
    old = row.household
    if old is None:
        return
    if old.head_id == row.pk:
        Household.objects.filter(pk=old.pk).update(head=None)
    others = Person.objects.filter(household=old.pk, state=Person.State.LIVING).exclude(pk=row.pk)
    if not others.exists():
        Household.objects.filter(pk=old.pk, ends=None).update(ends=max(day, old.starts))


def _held(actor: Actor, household: Household) -> Household:
    mine = Household.objects.select_for_update().filter(pk=household.pk)
    if not actor.everything:
        prefixes = Q()
        for prefix in actor.regions:
            prefixes |= Q(region_code__startswith=prefix)
        mine = mine.filter(prefixes) if actor.regions else mine.none()
    row = mine.first()
    if row is None:
        raise Refused("这一户不在您的工作范围内。", status=404)
    if row.ends is not None:
        raise Refused("这一户已经销户。")
    return row


def _living(household: Household) -> Any:
    return Person.objects.select_for_update().filter(household=household, state=Person.State.LIVING, merged_into=None)


def _rehouse(rows: Sequence[Person], household: Household) -> None:
    keys = [row.pk for row in rows]
    Person.objects.filter(pk__in=keys).update(household=household)
    Residence.objects.filter(person__in=keys, dwelling=household.dwelling_id, ends=None).update(household=household)
