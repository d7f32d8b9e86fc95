"""The figures of whistles worked out call by call in plain Python: what the database adds up is held against it."""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from statistics import median

from linli.matters.whistles.models import Rating
from linli.matters.whistles.rules import Call, Figures, Outcome, outcome
from linli.procedures.models import Assignment, Clock, Proceeding


@dataclass(frozen=True, slots=True)
class Rated:
    """One side's mark for the other."""

    whistle: int
    by: int
    of: int
    score: int


def figures(
    calls: Iterable[Call], ratings: Iterable[Rated], at: datetime, group: Callable[[Call], int]
) -> list[Figures]:
    """One row for each organisation that `group` names, in the order of most calls.

    `group` is the department or the whistler of a call. Calls that were released count nowhere. A community's calls
    are counted by call, its whistles (concluded, solved) once each.
    """
    grouped: dict[int, list[tuple[Call, Outcome]]] = {}
    for call in calls:
        if (found := outcome(call, at)) != "released":
            grouped.setdefault(group(call), []).append((call, found))
    marks: dict[int, list[int]] = {}
    for one in ratings:
        marks.setdefault(one.of, []).append(one.score)
    rows = [_row(key, rows, marks.get(key, [])) for key, rows in grouped.items()]
    return sorted(rows, key=lambda row: (-row.called, row.organisation))


def _row(organisation: int, rows: Sequence[tuple[Call, Outcome]], marks: Sequence[int]) -> Figures:
    counts = {code: sum(found == code for _call, found in rows) for code in ("in_time", "late", "missed", "waiting")}
    results = {call.whistle: call.result for call, _found in rows if call.result}
    minutes = [(c.arrived_at - c.called_at).total_seconds() / 60 for c, _ in rows if c.arrived_at is not None]
    return Figures(
        organisation=organisation,
        called=len(rows),
        concluded=len(results),
        solved=sum(result == "solved" for result in results.values()),
        mean_rating=sum(marks) / len(marks) if marks else None,
        ratings=len(marks),
        median_minutes=median(minutes) if minutes else None,
        **counts,
    )


def stored(ids: Iterable[int]) -> tuple[list[Call], list[Rated]]:
    """Every call and every mark of these whistles, read row by row."""
    heads = {row.pk: row for row in Proceeding.objects.filter(pk__in=list(ids)).select_related("whistle")}
    clocks = {(one.proceeding_id, one.seq): one for one in Clock.objects.filter(proceeding__in=heads, code="arrival")}
    calls = []
    for one in Assignment.objects.filter(proceeding__in=heads, role="whistled"):
        clock, head = clocks.get((one.proceeding_id, one.seq)), heads[one.proceeding_id]
        if clock is not None:
            calls.append(
                Call(
                    head.pk, head.holder_id or 0, one.organisation_id, clock.started_at, clock.due_at, clock.met_at, clock.stopped_at,
                    head.whistle.result,
                )
            )  # fmt: skip
    marks = Rating.objects.filter(whistle__in=heads).values_list("whistle_id", "by_id", "of_id", "score")
    return calls, [Rated(*row) for row in marks]
