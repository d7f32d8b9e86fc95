"""Sheets that are made household by household: the address stands with the head, and the rows of the others below are empty.

Only rows whose relation to the head is written and is not the head's own follow the row above, and only where nothing is
missing in between: a row that could not be read may have been the head of another household.
"""

from collections.abc import Iterator, Mapping, Sequence

from linli.base.exchange import Problem
from linli.doors.intake.registers.targets.people import is_head

_WHERE = ("address", "building", "unit", "room")
_FOLLOWED = ("address", "compound", "building", "unit", "room", "household")
Rows = Iterator[tuple[int, dict[str, str]]]


def followed(rows: Rows, problems: Sequence[Problem]) -> Rows:
    """The rows with the place of the household above where they have none of their own."""
    above: dict[str, str] = {}
    before = met = 0
    for number, values in rows:
        if number != before + 1 or len(problems) != met:
            above = {}
        before, met = number, len(problems)
        if _placed(values):
            above = {name: values[name] for name in _FOLLOWED if name in values}
        elif above and _follows(values, above):
            values |= above
        else:
            above = {}  # whoever stands here without a place is of another household
        yield number, values


def is_of_blocks(samples: Sequence[Sequence[str]], places: Mapping[str, int]) -> bool:
    """Whether the first rows of a sheet look like this: members without a place below a row with one, no head without one."""
    if "relation" not in places or not set(_WHERE) & set(places):
        return False
    rows = [{name: cells[at] if at < len(cells) else "" for name, at in places.items()} for cells in samples]
    empty = [(place, row) for place, row in enumerate(rows) if row["relation"] and not _placed(row)]
    return bool(empty) and all(place and not is_head(row["relation"]) for place, row in empty) and _placed(rows[0])


def _placed(values: Mapping[str, str]) -> bool:
    return any(values.get(name, "").strip() for name in _WHERE)


def _follows(values: Mapping[str, str], above: Mapping[str, str]) -> bool:
    relation, household = values.get("relation", "").strip(), values.get("household", "").strip()
    return bool(relation) and not is_head(relation) and household in ("", above.get("household", "").strip())
