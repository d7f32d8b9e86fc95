"""Holding a dispatch meeting: its agenda, who came, decisions that become acts on the cases, and what became of them."""

from collections.abc import Callable
from datetime import date, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from linli.base import masks, policies
from linli.base.actor import Actor
from linli.base.clockwork import now
from linli.base.commands import COMMANDS, Refused, announce, command, detail
from linli.matters.cases.commands.common import CaseId
from linli.matters.cases.queries import visible_to as visible_cases
from linli.people.organisations.queries import directory
from linli.procedures.models import Proceeding
from linli.together.meetings import queries
from linli.together.meetings.models import AgendaItem, Attendance, Decision, DispatchMeeting

PLACE = ZoneInfo("Asia/Shanghai")
# What a decision may become; each is an act of the case, recorded by its own command.
ACTS = ("instruct", "remind", "supervise", "dispatch", "mark_difficult")


def today() -> date:
    return now().astimezone(PLACE).date()


@command("meetings.prepare", right="meetings.hold")
def prepare(actor: Actor, *, held_on: date | None = None) -> DispatchMeeting:
    """Open the meeting of a day and draw its agenda by the policy: overdue, repeated, difficult."""
    street = next((prefix for prefix in actor.regions if len(prefix) == 9), "")
    if not street:
        raise Refused("案卷调度由街道召开。", status=403)
    day = held_on or today()
    if day < today() - timedelta(days=31) or day > today() + timedelta(days=31):
        raise Refused("只能记前后一个月里的会。", field="held_on")
    if DispatchMeeting.objects.filter(region_code=street, held_on=day).exists():
        raise Refused("这一天的调度会已经有了。", field="held_on", status=409)
    agenda, left_out = queries.drawn(street, now())
    meeting = DispatchMeeting.objects.create(region_code=street, held_on=day, left_out=left_out)
    AgendaItem.objects.bulk_create(AgendaItem(meeting=meeting, case_id=key, reasons=why) for key, why in agenda)
    detail(cases=len(agenda), left_out=left_out)
    announce("meetings.prepared", {"meeting": meeting.pk})
    return meeting


@command("meetings.add", right="meetings.hold")
def add(actor: Actor, meeting: int, *, case: CaseId) -> AgendaItem:
    """Put another case onto the agenda, or back onto it."""
    row = _open(actor, meeting)
    if not visible_cases(actor).filter(pk=case, proceeding__sub_district_code=row.region_code).exists():
        raise Refused("没有找到这件诉求，或者它不在这个街道。", field="case", status=404)
    item = AgendaItem.objects.filter(meeting=row, case_id=case).first()
    if item is None:
        return AgendaItem.objects.create(meeting=row, case_id=case, reasons=[])
    if not item.taken_off:
        raise Refused("已经在议程上。", field="case", status=409)
    item.taken_off = ""
    item.save(update_fields=["taken_off"])
    return item


@command("meetings.take_off", right="meetings.hold")
def take_off(actor: Actor, item: int, *, note: str) -> AgendaItem:
    """Take a case off the agenda, with the reason; it stays to be seen that it had been on it."""
    row = AgendaItem.objects.filter(pk=item, meeting__in=queries.visible_to(actor)).first()
    if row is None:
        raise Refused("没有找到这项议程。", status=404)
    _open(actor, row.meeting_id)
    if not note.strip():
        raise Refused("请写明为什么撤下。", field="note")
    row.taken_off = masks.scrub(note.strip())[:200]
    row.save(update_fields=["taken_off"])
    return row


@command("meetings.attend", right="meetings.hold")
def attend(actor: Actor, meeting: int, *, post: int, state: str) -> Attendance:
    """Note whether somebody of the leadership came."""
    row = _open(actor, meeting)
    if state not in Attendance.State.values:
        raise Refused("请从清单里选到会情况。", field="state")
    if post not in {one.pk for one in queries.leadership(row.region_code, row.held_on)}:
        raise Refused("只记班子成员的到会。", field="post")
    noted, _made = Attendance.objects.update_or_create(meeting=row, post_id=post, defaults={"state": state})
    return noted


