"""One task as a page shows it: where it stands, its clocks, its record, and the acts this actor may do now."""

from dataclasses import dataclass
from typing import Any

from linli.base import masks
from linli.base.actor import Actor
from linli.matters.cases.queries import category_map
from linli.matters.prevention.models import Prevention
from linli.matters.prevention.queries import place_words, visible_to
from linli.people.organisations.queries import directory
from linli.procedures import queries as procedures
from linli.procedures.definitions import Act
from linli.procedures.handling import Handling

# Act -> the right it asks for. The order is the order of the buttons.
RIGHTS = {
    "accept": "prevention.accept",
    "measure": "prevention.measure",
    "carry_out": "prevention.carry_out",
    "check": "prevention.check",
    "redo": "prevention.check",
    "redirect": "prevention.redirect",
    "call_off": "prevention.plan",
}
ICONS = {"check": "checks", "redo": "arrow-back-up", "carry_out": "check", "measure": "tool", "call_off": "x"}


@dataclass(frozen=True, slots=True)
class Shown:
    """task; acts: what this actor may do now; lines: its record, newest first; clocks as (name, due, met)."""

    task: Prevention
    handling: Handling
    acts: list[Act]
    lines: list[dict[str, Any]]
    clocks: list[tuple[str, Any, Any]]

    @property
    def step(self) -> Any:
        return self.handling.definition.steps[self.handling.state.step]

    @property
    def place(self) -> str:
        return place_words(self.task.region_codes)

    @property
    def owner(self) -> str:
        return directory().label(self.handling.state.lead)

    @property
    def category(self) -> str:
        row = category_map().get(self.task.category)
        return str(row["name"]) if row else ""


def shown(actor: Actor, number: str) -> Shown | None:
    """A task for a page; None when it is not there or not this actor's to see."""
    task = visible_to(actor).filter(proceeding__number=number).first()
    handling = Handling.read(number) if task is not None else None
    if task is None or handling is None:
        return None
    shape = handling.definition
    lines = [
        {
            "title": shape.acts[entry.act].name,
            "who": f"{entry.actor_name} {directory().label(entry.organisation_id) if entry.organisation_id else ''}".strip(),
            "when": entry.at,
            "text": masks.scrub(entry.note),
            "tone": "",
            "icon": ICONS.get(entry.act, "point"),
            "extra": "",
        }
        for entry in reversed(procedures.timeline(task.proceeding))
    ]
    clocks = [
        (shape.clocks[clock.code].name, clock.due_at, clock.met_at)
        for clock in procedures.clocks(task.proceeding)
        if clock.stopped_at is None or clock.met_at is not None
    ]
    return Shown(task, handling, offered(actor, handling), lines, clocks)


def offered(actor: Actor, handling: Handling) -> list[Act]:
    """The acts of this step that this actor may do, in the order of RIGHTS."""
    acts = {act.code: act for act in handling.definition.acts_at(handling.state.step)}
    own = actor.organisation_id is not None and actor.organisation_id == handling.state.lead
    return [
        acts[code]
        for code, right in RIGHTS.items()
        if code in acts
        and actor.may(right)
        and handling.involves(actor, *acts[code].who)
        and not (own and code in ("check", "redo"))
    ]
