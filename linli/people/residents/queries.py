"""Reading people. Every list starts from what the actor may see; nothing here opens a seal."""

import json
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import date, timedelta
from operator import itemgetter
from typing import Any

from django.db import connection
from django.db.models import Exists, OuterRef, Q, QuerySet
from django.db.models.functions import Coalesce
from django.utils import timezone

from linli.base.actor import Actor
from linli.base.clockwork import now
from linli.base.crypto import index_candidates
from linli.base.prepared import objects
from linli.people.residents import rules
from linli.people.residents.models import CareNeed, Contact, Household, Person, PersonFact, Residence
from linli.people.residents.policy import care
from linli.places.addresses.finding import search_dwellings
from linli.places.addresses.models import Dwelling
from linli.places.addresses.queries import dwellings_visible_to
from linli.places.regions.queries import in_subtrees
from linli.places.regions.rules import bounds

HOME = "dwelling__building__compound"
REACHED_MOST = 200
HERE = (Person.State.LIVING, Person.State.ABSENT)
# Of a row that hangs on a person: whose it is now, when their record was merged into another.
SHOWN = Coalesce("person__merged_into_id", "person_id")


def today() -> date:
    """The day it is where the office is."""
    return timezone.localdate(now())


def _mine(actor: Actor) -> Q:
    return Q() if actor.everything else in_subtrees(actor.regions, "region_code")


def visible_to(actor: Actor) -> QuerySet[Person]:
    """People who live in the actor's places, or have a dwelling there; nobody without the right to the register."""
    if not actor.may("residents.view"):
        return Person.objects.none()
    if actor.everything:
        return Person.objects.all()
    there = Residence.objects.filter(in_subtrees(actor.regions, "region_code"), person=OuterRef("pk"), ends=None)
    return Person.objects.filter(_mine(actor) | Exists(there))


def living_in(actor: Actor) -> QuerySet[Person]:
    """The register: people whose home lies in the actor's places, without those that were merged into another."""
    if not actor.may("residents.view"):
        return Person.objects.none()
    return Person.objects.filter(_mine(actor), merged_into=None)


def households(actor: Actor) -> QuerySet[Household]:
    """Households in the actor's places."""
    return Household.objects.filter(_mine(actor)) if actor.may("residents.view") else Household.objects.none()


def residences(actor: Actor) -> QuerySet[Residence]:
    """Who lives, owns or rents in the actor's places, and did."""
    return Residence.objects.filter(_mine(actor)) if actor.may("residents.view") else Residence.objects.none()


def care_of(actor: Actor) -> QuerySet[CareNeed]:
    """Needs for care that have not ended, of people in the actor's places; none for whoever does not look after them."""
    if not actor.may("residents.care"):
        return CareNeed.objects.none()
    return CareNeed.objects.filter(_mine(actor), ends=None).exclude(person__state=Person.State.DEAD)


def same_person(person_ids: Iterable[int]) -> Q:
    """Rows of these people and of whoever was merged into them.

    Whoever was merged is read first: one condition over two tables would have the database look through all of both.
    """
    ids = list(person_ids)
    return Q(person__in=[*ids, *records_behind(ids)])


def records_behind(person_ids: list[int]) -> dict[int, int]:
    """Record that was merged away -> the one of these that is shown in its place."""
    rows = Person.objects.filter(merged_into__in=person_ids).values_list("pk", "merged_into")
    return {key: into for key, into in rows if into is not None}


def in_dwelling(actor: Actor, dwelling_id: int) -> list[Residence]:
    """Who lives, owns or rents behind one door now, households together, the head first; each once, also when two records were merged."""
    rows = (
        residences(actor).filter(dwelling_id=dwelling_id, ends=None).select_related("person__merged_into", "household")
    )
    found: dict[int, Residence] = {}
    for row in rows.order_by("id"):
        row.person = row.person.merged_into or row.person
        found.setdefault(row.person_id, row)
    return sorted(found.values(), key=_by_household)


