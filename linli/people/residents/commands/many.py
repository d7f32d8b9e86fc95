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

from linli.base.actor import Actor
from linli.base.clockwork import now
from linli.base.commands import Refused, announce, command, detail
from linli.base.crypto import next_pks, seal_columns
from linli.people.residents import queries, rules
from linli.people.residents.commands.caring import problem_of_consent
from linli.people.residents.commands.common import Given, Known, clean_phone, known
from linli.people.residents.commands.registering import TOLD
from linli.people.residents.commands.together import array, insert
from linli.people.residents.models import CareNeed, Contact, Household, Person, PersonFact, Residence
from linli.people.residents.policy import Care, care, register_policy

Row = Mapping[str, Any]
# Rows that one statement writes: enough that the statement costs nothing, few enough that its values fit into memory.
TOGETHER = 5000
GONE, OUTSIDE = "没有找到这套房屋，请先登记房屋。", "这套房屋不在您的工作范围内。"
EARLIEST = date(1900, 1, 1)


@dataclass(slots=True)
class _Checked:
    """One row ready to be sealed."""

    told: Known
    dwelling: int
    region_code: str
    kind: str
    state: str
    key: str
    head: bool
    guardian: tuple[str, str]
    care: list[tuple[str, str, str]]
    source: str
    moved_in: date | None
    moved_out: date | None

    @property
    def lives(self) -> bool:
        return self.state == _LIVING


_KINDS = frozenset(Person.Kind.values)
_LIVING, _ABSENT, _GONE = Person.State.LIVING.value, Person.State.ABSENT.value, Person.State.GONE.value


@dataclass(slots=True)
class _Ground:
    """What all rows are checked against, read once."""

    today: date
    policy: Mapping[str, Any]
    care: Care
    seen: Mapping[str, Any]
    dwellings: Mapping[int, str]
    mine: frozenset[str]  # the grids among theirs that the actor keeps
    source: str


def _ground(actor: Actor, rows: Sequence[Row], source: str) -> _Ground:
    wanted = {int(row["dwelling"]) for row in rows if row.get("dwelling")}
    found = {}
    if wanted:
        with connection.cursor() as cursor:
            cursor.execute(
                "SELECT d.id, d.region_code FROM addresses_dwelling d JOIN unnest(%s::bigint[]) AS n(id) ON d.id = n.id "
                "WHERE d.valid_to IS NULL",
                [array(list(wanted))],
            )
            found = dict(cursor.fetchall())
    mine = frozenset(code for code in set(found.values()) if rules.may_reach(actor.regions, code, actor.everything))
    policy = care()
    return _Ground(queries.today(), register_policy(), policy, policy.seen_by(actor), found, mine, source)


def check_many(actor: Actor, rows: Sequence[Row], *, source: str = "sheet") -> list[tuple[int, str, str]]:
    """(index of the row, field, what is wrong in the user's words) for a preview; nothing is written. One query for all rows."""
    ground, found = _ground(actor, rows, source), []
    for index, row in enumerate(rows):
        try:
            _checked(row, ground)
        except Refused as refused:
            found.append((index, refused.field or "", refused.message))
    return found


def closed_dwellings(actor: Actor, rows: Sequence[Row]) -> list[tuple[int, str, str]]:
    """As `check_many`, of what can change between a check and the registration: the dwelling is closed, or out of reach."""
    ground, found = _ground(actor, rows, "sheet"), []
    for index, row in enumerate(rows):
        code = ground.dwellings.get(row.get("dwelling") or 0)
        if code is None:
            found.append((index, "dwelling", GONE))
        elif code not in ground.mine:
            found.append((index, "dwelling", OUTSIDE))
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
    homes = _households(keys, ready, given.day)
    moment = now()
    for start in range(0, len(ready), TOGETHER):
        part = slice(start, start + TOGETHER)
        _write(actor, keys[part], ready[part], homes, given, moment, ground)
    detail(rows=len(keys), first=keys[0], last=keys[-1], source=source)
    announce("residents.registered_many", {"first": keys[0], "last": keys[-1], "people": len(keys)})
    return keys


