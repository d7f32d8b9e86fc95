"""The state of a proceeding is the fold of its entries. Pure: no database, no clock of its own.

`apply(definition, state, fact)` performs one recorded act; `fold` replays them all. What an act needs to be replayed
(the organisation, the limits that held on that day, the reason) is inside the fact, so the same entries always give the
same state, whatever became of the policies since.
"""

import hashlib
import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from datetime import date, datetime
from typing import Any

from linli.base.calendar.days import Calendar
from linli.base.calendar.rules import Explained, Extension, Pause, due
from linli.procedures.definitions import APART, Act, Definition, Reason

# A second round offers work twice by one entry: to the lead and to the supervisor, who gets a number of its own.
SUPERVISOR_SEQ = 1_000_000
OPEN_ASSIGNMENTS = ("offered", "accepted", "disputed")
NO_SHOW = ("whistled", "offered")
_REMEMBERED = 2000  # clocks, with each calendar


class NotAllowed(ValueError):
    """The act cannot be performed; the message is in the user's words, `field` names the input it belongs to."""

    def __init__(self, message: str, field: str | None = None):
        super().__init__(message)
        self.message = message
        self.field = field


@dataclass(frozen=True, slots=True)
class Fact:
    """One entry as the fold sees it. `given` holds what was recorded with the act (organisation, post, reason, limits...)."""

    seq: int
    act: str
    at: datetime
    given: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class TimeLimit:
    """A clock: what was promised, when it stood still, what was added, whether it was met."""

    code: str
    round: int
    seq: int
    started_at: datetime
    amount: int
    unit: str
    calendar: str = ""
    policy: str = ""
    pauses: tuple[tuple[datetime, datetime | None], ...] = ()
    extensions: tuple[tuple[int, str, datetime], ...] = ()
    met_at: datetime | None = None
    stopped_at: datetime | None = None

    @property
    def ticking(self) -> bool:
        return self.met_at is None and self.stopped_at is None

    @property
    def paused(self) -> bool:
        return self.ticking and bool(self.pauses) and self.pauses[-1][1] is None


@dataclass(frozen=True, slots=True)
class Offer:
    """Work offered to an organisation: lead, support or whistled; it begins and ends by recorded acts."""

    seq: int
    organisation: int
    role: str
    status: str
    round: int
    offered_at: datetime
    answered_at: datetime | None = None
    post: int | None = None
    final: bool = False


@dataclass(frozen=True, slots=True)
class State:
    step: str = ""
    round: int = 1
    seq: int = 0
    desk: int | None = None
    holder: int | None = None
    post: int | None = None
    lead: int | None = None
    opened_at: datetime | None = None
    closed_at: datetime | None = None
    result: str = ""
    clocks: tuple[TimeLimit, ...] = ()
    offers: tuple[Offer, ...] = ()

    @property
    def open(self) -> bool:
        return self.opened_at is not None and self.closed_at is None

    @property
    def ruled(self) -> bool:
        """Whether a ruling said who leads: nobody can return the work or dispute it again, nor give it to somebody else."""
        return any(offer.final for offer in self.offers)

    @property
    def involved(self) -> tuple[int, ...]:
        """Every organisation that has ever had a hand in it; they may see it."""
        seen = {offer.organisation for offer in self.offers} | {self.desk or 0, self.holder or 0}
        return tuple(sorted(seen - {0}))