def _by_household(row: Residence) -> tuple[int, bool, int]:
    head = row.household is not None and row.household.head_id == row.person_id
    return row.household_id or 0, not head, row.person_id


def by_name(actor: Actor, name: str) -> QuerySet[Person]:
    """People of exactly this name, by its blind index."""
    return living_in(actor).filter(name_index__in=index_candidates(Person, "name_index", rules.clean_name(name)))


def by_phone(actor: Actor, phone: str) -> QuerySet[Person]:
    """People with exactly this telephone number, their own or that of somebody who is reached for them."""
    own = Q(phone_index__in=index_candidates(Person, "phone_index", phone))
    reached = Contact.objects.filter(phone_index__in=index_candidates(Contact, "phone_index", phone), ends=None)
    # Read first, for the same reason as in `same_person`; a number reaches few people.
    return living_in(actor).filter(own | Q(pk__in=list(reached.values_list(SHOWN, flat=True)[:REACHED_MOST])))


def by_identity(actor: Actor, number: str) -> QuerySet[Person]:
    """Whoever has exactly this identity number, where it is kept."""
    return living_in(actor).filter(identity_index__in=index_candidates(Person, "identity_index", number))


def by_address(actor: Actor, text: str) -> QuerySet[Person]:
    """Who lives, or owns or rents, where this address means."""
    homes = search_dwellings(actor, dwellings_visible_to(actor), text).values("pk")
    there = residences(actor).filter(dwelling__in=homes, ends=None).values(whose=SHOWN)
    return living_in(actor).filter(state__in=HERE, pk__in=there)


@dataclass(slots=True)
class Needs:
    """What of somebody's need for care this actor may be shown: open groups by name, and how many sensitive ones."""

    open: list[str] = field(default_factory=list)
    hidden: int = 0

    @property
    def any(self) -> bool:
        return bool(self.open or self.hidden)


def needs_of(actor: Actor, person_ids: Iterable[int]) -> dict[int, Needs]:
    """person -> what may be shown of their need for care; one query for all of them. No seal is opened beyond its mask."""
    ids = list(person_ids)
    found = {person: Needs() for person in ids}
    if not ids or not actor.may("residents.care"):
        return found
    seen, policy = care().seen_by(actor), care()
    behind = records_behind(ids)
    rows = care_of(actor).filter(person__in=[*ids, *behind]).only("person", "group").order_by("id")
    for need in rows:
        code = str(need.group)
        needs = found[behind.get(need.person_id, need.person_id)]
        if code == rules.HIDDEN_GROUP:
            needs.hidden += 1
        elif code in seen and policy.name(code) not in needs.open:
            needs.open.append(policy.name(code))
    return found


def due_care(actor: Actor, day: date | None = None) -> QuerySet[CareNeed]:
    """Reviews that are due or overdue, without those whom somebody tried to reach in the last days."""
    on = day or today()
    rest = on - timedelta(days=int(care().data["retry_days"]))
    return care_of(actor).filter(Q(tried_on=None) | Q(tried_on__lte=rest), review_on__lte=on)


def visit_list(actor: Actor, day: date | None = None) -> list[tuple[Person, list[CareNeed]]]:
    """Whom to visit: the most overdue, at most as many as the policy says, in the order of a walk."""
    most = int(care().data["visits_most"])
    # Somebody may have several needs that are due: a few rows more than people.
    rows = due_care(actor, day).select_related(f"person__{HOME}", f"person__merged_into__{HOME}")
    needs: dict[int, list[CareNeed]] = {}
    people: dict[int, Person] = {}
    stops = []
    for row in rows.order_by("review_on", "id")[: most * 4]:
        who = row.person.merged_into or row.person
        home, building = who.dwelling, who.dwelling.building
        people[who.pk] = who
        needs.setdefault(who.pk, []).append(row)
        at = (building.longitude, building.latitude)
        stops.append(rules.Stop(who.pk, row.review_on, building.pk, at, rules.door_order(home)))
    return [(people[key], needs[key]) for key in rules.walk(stops, most)]


