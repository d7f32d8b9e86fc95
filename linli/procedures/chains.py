"""Checking the chains of many proceedings: for the auditor's page and for `linli chains`. Only numbers come out."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from linli.procedures.models import Entry, Proceeding
from linli.procedures.queries import broken_in

PORTION = 500


@dataclass(frozen=True, slots=True)
class Checked:
    """One proceeding after its record was recomputed. problems: in plain words, none when it is as it was written."""

    number: str
    entries: int
    problems: tuple[str, ...]


def check(rows: Sequence[Proceeding]) -> list[Checked]:
    """Recompute the records of these proceedings; one statement for all of them."""
    entries: dict[int, list[Entry]] = {row.pk: [] for row in rows}
    for entry in Entry.objects.filter(proceeding_id__in=list(entries)).order_by("proceeding_id", "seq"):
        entries[entry.proceeding_id].append(entry)
    return [Checked(row.number, len(entries[row.pk]), tuple(broken_in(row, entries[row.pk]))) for row in rows]


def every() -> Iterator[list[Checked]]:
    """All proceedings of this instance, in portions, the oldest first. Needs the system's scope."""
    last = 0
    while rows := list(Proceeding.objects.filter(pk__gt=last).order_by("pk")[:PORTION]):
        last = rows[-1].pk
        yield check(rows)
