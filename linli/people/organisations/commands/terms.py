"""Terms: when they run out, put off with leave, ended by an election, and said so ahead of time.

The acts on party organisations are those of the room of the party, which calls the plain functions here.
"""

from datetime import date

from django.utils.translation import gettext as _

from linli.base import policies
from linli.base.actor import Actor
from linli.base.commands import Refused, announce, command, detail, nothing_done
from linli.people.organisations import queries, rules
from linli.people.organisations.commands.checking import day_of, reach, still_there, today
from linli.people.organisations.models import Organisation, Term, TermReminder


def start(organisation: Organisation, *, starts: date, years: int | None, due_on: date | None, basis: str) -> Term:
    """A term that begins with an election. due_on: as the election said, else reckoned from the years."""
    if starts > today():
        raise Refused(_("选举日期不能在将来。"), field="starts")
    due = due_on or (rules.due_day(starts, years) if years else None)
    if due is None or due <= starts:
        raise Refused(_("请写明届满日，要晚于本届开始。"), field="due_on")
    if organisation.terms.filter(held_on=None).exists():
        raise Refused(_("本届还没有结束，请登记换届。"), rule="一届接一届")
    if organisation.terms.filter(held_on__gt=starts).exists():
        raise Refused(_("与上一届的日期重叠。"), field="starts")
    return Term.objects.create(organisation=organisation, starts=starts, due_on=due, basis=basis.strip()[:120])


def running(organisation: Organisation) -> Term:
    found = organisation.terms.filter(held_on=None).first()
    if found is None:
        raise Refused(_("还没有登记本届，请先登记本届从哪天开始。"), rule="term")
    return found


def put_off(organisation: Organisation, *, to: date, approval: str) -> Term:
    """The election is put off with the leave of those above, by no more than the policy allows. Once for each term."""
    term = running(organisation)
    most = policies.load("terms").data["postpone_months"]
    if not approval.strip():
        raise Refused(_("延期要经上级批准，请写批准文件。"), field="approval", rule="延期报批")
    if term.postponed_to is not None:
        raise Refused(_("本届已经延期到 %(day)s。") % {"day": term.postponed_to}, rule="延期一次")
    if not rules.may_postpone(term.due_on, to, most):
        raise Refused(
            _("延期要晚于届满日 %(day)s，不超过 %(months)d 个月。") % {"day": term.due_on, "months": most},
            field="to",
            rule="延期期限",
        )
    term.postponed_to, term.approval = to, approval.strip()[:120]
    term.save(update_fields=["postponed_to", "approval"])
    return term


def hold(
    organisation: Organisation,
    *,
    on: date,
    result: str,
    basis: str = "",
    years: int | None = None,
    due_on: date | None = None,
    approval: str = "",
) -> Term:
    """An election was held: the running term ends, the next begins that day. Returns the new term.

    approval: the leave of those above, for one held earlier than the policy lets pass as in time.
    """
    term, early = running(organisation), policies.load("terms").data["early_months"]
    if on > today():
        raise Refused(_("选举日期不能在将来。"), field="on")
    if on <= term.starts:
        raise Refused(_("选举日期要晚于本届开始 %(day)s。") % {"day": term.starts}, field="on")
    if not result.strip():
        raise Refused(_("请写选举结果。"), field="result")
    if rules.is_early(term.due_on, on, early) and not approval.strip():
        raise Refused(
            _("离届满还有 %(months)d 个月以上，提前换届要经上级批准，请写批准文件。") % {"months": early},
            field="approval",
            rule="提前报批",
        )
    term.held_on, term.result = on, result.strip()[:200]
    term.approval = term.approval or approval.strip()[:120]
    term.save(update_fields=["held_on", "result", "approval"])
    term.reminders.filter(noted_on=None).update(noted_on=on)
    return start(organisation, starts=on, years=years, due_on=due_on, basis=basis)


def _elects(actor: Actor, organisation: Organisation) -> None:
    still_there(organisation)
    reach(actor, organisation.region_code)
    if organisation.kind != Organisation.Kind.OWNERS_COMMITTEE:
        raise Refused(_("这里只登记业主委员会的届次。"))


@command("organisations.begin_term", right="organisations.register")
def begin_term(actor: Actor, organisation: Organisation, *, starts: date, due_on: date, basis: str = "") -> Term:
    """The running term of an owners' committee. due_on: as its election said; no rule says how long it is."""
    _elects(actor, organisation)
    return start(organisation, starts=starts, years=None, due_on=due_on, basis=basis)


@command("organisations.postpone", right="organisations.register")
def postpone(actor: Actor, organisation: Organisation, *, to: date, approval: str) -> Term:
    """The election of an owners' committee is put off."""
    _elects(actor, organisation)
    return put_off(organisation, to=to, approval=approval)


@command("organisations.elect", right="organisations.register")
def elect(
    actor: Actor,
    organisation: Organisation,
    *,
    on: date,
    due_on: date,
    result: str,
    basis: str = "",
    approval: str = "",
) -> Term:
    """An owners' committee was elected anew; due_on: when the new term runs out."""
    _elects(actor, organisation)
    return hold(organisation, on=on, due_on=due_on, result=result, basis=basis, approval=approval)


@command("organisations.note_reminder", right="organisations.note_reminder")
def note_reminder(actor: Actor, organisation: Organisation) -> int:
    """Somebody has taken note that the term runs out: its reminders so far are settled. Returns how many."""
    reach(actor, organisation.region_code)
    rows = TermReminder.objects.filter(term__organisation=organisation, term__held_on=None, noted_on=None)
    count = rows.update(noted_on=day_of(None), noted_by=actor.name[:40])
    if not count:
        raise Refused(_("没有要知悉的提醒。"))
    return count


@command("organisations.remind_terms")
def remind_terms(actor: Actor) -> int:
    """Say of every running term whose end comes near that it does: once at each of the policy's distances.

    Returns how many reminders were raised. Run by the clock.
    """
    data, day = policies.load("terms").data, today()
    furthest = max(data["reminders"])
    due: list[TermReminder] = []
    for term in queries.ending(rules.add_months(day, furthest)):
        until = term.postponed_to or term.due_on
        due += [
            TermReminder(term=term, months=ahead, due_on=until, raised_on=day)
            for ahead in rules.reminders_due(until, data["reminders"], day)[-1:]
        ]
    known = set(
        TermReminder.objects.filter(term__in={one.term_id for one in due}).values_list("term", "months", "due_on")
    )
    made = [one for one in due if (one.term_id, one.months, one.due_on) not in known]
    for one in TermReminder.objects.bulk_create(made):
        announce("organisations.term_near", {"reminder": one.pk})
    detail(raised=len(made))
    if not made:
        nothing_done()
    return len(made)
