"""What the engine promises of every proceeding, of whatever kind; looked at after each step of a random life."""

from dataclasses import dataclass, field
from typing import Any

from linli.procedures import queries as procedures
from linli.procedures.models import Assignment, Clock, Proceeding

_FIELDS = (
    "step",
    "round",
    "result",
    "holder_id",
    "lead_id",
    "post_id",
    "desk_id",
    "opened_at",
    "closed_at",
    "due_at",
    "region_code",
)


@dataclass
class Known:
    """What was seen of a proceeding after the step before."""

    entries: int = 0
    row: tuple[Any, ...] = ()
    dues: dict[tuple[str, int], object] = field(default_factory=dict)


def kept(row: Proceeding, known: Known, *, most: int = 6) -> bool:
    """Raises AssertionError where a promise is broken; returns whether anything was recorded since the last look.

    state = fold of the entries; the sequence has no gap; the chain verifies; offers and clocks are those of the fold; due = replay of stored
    facts, and neither a due time nor the row itself changes but by a recorded act. most: how many entries one step may write.
    """
    stored = {(clock.code, clock.seq): clock for clock in Clock.objects.filter(proceeding=row)}
    dues = {key: clock.due_at for key, clock in stored.items()}
    now = tuple(getattr(row, name) for name in _FIELDS)
    if row.entry_count == known.entries:
        assert dues == known.dues, "a due time moved without a recorded act"
        assert now == known.row, "something changed without a recorded act"
        return False
    entries = procedures.timeline(row)
    assert [entry.seq for entry in entries] == list(range(1, row.entry_count + 1))
    assert 0 < len(entries) - known.entries <= most
    assert procedures.broken_links(row) == []
    state = procedures.replay(row)
    assert (state.step, state.round, state.result) == (row.step, row.round, row.result)
    assert (state.holder or state.desk, state.lead, state.post) == (row.holder_id, row.lead_id, row.post_id)
    assert (state.opened_at, state.closed_at) == (row.opened_at, row.closed_at)
    assert set(state.involved) <= set(row.involved)
    offers = {(o.seq, o.status, o.final) for o in state.offers}
    assert offers == set(Assignment.objects.filter(proceeding=row).values_list("seq", "status", "final"))
    replayed = {(c.code, c.seq): c for c in state.clocks}
    assert stored.keys() == replayed.keys()
    for key, clock in stored.items():
        assert procedures.limit_of(clock) == replayed[key]
    for line in procedures.explain(row):
        assert line.agrees, f"{line.clock.code} is not due when its facts say"
    burning = [c.due_at for c in stored.values() if c.met_at is None and c.stopped_at is None and c.due_at]
    assert row.due_at == min(burning, default=None)
    if row.closed_at is None:
        assert row.holder_id, "what is open must be held"
        assert sum(o.role == "lead" and o.status in ("offered", "accepted", "disputed") for o in state.offers) <= 1, (
            "two leads at once"
        )
    else:
        assert row.due_at is None and not any(clock.ticking for clock in state.clocks)
    known.entries, known.row, known.dues = row.entry_count, now, dues
    return True
