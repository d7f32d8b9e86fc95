"""What a procedure is: steps, acts, clocks, reasons and results, read from policy data and checked before it may run.

There are no gateways and no scripting: an act leads from some steps to one step, and that is all. Rooms decide in their
commands which act to perform; the definition decides whether it may be performed and what it does to clocks and holders.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import lru_cache
from typing import Any, Literal

from linli.base.calendar.rules import UNITS

Holder = Literal["", "assignee", "desk", "lead"]
Assigning = Literal[
    "", "offer", "accept", "return", "dispute", "confirm", "support", "support_done", "hand",
    "invite", "speak", "whistle", "release", "arrive", "finish", "recall",
]  # fmt: skip
Who = Literal["holder", "desk", "lead", "support", "party", "whistled", "reporter", "anyone"]

_HOLDERS = ("", "assignee", "desk", "lead")
# Acts on the offer of one organisation among several; a clock they start, meet or stop is that organisation's own.
APART = ("whistle", "release", "arrive", "finish", "recall")
_ASSIGNING = (
    "",
    "offer",
    "accept",
    "return",
    "dispute",
    "confirm",
    "support",
    "support_done",
    "hand",
    "invite",
    "speak",
    *APART,
)
_WHO = ("holder", "desk", "lead", "support", "party", "whistled", "reporter", "anyone")
_NEEDS = (
    "organisation", "post", "ground", "reason", "note", "amount", "result", "clause", "files", "materials", "until", "promise",
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Step:
    """A resting place. `plain` is what the resident reads; `queue`: work here waits at the desk when nobody holds it."""

    code: str
    name: str
    plain: str
    final: bool = False
    paused: bool = False
    tone: str = "neutral"


@dataclass(frozen=True, slots=True)
class Act:
    """What can be done, from where, by whom, with what recorded, and what it does."""

    code: str
    name: str
    plain: str = ""
    sources: tuple[str, ...] = ()
    to: str = ""
    who: tuple[Who, ...] = ("holder",)
    needs: tuple[str, ...] = ()
    assigning: Assigning = ""
    holder: Holder = ""
    start: tuple[str, ...] = ()
    meet: tuple[str, ...] = ()
    stop: tuple[str, ...] = ()
    pause: tuple[str, ...] = ()
    resume: tuple[str, ...] = ()
    extend: str = ""
    # The clock for which more time is only asked: checked as if it were given, and given by another act, or not at all.
    ask_time: str = ""
    next_round: bool = False
    final: bool = False
    result: str = ""
    # The list of `lists` that its reason must come from; and whether the clocks it stops must not have run out yet.
    choices: str = ""
    in_time: bool = False

    @property
    def opens(self) -> bool:
        return not self.sources


@dataclass(frozen=True, slots=True)
class ClockRule:
    """A time limit: how much of which unit, by service class; `soon` is how many hours before due it is called due soon."""

    code: str
    name: str
    limits: Mapping[str, tuple[int, str]]
    soon_hours: int = 24
    promised: bool = False


@dataclass(frozen=True, slots=True)
class Reason:
    """One choice of a list. plain, turn_to: what a resident is told, and where else to turn.

    most: how many days at most. A pause with this reason ends by itself after so many days; a date promised with this
    reason lies at most so many days ahead. Other lists have no use for it, and `problems` says so.
    """

    code: str
    name: str
    basis: str = ""
    most: int = 0
    plain: str = ""
    turn_to: str = ""


@dataclass(frozen=True)
class Definition:
    code: str
    name: str
    prefix: str
    steps: Mapping[str, Step]
    acts: Mapping[str, Act]
    clocks: Mapping[str, ClockRule]
    classes: Mapping[str, str]
    grounds: Mapping[str, Reason]
    pause_reasons: Mapping[str, Reason]
    results: Mapping[str, Reason]
    extend_most: int = 0
    # Latest time of the last day at which more time may be asked for, as `17:00`; empty: until the clock runs out.
    extend_by: str = ""
    lists: Mapping[str, Mapping[str, Reason]] = field(default_factory=dict)
    raw: Mapping[str, Any] = field(default_factory=dict, repr=False)

    def acts_at(self, step: str) -> list[Act]:
        """Acts that may be performed at this step, in the order of the file."""
        return [act for act in self.acts.values() if step in act.sources]


def parse(data: Mapping[str, Any]) -> Definition:
    """Policy data -> Definition. Raises ValueError listing every problem, in the editor's words."""
    wrong = problems(data)
    if wrong:
        raise ValueError("；".join(wrong))
    return _build(data)


@lru_cache(maxsize=64)
def _cached(policy_id: int) -> Definition:
    from linli.base import policies

    return _build(policies.version(policy_id).data)


def definition(policy_id: int) -> Definition:
    """The definition pinned by a proceeding. A published version never changes, so it is kept for good."""
    return _cached(policy_id)


def _build(data: Mapping[str, Any]) -> Definition:
    steps = {row["code"]: Step(**row) for row in data["steps"]}
    acts = {row["code"]: _act(row) for row in data["acts"]}
    preset = _preset(data)
    clocks = {row["code"]: _clock(row, preset.get(row["code"], {})) for row in data.get("clocks", [])}
    return Definition(
        code=data["code"],
        name=data["name"],
        prefix=data.get("prefix", ""),
        steps=steps,
        acts=acts,
        clocks=clocks,
        classes={row["code"]: row["name"] for row in data.get("classes", [])},
        grounds=_reasons(data, "grounds"),
        pause_reasons=_reasons(data, "pause_reasons"),
        results=_reasons(data, "results"),
        extend_most=data.get("extend_most", 0),
        extend_by=data.get("extend_by", ""),
        lists={row["code"]: {one["code"]: Reason(**one) for one in row["reasons"]} for row in data.get("lists", [])},
        raw=data,
    )


