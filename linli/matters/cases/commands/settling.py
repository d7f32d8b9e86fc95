"""The call-back and what follows: settled, or a second round with its own clocks and a higher hand."""

from collections.abc import Sequence
from typing import Any
from zoneinfo import ZoneInfo

from linli.base import policies
from linli.base.actor import Actor
from linli.base.clockwork import now
from linli.base.commands import Refused, announce, command
from linli.base.files.commands import attach
from linli.base.prepared import add, change, values
from linli.matters.cases import rules
from linli.matters.cases.commands.common import CaseId, attempted, in_hand, set_pressed
from linli.matters.cases.commands.standing import end_hang_up
from linli.matters.cases.models import Case, ContactAttempt, Satisfaction, Settlement
from linli.matters.cases.second import hands
from linli.procedures.handling import Handling

PLACE = ZoneInfo("Asia/Shanghai")
CALLBACK = ContactAttempt.Purpose.CALLBACK


@command("cases.callback")
def callback(
    actor: Actor, case: CaseId, *, reached: bool, channel: str = "telephone", note: str = "", seen: int | None = None
) -> int:
    """Record a call-back attempt. What the reporter said is settled apart."""
    if channel not in ContactAttempt.Channel.values:
        raise Refused("请选回访方式。", field="channel")
    handling = in_hand(case, seen)
    handling.perform(
        actor, "callback", note=note, public=True, result="reached" if reached else "not_reached", channel=channel
    )
    attempted(actor, handling, CALLBACK, channel, reached, note)
    announce("cases.called_back", {"case": case, "reached": reached})
    return handling.flush()


@command("cases.settle")
def settle(
    actor: Actor,
    case: CaseId,
    *,
    reachable: bool = True,
    resolved: bool | None = None,
    satisfaction: str = "",
    reason: str = "",
    again: bool = True,
    channel: str = "telephone",
    seen: int | None = None,
) -> int:
    """Record what the reporter said on the telephone: resolved? satisfied? why not? Unhappy and `again`: another round."""
    if channel not in ContactAttempt.Channel.values:
        raise Refused("请选回访方式。", field="channel")
    handling = in_hand(case, seen)
    (about_id,) = values(Case, case, "about_id")
    if about_id is not None and about_id == actor.organisation_id:
        raise Refused(
            "这件诉求反映的是本单位，不能由本单位自己结案，请诉求人在网页上评价。", rule="当事单位回避", status=403
        )
    if reachable:
        attempted(actor, handling, CALLBACK, channel, True, reason)
    else:
        _check_unreachable(case, handling)
    return _settle(actor, handling, reachable, resolved, satisfaction, reason, again, channel)


@command("cases.confirm")
def confirm(
    actor: Actor,
    case: CaseId,
    *,
    resolved: bool,
    satisfaction: str,
    reason: str = "",
    again: bool = True,
    seen: int | None = None,
) -> int:
    """The reporter's own answer to the call-back, by the page that follows the case."""
    handling = in_hand(case, seen)
    attempted(actor, handling, CALLBACK, ContactAttempt.Channel.LINK, True, "")
    return _settle(actor, handling, True, resolved, satisfaction, reason, again, ContactAttempt.Channel.LINK)


@command("cases.supplement")
def supplement(actor: Actor, case: CaseId, *, note: str, files: Sequence[int] = (), seen: int | None = None) -> int:
    """Add what was forgotten; whoever handles the case sees it."""
    text = rules.clean_text(note)
    if problem := rules.problem_of_text(text):
        raise Refused(problem, field="note")
    handling = in_hand(case, seen)
    handling.perform(actor, "supplement", note=text, files=files, public=True)
    if files:
        attach(actor, list(files), kind="case", owner_id=str(case))
    return handling.flush()


@command("cases.withdraw", right="cases.track")
def withdraw(actor: Actor, case: CaseId, *, note: str = "", seen: int | None = None) -> int:
    """The reporter takes the case back; nobody else can close it this way."""
    handling = in_hand(case, seen)
    handling.perform(actor, "withdraw", note=note, public=True)
    end_hang_up(case)
    set_pressed(case, 0)
    announce("cases.closed", {"case": case, "result": "withdrawn"})
    return handling.flush()


def _settle(
    actor: Actor,
    handling: Handling,
    reachable: bool,
    resolved: bool | None,
    satisfaction: str,
    reason: str,
    again: bool,
    channel: str,
) -> int:
    if reachable:
        if resolved is None:
            raise Refused("请回答问题解决了没有。", field="resolved")
        if satisfaction not in Satisfaction.values:
            raise Refused("请回答是否满意。", field="satisfaction")
        if rules.unhappy(resolved, satisfaction) and not reason.strip():
            raise Refused("请写一句哪里没有办好，方便重新办理。", field="reason")
    else:
        resolved, satisfaction, again = None, "", False
    most = int(policies.load("settlement").data["most_rounds"])
    finished = handling.state.round
    said: dict[str, Any] = {"resolved": resolved, "satisfaction": satisfaction, "channel": channel}
    second = again and rules.may_go_again(resolved, satisfaction, finished, most)
    if second:
        handling.perform(actor, "reopen", note=reason, public=True, **hands(handling), **said)
    else:
        handling.perform(
            actor, "settle", note=reason, public=True, result="settled" if reachable else "unreachable", **said
        )
    moment = now()
    told = {"reachable": reachable, "resolved": resolved, "satisfaction": satisfaction}
    add(
        Settlement(
            case_id=handling.id, round=finished, reason=reason[:500], channel=channel, at=moment,
            by="诉求人" if actor.kind == "resident" else actor.name, **told,
        )
    )  # fmt: skip
    change(Case, handling.id, settled_on=moment.astimezone(PLACE).date(), **told)
    announce("cases.reopened" if second else "cases.closed", {"case": handling.id, "round": finished})
    return handling.flush()


def _check_unreachable(case: CaseId, handling: Handling) -> None:
    needed = int(policies.load("settlement").data["callback_attempts"])
    tried = ContactAttempt.objects.filter(
        case_id=case, round=handling.state.round, purpose=CALLBACK, reached=False
    ).count()
    if tried < needed:
        raise Refused(
            f"要回访 {needed} 次都联系不上才能这样结案，现在记录了 {tried} 次。", field="reachable", rule="settlement"
        )
