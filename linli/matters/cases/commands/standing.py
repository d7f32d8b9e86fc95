"""What keeps figures honest: hang-ups with a promise, exemptions by two people, and requests that are not dispatched."""

from collections.abc import Sequence
from datetime import date
from zoneinfo import ZoneInfo

from linli.base import masks, policies
from linli.base.actor import Actor
from linli.base.calendar.queries import current_calendar
from linli.base.calendar.rules import due
from linli.base.clockwork import now
from linli.base.commands import Refused, announce, command
from linli.base.files.commands import attach
from linli.base.prepared import change
from linli.matters.cases import city
from linli.matters.cases.commands.common import CaseId, attempted, in_hand
from linli.matters.cases.models import Case, ContactAttempt, Exemption, HangUp
from linli.matters.cases.queries import visible_to
from linli.matters.cases.rules import clean_number
from linli.procedures import rules as engine
from linli.procedures.handling import Handling

PLACE = ZoneInfo("Asia/Shanghai")
INTERNAL = "case.internal"
# The reporter reads it on the page of the case: for those who left no number.
BY_PAGE = "link"


@command("cases.hang_up")
def hang_up(
    actor: Actor,
    case: CaseId,
    *,
    reason: str,
    promise: str,
    until: date,
    note: str,
    told: str = "telephone",
    seen: int | None = None,
) -> int:
    """Say that it cannot be done yet: why, what is promised by which date, and that the reporter has been told so.

    Only before the answer is due; a delay is not hung up. told: how the reporter was told (a channel of contact
    attempts, or `link`: by the page of the case). The clocks stand still; somebody looks again every month.
    """
    if told not in ContactAttempt.Channel.values:
        raise Refused("请选怎样告知诉求人。", field="told")
    handling = in_hand(case, seen)
    if told != BY_PAGE and handling.state.step in ("handling", "paused"):
        handling.perform(actor, "reach", note=note, public=True, channel=told, result="reached")
    handling.perform(
        actor,
        "hang_up",
        note=note,
        public=True,
        reason=reason,
        promise=promise[:500],
        until=until.isoformat(),
        told=told,
    )
    assert handling.state.lead is not None, "only a lead hangs up"
    if told != BY_PAGE:
        attempted(actor, handling, ContactAttempt.Purpose.HANDLING, told, True, note)
        change(Case, case, contacted=True)
    HangUp.objects.create(
        case_id=case,
        organisation_id=handling.state.lead,
        region_code=handling.region_code,
        round=handling.state.round,
        reason=reason,
        promise=masks.scrub(promise)[:500],
        promised_on=until,
        hung_on=_today(),
        review_on=_next_review(),
    )
    announce("cases.hung_up", {"case": case, "until": until.isoformat()})
    return handling.flush()


@command("cases.review_hang_up")
def review_hang_up(actor: Actor, case: CaseId, *, note: str, until: date | None = None, seen: int | None = None) -> int:
    """Look at a hang-up again: how far it is, and, when the date has to move, the new one; the reporter reads both."""
    handling = in_hand(case, seen)
    row = HangUp.objects.filter(case_id=case, ended_on=None).first()
    if until is not None and row is not None and until != row.promised_on:
        _check_date(handling, row.reason, until)
    handling.perform(actor, "review_hang_up", note=note, public=True, until=until.isoformat() if until else None)
    if row is not None:
        row.reviews += 1
        row.review_on = _next_review()
        row.promised_on = until or row.promised_on
        row.save(update_fields=["reviews", "review_on", "promised_on"])
    announce("cases.hang_up_reviewed", {"case": case})
    return handling.flush()


@command("cases.lift")
def lift(actor: Actor, case: CaseId, *, note: str, seen: int | None = None) -> int:
    """It can be done now: the clocks run again."""
    handling = in_hand(case, seen)
    handling.perform(actor, "lift", note=note, public=True)
    end_hang_up(case)
    announce("cases.hang_up_lifted", {"case": case})
    return handling.flush()


def end_hang_up(case: int) -> None:
    """Take a case off the list of hang-ups, however it left it."""
    HangUp.objects.filter(case_id=case, ended_on=None).update(ended_on=_today())


