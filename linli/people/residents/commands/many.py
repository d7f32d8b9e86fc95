"""Many people at once, as a sheet brings them: checked row by row, sealed in one go, written by a handful of statements.

A row is a mapping; what it lacks is not known:
  name, sex ("1" man, "2" woman), birth_year, birth_date, phone, identity, statutory_basis     as `register` takes them
  dwelling         key of the dwelling, needed
  kind, lives      owner, family or tenant; whether they live there
  moved_in         the day since when they have lived there, else the day of the batch
  moved_out        the day they left; then they are kept as moved out, and need no care any more
  household_key    rows of one dwelling with the same text are one household; without it, all of one dwelling
  head             True for the head of the household
  guardian_name, guardian_phone
  care             codes of the policy of care, with care_purpose and consent
  source           of this row, else that of the batch
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.db import connection

from linli.base import prepared
from linli.base.actor import Actor
from linli.base.clockwork import now
from linli.base.commands import Refused, announce, command, detail
from linli.base.crypto import next_pks, seal_columns
from linli.people.residents import queries, rules
from linli.people.residents.commands.checking import ABSENT, Checked, Ground, Row, checked, ground
from linli.people.residents.commands.common import Given, Known, known
from linli.people.residents.commands.registering import TOLD
from linli.people.residents.commands.together import array, insert
from linli.people.residents.models import CareNeed, Contact, Household, Person, PersonFact, Residence
from linli.people.residents.policy import register_policy

# Rows that one statement writes: enough that the statement costs nothing, few enough that its values fit into memory.
TOGETHER = 10_000
# From so many rows on the planner is told of them before the database follows their foreign keys.
COUNTED = 1000


@dataclass(frozen=True, slots=True)
class Ahead:
    """People sealed before it is their turn: their keys, what is told of them, the sealed columns of each statement."""

    keys: list[int]
    told: list[Known]
    columns: list[Mapping[str, Sequence[Any]]]


def seal_ahead(rows: Sequence[Row]) -> Ahead | None:
    """What `register_many` need not do while the database waits; another thread may do it. None where a row is wrong."""
    today, policy = queries.today(), register_policy()
    try:
        told = [known(row, today, policy) for row in rows]
    except Refused:
        return None
    if not told:
        return None
    keys = next_pks(Person, len(told))
    parts = [slice(start, start + TOGETHER) for start in range(0, len(told), TOGETHER)]
    sealed = [_sealed(keys[part], told[part]) for part in parts]
    return Ahead(keys, told, [{name: array(values) for name, values in columns.items()} for columns in sealed])


def _sealed(keys: Sequence[int], told: Sequence[Known]) -> dict[str, list[bytes | None]]:
    texts = {
        "name": [one.name for one in told],
        "birth_date": [one.birth_date.isoformat() if one.birth_date else "" for one in told],
        "phone": [one.phone for one in told],
        "identity": [one.identity for one in told],
    }
    return seal_columns(Person, keys, keys, texts)


@command("residents.register_many", right="residents.import")
def register_many(
    actor: Actor, rows: Sequence[Row], *, source: str = "sheet", as_of: date | None = None, ahead: Ahead | None = None
) -> list[int]:
    """Enter many people, all or none; returns their keys in the order of the rows. One audit row for the whole batch.

    ahead: `seal_ahead` of the same rows. Refused at the first wrong row, with `rule` "row:<index>"; duplicates are not
    looked for here (`alike_many` does).
    """
    given = Given(source, as_of).checked()
    against = ground(actor, rows, source)
    ready: list[Checked] = []
    for index, row in enumerate(rows):
        try:
            ready.append(checked(row, against, ahead.told[index] if ahead is not None else None))
        except Refused as refused:
            raise Refused(
                f"第 {index + 1} 行：{refused.message}", field=refused.field, rule=f"row:{index}"
            ) from refused
    if not ready:
        return []
    keys = ahead.keys if ahead is not None else next_pks(Person, len(ready))
    homes = _households(keys, ready, given.day)
    moment = now()
    for number, start in enumerate(range(0, len(ready), TOGETHER)):
        part = slice(start, start + TOGETHER)
        some = ready[part]
        columns = ahead.columns[number] if ahead is not None else _sealed(keys[part], [one.told for one in some])
        _write(actor, keys[part], some, columns, homes, given, moment, against)
    if len(keys) >= COUNTED:
        prepared.run("SELECT residents_count(%s)", [len(keys)])
    detail(rows=len(keys), first=keys[0], last=keys[-1], source=source)
    announce("residents.registered_many", {"first": keys[0], "last": keys[-1], "people": len(keys)})
    return keys


def _households(keys: Sequence[int], ready: Sequence[Checked], day: date) -> dict[tuple[int, str], int]:
    """(dwelling, key) -> household: one that is there when it is the only one and no key tells otherwise, else a new one."""
    wanted: dict[tuple[int, str], tuple[str, date]] = {}
    heads: dict[tuple[int, str], int] = {}
    for key, one in zip(keys, ready, strict=True):
        if one.lives:
            pair, since = (one.dwelling, one.key), one.moved_in or day
            if pair not in wanted or since < wanted[pair][1]:
                wanted[pair] = one.region_code, since
            if one.head:
                heads[pair] = key
    there = _living_there({dwelling for dwelling, key in wanted if not key})
    found = {pair: there[pair[0]] for pair in wanted if not pair[1] and pair[0] in there}
    new = [pair for pair in wanted if pair not in found]
    made = next_pks(Household, len(new)) if new else []
    insert(
        Household,
        {
            "id": made,
            "dwelling_id": [dwelling for dwelling, _key in new],
            "region_code": [wanted[pair][0] for pair in new],
            "starts": [wanted[pair][1] for pair in new],
            # Whoever that is comes in a moment: the database looks at the end of the transaction.
            "head_id": [heads.get(pair) for pair in new],
        },
    )
    _heads({household: heads[pair] for pair, household in found.items() if pair in heads})
    return found | dict(zip(new, made, strict=True))


def _living_there(dwellings: Iterable[int]) -> dict[int, int]:
    """dwelling -> its household, where there is exactly one."""
    asked = list(dwellings)
    if not asked:
        return {}
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT h.dwelling_id, min(h.id) FROM residents_household h JOIN unnest(%s::bigint[]) AS n(id) "
            "ON h.dwelling_id = n.id WHERE h.ends IS NULL GROUP BY 1 HAVING count(*) = 1",
            [array(asked)],
        )
        return dict(cursor.fetchall())


def _heads(heads: Mapping[int, int]) -> None:
    """household -> its head, for those that have none."""
    if heads:
        with connection.cursor() as cursor:
            cursor.execute(
                "UPDATE residents_household h SET head_id = n.head FROM unnest(%s::bigint[], %s::bigint[]) AS n(id, head) "
                "WHERE h.id = n.id AND h.head_id IS NULL",
                [array(list(heads)), array(list(heads.values()))],
            )


def _write(
    actor: Actor,
    keys: Sequence[int],
    ready: Sequence[Checked],
    columns: Mapping[str, Sequence[Any]],
    homes: Mapping[tuple[int, str], int],
    given: Given,
    moment: Any,
    against: Ground,
) -> None:
    regions, dwellings = [one.region_code for one in ready], [one.dwelling for one in ready]
    houses = [homes[one.dwelling, one.key] if one.lives else None for one in ready]
    kinds, sources = [one.kind for one in ready], [one.source for one in ready]
    values: dict[str, Sequence[Any]] = {
        "id": keys,
        "sex": [one.told.sex for one in ready],
        "birth_year": [one.told.birth_year for one in ready],
        "statutory_basis": [one.told.statutory_basis for one in ready],
        "dwelling_id": dwellings,
        "household_id": houses,
        "kind": kinds,
        "state": [one.state for one in ready],
        "source": sources,
        "region_code": regions,
        **columns,
    }
    insert(Person, values, {"verified_on": given.day, "registered_at": moment})
    insert(
        Residence,
        {
            "person_id": keys,
            "dwelling_id": dwellings,
            "household_id": houses,
            "kind": kinds,
            "lives": [one.state != ABSENT for one in ready],
            "region_code": regions,
            # Of somebody who has left, no earlier day may be known than that on which they did.
            "starts": [one.moved_in or one.moved_out or given.day for one in ready],
            "ends": [one.moved_out for one in ready],
            "ending": [Residence.Ending.LEFT.value if one.moved_out else "" for one in ready],
        },
    )
    insert(
        PersonFact,
        {"person_id": keys, "fields": _shapes(ready), "source": sources, "region_code": regions},
        {
            "act": PersonFact.Act.REGISTER.value,
            "reason": "",
            "as_of": given.day,
            "verifier": actor.name[:60],
            "post_id": actor.post_id,
            "at": moment,
        },
    )
    _contacts([(key, one) for key, one in zip(keys, ready, strict=True) if any(one.guardian)], given)
    _needs(actor, [(key, one) for key, one in zip(keys, ready, strict=True) if one.care], given, against)


def _shapes(ready: Sequence[Checked]) -> list[str]:
    """Which fields each row told, as PostgreSQL writes a list of names."""
    fields: dict[tuple[bool, ...], str] = {}
    told = []
    for one in ready:
        shape = tuple([bool(getattr(one.told, name)) for name in TOLD])
        if shape not in fields:
            fields[shape] = "{" + ",".join(sorted(n for n, there in zip(TOLD, shape, strict=True) if there)) + "}"
        told.append(fields[shape])
    return told


def _contacts(pairs: Sequence[tuple[int, Checked]], given: Given) -> None:
    if not pairs:
        return
    keys, people = next_pks(Contact, len(pairs)), [key for key, _one in pairs]
    values: dict[str, Sequence[Any]] = {
        "id": keys,
        "person_id": people,
        "region_code": [one.region_code for _key, one in pairs],
        "ends": [one.moved_out and given.day for _key, one in pairs],
    }
    texts = {"name": [one.guardian[0] for _key, one in pairs], "phone": [one.guardian[1] for _key, one in pairs]}
    values |= seal_columns(Contact, keys, people, texts)
    insert(Contact, values, {"kind": Contact.Kind.GUARDIAN.value, "starts": given.day})


def _needs(actor: Actor, pairs: Sequence[tuple[int, Checked]], given: Given, against: Ground) -> None:
    rows = [(key, one, *need) for key, one in pairs if one.moved_out is None for need in one.care]
    if not rows:
        return
    keys, people = next_pks(CareNeed, len(rows)), [row[0] for row in rows]
    reviews = {code: rules.review_on(given.day, group["review_days"]) for code, group in against.seen.items()}
    values: dict[str, Sequence[Any]] = {
        "id": keys,
        "person_id": people,
        "purpose": [row[3] for row in rows],
        "consent": [row[4] for row in rows],
        "source": [row[1].source for row in rows],
        "review_on": [reviews[row[2]] for row in rows],
        "region_code": [row[1].region_code for row in rows],
    }
    values |= seal_columns(CareNeed, keys, keys, {"group": [row[2] for row in rows]})
    insert(
        CareNeed,
        values,
        {
            "policy_id": against.care.id,
            "verified_by": actor.name[:60],
            "verified_on": given.day,
            "tries": 0,
            "ending": "",
        },
    )
