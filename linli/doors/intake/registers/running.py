"""Checking and bringing in, batch by batch: each batch one transaction that also notes how far it came.

A run that is cut off, even by force, goes on after the last batch that was committed. Where all rows must go in or
none, one transaction holds them all, and a run that is cut off begins again.
"""

import gc
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager, nullcontext
from dataclasses import dataclass, field
from datetime import datetime
from itertools import islice
from pathlib import Path
from typing import Any

from django.db import connection, transaction
from django.utils import timezone

from linli.base.actor import Actor, system
from linli.base.clockwork import now
from linli.base.commands import Refused
from linli.base.exchange import Problem, SheetError
from linli.base.scope import scope
from linli.doors.intake.registers import commands, kept, opening, targets
from linli.doors.intake.registers.models import Brought, RegisterImport
from linli.doors.intake.registers.targets import KNOWN, Examined, Passed, RowRefused, Target
from linli.doors.intake.sheet import shelf
from linli.people.accounts.models import Post
from linli.people.accounts.queries import actor_of
from linli.people.accounts.rules import in_office

BATCH = 10_000  # rows of one transaction: what is lost with a worker, and what is in memory at once
LOCKS = 47_114  # space of the advisory locks of this room
MOST_PROBLEMS = 5000  # shown and given out; further ones are counted
STATES = RegisterImport.State


@dataclass(slots=True)
class Work:
    """One sheet in hand: who brought it, where it goes."""

    row: RegisterImport
    actor: Actor
    target: Target
    checked_at: datetime
    brought: int = 0

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
        brought = sum(map(len, row.brought.filter(kind=row.target).values_list("ids", flat=True)))
        return Work(row, actor, target, moment, brought)


def check(import_id: int) -> None:
    """Read every row, write nothing but what was found; the rows that passed are kept for `apply`. Safe to run again."""
    work = take_up(import_id, STATES.CHECKING)
    if work is None:
        return
    row, found = work.row, _Found()
    unread: list[Problem] = []
    kept.drop(row.pk)
    with scope(work.actor):
        examine = work.target.examiner(work.actor, row.options)
    with _sheet(row) as (path, head):
        rows = opening.rows_of(path, head, row.columns, unread, of_blocks=bool(row.options.get("blocks")))
        while batch := list(islice(rows, BATCH)):
            with scope(work.actor):
                numbers = [number for number, _values in batch]
                seen = examine([values for _number, values in batch])
                usable = found.add(work, numbers, seen)
                packed = [work.target.pack(seen.values[place]) for place in usable]
                kept.put(row.pk, found.blocks, [numbers[place] for place in usable], packed)
                found.blocks += 1
                _beat(row, found.counts)
    found.unreadable(work, unread)
    with scope(work.actor):
        _settle(row, STATES.CHECKED, last_row=0, done=0, **found.result())


@contextmanager
def _sheet(row: RegisterImport) -> Iterator[tuple[Path, opening.Head]]:
    """The sheet as a file, and its top. Raises SheetError when it is gone, or has other columns than the mapping."""
    try:
        head, content = opening.head_of(row), shelf.get(row.address)
    except FileNotFoundError as error:
        raise SheetError("表格已经不在了，请重新上传。") from error
    if row.columns and max(row.columns.values()) >= len(head.cells):
        raise SheetError("列的对照和这张表不符，请重新核对。")
    with opening.readable(content, row.file_name) as path:
        yield path, head


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
    blocks: int = 0

    @property
    def counts(self) -> dict[str, int]:
        return {"rows": self.rows, "good": self.good, "wrong": len(self.wrong), "known": len(self.known)}

    def add(self, work: Work, numbers: list[int], seen: Examined) -> list[int]:
        """Take a batch in; returns the places of what can be brought in."""
        wrong = {place for place, _name, _reason in seen.problems}
        for place, name, reason in seen.problems:
            self.problems.append((numbers[place], work.place_of(name), reason))
            self.wrong.add(numbers[place])
        usable = []
        for place, number in enumerate(numbers):
            if place in wrong:
                continue
            key = seen.keys[place]
            first = self.keys.setdefault(key, number) if key else number
            if first != number:
                self.twins[number] = first
            elif place in seen.known:
                self.known.add(number)
            else:
                usable.append(place)
        self.rows += len(numbers)
        self.good += len(usable)
        return usable

    def unreadable(self, work: Work, problems: list[Problem]) -> None:
        self.problems += [(one.row, work.place_of(one.column), one.reason) for one in problems]
        self.wrong |= {one.row for one in problems}
        self.rows += len({one.row for one in problems})

    def result(self) -> dict[str, Any]:
        repeated = [(row, -1, f"和第 {first} 行重复") for row, first in self.twins.items()]
        known = [(row, -1, KNOWN) for row in self.known]
        every = sorted([*self.problems, *repeated, *known])
        return {
            **self.counts,
            "twins": len(self.twins),
            "blocks": self.blocks,
            "problems": [list(one) for one in every[:MOST_PROBLEMS]],
        }


