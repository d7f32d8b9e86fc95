"""A draft of a procedure, played on what really happened: which acts it refuses, which time limits it moves.

Pure: stories in, findings out. Every story is told twice, under the version it is pinned to and under the draft; the
draft counts with its own limits, on the calendar of the day.
"""

from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

from linli.base.calendar.days import Calendar
from linli.procedures import rules
from linli.procedures.definitions import Definition

EXAMPLES_MOST = 3
Calendars = Callable[[str], Calendar]


@dataclass(frozen=True, slots=True)
class Story:
    """One proceeding as it was recorded. extra: by sequence number, what an act recorded beside its facts (note)."""

    number: str
    service_class: str
    pinned: Definition
    facts: tuple[rules.Fact, ...]
    extra: Mapping[int, Mapping[str, Any]]


@dataclass(frozen=True, slots=True)
class Stopped:
    """Stories that the draft would not have let pass, for one and the same reason."""

    reason: str
    count: int
    examples: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Moved:
    """One time limit: in how many stories it was met, how many of these were late then, how many under the draft."""

    name: str
    met: int
    late_then: int
    late_now: int


@dataclass(frozen=True, slots=True)
class Rehearsal:
    told: int
    passed: int
    stopped: tuple[Stopped, ...]
    moved: tuple[Moved, ...]


def rehearse(draft: Definition, stories: Iterable[Story], calendars: Calendars) -> Rehearsal:
    """Play every story on the draft. calendars: the calendar behind a version mark."""
    told = passed = 0
    reasons: dict[str, list[str]] = defaultdict(list)
    met: Counter[str] = Counter()
    then: Counter[str] = Counter()
    now: Counter[str] = Counter()
    for story in stories:
        told += 1
        state, reason = _play(draft, story, calendars)
        if reason:
            reasons[reason].append(story.number)
            continue
        passed += 1
        before = _ends(rules.fold(story.pinned, story.facts), calendars)
        for key, late in _ends(state, calendars).items():
            if key in before:
                met[key[0]] += 1
                then[key[0]] += before[key]
                now[key[0]] += late
    stopped = [Stopped(reason, len(numbers), tuple(numbers[:EXAMPLES_MOST])) for reason, numbers in reasons.items()]
    return Rehearsal(
        told,
        passed,
        tuple(sorted(stopped, key=lambda one: (-one.count, one.reason))),
        tuple(Moved(rule.name, met[code], then[code], now[code]) for code, rule in draft.clocks.items() if met[code]),
    )


def _play(draft: Definition, story: Story, calendars: Calendars) -> tuple[rules.State, str]:
    """The last state reached, and why the draft would not go on; an empty reason when it goes to the end."""
    state = rules.State()
    for fact in story.facts:
        act = draft.acts.get(fact.act)
        if act is None:
            return state, f"没有“{_name(story, fact.act)}”这项操作"
        given = dict(fact.given)
        if act.start:
            if absent := [code for code in act.start if story.service_class not in draft.clocks[code].limits]:
                return state, f"时限“{draft.clocks[absent[0]].name}”没有这个等级的数"
            given["limits"] = {code: list(draft.clocks[code].limits[story.service_class]) for code in act.start}
        if (clock := act.extend or act.ask_time) and "asked" not in given:
            given["due"] = _due(state, clock, calendars)
        try:
            rules.check(draft, state, act, {**given, **story.extra.get(fact.seq, {})}, fact.at)
        except rules.NotAllowed as no:
            return state, f"{act.name}：{no.message}"
        state = rules.apply(draft, state, replace(fact, given=given))
    return state, ""


def _name(story: Story, code: str) -> str:
    act = story.pinned.acts.get(code)
    return act.name if act else code


def _due(state: rules.State, code: str, calendars: Calendars) -> str:
    clock = next((one for one in state.clocks if one.code == code and one.ticking), None)
    due = rules.explain(clock, calendars(clock.calendar)).due if clock else None
    return due.isoformat() if due else ""


def _ends(state: rules.State, calendars: Calendars) -> dict[tuple[str, int], bool]:
    """Of every clock that was met, by code and the entry that started it: whether it was met too late."""
    found = {}
    for clock in state.clocks:
        if clock.met_at is None:
            continue
        due: datetime | None = rules.explain(clock, calendars(clock.calendar)).due
        found[clock.code, clock.seq] = due is not None and clock.met_at > due
    return found