def check(definition: Definition, state: State, act: Act, given: Mapping[str, Any], at: datetime) -> None:
    """Whether the act may be performed here and now with what was given. Raises NotAllowed."""
    if act.opens:
        if state.step:
            raise NotAllowed("这个办件已经登记过了。")
    elif state.step not in act.sources:
        step = definition.steps.get(state.step)
        raise NotAllowed(f"现在是“{step.name if step else state.step}”，不能{act.name}。")
    for need in act.needs:
        # What supports a return may be a document that is named, or one that is attached.
        if given.get(need) in (None, "", []) and not (need == "materials" and given.get("files")):
            raise NotAllowed(_ASK[need], field=need)
    if act.assigning in ("return", "dispute") and state.ruled:
        raise NotAllowed(f"已经裁定由本单位承办，不能再{act.name}。", field="ground")
    if act.assigning == "offer" and state.ruled and not (act.final or act.next_round):
        raise NotAllowed(f"这件已经裁定过由谁承办，不能再{act.name}。", field="organisation")
    if "ground" in act.needs and given["ground"] not in definition.grounds:
        raise NotAllowed("请从清单里选退单理由。", field="ground")
    if act.pause and not act.choices and given.get("reason") not in definition.pause_reasons:
        raise NotAllowed("请从清单里选暂停原因。", field="reason")
    if act.choices:
        _check_choice(definition, act, given, at)
    if act.in_time and given.get("due") and at.isoformat() > str(given["due"]):
        raise NotAllowed(f"已经过了时限，不能再{act.name}：拖延了多久要如实留着。")
    if act.extend or act.ask_time:
        _check_extension(definition, state, act, given, at)


def _check_choice(definition: Definition, act: Act, given: Mapping[str, Any], at: datetime) -> None:
    """A reason from the act's list, and a promised date no further away than that reason allows, nor in the past."""
    reason = definition.lists[act.choices].get(str(given.get("reason")))
    if reason is None:
        raise NotAllowed("请从清单里选原因。", field="reason")
    if given.get("until"):
        check_until(str(given["until"]), str(given.get("today") or at.date().isoformat()), reason)


def check_until(until: str, today: str, reason: Reason | None = None) -> None:
    """Whether a date may be promised: ISO dates, `until` after `today`, at most reason.most days on. Raises NotAllowed."""
    try:
        ahead = (date.fromisoformat(until) - date.fromisoformat(today)).days
    except ValueError:
        raise NotAllowed("日期写法不对。", field="until") from None
    if ahead < 1:
        raise NotAllowed("答应的日期要在今天以后。", field="until")
    if reason is not None and reason.most and ahead > reason.most:
        raise NotAllowed(f"“{reason.name}”最长 {reason.most} 天，这个日期太远了。", field="until")


def _check_extension(definition: Definition, state: State, act: Act, given: Mapping[str, Any], at: datetime) -> None:
    clock = next(
        (clock for clock in state.clocks if clock.code == (act.extend or act.ask_time) and clock.ticking), None
    )
    if clock is None:
        raise NotAllowed("没有正在走的时限可以延期。")
    amount = given["amount"]
    if not isinstance(amount, int) or amount < 1:
        raise NotAllowed("延期要写大于零的整数。", field="amount")
    granted = sum(extension[0] for extension in clock.extensions)
    if definition.extend_most and granted + amount > definition.extend_most:
        raise NotAllowed(f"累计延期不能超过 {definition.extend_most}，已经延了 {granted}。", field="amount")
    if given.get("due") and at.isoformat() > str(given["due"]):
        raise NotAllowed("已经过了时限，不能再延期。延期要在到期之前办。", field="amount")
    if given.get("latest") and at.isoformat() > str(given["latest"]):
        raise NotAllowed(f"延期要在到期那天 {definition.extend_by} 以前办。", field="amount")


_ASK = {
    "organisation": "请选承办单位。",
    "post": "请选经办人。",
    "ground": "请选退单理由。",
    "reason": "请选原因。",
    "note": "请写明情况。",
    "amount": "请写延期多少。",
    "result": "请选办理结果。",
    "clause": "请写明裁定依据的条款。",
    "files": "请附上材料。",
    "materials": "请写明依据的材料，或者附上材料。",
    "until": "请写答应的日期。",
    "promise": "请写答应做到什么。",
}