@command("cases.decline")
def decline(actor: Actor, case: CaseId, *, reason: str, note: str, same_as: str = "", seen: int | None = None) -> int:
    """Do not dispatch, for one of the six kinds, with the notice that the reporter reads.

    same_as: number of the earlier request, which must be named when this one only repeats it.
    """
    handling = in_hand(case, seen)
    number = clean_number(same_as)
    if reason == "repeated":
        if not number:
            raise Refused("请填原来那件诉求的编号。", field="same_as")
        if number == handling.number or not visible_to(actor).filter(proceeding__number=number).exists():
            raise Refused("没有找到原来那件诉求，或者它不在您的工作范围内。", field="same_as")
    handling.perform(
        actor, "decline", note=note, public=True, reason=reason, same_as=number if reason == "repeated" else ""
    )
    announce("cases.closed", {"case": case, "result": "declined"})
    return handling.flush()


@command("cases.ask_exemption")
def ask_exemption(
    actor: Actor,
    case: CaseId,
    *,
    reason: str,
    note: str,
    materials: str = "",
    files: Sequence[int] = (),
    seen: int | None = None,
) -> int:
    """Ask that a case be left out of what the unit is judged by, with a ground from the list and materials.

    The figures of all cases keep it, whatever is decided.
    """
    if actor.account_id is None or actor.organisation_id is None:
        raise Refused("剔除要由本人申请。", rule="四眼原则", status=403)
    handling = in_hand(case, seen)
    row = Case.objects.only("exempted").get(pk=case)
    if row.exempted:
        raise Refused("这件诉求已经同意剔除。", field="reason")
    if Exemption.objects.filter(case_id=case, state=Exemption.State.ASKED).exists():
        raise Refused("已经有一份剔除申请在等审核。", field="reason")
    handling.perform(actor, "ask_exemption", reason=reason, note=note, materials=materials[:500], files=files)
    if files:
        attach(actor, list(files), kind=INTERNAL, owner_id=str(case))
    Exemption.objects.create(
        case_id=case,
        organisation_id=actor.organisation_id,
        reason=reason,
        note=masks.scrub(note),
        materials=masks.scrub(materials)[:500],
        asked_at=now(),
        asked_account=actor.account_id,
        asked_by=actor.name,
    )
    announce("cases.exemption_asked", {"case": case})
    return handling.flush()


@command("cases.grant_exemption")
def grant_exemption(actor: Actor, case: CaseId, *, note: str, seen: int | None = None) -> int:
    """Agree to an exemption: never the one who asked. Only what units are judged by leaves the case out."""
    return _decide(actor, case, "grant_exemption", Exemption.State.GRANTED, note, seen)


@command("cases.refuse_exemption")
def refuse_exemption(actor: Actor, case: CaseId, *, note: str, seen: int | None = None) -> int:
    """Do not agree to an exemption, with the reason."""
    return _decide(actor, case, "refuse_exemption", Exemption.State.REFUSED, note, seen)


def _decide(actor: Actor, case: CaseId, act: str, state: str, note: str, seen: int | None) -> int:
    handling = in_hand(case, seen)
    row = Exemption.objects.filter(case_id=case, state=Exemption.State.ASKED).first()
    if row is None:
        raise Refused("没有等着审核的剔除申请。", status=409)
    if actor.account_id is None or actor.account_id == row.asked_account:
        raise Refused("申请人不能审核自己的申请，请另一个人来审。", rule="四眼原则", status=403)
    city.check(actor, city.EXEMPTION, case)
    handling.perform(actor, act, note=note, asked_by=row.asked_account)
    row.state, row.decided_at, row.decided_account = state, now(), actor.account_id
    row.decided_by, row.decision = actor.name, masks.scrub(note)[:500]
    row.save(update_fields=["state", "decided_at", "decided_account", "decided_by", "decision"])
    if state == Exemption.State.GRANTED:
        Case.objects.filter(pk=case).update(exempted=True)
    announce("cases.exemption_decided", {"case": case, "granted": state == Exemption.State.GRANTED})
    return handling.flush()


def _check_date(handling: Handling, reason: str, until: date) -> None:
    try:
        engine.check_until(until.isoformat(), _today().isoformat(), handling.definition.lists["hang_up"].get(reason))
    except engine.NotAllowed as no:
        raise Refused(no.message, field=no.field) from no


def _today() -> date:
    return now().astimezone(PLACE).date()


def _next_review() -> date:
    every = policies.load("supervision").data["hang_up_review"]
    found = due(now(), every["amount"], every["unit"], current_calendar()).due
    return found.astimezone(PLACE).date() if found else _today()
