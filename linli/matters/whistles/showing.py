"""One whistle as its page shows it: who was called, who came when, what was done, what this actor may do now."""

from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from django.utils.translation import gettext as _

from linli.base import masks
from linli.base.actor import Actor
from linli.base.clockwork import now
from linli.base.files.models import StoredFile
from linli.matters.cases.listing import place_name
from linli.matters.whistles import queries, rules
from linli.matters.whistles.files import files_of
from linli.matters.whistles.models import Rating, Whistle
from linli.people.organisations.queries import directory
from linli.procedures import rules as engine
from linli.procedures.definitions import definition
from linli.procedures.handling import Handling
from linli.procedures.models import Entry, Proceeding

# Acts a page offers, the likeliest first.
ORDER = ("arrive", "finish", "work", "confirm", "rate", "split", "call", "send_back", "stand_down")
RIGHTS = {
    "arrive": "whistles.arrive",
    "finish": "whistles.work",
    "work": "whistles.work",
    "confirm": "whistles.confirm",
    "rate": "whistles.rate",
    "split": "whistles.split",
    "call": "whistles.whistle",
    "send_back": "whistles.confirm",
    "stand_down": "whistles.whistle",
}
PART_RIGHTS = {"deliver": "whistles.work", "take_over": "whistles.confirm", "do_over": "whistles.confirm"}


@dataclass(slots=True)
class Department:
    """One called department: its clock, when it came, what it said."""

    id: int
    name: str
    status: str
    called_at: datetime
    due_at: datetime | None
    arrived_at: datetime | None
    outcome: str
    minutes: int | None


@dataclass(slots=True)
class Line:
    seq: int
    act: str
    title: str
    who: str
    when: datetime
    text: str
    facts: list[tuple[str, str]] = field(default_factory=list)
    files: list[StoredFile] = field(default_factory=list)


@dataclass(slots=True)
class Part:
    """A task the work was split into, with the acts this actor may perform on it."""

    row: Proceeding
    step: str
    tone: str
    lead: str
    acts: list[tuple[str, str]]


@dataclass(slots=True)
class Shown:
    whistle: Whistle
    handling: Handling
    text: str
    where: str
    departments: list[Department]
    lines: list[Line]
    files: list[StoredFile]
    ratings: list[Rating]
    parts: list[Part]
    acts: list[str]
    owed: list[int]

    @property
    def number(self) -> str:
        return self.handling.number

    @property
    def step(self) -> Any:
        return self.handling.definition.steps[self.handling.state.step]

    @property
    def open(self) -> bool:
        return self.handling.state.open

    @property
    def seen(self) -> int:
        return self.handling.stored

    def since(self, seen: int) -> list[Line]:
        """What has been recorded after the form was opened."""
        return [line for line in self.lines if line.seq > seen]


def shown(actor: Actor, number: str) -> Shown | None:
    """The whistle with this number as the actor may see it; None when it does not exist or is out of scope."""
    whistle = (
        queries.visible_to(actor)
        .select_related("proceeding", "case__proceeding")
        .filter(proceeding__number=number)
        .first()
    )
    handling = Handling.read(number) if whistle is not None else None
    if whistle is None or handling is None:
        return None
    entries = list(Entry.objects.filter(proceeding_id=whistle.pk).order_by("seq"))
    files = list(files_of(whistle.pk)) if any(entry.files for entry in entries) else []
    ratings = list(Rating.objects.filter(whistle_id=whistle.pk).order_by("at", "id"))
    given = {(one.by_id, one.of_id) for one in ratings}
    mine = actor.organisation_id or 0
    owed = [of for by, of in sorted(rules.owed(handling.state) - given) if by == mine]
    return Shown(
        whistle=whistle,
        handling=handling,
        text=masks.scrub(whistle.text),
        where=place_name(handling.region_code),
        departments=departments(handling, now()),
        lines=[_line(handling, entry, files) for entry in entries],
        files=[file for file in files if entries and file.pk in entries[0].files],
        ratings=ratings,
        parts=[_part(actor, row) for row in queries.parts_of(whistle.pk)],
        acts=offered(actor, handling, owed),
        owed=owed,
    )


