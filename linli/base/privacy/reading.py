"""Opening what is sealed, the one way for every room: purpose, open task, limit, read log, and only then the value.

told = reading.purpose(actor, "cases.case", case, FIELDS, purpose="contact", purposes=PURPOSES, task=True, note=note)
row.reporter_phone.reveal(told)
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime

from django.db import connection
from django.db.models import Q

from linli.base.actor import Actor
from linli.base.clockwork import now
from linli.base.commands import Refused
from linli.base.commands.models import ReadRow
from linli.base.crypto import Purpose
from linli.base.privacy.policy import entries, protection
from linli.base.throttle import Limit, spend

# Who looks at what is held about themselves, and who does so for somebody whom they may ask for.
OWN, FOR_OTHER = "own", "for_other"
_purposes: dict[tuple[str, str], str] = {("", OWN): "本人查看", ("", FOR_OTHER): "受托人代为查看"}


def name_purposes(purposes: Mapping[str, str], kind: str = "") -> None:
    """A room says what people call its purposes, for those who ask who looked. kind: of its records; two rooms may use one code."""
    _purposes.update({(kind, code): name for code, name in purposes.items()})


def name_of(kind: str, code: str) -> str:
    """What people call a purpose for which records of this kind were opened."""
    return _purposes.get((kind, code)) or _purposes.get(("", code), code)


def purpose(
    actor: Actor,
    kind: str,
    key: int,
    fields: Iterable[str],
    *,
    purpose: str,
    purposes: Mapping[str, str],
    task: bool | str,
    note: str = "",
) -> Purpose:
    """Note that this actor opens these fields of one record, and hand out the purpose that opens them.

    purposes: what may be chosen; task: the open work that this actor has with the record now, or whether there is any.
    Call it inside a command: without its transaction there is no row and so no value. Raises Refused (no such purpose, no
    task) and TooMany.
    """
    if purpose not in purposes:
        raise Refused("请选查看的用途。", field="purpose")
    if not task:
        raise Refused("您现在没有要为此办理的事，不能查看。", rule="purpose", status=403)
    if actor.kind == "person":
        spend(Limit("privacy.reveal", int(protection()["reveals_per_hour"]), 3600), str(actor.account_id))
    return opened(actor, kind, key, fields, purpose=purpose, note=note)


def opened(actor: Actor, kind: str, key: int, fields: Iterable[str], *, purpose: str, note: str = "") -> Purpose:
    """The row of the read log and the purpose that rests on it; who may look has been settled by the caller."""
    wanted = frozenset(fields)
    row = ReadRow.objects.create(
        at=now(),
        account_id=actor.account_id,
        post_id=actor.post_id,
        organisation_id=actor.organisation_id,
        reader=actor.name or actor.kind,
        role=actor.role or actor.kind,
        subject_kind=kind,
        subject_id=str(key),
        fields=sorted(wanted),
        purpose=purpose,
        note=note[:200],
    )
    return Purpose(purpose, actor.principal, row.pk, wanted)


def listed(actor: Actor, kind: str, keys: Iterable[int], fields: Iterable[str], *, purpose: str, note: str) -> int:
    """Note that these records were on a list which tells these fields: one row for each, so that everybody learns of it.

    Call it inside a command, before the list leaves; who may ask has been settled by the caller. Returns how many.
    """
    given = [
        now(), actor.account_id, actor.post_id, actor.organisation_id, actor.name or actor.kind, actor.role or actor.kind, kind,
        sorted(set(fields)), purpose, note[:200], list(keys),
    ]  # fmt: skip
    with connection.cursor() as cursor:
        cursor.execute(_LISTED, given)
        return cursor.rowcount


# One statement for a hundred thousand people: everything but whom is the same.
_LISTED = """
INSERT INTO commands_readrow (at, account_id, post_id, organisation_id, reader, role, subject_kind, fields, purpose, note, subject_id)
SELECT %s, %s, %s, %s, %s, %s, %s, %s, %s, %s, found::text FROM unnest(%s::bigint[]) AS found
"""


@dataclass(frozen=True, slots=True)
class Look:
    """One look as its subject may know of it: unit, role, purpose, time and what; never the name of who looked."""

    at: datetime
    organisation_id: int | None
    role: str
    purpose: str
    fields: tuple[str, ...]
    sensitive: bool
    own: bool


def who_looked(records: Iterable[tuple[str, int]], most: int = 200) -> list[Look]:
    """Who looked at these records, (kind, id) each, the latest first."""
    wanted = Q()
    for kind, key in records:
        wanted |= Q(subject_kind=kind, subject_id=str(key))
    if not wanted:
        return []
    known = {one.field: one for one in entries()}
    found = []
    for row in ReadRow.objects.filter(wanted).order_by("-id")[:most]:
        names = tuple(known[field].name if field in known else field for field in row.fields)
        sensitive = any(field in known and known[field].sensitive for field in row.fields)
        own = row.purpose in (OWN, FOR_OTHER)
        found.append(
            Look(row.at, row.organisation_id, row.role, name_of(row.subject_kind, row.purpose), names, sensitive, own)
        )
    return found
