"""Founding a force, lending people to it, giving it cases, and ending each of these on a day."""

from datetime import date
from typing import Any
from zoneinfo import ZoneInfo

from linli.base import masks
from linli.base.actor import Actor
from linli.base.clockwork import now
from linli.base.commands import Refused, announce, command, detail
from linli.matters.cases import commands as cases
from linli.matters.cases.commands.common import CaseId
from linli.matters.cases.queries import visible_to as visible_cases
from linli.people.accounts.models import Post
from linli.together.taskforces import queries, rules
from linli.together.taskforces.models import CarriedCase, Member, TaskForce

PLACE = ZoneInfo("Asia/Shanghai")


def today() -> date:
    return now().astimezone(PLACE).date()


@command("taskforces.found")
def found(actor: Actor, *, name: str, purpose: str, lead: int, starts: date | None = None) -> TaskForce:
    """Found a force of the actor's sub-district. lead: id of the post that leads it. Refused beside the wrong field."""
    street = next((prefix[:9] for prefix in actor.regions if len(prefix) >= 9), "")
    if not street:
        raise Refused("专班由街道成立。", status=403)
    name, purpose = masks.scrub(" ".join(name.split())), masks.scrub(purpose.strip())
    if not name:
        raise Refused("请写专班的名称。", field="name")
    if not purpose:
        raise Refused("请写专班要做什么。", field="purpose")
    if TaskForce.objects.filter(region_code=street, name=name).exists():
        raise Refused("本街道已经有同名的专班。", field="name")
    force = TaskForce.objects.create(
        name=name[:60], purpose=purpose[:500], region_code=street, starts=starts or today()
    )
    _enlist(force, lead, Member.Role.LEAD, force.starts, None, field="lead")
    announce("taskforces.founded", {"force": force.pk})
    return force


@command("taskforces.enlist", right="taskforces.edit")
def enlist(
    actor: Actor, force: int, *, post: int, role: str = "member", starts: date | None = None, ends: date | None = None
) -> Member:
    """Lend somebody to a force from a day, to a day when that is known."""
    row = _force(actor, force)
    if role not in Member.Role.values:
        raise Refused("请从清单里选角色。", field="role")
    return _enlist(row, post, role, starts or today(), ends)


@command("taskforces.release", right="taskforces.edit")
def release(actor: Actor, member: int, *, on: date | None = None) -> Member:
    """Send somebody back to their department; the last day still counts."""
    row = Member.objects.filter(pk=member, force__in=queries.visible_to(actor)).first()
    if row is None:
        raise Refused("没有找到这位成员。", status=404)
    last = on or today()
    if row.ends is not None and row.ends < today():
        raise Refused("这位成员已经回原单位了。", status=409)
    if problem := rules.problem_of_days(row.starts, last):
        raise Refused(problem, field="on")
    row.ends = last
    row.save(update_fields=["ends"])
    return row


@command("taskforces.carry", right="taskforces.edit")
def carry(actor: Actor, force: int, *, case: CaseId, starts: date | None = None) -> CarriedCase:
    """Give a case to a force; it stands in the record of the case. A case is carried by one force at a time."""
    row = _force(actor, force)
    target = visible_cases(actor).filter(pk=case, proceeding__sub_district_code=row.region_code).first()
    if target is None:
        raise Refused("没有找到这件诉求，或者它不在这个街道。", field="case", status=404)
    if target.proceeding.closed_at is not None:
        raise Refused("这件诉求已经结案。", field="case")
    if CarriedCase.objects.filter(case_id=case, ends=None).exists():
        raise Refused("已经有专班在攻坚这件诉求。", field="case", status=409)
    first = starts or today()
    if first < row.starts:
        raise Refused("不能早于专班成立的那一天。", field="starts")
    carried = CarriedCase.objects.create(force=row, case_id=case, starts=first)
    cases.instruct(actor, case, note=f"交攻坚专班“{row.name}”。")
    detail(case=case)
    announce("taskforces.carried", {"force": row.pk, "case": case})
    return carried


@command("taskforces.hand_back", right="taskforces.edit")
def hand_back(actor: Actor, carried: int, *, note: str, on: date | None = None) -> CarriedCase:
    """The force no longer carries the case, with the reason; what it solved until then stays its own."""
    row = queries.seen_cases(actor).filter(pk=carried, ends=None).first()
    if row is None:
        raise Refused("没有找到这件案卷，或者已经交还。", status=404)
    if not note.strip():
        raise Refused("请写明为什么交还。", field="note")
    last = on or today()
    if problem := rules.problem_of_days(row.starts, last):
        raise Refused(problem, field="on")
    row.ends, row.note = last, masks.scrub(note.strip())[:500]
    row.save(update_fields=["ends", "note"])
    return row


@command("taskforces.dissolve", right="taskforces.edit")
def dissolve(actor: Actor, force: int, *, on: date | None = None) -> TaskForce:
    """End a force: everybody goes back, every case is handed back on that day."""
    row = _force(actor, force)
    last = on or today()
    if problem := rules.problem_of_days(row.starts, last):
        raise Refused(problem, field="on")
    late: Any = (
        row.members.filter(ends=None, starts__gt=last).exists()
        or row.carried.filter(ends=None, starts__gt=last).exists()
    )
    if late:
        raise Refused("还有这一天以后才开始的成员或案卷。", field="on")
    row.members.filter(ends=None).update(ends=last)
    row.carried.filter(ends=None).update(ends=last, note="专班撤销")
    row.ends = last
    row.save(update_fields=["ends"])
    return row


@command("taskforces.export", repeatable=True)
def export(actor: Actor, *, what: str, conditions: str = "") -> None:
    """Record that this actor takes a list out."""
    detail(what=what[:20], conditions=masks.scrub(conditions)[:300])


def _force(actor: Actor, force: int) -> TaskForce:
    row = queries.visible_to(actor).filter(pk=force).first()
    if row is None:
        raise Refused("没有找到这个专班，或者它不在您的工作范围内。", status=404)
    if row.ends is not None:
        raise Refused("这个专班已经撤销。", status=409)
    return row


def _enlist(force: TaskForce, post: int, role: str, starts: date, ends: date | None, field: str = "post") -> Member:
    lent = Post.objects.filter(pk=post, organisation__region_code__startswith=force.region_code).first()
    if lent is None:
        raise Refused("请选本街道在岗的人。", field=field)
    if problem := rules.problem_of_days(starts, ends):
        raise Refused(problem, field="ends")
    if starts < force.starts:
        raise Refused("不能早于专班成立的那一天。", field="starts")
    if Member.objects.filter(force=force, post=lent, ends=None).exists():
        raise Refused("这位已经在专班里。", field=field, status=409)
    force.involved = sorted({*force.involved, lent.organisation_id})
    force.save(update_fields=["involved"])
    return Member.objects.create(
        force=force, post=lent, organisation_id=lent.organisation_id, role=role, starts=starts, ends=ends
    )