def _checked(row: Row, ground: _Ground) -> _Checked:
    told = known(row, ground.today, ground.policy)
    dwelling = int(row.get("dwelling") or 0)
    code = ground.dwellings.get(dwelling)
    if code is None:
        raise Refused(GONE, field="dwelling")
    if code not in ground.mine:
        raise Refused(OUTSIDE, field="dwelling", status=403)
    kind = str(row.get("kind") or Person.Kind.FAMILY)
    if kind not in _KINDS:
        raise Refused("请从清单里选居住关系。", field="kind")
    guardian = ("", "")
    if row.get("guardian_name") or row.get("guardian_phone"):
        guardian = _guardian(row)
    moved_in, moved_out = row.get("moved_in"), row.get("moved_out")
    if moved_in is not None or moved_out is not None:
        _check_moves(moved_in, moved_out, told, ground.today)
    state = _GONE if moved_out is not None else _LIVING if row.get("lives", True) else _ABSENT
    source = str(row.get("source") or ground.source)
    return _Checked(
        told, dwelling, code, kind, state, str(row.get("household_key") or ""), bool(row.get("head")), guardian,
        _care(row, ground) if row.get("care") else [], source, moved_in, moved_out,
    )  # fmt: skip


def _guardian(row: Row) -> tuple[str, str]:
    name = rules.clean_name(str(row.get("guardian_name") or ""))
    if problem := rules.problem_of_name(name):
        raise Refused(problem, field="guardian_name")
    phone = clean_phone(str(row.get("guardian_phone") or ""), "guardian_phone")
    if not phone:
        raise Refused("请填写监护人的电话。", field="guardian_phone")
    return name, phone


def _check_moves(moved_in: date | None, moved_out: date | None, told: Known, today: date) -> None:
    for field, day, said in (("moved_in", moved_in, "入住日期"), ("moved_out", moved_out, "迁出日期")):
        if day is None:
            continue
        if day > today:
            raise Refused(f"{said}不能在将来。", field=field)
        if day < EARLIEST or day.year < told.birth_year or (told.birth_date is not None and day < told.birth_date):
            raise Refused(f"{said}不能早于出生。" if day >= EARLIEST else f"请核对{said}。", field=field)
    if moved_in is not None and moved_out is not None and moved_out < moved_in:
        raise Refused("迁出日期不能早于入住日期。", field="moved_out")


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


def _households(keys: Sequence[int], ready: Sequence[_Checked], day: date) -> dict[tuple[int, str], int]:
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
    ready: Sequence[_Checked],
    homes: Mapping[tuple[int, str], int],
    given: Given,
    moment: Any,
    ground: _Ground,
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
    }
    texts = {
        "name": [one.told.name for one in ready],
        "birth_date": [one.told.birth_date.isoformat() if one.told.birth_date else "" for one in ready],
        "phone": [one.told.phone for one in ready],
        "identity": [one.told.identity for one in ready],
    }
    values |= seal_columns(Person, keys, keys, texts)
    insert(Person, values, {"verified_on": given.day, "registered_at": moment})
    insert(
        Residence,
        {
            "person_id": keys,
            "dwelling_id": dwellings,
            "household_id": houses,
            "kind": kinds,
            "lives": [one.state != _ABSENT for one in ready],
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
    _needs(actor, [(key, one) for key, one in zip(keys, ready, strict=True) if one.care], given, ground)


def _shapes(ready: Sequence[_Checked]) -> list[str]:
    """Which fields each row told, as PostgreSQL writes a list of names."""
    fields: dict[tuple[bool, ...], str] = {}
    told = []
    for one in ready:
        shape = tuple([bool(getattr(one.told, name)) for name in TOLD])
        if shape not in fields:
            fields[shape] = "{" + ",".join(sorted(n for n, there in zip(TOLD, shape, strict=True) if there)) + "}"
        told.append(fields[shape])
    return told


def _contacts(pairs: Sequence[tuple[int, _Checked]], given: Given) -> None:
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


def _needs(actor: Actor, pairs: Sequence[tuple[int, _Checked]], given: Given, ground: _Ground) -> None:
    rows = [(key, one, *need) for key, one in pairs if one.moved_out is None for need in one.care]
    if not rows:
        return
    keys, people = next_pks(CareNeed, len(rows)), [row[0] for row in rows]
    reviews = {code: rules.review_on(given.day, group["review_days"]) for code, group in ground.seen.items()}
    values: dict[str, Sequence[Any]] = {
        "id": keys,
        "person_id": people,
        "purpose": [row[3] for row in rows],
        "consent": [row[4] for row in rows],
        "source": [row[1].source for row in rows],
        "review_on": [reviews[row[2]] for row in rows],
        "region_code": [row[1].region_code for row in rows],
    }
    values |= seal_columns(CareNeed, keys, people, {"group": [row[2] for row in rows]})
    insert(
        CareNeed,
        values,
        {
            "policy_id": ground.care.id,
            "verified_by": actor.name[:60],
            "verified_on": given.day,
            "tries": 0,
            "ending": "",
        },
    )
