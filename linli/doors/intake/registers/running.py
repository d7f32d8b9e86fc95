"""Checking and bringing in, batch by batch: each batch one transaction that also notes how far it came.

A run that is cut off, even by force, goes on after the last batch that was committed. Where all rows must go in or
none, one transaction holds them all, and a run that is cut off begins again.
"""

from collections.abc import Iterator
from contextlib import contextmanager, nullcontext
from dataclasses import dataclass, field
from datetime import datetime
from itertools import islice
from typing import Any

from django.db import connection, transaction
from django.utils import timezone

from linli.base.actor import Actor, system
from linli.base.clockwork import now
from linli.base.commands import Refused
from linli.base.exchange import Problem, SheetError
from linli.base.scope import scope
from linli.doors.intake.registers import commands, opening, targets
from linli.doors.intake.registers.models import Brought, RegisterImport
from linli.doors.intake.registers.targets import Passed, RowRefused, Target
from linli.doors.intake.sheet import shelf
from linli.people.accounts.models import Post
from linli.people.accounts.queries import actor_of
from linli.people.accounts.rules import in_office

BATCH = 20_000  # what one batch reads once, such as the dwellings of a region, is read for all of it
LOCKS = 47_114  # space of the advisory locks of this room
MOST_PROBLEMS = 5000  # shown and given out; further ones are counted
STATES = RegisterImport.State


@dataclass(slots=True)
class Work:
    """One sheet in hand: who brought it, what it is, where it goes."""

    row: RegisterImport
    actor: Actor
    target: Target
    head: opening.Head
    content: bytes
    checked_at: datetime
    brought: int = 0
    unread: list[Problem] = field(default_factory=list)

    @contextmanager
    def rows(self) -> Iterator[Iterator[tuple[int, dict[str, str]]]]:
        with opening.readable(self.content, self.row.file_name) as path:
            yield opening.rows_of(path, self.head, self.row.columns, self.unread)

    def place_of(self, name: str) -> int:
        """The column that a field stands in, or -1."""
        return int(self.row.columns.get(name, -1))


def take_up(import_id: int, state: str) -> Work | None:
    """The sheet as it stands, when it is in this state; None when somebody else has finished it. Raises SheetError when
    whoever brought it may no longer do so, or the sheet is gone."""
    with scope(system("registers")):
        row = RegisterImport.objects.filter(pk=import_id, state=state).first()
        if row is None:
            return None
        post = Post.objects.select_related("account", "organisation").get(pk=row.post_id)
        actor = actor_of(post)
        target = targets.get(row.target)
        holds = in_office(post.starts, post.ends, timezone.localdate(now()))
        if not holds or not post.account.is_active or not actor.may(target.right):
            raise SheetError("导入人的岗位已经不能办这件事，请由在岗的人重新导入。")
        moment = row.finished_at or row.created_at  # of the check, until the import is over
        if state == STATES.UNDOING:
            return Work(row, actor, target, opening.Head(None, [], 1, 1, [], [], ""), b"", moment)
        brought = sum(map(len, row.brought.filter(kind=row.target).values_list("ids", flat=True)))
        try:
            return Work(row, actor, target, opening.head_of(row), shelf.get(row.address), moment, brought)
        except FileNotFoundError as error:
            raise SheetError("表格已经不在了，请重新上传。") from error


def check(import_id: int) -> None:
    """Read every row, write nothing but what was found. Safe to run again."""
    work = take_up(import_id, STATES.CHECKING)
    if work is None:
        return
    found = _Found()
    columns: dict[str, int] = work.row.columns
    if columns and max(columns.values()) >= len(work.head.cells):
        raise SheetError("列的对照和这张表不符，请重新核对。")
    with work.rows() as rows:
        while batch := list(islice(rows, BATCH)):
            with scope(work.actor):
                _examine(work, batch, found)
                _beat(work.row, found.counts)
    found.unreadable(work)
    with scope(work.actor):
        _settle(work.row, STATES.CHECKED, last_row=0, done=0, **found.result())


