"""Deciding a day otherwise than the published calendar, and taking that back. Running clocks keep their calendar."""

from datetime import date

from django.db import connection, transaction

from linli.base.actor import Actor
from linli.base.calendar.models import CalendarChange, CalendarDay
from linli.base.calendar.queries import forget
from linli.base.clockwork import now
from linli.base.commands import Refused, announce, command, detail


@command("calendar.override")
def override(actor: Actor, *, date: date, kind: str, reason: str, basis: str) -> CalendarDay:
    """Make a day a holiday or a workday. reason: what people read beside the day; basis: the deciding document."""
    if kind not in CalendarDay.Kind.values:
        raise Refused("请选择放假或上班。", field="kind")
    reason, basis = reason.strip(), basis.strip()
    if not reason or len(reason) > 60:
        raise Refused("请写明原因，不超过60个字。", field="reason")
    if not basis or len(basis) > 300:
        raise Refused("请写明依据的文件，不超过300个字。", field="basis")
    _one_at_a_time()
    day, _ = CalendarDay.objects.update_or_create(date=date, defaults={"kind": kind, "reason": reason, "basis": basis})
    _note(actor, date, kind, reason, basis)
    return day


@command("calendar.clear_override")
def clear_override(actor: Actor, day: CalendarDay, *, reason: str = "") -> None:
    """Let the published calendar decide this day again."""
    _one_at_a_time()
    if not CalendarDay.objects.filter(pk=day.pk).delete()[0]:
        raise Refused("这一天的调整已经撤销。", status=409)
    _note(actor, day.date, "", reason.strip()[:60] or "撤销调整", "")


def _one_at_a_time() -> None:
    """Changes are numbered by a sequence: without the lock a lower number could commit after a higher one."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(hashtext('linli.calendar'))")


def _note(actor: Actor, date: date, kind: str, reason: str, basis: str) -> None:
    change = CalendarChange.objects.create(
        date=date, kind=kind, reason=reason, basis=basis, at=now(), changed_by=actor.name
    )
    detail(date=str(date), kind=kind or "cleared")
    announce("calendar.changed", {"change": change.pk, "date": str(date)})
    transaction.on_commit(forget)