def apply(import_id: int) -> None:
    """Bring the rows that passed in; started again it goes on where it stood."""
    work = take_up(import_id, STATES.APPLYING)
    if work is None:
        return
    row, whole = work.row, work.row.whole
    try:
        with ThreadPoolExecutor(1) as hand, scope(work.actor) if whole else nullcontext():
            if whole and not _alone(row):
                raise _Elsewhere
            blocks = kept.blocks(row.pk, row.blocks)
            coming = hand.submit(_next, work, blocks)
            while (block := coming.result()) is not None:
                coming = hand.submit(_next, work, blocks)  # made ready while this one is written
                with nullcontext() if whole else scope(work.actor):
                    _bring(work, block)
                if whole:
                    _show_from_aside(row)
            if whole:
                _settle(row, STATES.DONE, **_counts(row))
    except FileNotFoundError as error:
        raise SheetError("检查过的内容已经不在了，请重新上传。") from error
    if not whole:
        with scope(work.actor):
            _settle(row, STATES.DONE, **_counts(row))
    commands.clear_shelf(row)


@dataclass(frozen=True, slots=True)
class _Block:
    """Rows of one transaction. ahead: what the target has made ready for these values."""

    numbers: list[int]
    values: list[Any]
    ahead: Any


def _next(work: Work, blocks: Iterator[tuple[list[int], list[Any]]]) -> _Block | None:
    """The next block that is not in yet; None after the last. Runs in a thread of its own."""
    try:
        for numbers, packed in blocks:
            if numbers and numbers[-1] > work.row.last_row:
                values = list(map(work.target.unpack, packed))
                return _Block(numbers, values, work.target.ahead(values))
        return None
    finally:
        connection.close()  # that of the thread


def _counts(row: RegisterImport) -> dict[str, Any]:
    return {name: getattr(row, name) for name in ("last_row", "done", "wrong", "problems")}


def _bring(work: Work, block: _Block) -> None:
    """One block, one transaction: the rows, what they became, and how far the sheet is."""
    row, numbers, values = work.row, block.numbers, block.values
    stale = work.target.stale(work.actor, values, row.options, Passed(work.checked_at, work.brought))
    late = [(numbers[place], work.place_of(name), reason) for place, (name, reason) in sorted(stale.items())]
    usable = [place for place in range(len(values)) if place not in stale]
    made: dict[str, list[int]] = {}
    source = f"导入：{row.file_name}"[:120]
    while usable:
        try:
            with transaction.atomic():
                chosen = [values[place] for place in usable]
                ahead = block.ahead if len(chosen) == len(values) else None
                made = work.target.apply(work.actor, chosen, row.options, source, ahead)
            break
        except RowRefused as no:
            late.append((numbers[usable.pop(no.place)], work.place_of(no.name), no.reason))
    if row.whole and late:
        raise SheetError(f"第 {late[0][0]} 行现在导不进去了：{late[0][2]}；一行也没有导入。")
    work.brought += len(made.get(work.target.code, ()))
    row.last_row = numbers[-1]
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
    # What the process holds already need not be looked through for garbage again and again while rows come and go.
    gc.freeze()
    try:
        {STATES.CHECKING: check, STATES.APPLYING: apply, STATES.UNDOING: undo}[STATES(what)](import_id)
    except _Elsewhere:
        return
    except (SheetError, Refused) as error:
        with scope(system("registers")):
            row = RegisterImport.objects.get(pk=import_id)
            _settle(row, STATES.FAILED)
            RegisterImport.objects.filter(pk=import_id).update(message=str(error)[:500])
    finally:
        gc.unfreeze()


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
