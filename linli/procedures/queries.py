"""Reading proceedings of every kind: who sees which, what waits for whom, what happened, and when it is due."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db.models import Q, QuerySet

from linli.base import policies
from linli.base.actor import Actor
from linli.base.calendar.queries import calendar_at
from linli.base.calendar.rules import Explained
from linli.base.policies import Policy
from linli.base.policies.models import PolicyVersion
from linli.procedures import rules
from linli.procedures.definitions import Definition, definition
from linli.procedures.handling import Handling
from linli.procedures.models import Clock, Entry, Proceeding
from linli.procedures.rehearsal import Story


def within(prefix: str) -> Q:
    """Proceedings in a region. The levels people work at have columns of their own, so that lists come from an index."""
    if len(prefix) == 9:
        return Q(sub_district_code=prefix)
    if len(prefix) == 12:
        return Q(community_code=prefix)
    if len(prefix) > 12:
        return Q(community_code=prefix[:12], region_code__startswith=prefix)
    return Q(region_code__startswith=prefix) if prefix else Q()


def visible(actor: Actor) -> Q:
    """The first wall: by region, by an organisation that has a hand in it, by proof of knowing it. Nothing otherwise."""
    if actor.everything:
        return Q()
    seen = Q(pk__in=[])
    for prefix in actor.regions:
        seen |= within(prefix)
    if actor.organisation_ids:
        seen |= Q(involved__overlap=list(actor.organisation_ids))
    if actor.proceedings:
        seen |= Q(pk__in=actor.proceedings)
    return seen


def sees(actor: Actor, handling: Handling) -> bool:
    """The same wall, asked of one proceeding that has been read."""
    return (
        actor.everything
        or any(handling.region_code.startswith(prefix) for prefix in actor.regions)
        or bool(set(handling.state.involved) & set(actor.organisation_ids))
        or handling.id in actor.proceedings
    )


def visible_to(actor: Actor) -> QuerySet[Proceeding]:
    return Proceeding.objects.filter(visible(actor))


def mine(actor: Actor) -> Q:
    """What waits for this actor: held by the organisation; with a grid, what is in the grid or handed to the post."""
    waiting = Q(holder_id=actor.organisation_id or 0, closed_at=None)
    if actor.role == "grid_worker" and actor.regions:
        nearby = Q()
        for prefix in actor.regions:
            nearby |= within(prefix)
        waiting &= Q(post_id=actor.post_id) | (Q(post_id=None) & nearby)
    return waiting


@dataclass(frozen=True, slots=True)
class Explanation:
    """One clock with the reasons of its due time, line by line."""

    clock: Clock
    name: str
    explained: Explained
    agrees: bool
    met_in_time: bool | None


def procedures_in_force() -> list[Policy]:
    """The published version of every procedure, by name."""
    codes = PolicyVersion.objects.filter(code__startswith="procedure.", status="published").values_list(
        "code", flat=True
    )
    return sorted((policies.load(code) for code in set(codes)), key=lambda policy: policy.name)


def definition_of(proceeding: Proceeding) -> Definition:
    return definition(proceeding.procedure_id)


def timeline(proceeding: Proceeding) -> list[Entry]:
    """Every entry, oldest first."""
    return list(Entry.objects.filter(proceeding=proceeding).order_by("seq"))


def clocks(proceeding: Proceeding) -> list[Clock]:
    return list(Clock.objects.filter(proceeding=proceeding).order_by("seq", "code"))


def explain(proceeding: Proceeding) -> list[Explanation]:
    """Why it is due then: every clock replayed from stored facts; `agrees` says whether the stored due time is the replayed one."""
    shape = definition_of(proceeding)
    found = []
    for row in clocks(proceeding):
        limit = limit_of(row)
        explained = rules.explain(limit, calendar_at(row.calendar))
        ended = row.met_at
        in_time = None if ended is None or explained.due is None else ended <= explained.due
        found.append(Explanation(row, shape.clocks[row.code].name, explained, explained.due == row.due_at, in_time))
    return found


def limit_of(row: Clock) -> rules.TimeLimit:
    """A stored clock as the value the rules work on."""
    return rules.TimeLimit(
        row.code, row.round, row.seq, row.started_at, row.amount, row.unit, row.calendar, row.policy,
        tuple((datetime.fromisoformat(start), datetime.fromisoformat(end) if end else None) for start, end in row.pauses),
        tuple((amount, unit, datetime.fromisoformat(at)) for amount, unit, at in row.extensions),
        row.met_at, row.stopped_at,
    )  # fmt: skip


def facts(entries: Sequence[Entry]) -> list[rules.Fact]:
    return [rules.Fact(entry.seq, entry.act, entry.at, entry.given) for entry in entries]


def replay(proceeding: Proceeding) -> rules.State:
    """The state as its entries tell it."""
    return rules.fold(definition_of(proceeding), facts(timeline(proceeding)))


def stories(kind: str, since: datetime, until: datetime, most: int) -> tuple[int, list[Story]]:
    """How many proceedings of a kind were opened in a period, and the latest of them as stories; three statements."""
    rows = Proceeding.objects.filter(kind=kind, opened_at__gte=since, opened_at__lt=until)
    chosen = list(rows.order_by("-id").values_list("id", "number", "service_class", "procedure_id")[:most])
    told: dict[int, list[Entry]] = {row[0]: [] for row in chosen}
    for entry in Entry.objects.filter(proceeding_id__in=list(told)).order_by("proceeding_id", "seq"):
        told[entry.proceeding_id].append(entry)
    found = [
        Story(
            number,
            service_class,
            definition(procedure_id),
            tuple(facts(told[key])),
            {entry.seq: {"note": entry.note, "files": entry.files} for entry in told[key]},
        )
        for key, number, service_class, procedure_id in chosen
    ]
    return rows.count(), found


def sealed_as(entry: Entry) -> dict[str, Any]:
    """The plain form in which an entry was sealed."""
    return {
        "proceeding_id": entry.proceeding_id,
        "seq": entry.seq,
        "act": entry.act,
        "from_step": entry.from_step,
        "to_step": entry.to_step,
        "round": entry.round,
        "at": entry.at.isoformat(),
        "actor_kind": entry.actor_kind,
        "actor_name": entry.actor_name,
        "account_id": entry.account_id,
        "post_id": entry.post_id,
        "organisation_id": entry.organisation_id,
        "note": entry.note,
        "public": entry.public,
        "given": entry.given,
        "files": list(entry.files),
    }


def broken_links(proceeding: Proceeding) -> list[str]:
    """What is wrong with the record of a proceeding, in plain words; empty when every entry is as it was written."""
    return broken_in(proceeding, timeline(proceeding))


def broken_in(proceeding: Proceeding, entries: Sequence[Entry]) -> list[str]:
    """The same for entries that are loaded already, oldest first."""
    found = []
    previous = ""
    for expected, entry in enumerate(entries, 1):
        if entry.seq != expected:
            found.append(f"第 {expected} 条记录不见了")
            break
        if rules.seal(previous, sealed_as(entry)) != entry.hash:
            found.append(f"第 {entry.seq} 条记录与写下时不同")
        previous = entry.hash
    if not found and (previous != proceeding.head or len(entries) != proceeding.entry_count):
        found.append("最后的记录不见了")
    return found