def _act(row: Mapping[str, Any]) -> Act:
    lists = ("who", "needs", "start", "meet", "stop", "pause", "resume")
    values: dict[str, Any] = {key: tuple(row[key]) for key in lists if key in row}
    values["sources"] = tuple(row.get("from", ()))
    values.update({key: value for key, value in row.items() if key not in (*lists, "from")})
    return Act(**values)


def _preset(data: Mapping[str, Any]) -> Mapping[str, Any]:
    """The limits of the named preset that this version chooses, by clock; they go before the limits of the clock."""
    if not data.get("preset"):
        return {}
    named = {row["code"]: row for row in data.get("presets", [])}
    if data["preset"] not in named:
        raise ValueError(f"没有名为“{data['preset']}”的预设")
    limits: Mapping[str, Any] = named[data["preset"]]["limits"]
    if unknown := set(limits) - {row["code"] for row in data.get("clocks", [])}:
        raise ValueError(f"预设提到不存在的时限“{'、'.join(sorted(unknown))}”")
    return limits


def _clock(row: Mapping[str, Any], preset: Mapping[str, Any]) -> ClockRule:
    chosen = {**row["limits"], **preset}
    limits = {name: (int(limit["amount"]), str(limit["unit"])) for name, limit in chosen.items()}
    return ClockRule(row["code"], row["name"], limits, row.get("soon_hours", 24), row.get("promised", False))


def _reasons(data: Mapping[str, Any], key: str) -> dict[str, Reason]:
    return {row["code"]: Reason(**row) for row in data.get(key, [])}


def problems(data: Mapping[str, Any]) -> list[str]:
    """Everything that keeps this data from being a procedure; empty when it can run."""
    missing = [f"缺少“{key}”" for key in ("code", "name", "steps", "acts") if not data.get(key)]
    if missing:
        return missing
    try:
        built = _build(data)
    except (TypeError, KeyError, ValueError) as error:
        return [f"写法不对：{error}"]
    return [
        *_problems_of_acts(built), *_problems_of_clocks(built), *_problems_of_paths(built), *_problems_of_reasons(built),
    ]  # fmt: skip


def _problems_of_reasons(built: Definition) -> list[str]:
    limited = [*built.pause_reasons.values(), *(one for reasons in built.lists.values() for one in reasons.values())]
    found = [
        f"“{one.name}”的 most 要写不小于零的整数" for one in limited if not isinstance(one.most, int) or one.most < 0
    ]
    unlimited = [*built.grounds.values(), *built.results.values()]
    found += [f"“{one.name}”不能写 most：只有暂停原因和有日期的清单才有最长天数" for one in unlimited if one.most]
    if built.extend_by and not re.fullmatch(r"([01]\d|2[0-3]):[0-5]\d", built.extend_by):
        found.append("“extend_by”要写成 17:00 这样的时刻")
    return found


def _problems_of_acts(built: Definition) -> list[str]:
    found = []
    for act in built.acts.values():
        name = f"动作“{act.name}”"
        steps = (*act.sources, *([act.to] if act.to else []))
        found += [f"{name}提到不存在的环节“{step}”" for step in steps if step not in built.steps]
        clocks = (*act.start, *act.meet, *act.stop, *act.pause, *act.resume, *filter(None, (act.extend, act.ask_time)))
        found += [f"{name}提到不存在的时限“{clock}”" for clock in clocks if clock not in built.clocks]
        found += [f"{name}的“{value}”不是可用的办理人" for value in act.who if value not in _WHO]
        found += [f"{name}要求记录的“{value}”不认识" for value in act.needs if value not in _NEEDS]
        if act.holder not in _HOLDERS or act.assigning not in _ASSIGNING:
            found.append(f"{name}的承办方式不认识")
        if act.opens and not act.to:
            found.append(f"{name}是起始动作，必须写明到哪个环节")
        if act.choices and not built.lists.get(act.choices):
            found.append(f"{name}要从“{act.choices}”里选，没有这个清单")
        if act.result and act.result not in built.results:
            found.append(f"{name}的结果“{act.result}”不在结果清单里")
    return found


def _problems_of_clocks(built: Definition) -> list[str]:
    found = []
    for clock in built.clocks.values():
        found += [f"时限“{clock.name}”的单位“{unit}”不认识" for _, unit in clock.limits.values() if unit not in UNITS]
        absent = set(built.classes) - set(clock.limits)
        found += [f"时限“{clock.name}”没有写“{built.classes[code]}”的数" for code in sorted(absent)]
    return found


def _problems_of_paths(built: Definition) -> list[str]:
    """Every step must be reachable, and every open step must have a way to an end."""
    reach = {act.to for act in built.acts.values() if act.opens}
    if not reach:
        return ["没有起始动作（from 为空的动作）"]
    edges = {(source, act.to or source) for act in built.acts.values() for source in act.sources}
    while more := {to for source, to in edges if source in reach} - reach:
        reach |= more
    found = [f"没有路能走到环节“{step.name}”" for code, step in built.steps.items() if code not in reach]
    ends = {code for code, step in built.steps.items() if step.final}
    if not ends:
        return [*found, "没有结束环节（final = true）"]
    while more := {source for source, to in edges if to in ends} - ends:
        ends |= more
    return found + [f"环节“{step.name}”走不到结束" for code, step in built.steps.items() if code not in ends]