@dataclass(slots=True)
class Around:
    """What the page of one person shows beside their own row, theirs and that of records behind it: six statements by key."""

    absorbed: list[Person]
    members: list[Person]
    needs: list[CareNeed]
    contacts: list[Contact]
    residences: list[Residence]
    history: list[PersonFact]


def around(actor: Actor, row: Person) -> Around:
    """Everything around one person whom this actor may see. Needs for care only for whoever looks after people."""
    near = objects(
        Person,
        "WHERE merged_into_id = %s OR (household_id = %s AND state = 'living' AND merged_into_id IS NULL) ORDER BY id",
        [row.pk, row.household_id],
    )
    absorbed = [one for one in near if one.merged_into_id == row.pk]
    reach = [one for one in near if rules.may_reach(actor.regions, one.region_code, actor.everything)]
    keys = [row.pk, *(one.pk for one in absorbed)]
    lived = objects(Residence, "WHERE person_id = ANY(%s) ORDER BY starts DESC, id DESC", [keys])
    lived = [one for one in lived if rules.may_reach(actor.regions, one.region_code, actor.everything)]
    needs = []
    if actor.may("residents.care") and row.state != Person.State.DEAD:
        needs = objects(CareNeed, "WHERE person_id = ANY(%s) AND ends IS NULL ORDER BY review_on, id", [keys])
        needs = [one for one in needs if rules.may_reach(actor.regions, one.region_code, actor.everything)]
    _fill_homes(row.dwelling, [*absorbed, *lived])
    return Around(
        absorbed,
        [one for one in reach if one.merged_into_id is None and one.pk != row.pk],
        needs,
        objects(Contact, "WHERE person_id = ANY(%s) AND ends IS NULL ORDER BY id", [keys]),
        lived,
        objects(PersonFact, "WHERE person_id = ANY(%s) ORDER BY id DESC LIMIT 200", [keys]),
    )


def _fill_homes(known: Dwelling, rows: Iterable[Any]) -> None:
    """Give rows their dwellings; most are the one that is known already."""
    rows = list(rows)
    others = {one.dwelling_id for one in rows} - {known.pk}
    homes = {known.pk: known}
    if others:
        homes |= Dwelling.objects.select_related("building__compound").in_bulk(others)
    for one in rows:
        one.dwelling = homes[one.dwelling_id]


def history(person: Person) -> list[PersonFact]:
    """How what is known of a person came to be, theirs and that of whoever was merged into them, newest first."""
    return list(PersonFact.objects.filter(same_person([person.pk])).order_by("-id")[:200])


def told_by(row: Person) -> dict[str, rules.Told]:
    """field -> (source, day) of what is held of it: the last act that wrote the field, or a later visit that found nothing different."""
    held: dict[str, rules.Told] = {}
    checked: rules.Told | None = None
    facts = PersonFact.objects.filter(same_person([row.pk])).exclude(act=PersonFact.Act.NOT_TAKEN).order_by("-id")
    for act, fields, source, day in facts.values_list("act", "fields", "source", "as_of"):
        if act == PersonFact.Act.VISIT and fields and (checked is None or day > checked[1]):
            checked = (source, day)
        for name in fields:
            held.setdefault(name, (source, day))
    return {name: max(one, checked or one, key=itemgetter(1)) for name, one in held.items()}


def not_taken(row: Person) -> bool:
    """Whether the last thing that was said of somebody does not hold, because a newer or stronger source says otherwise."""
    last = PersonFact.objects.filter(person=row).order_by("-id").values_list("act", flat=True).first()
    return last == PersonFact.Act.NOT_TAKEN


def before_of(fact: PersonFact) -> dict[str, str]:
    """What was known before, every personal value masked."""
    return dict(json.loads(str(fact.before))) if fact.before is not None else {}


