"""What the pages show of a sheet: every column with what it is, and the first rows. Values of people are masked: what is
in the sheet may be read in the sheet."""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from itertools import islice
from string import ascii_uppercase
from typing import Any

from django.utils.translation import gettext as _

from linli.base import masks
from linli.base.exchange.delimited import is_foot
from linli.base.exchange.headers import Column, Concept, Form
from linli.doors.intake.registers import blocks, policy, queries, targets
from linli.doors.intake.registers.models import RegisterImport
from linli.doors.intake.registers.opening import Head
from linli.doors.intake.registers.targets import Target

PREVIEWED = 10
SHOWN_PROBLEMS = 50
_MASKS = {
    "person_name": masks.name,
    "phone": masks.phone,
    "identity": masks.id_number,
    "address": masks.address,
}
_PLAIN = {"sex", "count", "amount", "relation", "tenure"}


@dataclass(frozen=True, slots=True)
class ShownColumn:
    """One column of the sheet. why: the reason it is left out, empty where it can be chosen; never: for good."""

    place: int
    letter: str
    header: str
    sample: str
    meaning: str
    why: str
    never: bool


def letter(place: int) -> str:
    """The name of a column in a spreadsheet: 0 -> A, 26 -> AA."""
    found = ""
    place += 1
    while place:
        place, rest = divmod(place - 1, 26)
        found = ascii_uppercase[rest] + found
    return found


def header_of(head: Head, place: int) -> str:
    """A column as people find it: its header, with the group above it where there are two lines."""
    if not 0 <= place < len(head.cells):
        return ""
    parent = head.parents[place] if place < len(head.parents) else ""
    cell = head.names[place]
    return f"{parent}·{cell}" if parent and parent != cell else cell


def columns_of(head: Head, target: Target | None) -> list[ShownColumn]:
    words, known = policy.words(), queries.concepts()
    shown = []
    for column in head.columns(words):
        concept = known.get(column.concept)
        shown.append(
            ShownColumn(
                place=column.place,
                letter=letter(column.place),
                header=header_of(head, column.place),
                sample=_sample(head, column, concept),
                meaning=_meaning(column, concept),
                why=_why(column, concept, target),
                never=bool(concept and concept.never),
            )
        )
    return shown


def _meaning(column: Column, concept: Concept | None) -> str:
    if concept is None:
        return ""
    role = next((role.name for role in policy.words().roles if role.code == column.role), "")
    return f"{role}{concept.name}"


def _why(column: Column, concept: Concept | None, target: Target | None) -> str:
    if concept is None:
        return _("认不出这一列，不导入；知道是什么的话请自己选。")
    if concept.never:
        return concept.never
    if target is not None and any(column.code in field.concepts for field in target.fields):
        return ""
    if concept.unused:
        return concept.unused
    if column.role:
        return _("别人的信息，%(register)s台账没有这一项，不导入。") % {"register": target.name if target else ""}
    return _("%(register)s台账没有这一项，不导入。") % {"register": target.name if target else ""}


def _sample(head: Head, column: Column, concept: Concept | None) -> str:
    if concept is not None and concept.never:
        return ""
    found = [cells[column.place] for cells in head.samples if column.place < len(cells) and cells[column.place]]
    return "、".join(dict.fromkeys(masked(text, concept.kind if concept else "") for text in found[:3]))


def masked(text: str, kind: str) -> str:
    """A value as it may be shown: its kind's mask; of unknown kinds the first sign only, and how long it is about."""
    if kind == "plain":
        return text
    if kind in _MASKS:
        return str(_MASKS[kind](text))
    if kind == "date":
        return f"{year[0]}…" if (year := re.match(r"[12][0-9]{3}(?![0-9]$)", text)) else f"{text[0]}…"
    if kind in _PLAIN or len(text) < 2:
        return text[:12]
    return text[0] + "*" * min(len(text) - 1, 6)


@dataclass(frozen=True, slots=True)
class Cell:
    text: str
    wrong: str


def preview(
    row: RegisterImport, head: Head, target: Target
) -> tuple[list[dict[str, Any]], list[tuple[int, list[Cell], str]]]:
    """Columns and the first rows of what goes in: (row number, cells, what is wrong with the row as a whole)."""
    fields = [field for field in target.fields if field.code in row.columns]
    wrong: dict[tuple[int, int], str] = {}
    for number, place, reason in row.problems:
        wrong.setdefault((number, place), reason)
    kinds = {field.code: field.kind or _kind_of(field) for field in fields}
    if not target.people:  # of units and places only their contacts are somebody's
        kinds = {code: kind if kind in ("person_name", "phone") else "plain" for code, kind in kinds.items()}
    lines = []
    for number, values in _first(row, head):
        shown = []
        for field in fields:
            place, text = row.columns[field.code], values[field.code]
            shown.append(Cell(masked(text, kinds[field.code]) if text else "", wrong.get((number, place), "")))
        lines.append((number, shown, wrong.get((number, -1), "")))
    columns = [{"label": field.label, "kind": "text"} for field in fields]
    return columns, lines


def _first(row: RegisterImport, head: Head) -> list[tuple[int, dict[str, str]]]:
    """The first rows as the check reads them: without sums and notes, and households in blocks with the address of theirs."""
    rows = (
        (number, {name: cells[at] if at < len(cells) else "" for name, at in row.columns.items()})
        for number, cells in head.rows
        if not is_foot(cells)
    )
    return list(islice(blocks.followed(rows, []) if row.options.get("blocks") else rows, PREVIEWED))


def _kind_of(field: Any) -> str:
    known = queries.concepts()
    return next((known[code].kind for code in field.concepts if code in known), "")


def problem_lines(row: RegisterImport, head: Head | None, most: int | None = None) -> list[tuple[int, str, str]]:
    """(row, column in words, reason) of the problems as they are kept; a column by its header as long as the sheet is
    there, then by the field it was taken for."""
    labels: dict[int, str] = {}
    if row.target in targets.codes():
        named = {field.code: str(field.label) for field in targets.get(row.target).fields}
        labels = {place: named.get(code, "") for code, place in row.columns.items()}
    found = []
    for number, place, reason in row.problems[:most]:
        where = ""
        if place >= 0:
            header = header_of(head, place) if head is not None else labels.get(place, "")
            where = f"{letter(place)} {header}".strip()
        found.append((number, where, reason))
    return found


def form_of(row: RegisterImport) -> Form | None:
    return next((form for form in policy.words().forms if form.code == row.form), None)


def kept_lines(row: RegisterImport) -> list[tuple[str, int, str]]:
    """(register, number, reason) of what an undoing left where it is."""
    names: Mapping[str, Any] = {code: targets.get(code).name for code in targets.codes()}
    return [(str(names.get(kind, kind)), key, reason) for kind, key, reason in row.kept]
