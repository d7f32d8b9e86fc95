"""What the hotline is told: the table from acts of a case to messages, and the words of each.

To tell the hotline of another act, add a line to OUTGOING (and, so that it goes at once, its event to the wire in
linli/doors/wiring.py; without an event it goes with the next one).
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from linli.base import masks
from linli.base.calendar.queries import calendar_at
from linli.people.organisations.queries import directory
from linli.procedures import rules as engine
from linli.procedures.definitions import Definition
from linli.procedures.models import Entry

PING = "exchange.ping"


@dataclass(frozen=True, slots=True)
class Told:
    """One entry with what was before it: all that a message may be made of."""

    entry: Entry
    definition: Definition
    state: engine.State


@dataclass(frozen=True, slots=True)
class Outgoing:
    """An act of a case as a message. facts: what is not in the words of the entry; never personal data."""

    type: str
    label: str
    facts: Callable[[Told], Mapping[str, Any]] = lambda told: {}


def _ground(told: Told) -> dict[str, Any]:
    code = str(told.entry.given.get("ground", ""))
    ground = told.definition.grounds.get(code)
    return {"ground": code, "ground_name": ground.name if ground else code}


def _extension(told: Told) -> dict[str, Any]:
    clock = next((one for one in told.state.clocks if one.code == "answer" and one.ticking), None)
    due = engine.explain(clock, calendar_at(clock.calendar)).due if clock else None
    return {"amount": told.entry.given.get("amount"), "time_unit": clock.unit if clock else "", "due": _iso(due)}


def _asked_time(told: Told) -> dict[str, Any]:
    clock = next((one for one in told.state.clocks if one.code == "answer" and one.ticking), None)
    return {"amount": told.entry.given.get("amount"), "time_unit": clock.unit if clock else ""}


def _chosen(told: Told) -> dict[str, Any]:
    """The reason from the list of the act, and what was promised or named as support with it."""
    act, given = told.definition.acts[told.entry.act], told.entry.given
    code = str(given.get("reason", ""))
    reason = told.definition.lists.get(act.choices, {}).get(code)
    found = {"reason": code, "reason_name": reason.name if reason else code}
    return found | {
        name: masks.scrub(str(given[name])) for name in ("promise", "until", "materials") if given.get(name)
    }


def _said(told: Told) -> dict[str, Any]:
    given = told.entry.given
    return {
        "reached": given.get("result") != "unreachable",
        "resolved": given.get("resolved"),
        "satisfaction": given.get("satisfaction", ""),
    }


def _iso(moment: Any) -> str:
    return moment.isoformat() if moment else ""


OUTGOING: Mapping[str, Outgoing] = {
    "accept": Outgoing("order.accepted", "签收"),
    "return": Outgoing("order.returned", "退单", _ground),
    "refuse_return": Outgoing("order.return_refused", "不同意退单"),
    "extend": Outgoing("order.extended", "延期", _extension),
    "ask_extension": Outgoing("order.extension_requested", "申请延期", _asked_time),
    "pause": Outgoing("order.paused", "暂停"),
    "resume": Outgoing("order.resumed", "恢复办理"),
    "hang_up": Outgoing("order.hung_up", "挂账", _chosen),
    "review_hang_up": Outgoing(
        "order.hang_up_reviewed", "复核挂账", lambda told: {"until": told.entry.given.get("until", "")}
    ),
    "lift": Outgoing("order.hang_up_lifted", "解除挂账"),
    "decline": Outgoing("order.declined", "不予派单", _chosen),
    "ask_exemption": Outgoing("order.exemption_requested", "申请剔除", _chosen),
    "grant_exemption": Outgoing("order.exemption_granted", "同意剔除"),
    "refuse_exemption": Outgoing("order.exemption_refused", "不同意剔除"),
    "supplement": Outgoing("order.supplemented", "补充情况"),
    "answer": Outgoing("order.answered", "答复"),
    "callback": Outgoing(
        "order.called_back", "回访", lambda told: {"reached": told.entry.given.get("result") == "reached"}
    ),
    "settle": Outgoing("order.settled", "回访结案", _said),
    "reopen": Outgoing("order.reopened", "二次办理", _said),
    "withdraw": Outgoing("order.closed", "撤回"),
}
LABELS = {one.type: one.label for one in OUTGOING.values()} | {PING: "测试消息"}


def facts_of(told: Told) -> dict[str, Any]:
    """What a letter keeps of an entry besides its number."""
    unit = directory().label(told.entry.organisation_id) if told.entry.organisation_id else ""
    return {"unit": unit, **OUTGOING[told.entry.act].facts(told)}


def told_of(definition: Definition, entries: list[Entry], after: int) -> list[Told]:
    """Entries past `after` that the hotline is told of, each with the state it brought about."""
    found, state = [], engine.State()
    for entry in entries:
        state = engine.apply(definition, state, engine.Fact(entry.seq, entry.act, entry.at, entry.given))
        if entry.seq > after and entry.act in OUTGOING:
            found.append(Told(entry, definition, state))
    return found