def apply(definition: Definition, state: State, fact: Fact) -> State:
    """The state after this act. Does not ask whether it was allowed: replay must accept what once was."""
    act = definition.acts[fact.act]
    new = replace(state, seq=fact.seq, step=act.to or state.step)
    if act.opens:
        new = replace(new, opened_at=fact.at, desk=fact.given.get("desk"), holder=fact.given.get("desk"))
    if act.next_round:
        new = replace(new, round=state.round + 1)
    new = _assign(new, act, fact)
    new = replace(new, clocks=_clocks(new, act, fact))
    # An act without a way of its own leaves a closed proceeding closed, at the time and with the result it had.
    if act.to and definition.steps[act.to].final:
        stopped = tuple(replace(c, stopped_at=fact.at) if c.ticking else c for c in new.clocks)
        offers = tuple(
            # Who was called and never came has done nothing: that stays to be seen.
            replace(o, status="done") if o.status in OPEN_ASSIGNMENTS and (o.role, o.status) != NO_SHOW else o
            for o in new.offers
        )
        new = replace(
            new, closed_at=fact.at, result=fact.given.get("result") or act.result, clocks=stopped, offers=offers
        )
    return new


def _assign(state: State, act: Act, fact: Fact) -> State:
    offers = list(state.offers)
    organisation, post = fact.given.get("organisation"), fact.given.get("post")
    lead, handler = state.lead, state.post
    if act.assigning == "offer":
        # A new lead ends the offer of the one before; supporters stay.
        offers = [
            _closed(o, fact, "withdrawn") if o.role == "lead" and o.status in OPEN_ASSIGNMENTS else o for o in offers
        ]
        target = organisation or lead
        assert target is not None
        if act.final:
            offers = [
                _closed(o, fact, "done") if o.role == "party" and o.status in OPEN_ASSIGNMENTS else o for o in offers
            ]
        offers.append(Offer(fact.seq, target, "lead", "offered", state.round, fact.at, final=act.final))
        lead, handler = target, post
    elif act.assigning == "support":
        offers.append(Offer(fact.seq, int(organisation or 0), "support", "offered", state.round, fact.at))
    elif act.assigning == "support_done":
        offers = [
            _closed(o, fact, "done")
            if o.role == "support" and o.organisation == organisation and o.status in OPEN_ASSIGNMENTS
            else o
            for o in offers
        ]
    elif act.assigning in ("accept", "return", "dispute", "confirm"):
        status = {"accept": "accepted", "return": "returned", "dispute": "disputed", "confirm": "offered"}[
            act.assigning
        ]
        answering = OPEN_ASSIGNMENTS if act.assigning != "confirm" else (*OPEN_ASSIGNMENTS, "returned")
        index = max((i for i, o in enumerate(offers) if o.role == "lead" and o.status in answering), default=None)
        if index is not None:
            offers[index] = replace(
                offers[index], status=status, answered_at=fact.at, final=act.final or offers[index].final
            )
        handler = post if post is not None else handler
    elif act.assigning == "hand":
        handler = post
    elif act.assigning == "whistle":
        offers.append(Offer(fact.seq, int(organisation or 0), "whistled", "offered", state.round, fact.at))
    elif act.assigning in APART:
        index = whistled(state, organisation)
        if index is not None:
            offers[index] = _moved_on(offers[index], act, fact)
    elif act.assigning == "invite":
        offers.append(Offer(fact.seq, int(organisation or 0), "party", "offered", state.round, fact.at))
    elif act.assigning == "speak":
        offers = [
            _closed(o, fact, "accepted")
            if o.role == "party" and o.organisation == organisation and o.status == "offered"
            else o
            for o in offers
        ]
    supervisor = fact.given.get("supervisor")
    if act.next_round and supervisor:
        offers.append(
            Offer(fact.seq + SUPERVISOR_SEQ, supervisor, "supervise", "accepted", state.round, fact.at, fact.at)
        )
    former = fact.given.get("former")
    if act.next_round and former:
        # A higher organisation takes the lead; the one before goes on working under it.
        offers.append(Offer(fact.seq + SUPERVISOR_SEQ, former, "support", "offered", state.round, fact.at))
    holder = {"": state.holder, "desk": state.desk, "lead": lead, "assignee": organisation or lead}[act.holder]
    if act.holder == "desk":
        handler = None
    return replace(state, offers=tuple(offers), lead=lead, holder=holder, post=handler)


