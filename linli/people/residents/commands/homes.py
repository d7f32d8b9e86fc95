"""Moving in, out and house; splitting and joining households."""

from collections.abc import Sequence
from datetime import date
from typing import Any

from django.db.models import Max, Q, QuerySet
from django.db.models.functions import Greatest

from linli.base.actor import Actor
from linli.base.commands import Refused, announce, command, detail
from linli.people.residents import queries
from linli.people.residents.commands.common import (
    Given,
    dwelling_in_reach,
    end_residences,
    fact,
    follow,
    in_hand,
    join_household,
    leave_household,
    living,
)
from linli.people.residents.models import CareNeed, Contact, Household, Person, PersonFact, Residence
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
    there = _running(row).filter(dwelling=home)
    if there.filter(lives=True).exists() or (not lives and there.exists()):
        raise Refused("这位居民已经登记在这套房屋。", field="dwelling")
    if lives and row.state == Person.State.LIVING:
        raise Refused("这位居民住在别处，请办搬家。", field="dwelling")
    was = _standing(row)
    joined = join_household(household, home.pk, home.region_code, given.day) if lives else None
    _reside(row, home, joined, kind, lives, given.day)
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
    running = _running(row)
    one = dwelling is not None and running.exclude(dwelling=dwelling).exists()
    if dwelling is not None and not running.filter(dwelling=dwelling).exists():
        raise Refused("这位居民没有登记在这套房屋。", field="dwelling")
    if one and running.filter(dwelling=dwelling, lives=True).exists():
        raise Refused("这是这位居民现在的住处，请办搬家，或者全部迁出。", field="dwelling")
    if one:
        end_residences(row, given.day, Residence.Ending.LEFT, dwelling=dwelling)
        other = running.select_related("dwelling").order_by("-lives", "id").first()
        if row.dwelling_id == dwelling and other is not None:
            _settle(row, other.dwelling, None, other.kind, row.state)
    else:
        end_residences(row, given.day, Residence.Ending.LEFT)
        leave_household(row, given.day)
        theirs = queries.same_person([row.pk])
        CareNeed.objects.filter(theirs, ends=None).update(ends=given.day, ending=CareNeed.Ending.LEFT)
        Contact.objects.filter(theirs, ends=None).update(ends=Greatest("starts", given.day))
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
        movers += list(living(row.household_id).exclude(pk=row.pk).order_by("pk"))
    old = row.household
    head = old.head_id if old is not None else None
    joined = join_household(household, home.pk, home.region_code, given.day)
    for one in movers:
        was = _standing(one)
        end_residences(one, given.day, Residence.Ending.MOVED, dwelling=one.dwelling_id)
        leave_household(one, given.day)
        theirs = kind or one.kind
        _reside(one, home, joined, theirs, True, given.day)
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
    rows = list(living(old).filter(pk__in=going).order_by("pk"))
    if not going or len(rows) != len(going):
        raise Refused("请选这一户里要分出去的人。", field="members")
    if not living(old).exclude(pk__in=going).exists():
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
    rows = list(living(gone).order_by("pk"))
    _rehouse(rows, kept)
    if kept.head_id is None and gone.head_id is not None:
        Household.objects.filter(pk=kept.pk).update(head=gone.head_id)
    gone.ends, gone.head = max(given.day, gone.starts), None
    gone.save(update_fields=["ends", "head"])
    for row in rows:
        fact(actor, row, PersonFact.Act.JOIN, given, ["household"])
    detail(members=len(rows), other=gone.pk)
    kept.refresh_from_db()
    return kept


def _running(row: Person) -> QuerySet[Residence]:
    return Residence.objects.filter(queries.same_person([row.pk]), ends=None)


def _reside(row: Person, home: Dwelling, household: Household | None, kind: str, lives: bool, day: date) -> None:
    """A new stretch of residence; one that they only owned or rented there ends with it. Whoever lives here has lived nowhere else since."""
    end_residences(row, day, Residence.Ending.MOVED, dwelling=home)
    if lives:
        lived = Residence.objects.filter(queries.same_person([row.pk]), lives=True)
        day = max(day, lived.aggregate(last=Max("ends"))["last"] or day)
    Residence.objects.create(
        person=row, dwelling=home, household=household, kind=kind, lives=lives, region_code=home.region_code, starts=day
    )


def _standing(row: Person) -> dict[str, Any]:
    return {"home": str(row.dwelling), "kind": row.kind, "state": row.state}


def _settle(row: Person, home: Dwelling, joined: Household | None, kind: str, state: str) -> None:
    row.dwelling, row.household, row.kind, row.state = home, joined, kind, state
    row.region_code = home.region_code
    row.save(update_fields=["dwelling", "household", "kind", "state", "region_code"])
    follow(row, home.region_code)


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


def _rehouse(rows: Sequence[Person], household: Household) -> None:
    keys = [row.pk for row in rows]
    Person.objects.filter(pk__in=keys).update(household=household)
    Residence.objects.filter(person__in=keys, dwelling=household.dwelling_id, ends=None).update(household=household)
