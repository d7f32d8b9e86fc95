"""Taking out a list of people: a purpose for each, a second person above the limit, and a mark on every sheet."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from linli.base.actor import Actor, system
from linli.base.clockwork import now
from linli.base.commands import Refused, command, detail
from linli.base.privacy import reading, rules
from linli.base.privacy.models import Export
from linli.base.privacy.policy import protection, purposes
from linli.base.privacy.queries import exports, taken_lately
from linli.base.scope import scope

LISTED = "export"
reading.name_purposes({LISTED: "导出名单（姓名、电话隐去一部分）"})


@dataclass(frozen=True, slots=True)
class Told:
    """Of whom a list tells what. kind: of the records, such as ``residents.person``; keys: theirs, or a query for them;
    fields: as the registry of personal fields names them."""

    kind: str
    keys: Sequence[int] | Any
    fields: tuple[str, ...]


def needs_second(actor: Actor, rows: int, told: Told | None) -> bool:
    """Whether so many rows, with what this account took in the last hours, need a second person."""
    policy = protection()
    limit = int(policy["export_limit"])
    if told is None or rules.needs_approval(rows, limit):
        return rules.needs_approval(rows, limit)
    since = now() - timedelta(hours=int(policy.get("export_hours", 24)))
    with scope(system("export")):
        before = taken_lately(actor.account_id, since, told.kind, list(told.keys), LISTED)
    return rules.needs_approval(rows + before, limit)


@command("privacy.take", repeatable=True)
def take(
    actor: Actor, *, what: str, conditions: str, address: str, rows: int, purpose: str, told: Told | None = None
) -> Export:
    """Note an export of so many people. Returns the row: TAKEN when it may go, ASKED when a second person must agree first.

    address: path and query that give this very list again; an agreement holds for it alone, once, for so many hours, and
    for at most a tenth more rows than were agreed to. Below the limit a purpose may be left out. told: noted in the read
    log, a row for each record, when the list goes. Refused: no such purpose.
    """
    big = needs_second(actor, rows, told)
    if purpose not in purposes() and (big or purpose):
        raise Refused("请选导出的用途。", field="purpose")
    moment = now()
    with scope(system("export")):
        mine = Export.objects.select_for_update().filter(
            asked_by=actor.account_id, what=what, address=address[:2000], purpose=purpose
        )
        agreed = mine.filter(
            state=Export.State.APPROVED,
            decided_at__gte=moment - timedelta(hours=int(protection()["approval_hours"])),
            rows__gte=int(rows / 1.1),
        ).order_by("-id").first()  # fmt: skip
        if agreed is not None:
            agreed.state, agreed.taken_at, agreed.rows = Export.State.TAKEN, moment, rows
            agreed.save(update_fields=["state", "taken_at", "rows"])
            detail(what=what, rows=rows, second=agreed.decided_by)
            _note(actor, agreed, told)
            return agreed
        waiting = mine.filter(state=Export.State.ASKED).order_by("-id").first() if big else None
        if waiting is not None:
            return waiting
        row = Export.objects.create(
            state=Export.State.ASKED if big else Export.State.TAKEN,
            what=what[:60],
            conditions=conditions[:500],
            address=address[:2000],
            rows=rows,
            purpose=purpose,
            region_code=min(actor.regions, key=len) if actor.regions else "",
            asked_at=moment,
            asked_by=actor.account_id,
            asked_post=actor.post_id,
            asked_name=actor.name,
            taken_at=None if big else moment,
        )
    detail(what=what, rows=rows, waits=big)
    if not big:
        _note(actor, row, told)
    return row


def _note(actor: Actor, row: Export, told: Told | None) -> None:
    """Before anything leaves: everybody on the list learns of it."""
    if told is not None:
        note = f"#{row.pk} {row.what}"
        reading.listed(actor, told.kind, told.keys, told.fields, purpose=LISTED, note=note)


@command("privacy.decide_export")
def decide_export(actor: Actor, export: int, *, agree: bool, reason: str = "") -> int:
    """Agree to a large export, or not. Never one's own."""
    row = exports(actor).select_for_update().filter(pk=export).first()
    if row is None:
        raise Refused("没有找到这次导出，或者它不在您的工作范围内。", status=404)
    if row.state != Export.State.ASKED:
        raise Refused("这次导出已经有人审批过了。", status=409)
    if row.asked_by == actor.account_id:
        raise Refused("提出的人不能自己审批，请换一位。", rule="two people", status=403)
    if not agree and not reason.strip():
        raise Refused("不同意要写明理由。", field="reason")
    row.state = Export.State.APPROVED if agree else Export.State.REFUSED
    row.decided_at, row.decided_by, row.decided_name = now(), actor.account_id, actor.name
    row.reason = reason.strip()[:200]
    row.save(update_fields=["state", "decided_at", "decided_by", "decided_name", "reason"])
    detail(agree=agree, rows=row.rows)
    return row.pk
