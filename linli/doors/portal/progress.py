"""A case as its reporter may see it: plain words, promised dates and why they moved, public acts, no names."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field, replace
from datetime import date, datetime

from django.utils.translation import gettext as _

from linli.base import masks, policies
from linli.base.actor import Actor
from linli.base.calendar.queries import calendar_at
from linli.base.files.models import StoredFile
from linli.base.ui.words import day_words, local, moment_words
from linli.doors.portal import rules
from linli.doors.portal.policy import site
from linli.matters.cases.models import Case, Satisfaction, Settlement
from linli.people.organisations.queries import directory
from linli.procedures import queries as procedures
from linli.procedures import rules as engine
from linli.procedures.definitions import Definition, Reason
from linli.procedures.models import Clock, Entry, Proceeding

TONES = {
    "answer": "good",
    "settle": "good",
    "pause": "warn",
    "extend": "warn",
    "grant_extension": "warn",
    "reopen": "warn",
    "withdraw": "",
    "hang_up": "warn",
}
UNITS = {
    "days": "天",
    "working_days": "个工作日",
    "hours": "小时",
    "minutes": "分钟",
    "months": "个月",
    "working_hours": "个工作小时",
}


@dataclass(frozen=True, slots=True)
class Happened:
    """One line of the timeline. who: a unit, "您", or nothing."""

    title: str
    when: datetime
    who: str = ""
    text: str = ""
    tone: str = ""
    icon: str = ""
    photos: tuple[StoredFile, ...] = ()


@dataclass(frozen=True, slots=True)
class Promise:
    """until: the promised moment, None while it stands still; first: what it was at first; changes: why it moved."""

    title: str
    until: datetime | None
    first: datetime | None
    changes: tuple[str, ...] = ()
    overdue: bool = False
    paused: bool = False


@dataclass(frozen=True, slots=True)
class Standing:
    """Why it is not being done now. promise, until: what is promised by when; turn_to: where else to turn; same_as: the earlier request."""

    why: str
    said: str
    promise: str = ""
    until: date | None = None
    turn_to: str = ""
    same_as: str = ""


@dataclass(frozen=True)
class Progress:
    """Everything the page of a case shows."""

    id: int
    number: str
    title: str
    text: str
    place: str
    filed_at: datetime
    step: str
    plain: str
    round: int
    open: bool
    seen: int
    unit: str
    anonymous: bool
    stages: list[dict[str, str]]
    promise: Promise | None
    rounds: list[tuple[int, list[Happened]]]
    answer: Happened | None
    settlements: list[dict[str, object]]
    may: frozenset[str]
    hung_up: Standing | None = None
    declined: Standing | None = None
    remind_from: datetime | None = None
    last_round: bool = False
    photos: tuple[StoredFile, ...] = field(default=())


def of(actor: Actor, number: str, now: datetime) -> Progress | None:
    """The case with this number as its reporter sees it; None when this actor has not proved to know it."""
    row = procedures.visible_to(actor).filter(number=number, kind="case").first()
    return _progress(row, now) if row is not None else None


def cases_of(actor: Actor) -> list[dict[str, object]]:
    """One line for each case of this browser, the latest first."""
    found = []
    for row in procedures.visible_to(actor).filter(kind="case").order_by("-opened_at", "-id"):
        step = procedures.definition_of(row).steps[row.step]
        tone = "done" if step.final else "warn" if row.step == "answered" else "open"
        found.append({"number": row.number, "title": row.title, "plain": step.plain, "tone": tone, "at": row.opened_at})
    return found


def _progress(row: Proceeding, now: datetime) -> Progress:
    shape = procedures.definition_of(row)
    case = Case.objects.get(pk=row.pk)
    entries = [entry for entry in procedures.timeline(row) if entry.public]
    clocks = procedures.clocks(row)
    files = _files(entries)
    step = shape.steps[row.step]
    rounds = _rounds(entries, shape, files)
    answers = [h for _number, happened in rounds for h in happened if h.tone == "good" and h.text]
    filed = entries[0].files if entries and entries[0].act == "file" else []
    return Progress(
        id=row.pk,
        number=row.number,
        title=row.title,
        text=case.text,
        place=case.place_text,
        filed_at=row.opened_at,
        step=row.step,
        plain=step.plain,
        round=row.round,
        open=row.closed_at is None,
        seen=row.entry_count,
        unit=directory().label(row.lead_id) if row.lead_id else "",
        anonymous=case.anonymous,
        stages=[{"label": _(label), "state": state} for label, state in rules.stages(row.step, row.round)],
        promise=_promise(row, shape, entries, clocks, now),
        rounds=rounds,
        answer=answers[-1] if answers and row.step in ("answered", "closed") else None,
        settlements=_settlements(row),
        may=_may(shape, row),
        hung_up=_hung_up(entries, shape) if row.step == "hung_up" else None,
        declined=_declined(entries, shape) if row.step == "declined" else None,
        remind_from=_remind_from(entries, now),
        last_round=row.round >= int(policies.load("settlement").data["most_rounds"]),
        photos=tuple(files[pk] for pk in filed if pk in files),
    )


def _may(shape: Definition, row: Proceeding) -> frozenset[str]:
    """The acts a reporter may perform at this step."""
    return frozenset(act.code for act in shape.acts_at(row.step) if "reporter" in act.who)


def _remind_from(entries: Sequence[Entry], now: datetime) -> datetime | None:
    mine = [entry.at for entry in entries if entry.act == "remind" and entry.actor_kind == "resident"]
    return rules.may_remind_from(max(mine, default=None), int(site()["remind_hours"]), now)


def _files(entries: Iterable[Entry]) -> dict[int, StoredFile]:
    wanted = {pk for entry in entries for pk in entry.files}
    if not wanted:
        return {}
    clean = StoredFile.objects.filter(pk__in=wanted, family="image", state=StoredFile.State.CLEAN)
    return {file.pk: file for file in clean}


def _rounds(
    entries: Sequence[Entry], shape: Definition, files: dict[int, StoredFile]
) -> list[tuple[int, list[Happened]]]:
    """The timeline by rounds, the running one first, within a round the latest first."""
    found: dict[int, list[Happened]] = {}
    for entry in entries:
        act = shape.acts.get(entry.act)
        if act is None or not act.plain:
            continue
        # The act that opens a round says how the one before it ended.
        number = entry.round - 1 if act.next_round else entry.round
        found.setdefault(number, []).append(_happened(entry, shape, files))
        found.setdefault(entry.round, [])
    return [(number, happened[::-1]) for number, happened in sorted(found.items(), reverse=True)]


def _happened(entry: Entry, shape: Definition, files: dict[int, StoredFile]) -> Happened:
    act = shape.acts[entry.act]
    by_reporter = entry.actor_kind in ("resident", "anonymous")
    who = _("您") if by_reporter else directory().label(entry.organisation_id) if entry.organisation_id else ""
    if entry.act in ("dispatch", "redirect") and entry.given.get("organisation"):
        who = directory().label(entry.given["organisation"])
    parts = []
    if entry.act in ("contact", "callback"):
        parts.append(_("联系上了") if entry.given.get("result") == "reached" else _("没有联系上"))
    if entry.act == "pause" and (reason := shape.pause_reasons.get(str(entry.given.get("reason")))):
        parts.append(reason.name)
    if entry.note and (by_reporter or entry.act in rules.NOTES_SHOWN):
        parts.append(entry.note if by_reporter else masks.scrub(entry.note))
    return Happened(
        title=_(act.plain) if not (entry.act == "remind" and by_reporter) else _("您催办了一次"),
        when=entry.at,
        who="" if who == "—" else who,
        text="\n".join(parts),
        tone=TONES.get(entry.act, ""),
        icon={"answer": "message-2", "settle": "check", "file": "file-text", "supplement": "plus"}.get(
            entry.act, "point"
        ),
        photos=() if act.opens else tuple(files[pk] for pk in entry.files if pk in files),
    )


def _hung_up(entries: Sequence[Entry], shape: Definition) -> Standing | None:
    """What was promised when it was hung up, by the date that the last review left standing."""
    hung = next((entry for entry in reversed(entries) if entry.act == "hang_up"), None)
    if hung is None:
        return None
    later = [entry.given["until"] for entry in entries if entry.seq > hung.seq and entry.given.get("until")]
    reason = shape.lists.get("hang_up", {}).get(str(hung.given.get("reason")))
    return Standing(
        why=reason.plain or reason.name if reason else "",
        said=masks.scrub(hung.note),
        promise=masks.scrub(str(hung.given.get("promise", ""))),
        until=date.fromisoformat(later[-1] if later else hung.given["until"]),
    )


def _declined(entries: Sequence[Entry], shape: Definition) -> Standing | None:
    """The notice: why it was not dispatched and where to turn."""
    entry = next((entry for entry in reversed(entries) if entry.act == "decline"), None)
    if entry is None:
        return None
    reason = shape.lists.get("not_dispatched", {}).get(str(entry.given.get("reason")))
    return Standing(
        why=reason.plain or reason.name if reason else "",
        said=masks.scrub(entry.note),
        turn_to=reason.turn_to if reason else "",
        same_as=str(entry.given.get("same_as", "")),
    )


def _settlements(row: Proceeding) -> list[dict[str, object]]:
    return [
        {
            "round": one.round,
            "resolved": {True: _("解决了"), False: _("没有解决"), None: _("没有联系上您")}[one.resolved],
            "satisfaction": str(Satisfaction(one.satisfaction).label) if one.satisfaction else "",
            "reason": masks.scrub(one.reason),
            "at": one.at,
        }
        for one in Settlement.objects.filter(case_id=row.pk).order_by("round")
    ]


def _promise(
    row: Proceeding, shape: Definition, entries: Sequence[Entry], clocks: Sequence[Clock], now: datetime
) -> Promise | None:
    """The promise that holds now: an answer once a unit has it, before that the time by which a unit will have it."""
    if row.closed_at is not None or row.step == "answered":
        return None
    running = [
        clock for clock in clocks if clock.round == row.round and clock.met_at is None and clock.stopped_at is None
    ]
    promised = [clock for clock in running if shape.clocks[clock.code].promised]
    if promised:
        return _explained(promised[-1], shape, entries, now)
    first = next((clock for clock in running if clock.code == "dispatch"), None)
    if first is None:
        return None
    return Promise(
        _("派给承办单位"), first.due_at, first.due_at, overdue=first.due_at is not None and first.due_at < now
    )


def _explained(clock: Clock, shape: Definition, entries: Sequence[Entry], now: datetime) -> Promise:
    limit, calendar = procedures.limit_of(clock), calendar_at(clock.calendar)
    until = engine.explain(limit, calendar).due
    first = engine.explain(replace(limit, pauses=(), extensions=()), calendar).due
    happened = [entry for entry in entries if entry.round == clock.round and entry.at >= clock.started_at]
    changes = []
    stopped = {entry.at: entry for entry in happened if clock.code in shape.acts[entry.act].pause}
    for start, end in limit.pauses:
        entry = stopped.get(start)
        reason = _reason_of(shape, entry) if entry else None
        words = {
            "from": day_words(start, now),
            "until": day_words(end, now) if end else _("现在"),
            "why": reason.name if reason else "",
        }
        changes.append(_("%(from)s到%(until)s暂停计时：%(why)s") % words)
    for (amount, unit, _at), entry in zip(limit.extensions, _of(happened, "extend", "grant_extension"), strict=False):
        words = {"amount": str(amount), "unit": _(UNITS.get(unit, unit)), "why": masks.scrub(entry.note)}
        changes.append(_("延长 %(amount)s %(unit)s：%(why)s") % words)
    overdue = until is not None and until < now and not limit.paused
    return Promise(_("答复您"), until, first, tuple(changes), overdue, limit.paused)


def _reason_of(shape: Definition, entry: Entry) -> Reason | None:
    choices = shape.acts[entry.act].choices
    return (shape.lists[choices] if choices else shape.pause_reasons).get(str(entry.given.get("reason")))


def _of(entries: Sequence[Entry], *acts: str) -> list[Entry]:
    return [entry for entry in entries if entry.act in acts]


def promise_words(promise: Promise | None, now: datetime) -> str:
    """The promise as one sentence, for the receipt and the head of the page."""
    if promise is None or promise.until is None:
        return ""
    end = local(promise.until)
    if (end.hour, end.minute) == (23, 59):  # 24:00 of a day is said as that day
        return _("最晚%(day)s%(what)s") % {"day": day_words(promise.until, now), "what": promise.title}
    return _("会在%(until)s前%(what)s") % {"until": moment_words(promise.until, now), "what": promise.title}