def departments(handling: Handling, at: datetime) -> list[Department]:
    """Everybody who is called, in the order of the calls."""
    clocks = {clock.seq: clock for clock in handling.state.clocks if clock.code == queries.ARRIVAL}
    dues = {clock.seq: _due(clock) for clock in clocks.values()}
    found = []
    for offer in handling.state.offers:
        clock = clocks.get(offer.seq)
        if offer.role != "whistled" or offer.status == "withdrawn" or clock is None:
            continue
        call = rules.Call(
            handling.id, 0, offer.organisation, clock.started_at, dues[offer.seq], clock.met_at, clock.stopped_at
        )
        came = clock.met_at
        found.append(
            Department(
                offer.organisation,
                directory().label(offer.organisation),
                offer.status,
                clock.started_at,
                call.due_at,
                came,
                rules.outcome(call, at),
                None if came is None else round((came - clock.started_at).total_seconds() / 60),
            )
        )
    return found


def _due(clock: engine.TimeLimit) -> datetime | None:
    from linli.base.calendar.queries import calendar_at

    return engine.explain(clock, calendar_at(clock.calendar)).due


def offered(actor: Actor, handling: Handling, owed: list[int]) -> list[str]:
    """Codes of the acts this actor may perform now, the likeliest first; the commands ask again."""
    mine = actor.organisation_id
    index = engine.whistled(handling.state, mine)
    status = handling.state.offers[index].status if index is not None else ""
    possible = {
        act.code
        for act in handling.definition.acts_at(handling.state.step)
        if act.code in ORDER and actor.may(RIGHTS[act.code]) and handling.involves(actor, *act.who)
    }
    holder = mine == handling.state.holder
    if status != "offered":
        possible.discard("arrive")
    if status != "accepted":
        possible.discard("finish")
        if not holder:
            possible -= {"work", "split"}
    if not owed:
        possible.discard("rate")
    if not any(o.role == "whistled" and o.status == "offered" for o in handling.state.offers):
        possible.discard("stand_down")
    return [code for code in ORDER if code in possible]


def _part(actor: Actor, row: Proceeding) -> Part:
    shape = definition(row.procedure_id)
    step = shape.steps[row.step]
    mine = actor.organisation_id
    relations = {"lead": mine is not None and mine == row.lead_id, "desk": mine is not None and mine == row.desk_id}
    acts = [
        (act.code, act.name)
        for act in shape.acts_at(row.step)
        if actor.may(PART_RIGHTS.get(act.code, "")) and any(relations.get(who, False) for who in act.who)
    ]
    return Part(row, step.name, step.tone, directory().label(row.lead_id), acts)


def _line(handling: Handling, entry: Entry, files: list[StoredFile]) -> Line:
    act = handling.definition.acts.get(entry.act)
    who = entry.actor_name
    if entry.organisation_id:
        who = f"{who} · {directory().label(entry.organisation_id)}"
    return Line(
        seq=entry.seq,
        act=entry.act,
        title=act.name if act else entry.act,
        who=who,
        when=entry.at,
        text="" if entry.seq == 1 else masks.scrub(entry.note),
        facts=_facts(handling, entry),
        files=[file for file in files if file.pk in entry.files] if entry.seq > 1 else [],
    )


def _facts(handling: Handling, entry: Entry) -> list[tuple[str, str]]:
    """What was recorded with an act, in words."""
    given = entry.given
    words: list[tuple[str, str]] = []
    if given.get("organisation") and given["organisation"] != entry.organisation_id:
        words.append((_("单位"), directory().label(given["organisation"])))
    if given.get("topic"):
        words.append((_("任务"), masks.scrub(str(given["topic"]))))
    if given.get("position"):
        longitude, latitude = given["position"]
        words.append((_("当时位置"), f"{longitude}, {latitude}"))
    if given.get("amount"):
        words.append((_("评分"), f"{given['amount']} / {rules.SCORE_MOST}"))
    if given.get("result") in handling.definition.results:
        words.append((_("结果"), handling.definition.results[given["result"]].name))
    return words
