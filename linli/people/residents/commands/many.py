"""Many people at once, as a sheet brings them: checked row by row, sealed in one go, written by a handful of statements.

A row is a mapping; what it lacks is not known:
  name, sex ("1" man, "2" woman), birth_year, birth_date, phone, identity, statutory_basis     as `register` takes them
  dwelling         key of the dwelling, needed
  kind, lives      owner, family or tenant; whether they live there
  household_key    rows of one dwelling with the same text are one household; without it, all of one dwelling
  head             True for the head of the household
  guardian_name, guardian_phone
  care             codes of the policy of care, with care_purpose and consent
  source           of this row, else that of the batch
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.db import connection
from django.db.models import Count, Q

from linli.base.actor import Actor
from linli.base.clockwork import now
from linli.base.commands import Refused, announce, command, detail
from linli.base.crypto import index_candidates, next_pks
from linli.people.residents import queries, rules
from linli.people.residents.commands.caring import problem_of_consent
from linli.people.residents.commands.common import Given, Known, clean_phone, known
from linli.people.residents.commands.registering import TOLD
from linli.people.residents.commands.together import insert, sealed
from linli.people.residents.models import CareNeed, Contact, Household, Person, PersonFact, Residence
from linli.people.residents.policy import Care, care, register_policy
from linli.places.addresses.models import Dwelling

Row = Mapping[str, Any]
# Rows that one statement writes: enough that the statement costs nothing, few enough that its values fit into memory.
TOGETHER = 5000


@dataclass(slots=True)
class _Checked:
    """One row ready to be sealed."""

    told: Known
    dwelling: int
    region_code: str
    kind: str
    lives: bool
    key: str
    head: bool
    guardian: tuple[str, str]
    care: list[tuple[str, str, str]]
    source: str


@dataclass(slots=True)
class _Ground:
    """What all rows are checked against, read once."""

    today: date
    policy: Mapping[str, Any]
    care: Care
    seen: Mapping[str, Any]
    dwellings: Mapping[int, str]
    actor: Actor
    source: str


def _ground(actor: Actor, rows: Sequence[Row], source: str) -> _Ground:
    wanted = {int(row["dwelling"]) for row in rows if row.get("dwelling")}
    found = Dwelling.objects.filter(pk__in=wanted, valid_to=None).values_list("pk", "region_code")
    policy = care()
    return _Ground(
        queries.today(), register_policy(), policy, policy.seen_by(actor), dict(found), actor, source
    )  # fmt: skip


def check_many(actor: Actor, rows: Sequence[Row], *, source: str = "sheet") -> list[tuple[int, str, str]]:
    """(index of the row, field, what is wrong in the user's words) for a preview; nothing is written. One query for all rows."""
    ground, found = _ground(actor, rows, source), []
    for index, row in enumerate(rows):
        try:
            _checked(row, ground)
        except Refused as refused:
            found.append((index, refused.field or "", refused.message))
    return found


@command("residents.register_many", right="residents.import")
def register_many(actor: Actor, rows: Sequence[Row], *, source: str = "sheet", as_of: date | None = None) -> list[int]:
    """Enter many people, all or none; returns their keys in the order of the rows. One audit row for the whole batch.

    Refused at the first wrong row, with `rule` "row:<index>"; duplicates are not looked for here (`alike_many` does).
    """
    given = Given(source, as_of).checked()
    ground = _ground(actor, rows, source)
    ready: list[_Checked] = []
    for index, row in enumerate(rows):
        try:
            ready.append(_checked(row, ground))
        except Refused as refused:
            raise Refused(
                f"第 {index + 1} 行：{refused.message}", field=refused.field, rule=f"row:{index}"
            ) from refused
    if not ready:
        return []
    keys = next_pks(Person, len(ready))
    homes = _households(ready, given.day)
    moment = now()
    for start in range(0, len(ready), TOGETHER):
        part = slice(start, start + TOGETHER)
        _write(actor, keys[part], ready[part], homes, given, moment, ground)
    _heads(keys, ready, homes)
    detail(rows=len(keys), first=keys[0], last=keys[-1], source=source)
    announce("residents.registered_many", {"first": keys[0], "last": keys[-1], "people": len(keys)})
    return keys


def alike_many(actor: Actor, rows: Sequence[Row]) -> dict[int, int]:
    """index of a row -> somebody on the register who may be the same: by number, by name with telephone, or by name with dwelling.

    Two queries for any number of rows; nothing is opened.
    """
    names: dict[bytes, list[int]] = {}
    phones: dict[bytes, list[int]] = {}
    numbers: dict[bytes, list[int]] = {}
    for index, row in enumerate(rows):
        for held, field, text in (
            (names, "name_index", rules.clean_name(str(row.get("name") or ""))),
            (phones, "phone_index", str(row.get("phone") or "")),
            (numbers, "identity_index", str(row.get("identity") or "")),
        ):
            for one in index_candidates(Person, field, text) if text else ():
                held.setdefault(one, []).append(index)
    found: dict[int, int] = {}
    people = queries.living_in(actor)
    by_number = people.filter(identity_index__in=list(numbers)) if numbers else Person.objects.none()
    for key, number in by_number.values_list("pk", "identity_index"):
        for index in numbers[bytes(number or b"")]:
            found.setdefault(index, key)
    named = people.filter(name_index__in=list(names)) if names else Person.objects.none()
    for key, name, phone, home in named.values_list("pk", "name_index", "phone_index", "dwelling_id"):
        same_phone = set(phones.get(bytes(phone), ())) if phone is not None else set()
        for index in names[bytes(name or b"")]:
            if index in same_phone or rows[index].get("dwelling") == home:
                found.setdefault(index, key)
    return found


@command("residents.withdraw_many", right="residents.import")
def withdraw_many(actor: Actor, *, ids: Sequence[int]) -> int:
    """Take a batch back as one act: people who were entered by mistake and that nothing has happened to since. All or none.

    Nothing of them stays but the audit. Refused: one of them is not the actor's, or was worked with since.
    """
    wanted = sorted(set(ids))
    mine = queries.visible_to(actor).filter(pk__in=wanted)
    if mine.count() != len(wanted):
        raise Refused("有的人已不在您的工作范围内，不能撤回。", status=404)
    touched = PersonFact.objects.filter(person__in=wanted).values("person").annotate(n=Count("id")).filter(n__gt=1)
    if touched.exists() or Person.objects.filter(Q(merged_into__in=wanted)).exists():
        raise Refused("这批人里有的登记后又办过事，不能整批撤回，请逐个更正。", rule="已有后续")
    homes = list(Household.objects.filter(members__in=wanted).values_list("pk", flat=True).distinct())
    Household.objects.filter(head__in=wanted).update(head=None)
    for model in (CareNeed, Contact, PersonFact, Residence):
        model.objects.filter(person__in=wanted)._raw_delete("default")
    Person.objects.filter(pk__in=wanted)._raw_delete("default")
    empty = Household.objects.filter(pk__in=homes, members=None, residences=None)
    Household.objects.filter(pk__in=list(empty.values_list("pk", flat=True)))._raw_delete("default")
    detail(rows=len(wanted))
    announce("residents.withdrawn_many", {"people": wanted[:1000], "count": len(wanted)})
    return len(wanted)


def _checked(row: Row, ground: _Ground) -> _Checked:
    told = known(row, ground.today, ground.policy)
    dwelling = int(row.get("dwelling") or 0)
    code = ground.dwellings.get(dwelling)
    if code is None:
        raise Refused("没有找到这套房屋，请先登记房屋。", field="dwelling")
    if not rules.may_reach(ground.actor.regions, code, ground.actor.everything):
        raise Refused("这套房屋不在您的工作范围内。", field="dwelling", status=403)
    kind = str(row.get("kind") or Person.Kind.FAMILY)
    if kind not in _KINDS:
        raise Refused("请从清单里选居住关系。", field="kind")
    guardian = rules.clean_name(str(row.get("guardian_name") or "")), str(row.get("guardian_phone") or "")
    if any(guardian):
        if problem := rules.problem_of_name(guardian[0]):
            raise Refused(problem, field="guardian_name")
        guardian = guardian[0], clean_phone(guardian[1], "guardian_phone")
        if not guardian[1]:
            raise Refused("请填写监护人的电话。", field="guardian_phone")
    source = str(row.get("source") or ground.source)
    return _Checked(
        told, dwelling, code, kind, bool(row.get("lives", True)), str(row.get("household_key") or ""),
        bool(row.get("head")), guardian, _care(row, ground) if row.get("care") else [], source,
    )  # fmt: skip


_KINDS = frozenset(Person.Kind.values)


def _care(row: Row, ground: _Ground) -> list[tuple[str, str, str]]:
    purpose = str(row.get("care_purpose") or "visit")
    consent = str(row.get("consent") or "none")
    found = []
    for code in dict.fromkeys(row["care"]):
        group = ground.seen.get(code)
        if group is None or purpose not in ground.care.purposes:
            raise Refused("没有这一类需关照。", field="care")
        if problem := problem_of_consent(group, consent if group["consent"] != "none" else "none"):
            raise Refused(problem, field="care")
        found.append((code, purpose, consent if group["consent"] != "none" else "none"))
    return found


def _households(ready: Sequence[_Checked], day: date) -> dict[tuple[int, str], int]:
    """(dwelling, key) -> household: one that is there when it is the only one and no key tells otherwise, else a new one."""
    wanted = {(one.dwelling, one.key): one.region_code for one in ready if one.lives}
    there: dict[int, list[int]] = {}
    rows = Household.objects.filter(dwelling__in={dwelling for dwelling, _key in wanted}, ends=None)
    for pk, dwelling in rows.values_list("pk", "dwelling_id"):
        there.setdefault(dwelling, []).append(pk)
    found = {
        (dwelling, key): there[dwelling][0] for dwelling, key in wanted if not key and len(there.get(dwelling, ())) == 1
    }
    new = [pair for pair in wanted if pair not in found]
    keys = next_pks(Household, len(new)) if new else []
    insert(
        Household,
        {
            "id": keys,
            "dwelling_id": [dwelling for dwelling, _key in new],
            "region_code": [wanted[pair] for pair in new],
            "starts": [day] * len(new),
        },
    )
    return found | dict(zip(new, keys, strict=True))


def _heads(keys: Sequence[int], ready: Sequence[_Checked], homes: Mapping[tuple[int, str], int]) -> None:
    heads = {homes[one.dwelling, one.key]: key for key, one in zip(keys, ready, strict=True) if one.head and one.lives}
    if heads:
        with connection.cursor() as cursor:
            cursor.execute(
                "UPDATE residents_household h SET head_id = n.head FROM unnest(%s::bigint[], %s::bigint[]) AS n(id, head) "
                "WHERE h.id = n.id AND h.head_id IS NULL",
                [list(heads), list(heads.values())],
            )


def _write(
    actor: Actor,
    keys: Sequence[int],
    ready: Sequence[_Checked],
    homes: Mapping[tuple[int, str], int],
    given: Given,
    moment: Any,
    ground: _Ground,
) -> None:
    size = len(keys)
    regions, dwellings = [one.region_code for one in ready], [one.dwelling for one in ready]
    houses = [homes[one.dwelling, one.key] if one.lives else None for one in ready]
    kinds, sources = [one.kind for one in ready], [one.source for one in ready]
    values: dict[str, list[Any]] = {
        "id": list(keys),
        "sex": [one.told.sex for one in ready],
        "birth_year": [one.told.birth_year for one in ready],
        "statutory_basis": [one.told.statutory_basis for one in ready],
        "dwelling_id": dwellings,
        "household_id": houses,
        "kind": kinds,
        "state": [Person.State.LIVING.value if one.lives else Person.State.ABSENT.value for one in ready],
        "source": sources,
        "verified_on": [given.day] * size,
        "region_code": regions,
        "registered_at": [moment] * size,
    }
    values |= sealed(Person, "name", keys, keys, [one.told.name for one in ready])
    born = [one.told.birth_date.isoformat() if one.told.birth_date else "" for one in ready]
    values |= sealed(Person, "birth_date", keys, keys, born)
    values |= sealed(Person, "phone", keys, keys, [one.told.phone for one in ready])
    values |= sealed(Person, "identity", keys, keys, [one.told.identity for one in ready])
    insert(Person, values)
    insert(
        Residence,
        {
            "person_id": list(keys),
            "dwelling_id": dwellings,
            "household_id": houses,
            "kind": kinds,
            "lives": [one.lives for one in ready],
            "region_code": regions,
            "starts": [given.day] * size,
            "ending": [""] * size,
        },
    )
    fields: dict[tuple[bool, ...], str] = {}
    told = []
    for one in ready:
        shape = tuple(bool(getattr(one.told, name)) for name in TOLD)
        if shape not in fields:
            fields[shape] = "{" + ",".join(sorted(n for n, there in zip(TOLD, shape, strict=True) if there)) + "}"
        told.append(fields[shape])
    insert(
        PersonFact,
        {
            "person_id": list(keys),
            "act": [PersonFact.Act.REGISTER.value] * size,
            "fields": told,
            "source": sources,
            "reason": [""] * size,
            "as_of": [given.day] * size,
            "verifier": [actor.name[:60]] * size,
            "post_id": [actor.post_id] * size,
            "at": [moment] * size,
            "region_code": regions,
        },
    )
    _contacts([(key, one) for key, one in zip(keys, ready, strict=True) if any(one.guardian)], given)
    _needs(actor, [(key, one) for key, one in zip(keys, ready, strict=True) if one.care], given, ground)


def _contacts(pairs: Sequence[tuple[int, _Checked]], given: Given) -> None:
    if not pairs:
        return
    keys, people = next_pks(Contact, len(pairs)), [key for key, _one in pairs]
    values: dict[str, list[Any]] = {
        "id": keys,
        "person_id": people,
        "kind": [Contact.Kind.GUARDIAN.value] * len(pairs),
        "region_code": [one.region_code for _key, one in pairs],
        "starts": [given.day] * len(pairs),
    }
    values |= sealed(Contact, "name", keys, people, [one.guardian[0] for _key, one in pairs])
    values |= sealed(Contact, "phone", keys, people, [one.guardian[1] for _key, one in pairs])
    insert(Contact, values)


def _needs(actor: Actor, pairs: Sequence[tuple[int, _Checked]], given: Given, ground: _Ground) -> None:
    rows = [(key, one, *need) for key, one in pairs for need in one.care]
    if not rows:
        return
    keys, people = next_pks(CareNeed, len(rows)), [row[0] for row in rows]
    reviews = {code: rules.review_on(given.day, group["review_days"]) for code, group in ground.seen.items()}
    size = len(rows)
    values: dict[str, list[Any]] = {
        "id": keys,
        "person_id": people,
        "purpose": [row[3] for row in rows],
        "policy_id": [ground.care.id] * size,
        "consent": [row[4] for row in rows],
        "source": [row[1].source for row in rows],
        "verified_by": [actor.name[:60]] * size,
        "verified_on": [given.day] * size,
        "review_on": [reviews[row[2]] for row in rows],
        "tries": [0] * size,
        "region_code": [row[1].region_code for row in rows],
        "ending": [""] * size,
    }
    values |= sealed(CareNeed, "group", keys, people, [row[2] for row in rows])
    insert(CareNeed, values)