@command("meetings.decide", right="meetings.hold")
def decide(
    actor: Actor, meeting: int, *, case: CaseId, act: str, text: str, owner: int, due_on: date | None = None
) -> Decision:
    """Decide about a case. The decision becomes an act on it at once: what the case refuses is not decided.

    act: one of ACTS. `dispatch` gives the case to the owner as lead, whether it was dispatched before or not. owner: the
    organisation that must see to it; due_on: until when, by the policy when not said.
    """
    row = _open(actor, meeting)
    text = masks.scrub(" ".join(text.split()))[:500]
    if act not in ACTS:
        raise Refused("请从清单里选办法。", field="act")
    if not text:
        raise Refused("请写明决定怎么办。", field="text")
    listing = directory().by_id.get(owner)
    if listing is None or not listing.region_code.startswith(row.region_code):
        raise Refused("请选本街道的责任单位。", field="owner")
    due = due_on or row.held_on + timedelta(days=int(policies.load("dispatch_meeting").data["decision_days"]))
    if due < row.held_on:
        raise Refused("期限不能早于开会那天。", field="due_on")
    item = AgendaItem.objects.filter(meeting=row, case_id=case, taken_off="").first()
    if item is None:
        raise Refused("这件诉求不在议程上，请先加上。", field="case")
    _perform(actor, case, act, owner, f"案卷调度（{row.held_on}）：{text}；责任单位 {listing.label}，{due} 前办到。")
    made = Decision.objects.create(
        meeting=row, held_on=row.held_on, case_id=case, act=act, text=text, owner_id=owner, due_on=due, decided_at=now()
    )
    detail(case=case, act=act)
    announce("meetings.decided", {"meeting": row.pk, "case": case, "organisation": owner})
    return made


@command("meetings.close", right="meetings.hold")
def close(actor: Actor, meeting: int, *, chair: str = "", note: str = "") -> DispatchMeeting:
    """End the meeting: who chaired it, the minutes in words. Afterwards only decisions are followed up."""
    row = _open(actor, meeting)
    if not row.attendance.exists():
        raise Refused("请先记班子成员的到会情况。", status=409)
    row.chair, row.note, row.closed_at = chair.strip()[:80], masks.scrub(note.strip()), now()
    row.save(update_fields=["chair", "note", "closed_at"])
    return row


@command("meetings.report", right="meetings.follow")
def report(actor: Actor, decision: int, *, note: str) -> Decision:
    """Say that a decision has been carried out: its owner, or whoever holds the meetings of the street."""
    row = queries.decisions(actor).filter(pk=decision, done_on=None).first()
    if row is None:
        raise Refused("没有找到这项决定，或者已经报过完成。", status=404)
    if actor.organisation_id != row.owner_id and not actor.may("meetings.hold"):
        raise Refused("这项决定由责任单位报完成。", status=403)
    if not note.strip():
        raise Refused("请写明做到了什么。", field="note")
    row.done_on, row.done_note, row.done_by = today(), masks.scrub(note.strip())[:500], actor.name
    row.save(update_fields=["done_on", "done_note", "done_by"])
    return row


@command("meetings.export", repeatable=True)
def export(actor: Actor, *, what: str, conditions: str = "") -> None:
    """Record that this actor takes a list or minutes out."""
    detail(what=what[:20], conditions=masks.scrub(conditions)[:300])


def _open(actor: Actor, meeting: int) -> DispatchMeeting:
    row = queries.visible_to(actor).filter(pk=meeting).first()
    if row is None:
        raise Refused("没有找到这次调度会，或者它不在您的工作范围内。", status=404)
    if row.closed_at is not None:
        raise Refused("这次调度会已经结束，只能跟进决定。", status=409)
    return row


def _perform(actor: Actor, case: CaseId, act: str, owner: int, note: str) -> None:
    """The act of the case behind a decision."""
    name, more = f"cases.{act}", dict[str, Any]()
    if act == "dispatch":
        step = Proceeding.objects.values_list("step", flat=True).get(pk=case)
        name, more = "cases.dispatch" if step == "filed" else "cases.redirect", {"to": owner}
    run: Callable[..., Any] = COMMANDS[name].run
    try:
        run(actor, case, note=note, **more)
    except Refused as refused:
        field = "owner" if refused.field == "to" else "act"
        raise Refused(refused.message, field=field, rule=refused.rule, status=refused.status) from refused