@dataclass(slots=True)
class _Found:
    """What the check of a whole sheet comes to."""

    rows: int = 0
    good: int = 0
    problems: list[tuple[int, int, str]] = field(default_factory=list)
    wrong: set[int] = field(default_factory=set)
    twins: dict[int, int] = field(default_factory=dict)  # row -> the row it repeats
    known: set[int] = field(default_factory=set)
    keys: dict[str, int] = field(default_factory=dict)

    @property
    def counts(self) -> dict[str, int]:
        return {"rows": self.rows, "good": self.good, "wrong": len(self.wrong), "known": len(self.known)}

    def unreadable(self, work: Work) -> None:
        problems = work.unread
        self.problems += [(one.row, work.place_of(one.column), one.reason) for one in problems]
        self.wrong |= {one.row for one in problems}
        self.rows += len({one.row for one in problems})

    def result(self) -> dict[str, Any]:
        repeated = [(row, -1, f"和第 {first} 行重复") for row, first in self.twins.items()]
        known = [(row, -1, "台账里已经有了") for row in self.known]
        every = sorted([*self.problems, *repeated, *known])
        return {
            **self.counts,
            "twins": len(self.twins),
            "skipped": sorted(self.wrong | self.known | set(self.twins)),
            "problems": [list(one) for one in every[:MOST_PROBLEMS]],
        }


def _examine(work: Work, batch: list[tuple[int, dict[str, str]]], found: _Found) -> None:
    seen = work.target.examine(work.actor, [values for _number, values in batch], work.row.options)
    numbers = [number for number, _values in batch]
    wrong = {place for place, _name, _reason in seen.problems}
    for place, name, reason in seen.problems:
        found.problems.append((numbers[place], work.place_of(name), reason))
        found.wrong.add(numbers[place])
    for place, number in enumerate(numbers):
        found.rows += 1
        if place in wrong:
            continue
        key = seen.keys[place]
        first = found.keys.setdefault(key, number) if key else number
        if first != number:
            found.twins[number] = first
        elif place in seen.known:
            found.known.add(number)
        else:
            found.good += 1


def apply(import_id: int) -> None:
    """Bring the good rows in; started again it goes on where it stood."""
    work = take_up(import_id, STATES.APPLYING)
    if work is None:
        return
    skipped = set(work.row.skipped)
    whole = work.row.whole
    with work.rows() as rows, scope(work.actor) if whole else nullcontext():
        if whole and not _alone(work.row):
            raise _Elsewhere
        todo = ((number, values) for number, values in rows if number > work.row.last_row and number not in skipped)
        while batch := list(islice(todo, BATCH)):
            with nullcontext() if whole else scope(work.actor):
                _bring(work, batch)
            if whole:
                _show_from_aside(work.row)
        if whole:
            _settle(work.row, STATES.DONE, **_counts(work.row))
    if not whole:
        with scope(work.actor):
            _settle(work.row, STATES.DONE, **_counts(work.row))
    commands.clear_shelf(work.row)


def _counts(row: RegisterImport) -> dict[str, Any]:
    return {name: getattr(row, name) for name in ("last_row", "done", "wrong", "problems")}


def _bring(work: Work, batch: list[tuple[int, dict[str, str]]]) -> None:
    """One batch, one transaction: the rows, what they became, and how far the sheet is."""
    row = work.row
    passed = Passed(work.checked_at, work.brought)
    seen = work.target.examine(work.actor, [values for _number, values in batch], row.options, passed)
    late = [(batch[place][0], work.place_of(name), reason) for place, name, reason in seen.problems]
    late += [(batch[place][0], -1, "台账里已经有了") for place in sorted(seen.known)]
    usable = [place for place, value in enumerate(seen.values) if value is not None and place not in seen.known]
    made: dict[str, list[int]] = {}
    source = f"导入：{row.file_name}"[:120]
    while usable:
        try:
            with transaction.atomic():
                made = work.target.apply(work.actor, [seen.values[place] for place in usable], row.options, source)
            break
        except RowRefused as no:
            late.append((batch[usable.pop(no.place)][0], work.place_of(no.name), no.reason))
    if row.whole and late:
        raise SheetError(f"第 {late[0][0]} 行现在导不进去了：{late[0][2]}；一行也没有导入。")
    work.brought += len(made.get(work.target.code, ()))
    row.last_row = batch[-1][0]
    row.done += len(usable)
    row.wrong += len(late)
    row.problems = (row.problems + [list(one) for one in late])[:MOST_PROBLEMS]
    for kind, ids in made.items():
        if ids:
            Brought.objects.create(
                sheet_id=row.pk, organisation_id=row.organisation_id, kind=kind, last_row=row.last_row, ids=ids
            )
    if row.whole:
        return  # noted at the end: until then the row is free for another connection to show how far this is
    before, row.moved_at = row.moved_at, now()
    moved = RegisterImport.objects.filter(pk=row.pk, state=STATES.APPLYING, moved_at=before).update(
        moved_at=row.moved_at, **_counts(row)
    )
    if not moved:
        raise _Elsewhere