def whistled(state: State, organisation: int | None) -> int | None:
    """Where among the offers the organisation's latest call stands; None when it was not called or the call was taken back."""
    return max(
        (
            i
            for i, o in enumerate(state.offers)
            if o.role == "whistled" and o.organisation == organisation and o.status != "withdrawn"
        ),
        default=None,
    )


def _moved_on(offer: Offer, act: Act, fact: Fact) -> Offer:
    """The offer of a called organisation after an act of its own; the time of arrival stays."""
    status = {"release": "withdrawn", "arrive": "accepted", "finish": "done", "recall": "accepted"}[act.assigning]
    return replace(offer, status=status, answered_at=offer.answered_at or fact.at)


def _closed(offer: Offer, fact: Fact, status: str) -> Offer:
    return replace(offer, status=status, answered_at=fact.at)


def _clocks(state: State, act: Act, fact: Fact) -> tuple[TimeLimit, ...]:
    clocks = []
    apart = act.assigning in APART
    # A clock that was started with a call has the number of that call: only its own organisation stops it.
    own = {o.seq for o in state.offers if o.role == "whistled" and o.organisation == fact.given.get("organisation")}
    for clock in state.clocks:
        if clock.ticking and (not apart or clock.seq in own):
            if clock.code in act.meet:
                clock = replace(_resumed(clock, fact.at), met_at=fact.at)
            elif clock.code in act.stop or clock.code in act.start:
                clock = replace(_resumed(clock, fact.at), stopped_at=fact.at)
            elif clock.code in act.pause and not clock.paused:
                clock = _resumed(clock, fact.at)
                clock = replace(clock, pauses=(*clock.pauses, (fact.at, _ends_by_itself(fact))))
            elif clock.code in act.resume:
                clock = _resumed(clock, fact.at)
            elif clock.code == act.extend:
                extension = (int(fact.given["amount"]), clock.unit, fact.at)
                clock = replace(clock, extensions=(*clock.extensions, extension))
        clocks.append(clock)
    limits = fact.given.get("limits", {})
    for code in act.start:
        if code in limits:
            amount, unit = limits[code]
            calendar, policy = fact.given.get("calendar", ""), fact.given.get("policy", "")
            clocks.append(TimeLimit(code, state.round, fact.seq, fact.at, int(amount), unit, calendar, policy))
    return tuple(clocks)


def _ends_by_itself(fact: Fact) -> datetime | None:
    """When a pause whose reason allows only so many days is over, whether or not anybody says so."""
    until = fact.given.get("pause_until")
    return datetime.fromisoformat(until) if until else None


def _resumed(clock: TimeLimit, at: datetime) -> TimeLimit:
    start, end = clock.pauses[-1] if clock.pauses else (at, at)
    if end is not None and end <= at:
        return clock
    return replace(clock, pauses=(*clock.pauses[:-1], (start, at)))


def fold(definition: Definition, facts: Iterable[Fact]) -> State:
    """Replay a proceeding from its entries."""
    state = State()
    for fact in facts:
        state = apply(definition, state, fact)
    return state


def explain(clock: TimeLimit, calendar: Calendar) -> Explained:
    """When this clock runs out and every step of why; the due date is a function of stored facts alone.

    Remembered with the calendar: both are values, and one page asks for the same clock several times.
    """
    known: dict[TimeLimit, Explained] = calendar.remembered
    found = known.get(clock)
    if found is None:
        if len(known) > _REMEMBERED:
            known.clear()
        found = known[clock] = due(
            clock.started_at,
            clock.amount,
            clock.unit,  # type: ignore[arg-type]
            calendar,
            [Pause(start, end) for start, end in clock.pauses],
            [Extension(amount, unit, at) for amount, unit, at in clock.extensions],  # type: ignore[arg-type]
        )
    return found


def seal(previous: str, entry: Mapping[str, Any]) -> str:
    """The hash of an entry, chained to the one before it. `entry` must be JSON-plain."""
    text = json.dumps(entry, sort_keys=True, ensure_ascii=False, separators=(",", ":"))
    return hashlib.sha256(f"{previous}\n{text}".encode()).hexdigest()
