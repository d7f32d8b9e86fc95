"""Bringing a sheet in: every row goes through `cases.file` once, or stands on the error sheet with its reason.

Rows go in by batches, each batch one transaction. A row's submission key is made of the source (in the name space
of its sub-district) and its number, so a run that was cut off — even by force — is simply run again: what is in
stays as it is, what is not comes in.
"""

import hashlib
import json
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import islice
from pathlib import Path
from typing import Any

from django.db import transaction

from linli.base.actor import Actor
from linli.base.commands import Refused, submission
from linli.base.commands.engine import digest_of
from linli.base.commands.models import IdempotencyKey
from linli.base.exchange import Problem, read_rows
from linli.base.scope import scope
from linli.doors.intake.sheet.mapping import BadValue, SheetMap, arguments, missing_columns
from linli.matters.cases import commands
from linli.matters.cases.listing import place_name
from linli.places.regions import locating

BATCH = 200
Row = tuple[int, dict[str, str]]


@dataclass(slots=True)
class Outcome:
    """rows: read so far; filed: new; known: there already from an earlier run; problems: what stands on the error sheet."""

    rows: int = 0
    filed: int = 0
    known: int = 0
    problems: list[Problem] = field(default_factory=list)

    @property
    def refused(self) -> int:
        return len({problem.row for problem in self.problems})


class NotThisSheet(ValueError):
    """The sheet does not fit the mapping; nothing was read into the register."""


def run(
    actor: Actor,
    path: Path,
    mapping: SheetMap,
    *,
    dry: bool = False,
    progress: Callable[[Outcome], None] | None = None,
    sheet: str | None = None,
    within: Sequence[str] | None = None,
) -> Outcome:
    """Bring a sheet in, or only try it (`dry`). Raises SheetError or NotThisSheet when it cannot be read at all.

    within: prefixes of region codes the rows must lie in, those of the post that brought the sheet; None: anywhere, as for
    an operator at the command line.
    """
    outcome = Outcome()
    rows = read_rows(path, sheet, problems=outcome.problems)
    rows = _checked_header(rows, mapping)
    while batch := list(islice(rows, BATCH)):
        with scope(actor):
            before = transaction.savepoint()
            _batch(actor, batch, mapping, outcome, ("",) if within is None else tuple(within))
            if dry:
                transaction.savepoint_rollback(before)
        outcome.rows += len(batch)
        if progress:
            progress(outcome)
    return outcome


def _checked_header(rows: Iterator[Row], mapping: SheetMap) -> Iterator[Row]:
    first = next(rows, None)
    if first is None:
        return
    if missing := missing_columns(mapping, list(first[1])):
        raise NotThisSheet(f"表里没有这些列：{'、'.join(missing)}。表里有：{'、'.join(first[1])}。")
    yield first
    yield from rows


def _batch(actor: Actor, rows: Sequence[Row], mapping: SheetMap, outcome: Outcome, within: tuple[str, ...]) -> None:
    principal = f"sheet:{mapping.own_source}"
    keys = {number: key_of(mapping, values) for number, values in rows}
    stored = IdempotencyKey.objects.filter(principal=principal, key__in=list(keys.values()))
    known = dict(stored.values_list("key", "request_hash"))
    for number, values in rows:
        try:
            given = arguments(mapping, values)
        except BadValue as bad:
            outcome.problems.append(Problem(number, bad.column, bad.reason))
            continue
        given["channel"] = "sheet"
        digest = digest_of("cases.file", (), given)
        if (before := known.get(keys[number])) is not None:
            if before == digest:
                outcome.known += 1
            else:
                outcome.problems.append(Problem(number, "", "这个编号以前收过，但内容不一样；没有改动已收的那件"))
            continue
        if elsewhere := _elsewhere(given, within):
            outcome.problems.append(Problem(number, _column(mapping, elsewhere[0]), elsewhere[1]))
            continue
        try:
            with submission(keys[number], principal):
                commands.file(actor, **given)
        except Refused as no:
            outcome.problems.append(Problem(number, _column(mapping, no.field), no.message))
            continue
        outcome.filed += 1
        known[keys[number]] = digest


def _elsewhere(given: Mapping[str, Any], within: tuple[str, ...]) -> tuple[str, str] | None:
    """(field, reason) when the row says a place that is not one of this post's; None when it is, or is no place at all:
    then the command says what is wrong with it. The point decides before the code, as it does in the command."""
    longitude, latitude = given.get("longitude"), given.get("latitude")
    name, code = "region_code", str(given.get("region_code", ""))
    if longitude is not None and latitude is not None and (located := locating.locate(longitude, latitude)).code:
        name, code = "longitude", located.code or ""
    if not code or code.startswith(within):
        return None
    place = place_name(code) or code
    return name, f"地点在{place}，不在您这个岗位的辖区里；没有收，请交给那边的街道导入"


def key_of(mapping: SheetMap, values: dict[str, str]) -> str:
    """What makes a row the same row in the next run: its number, or where it has none all of its mapped cells."""
    number = "|".join(values.get(column, "").strip() for column in mapping.columns.get("number", ()))
    if number.strip("|"):
        return f"number:{number}" if len(number) < 90 else f"number:{_hash(number)}"
    wanted = sorted({column for names in mapping.columns.values() for column in names})
    return f"row:{_hash(json.dumps([values.get(column, '') for column in wanted], ensure_ascii=False))}"


def _hash(text: str) -> str:
    return hashlib.sha256(text.encode("utf-8", "surrogatepass")).hexdigest()


def _column(mapping: SheetMap, name: str | None) -> str:
    """The column a refusal belongs to, in the words of the sheet."""
    aliases = {"place": "region_code"}
    columns = mapping.columns.get(aliases.get(name or "", name or ""), ())
    return " + ".join(columns)


def summary(outcome: Outcome) -> dict[str, Any]:
    return {"rows": outcome.rows, "filed": outcome.filed, "known": outcome.known, "refused": outcome.refused}
