"""Supervising by hand, and the ladder that raises reminders by itself: each rung once, by replay of the clocks."""

from collections import Counter, defaultdict
from datetime import date, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from django.db import transaction
from django.db.models import Count

from linli.base.actor import Actor
from linli.base.clockwork import now
from linli.base.commands import Refused, announce, command, detail, nothing_done
from linli.matters.cases import pressing
from linli.matters.cases.commands.common import REMINDED, SUPERVISED, CaseId, in_hand, set_pressed
from linli.matters.cases.models import HangUp
from linli.procedures.handling import Handling
from linli.procedures.models import Clock, Entry, Proceeding

PLACE = ZoneInfo("Asia/Shanghai")
PORTION = 500
_LEVELS = {"remind": REMINDED, "supervise": SUPERVISED}
_EVENTS = {"remind": "cases.reminded", "supervise": "cases.supervised"}


@command("cases.supervise")
def supervise(actor: Actor, case: CaseId, *, note: str, seen: int | None = None) -> int:
    """A leader's word on a case: it stands in the record, on the holder's home page and on the worklist."""
    handling = in_hand(case, seen)
    handling.perform(actor, "supervise", note=note, public=True)
    set_pressed(case, SUPERVISED)
    announce("cases.supervised", {"case": case, "organisation": handling.state.holder})
    return handling.flush()


@command("cases.raise_rungs")
def raise_rungs(actor: Actor) -> int:
    """Raise every rung of the ladder that has been reached and was not raised yet; returns how many.

    What is to be raised follows from stored clocks, entries and promised dates alone, so running it again, or after a
    stop, raises nothing twice.
    """
    moment, rungs = now(), pressing.ladder()
    ids = sorted(_candidates(rungs, moment))
    count = sum(_raise(actor, rungs, ids[start : start + PORTION], moment) for start in range(0, len(ids), PORTION))
    detail(looked_at=len(ids), raised=count)
    if not count:
        nothing_done()
    return count


def _candidates(rungs: tuple[pressing.Rung, ...], moment: datetime) -> set[int]:
    """Open cases that may have reached a rung: due soon or over, sent back often, a promised date gone by."""
    ahead = max((rung.hours for rung in rungs if rung.clocks), default=0)
    cases = Proceeding.objects.filter(kind="case", closed_at=None)
    found = set(cases.filter(due_at__lte=moment + timedelta(hours=ahead)).values_list("pk", flat=True))
    for rung in rungs:
        if rung.times:
            often = Entry.objects.filter(act__in=rung.acts, proceeding__in=cases.filter(entry_count__gt=rung.times))
            found |= set(
                often.order_by().values("proceeding_id").annotate(count=Count("id")).filter(count__gte=rung.times)
                .values_list("proceeding_id", flat=True)
            )  # fmt: skip
        if rung.promised:
            late = HangUp.objects.filter(ended_on=None, promised_on__lt=moment.astimezone(PLACE).date())
            found |= set(late.values_list("case_id", flat=True))
    return found


def _raise(actor: Actor, rungs: tuple[pressing.Rung, ...], ids: list[int], moment: datetime) -> int:
    running: dict[int, list[pressing.Running]] = defaultdict(list)
    clocks = Clock.objects.filter(proceeding_id__in=ids, met_at=None, stopped_at=None, due_at__isnull=False)
    for row in clocks:
        assert row.due_at is not None
        running[row.proceeding_id].append(pressing.Running(row.code, row.seq, row.started_at, row.due_at))
    counts: dict[int, Counter[str]] = defaultdict(Counter)
    marks: dict[int, set[str]] = defaultdict(set)
    told = {*pressing.ACTS, *(act for rung in rungs for act in rung.acts)}
    entries = Entry.objects.filter(proceeding_id__in=ids, act__in=told).order_by()
    for case, act, given in entries.values_list("proceeding_id", "act", "given"):
        counts[case][act] += 1
        if given.get("mark"):
            marks[case].add(given["mark"])
    promised: dict[int, date] = dict(
        HangUp.objects.filter(case_id__in=ids, ended_on=None).values_list("case_id", "promised_on")
    )
    raised = 0
    for case in ids:
        found = pressing.reached(
            rungs, running[case], counts[case], marks[case], moment,
            promised_on=promised.get(case), today=moment.astimezone(PLACE).date(),
        )  # fmt: skip
        raised += _press(actor, case, found) if found else 0
    return raised


def _press(actor: Actor, case: int, found: list[pressing.Raised]) -> int:
    """Write the rungs of one case; a case that has moved on meanwhile is left alone."""
    try:
        with transaction.atomic():
            handling = Handling.load(case)
            for one in found:
                facts: dict[str, Any] = {"rung": one.rung.code, "mark": one.mark}
                clock = handling.definition.clocks.get(one.clock)
                note = f"{one.rung.name}：{clock.name}" if clock else one.rung.name
                handling.perform(actor, one.rung.act, note=note, public=True, **facts)
                announce(_EVENTS[one.rung.act], {"case": case, "organisation": handling.state.holder, **facts})
            handling.flush()
            set_pressed(case, max(_LEVELS[one.rung.act] for one in found))
    except Refused:
        return 0
    return len(found)
