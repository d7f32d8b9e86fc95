"""Rows of a sheet as people: each checked against the register's rules, all of them by one query."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.db import connection

from linli.base.actor import Actor
from linli.base.commands import Refused
from linli.people.residents import queries, rules
from linli.people.residents.commands.caring import problem_of_consent
from linli.people.residents.commands.common import Known, clean_phone, known
from linli.people.residents.commands.together import array
from linli.people.residents.models import Person
from linli.people.residents.policy import Care, care, register_policy

Row = Mapping[str, Any]
GONE, OUTSIDE = "没有找到这套房屋，请先登记房屋。", "这套房屋不在您的工作范围内。"
EARLIEST = date(1900, 1, 1)


@dataclass(slots=True)
class Checked:
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
        return self.state == LIVING


_KINDS = frozenset(Person.Kind.values)
LIVING, ABSENT, LEFT = Person.State.LIVING.value, Person.State.ABSENT.value, Person.State.GONE.value


@dataclass(slots=True)
class Ground:
    """What all rows are checked against, read once."""

    today: date
    policy: Mapping[str, Any]
    care: Care
    seen: Mapping[str, Any]
    dwellings: Mapping[int, str]
    mine: frozenset[str]  # the grids among theirs that the actor keeps
    source: str


def ground(actor: Actor, rows: Sequence[Row], source: str) -> Ground:
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
    return Ground(queries.today(), register_policy(), policy, policy.seen_by(actor), found, mine, source)


def check_many(actor: Actor, rows: Sequence[Row], *, source: str = "sheet") -> list[tuple[int, str, str]]:
    """(index of the row, field, what is wrong in the user's words) for a preview; nothing is written. One query for all rows."""
    against, found = ground(actor, rows, source), []
    for index, row in enumerate(rows):
        try:
            checked(row, against)
        except Refused as refused:
            found.append((index, refused.field or "", refused.message))
    return found


def closed_dwellings(actor: Actor, rows: Sequence[Row]) -> list[tuple[int, str, str]]:
    """As `check_many`, of what can change between a check and the registration: the dwelling is closed, or out of reach."""
    against, found = ground(actor, rows, "sheet"), []
    wanted = {row.get("dwelling") or 0 for row in rows}
    if wanted <= against.dwellings.keys() and against.mine.issuperset(against.dwellings.values()):
        return []
    for index, row in enumerate(rows):
        code = against.dwellings.get(row.get("dwelling") or 0)
        if code is None:
            found.append((index, "dwelling", GONE))
        elif code not in against.mine:
            found.append((index, "dwelling", OUTSIDE))
    return found


def checked(row: Row, against: Ground, told: Known | None = None) -> Checked:
    told = told or known(row, against.today, against.policy)
    kind = str(row.get("kind") or Person.Kind.FAMILY)
    if kind not in _KINDS:
        raise Refused("请从清单里选居住关系。", field="kind")
    guardian = ("", "")
    if row.get("guardian_name") or row.get("guardian_phone"):
        guardian = _guardian(row)
    moved_in, moved_out = row.get("moved_in"), row.get("moved_out")
    if moved_in is not None or moved_out is not None:
        _check_moves(moved_in, moved_out, told, against.today)
    needs = _care(row, against) if row.get("care") else []
    # The dwelling comes last: a sheet may bring it along, and all else must be right then.
    dwelling = int(row.get("dwelling") or 0)
    code = against.dwellings.get(dwelling)
    if code is None:
        raise Refused(GONE, field="dwelling")
    if code not in against.mine:
        raise Refused(OUTSIDE, field="dwelling", status=403)
    state = LEFT if moved_out is not None else LIVING if row.get("lives", True) else ABSENT
    source = str(row.get("source") or against.source)
    return Checked(
        told, dwelling, code, kind, state, str(row.get("household_key") or ""), bool(row.get("head")), guardian,
        needs, source, moved_in, moved_out,
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


def _care(row: Row, against: Ground) -> list[tuple[str, str, str]]:
    purpose = str(row.get("care_purpose") or "visit")
    consent = str(row.get("consent") or "none")
    found = []
    for code in dict.fromkeys(row["care"]):
        group = against.seen.get(code)
        if group is None or purpose not in against.care.purposes:
            raise Refused("没有这一类需关照。", field="care")
        if problem := problem_of_consent(group, consent if group["consent"] != "none" else "none"):
            raise Refused(problem, field="care")
        found.append((code, purpose, consent if group["consent"] != "none" else "none"))
    return found