def _alone(row: RegisterImport) -> bool:
    """Whether no other worker has this sheet in hand, until the transaction ends."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_try_advisory_xact_lock(%s, %s)", [LOCKS, row.pk])
        found = cursor.fetchone()
    return bool(found and found[0])


def _settle(row: RegisterImport, state: str, **values: Any) -> None:
    moment = now()
    RegisterImport.objects.filter(pk=row.pk).update(
        state=state, message="", moved_at=moment, finished_at=moment, **values
    )


class _Elsewhere(Exception):
    """Another worker has this sheet in hand: what this one did in its transaction is not kept."""


def undo(import_id: int) -> None:
    """Take back what came in, the last batch first; started again it goes on where it stood."""
    work = take_up(import_id, STATES.UNDOING)
    if work is None:
        return
    row = work.row
    with scope(work.actor):
        batches = list(Brought.objects.filter(sheet=row, taken_back=False).order_by("-id").values_list("pk", flat=True))
    for key in batches:
        with scope(work.actor):
            batch = Brought.objects.select_for_update().get(pk=key)
            if batch.taken_back:
                continue
            undone = targets.get(batch.kind).undo(work.actor, batch.ids, row.finished_at or row.created_at)
            batch.taken_back = True
            batch.save(update_fields=["taken_back"])
            row.gone += undone.gone
            row.kept += [[batch.kind, key, reason] for key, reason in undone.kept]
            row.moved_at = now()
            row.save(update_fields=["gone", "kept", "moved_at"])
    with scope(work.actor):
        _settle(row, STATES.UNDONE)


def run(import_id: int, what: str) -> None:
    """One of the three runs for the queue; what stops the sheet as a whole is told on its page."""
    try:
        {STATES.CHECKING: check, STATES.APPLYING: apply, STATES.UNDOING: undo}[STATES(what)](import_id)
    except _Elsewhere:
        return
    except (SheetError, Refused) as error:
        with scope(system("registers")):
            row = RegisterImport.objects.get(pk=import_id)
            _settle(row, STATES.FAILED)
            RegisterImport.objects.filter(pk=import_id).update(message=str(error)[:500])


def _beat(row: RegisterImport, counts: dict[str, int]) -> None:
    row.moved_at = now()
    RegisterImport.objects.filter(pk=row.pk).update(moved_at=row.moved_at, **counts)


def _show_from_aside(row: RegisterImport) -> None:
    """How far an all-or-nothing import is: its own transaction cannot tell, so another connection says it. It never waits
    for the row, and what it says is only shown."""
    aside = connection.copy()
    try:
        aside.set_autocommit(False)
        with aside.cursor() as cursor:
            cursor.execute(
                "SELECT set_config('linli.everything', 'on', true), set_config('lock_timeout', '200ms', true)"
            )
            cursor.execute(
                "UPDATE registers_registerimport SET message = %s, moved_at = %s WHERE id IN "
                "(SELECT id FROM registers_registerimport WHERE id = %s FOR NO KEY UPDATE SKIP LOCKED)",
                [f"办到第 {row.last_row} 行", now(), row.pk],
            )
        aside.commit()
    finally:
        aside.close()