_DOUBLES = """
WITH mine AS (
  SELECT id, dwelling_id, birth_year, name_index, phone_index, identity_index, region_code FROM residents_person
  WHERE merged_into_id IS NULL AND state IN ('living', 'absent', 'gone') AND {scope}
), pairs AS (
  SELECT a.id AS first, b.id AS second, 'identity' AS why, 1 AS rank FROM mine a JOIN mine b ON b.identity_index = a.identity_index AND b.id > a.id
  UNION ALL
  SELECT a.id, b.id, 'phone', 2 FROM mine a JOIN mine b ON b.phone_index = a.phone_index AND b.name_index = a.name_index AND b.id > a.id
  UNION ALL
  SELECT a.id, b.id, 'home', 3 FROM mine a JOIN mine b ON b.dwelling_id = a.dwelling_id AND b.name_index = a.name_index
    AND b.birth_year = a.birth_year AND b.id > a.id
)
SELECT first, second, array_agg(DISTINCT why) FROM pairs
WHERE NOT EXISTS (SELECT 1 FROM residents_knownapart k WHERE k.first_id = pairs.first AND k.second_id = pairs.second)
GROUP BY first, second ORDER BY min(rank), first, second LIMIT %(most)s
"""
WHY = {"identity": "身份证号相同", "phone": "姓名、手机号相同", "home": "同住处、同名、同年出生"}


def doubles(actor: Actor, most: int = 100) -> list[tuple[int, int, list[str]]]:
    """(first, second, why in words) of people who may be the same, the surest first; found by blind indexes alone."""
    if not actor.may("residents.merge") or not (actor.everything or actor.regions):
        return []
    values: dict[str, Any] = {"most": most}
    ranges = []
    for number, region in enumerate(actor.regions):
        values[f"low{number}"], values[f"high{number}"] = bounds(region)
        ranges.append(f"region_code >= %(low{number})s AND region_code < %(high{number})s")
    scope = "true" if actor.everything else "(" + " OR ".join(ranges) + ")"
    with connection.cursor() as cursor:
        cursor.execute(_DOUBLES.format(scope=scope), values)
        return [(first, second, [WHY[one] for one in why]) for first, second, why in cursor.fetchall()]


def alike(actor: Actor, *, name: str, phone: str, identity: str, dwelling_id: int, birth_year: int) -> list[Person]:
    """People on the register who may be the one that is being entered."""
    same_name = Q(name_index__in=index_candidates(Person, "name_index", name))
    wanted = same_name & Q(dwelling=dwelling_id, birth_year__in=(birth_year, 0) if birth_year else (0,))
    if phone:
        wanted |= same_name & Q(phone_index__in=index_candidates(Person, "phone_index", phone))
    if identity:
        wanted |= Q(identity_index__in=index_candidates(Person, "identity_index", identity))
    return list(living_in(actor).filter(wanted).exclude(state=Person.State.DEAD).order_by("id")[:5])


# What a line of a list needs: the rest of a person stays sealed where it is.
_LINE = (
    "id", "name", "sex", "birth_year", "phone", "kind", "state", "verified_on", "region_code", "dwelling_id", "dwelling__unit_name",
    "dwelling__room_name", "dwelling__building__name", "dwelling__building__compound__name",
)  # fmt: skip


def lines(rows: QuerySet[Person]) -> QuerySet[Any]:
    """People with no more than a line of a list needs, home and all, as plain tuples with names: a page holds fifty."""
    return rows.values_list(*_LINE, named=True)


def home_of(line: Any) -> str:
    """The address of somebody on a line."""
    door = Dwelling(unit_name=line.dwelling__unit_name, room_name=line.dwelling__room_name).door
    return f"{line.dwelling__building__compound__name} {line.dwelling__building__name} {door}"


def home_first(rows: QuerySet[Person]) -> QuerySet[Person]:
    """With the dwelling, its building and compound, as pages show people."""
    return rows.select_related(HOME)
