"""Bringing a sheet into a register: staged, laid out, checked, started, taken back. The queue does the long parts."""

from pathlib import Path
from typing import Any

from django.db import transaction
from django.utils.translation import gettext as _

from linli.base.actor import Actor
from linli.base.clockwork import now
from linli.base.commands import Refused, command, detail, nothing_done
from linli.base.exchange import SheetError
from linli.base.exchange.headers import assign, of_main, suggest
from linli.base.jobs import later
from linli.doors.intake.registers import blocks, kept, opening, policy, queries, targets
from linli.doors.intake.registers.models import Brought, RegisterImport, RememberedMapping
from linli.doors.intake.registers.targets import Target
from linli.doors.intake.sheet import shelf
from linli.doors.intake.sheet.commands import MOST_BYTES, SUFFIXES
from linli.doors.intake.sheet.models import SheetImport

STATES = RegisterImport.State
RUNNING = (STATES.CHECKING, STATES.APPLYING, STATES.UNDOING)
OTHERS = (".xlsm", ".xlsb", ".et")  # only values are read: macros stay where they are
PLACES = ("address", "room")


@command("registers.stage", right="registers.import")
def stage(actor: Actor, *, content: bytes, file_name: str) -> RegisterImport:
    """Keep a sheet sealed, find its header, say what it seems to be and which column is what.

    Refused: too large, not a sheet, nothing in it.
    """
    if Path(file_name).suffix.lower() not in (*SUFFIXES, *OTHERS):
        raise Refused(_("请上传 Excel、ODS 或 CSV 表格；别的格式请在表格软件里另存为 XLSX。"), field="file")
    if len(content) > MOST_BYTES:
        raise Refused(_("表格不能超过 40 MB，请拆开再传。"), field="file", status=413)
    if actor.post_id is None or actor.organisation_id is None:
        raise Refused(_("要先登录一个岗位。"), status=403)
    moment = now()
    row = RegisterImport(
        post_id=actor.post_id,
        organisation_id=actor.organisation_id,
        file_name=Path(file_name).name[:200],
        created_at=moment,
        moved_at=moment,
    )
    _lay_out(actor, row, content)
    row.address = shelf.put(content)
    row.save()
    detail(target=row.target, form=row.form)
    return row


def _lay_out(actor: Actor, row: RegisterImport, content: bytes, sheet: str | None = None, header_row: int = 0) -> None:
    """Find the header and propose a register and a mapping: the one remembered, else the one recognised."""
    words = policy.words()
    try:
        with opening.readable(content, row.file_name) as path:
            head = opening.find_head(path, words, sheet or None, header_row)
    except SheetError as error:
        raise Refused(str(error), field="file") from error
    if head is None:
        raise Refused(_("表里没有内容。") if not header_row else _("这一行没有内容。"), field="file")
    guesses = suggest(head.columns(words), words, f"{head.title} {head.sheet or ''} {Path(row.file_name).stem}")
    if guesses and guesses[0].form.never:  # before anything of it is kept
        raise Refused(guesses[0].form.never, field="file")
    row.shape, row.head_address = head.shape(), opening.keep_head(head)
    row.form = guesses[0].form.code if guesses else ""
    remembered = RememberedMapping.objects.filter(organisation_id=row.organisation_id, shape=row.shape).first()
    may = {target.code: target for target in targets.open_to(actor)}
    known = remembered if remembered is not None and remembered.target in may else None
    wanted = known.target if known is not None else guesses[0].form.target if guesses else ""
    row.target = wanted if wanted in may else ""
    row.columns, row.options = {}, {}
    if row.target:
        options = targets.get(row.target).options(actor)
        said = known.options if known is not None else {}
        row.columns = known.columns if known is not None else proposed(row.target, head)
        row.options = {one.code: one.default if one.once else said.get(one.code, one.default) for one in options}
    if "blocks" in row.options:
        row.options["blocks"] = blocks.is_of_blocks(head.samples, row.columns)


def proposed(target: str, head: opening.Head) -> dict[str, int]:
    """field -> place of its column, as far as the headers tell; what is never collected is in no register's fields."""
    words = policy.words()
    columns = of_main(head.columns(words), words)
    return assign(columns, {one.code: one.concepts for one in targets.get(target).fields})


@command("registers.lay_out", right="registers.import")
def lay_out(actor: Actor, sheet: RegisterImport, *, page: str = "", header_row: int = 0) -> RegisterImport:
    """Take another sheet of the workbook, or another row for the header. Refused: nothing there, the sheet is at work."""
    row = _waiting(actor, sheet)
    before = row.head_address
    _lay_out(actor, row, _content(row), page, header_row)
    row.state, row.moved_at = STATES.STAGED, now()
    row.save()
    if before != row.head_address:
        _forget(row, before)
    return row


@command("registers.check", right="registers.import")
def check(
    actor: Actor, sheet: RegisterImport, *, target: str, columns: dict[str, int], options: dict[str, Any]
) -> RegisterImport:
    """Say which column is which field of which register, and have every row checked; nothing is brought in yet.

    columns: field -> place from 0. Refused: a register this post may not write, a field without a column that is needed,
    two fields from one column, a column that is never collected.
    """
    row = _waiting(actor, sheet)
    chosen = _target(actor, target)
    _check_columns(chosen, columns, opening.head_of(row))
    known = {one.code: one for one in chosen.options(actor)}
    row.target, row.columns = target, columns
    row.options = {code: value for code, value in options.items() if code in known}
    row.state, row.moved_at, row.message = STATES.CHECKING, now(), ""
    row.rows = row.good = row.wrong = row.twins = row.known = row.done = row.last_row = 0
    row.problems, row.blocks = [], 0
    row.save()
    later("registers.run", import_id=row.pk, what=STATES.CHECKING.value)
    detail(target=target, fields=sorted(columns))
    return row


def _target(actor: Actor, code: str) -> Target:
    if code not in targets.codes() or not actor.may(targets.get(code).right):
        raise Refused(_("请选一个您能登记的台账。"), field="target")
    return targets.get(code)


def _check_columns(target: Target, columns: dict[str, int], head: opening.Head) -> None:
    known = {field.code: field for field in target.fields}
    if unknown := sorted(set(columns) - set(known)):
        raise Refused(_("没有“%(name)s”这样的项。") % {"name": unknown[0]}, field="columns")
    if len(set(columns.values())) < len(columns):
        raise Refused(_("一列只能对一项。"), field="columns")
    if any(not 0 <= place < len(head.cells) for place in columns.values()):
        raise Refused(_("表里没有这一列。"), field="columns")
    for field in target.fields:
        if field.required and field.code not in columns:
            raise Refused(_("还没有说哪一列是“%(name)s”。") % {"name": field.label}, field="columns")
    if set(PLACES) <= set(known) and not set(PLACES) & set(columns):
        raise Refused(_("还没有说哪一列是地址或房号。"), field="columns")
    never = queries.never_collected(head)
    for place in columns.values():
        if place in never:
            raise Refused(never[place], field="columns")


@command("registers.start", right="registers.import")
def start(actor: Actor, sheet: RegisterImport, *, whole: bool = False) -> RegisterImport:
    """Bring in the rows that passed; whole: all of them or none. Refused: not checked, nothing to bring in, errors."""
    row = _mine(actor, sheet)
    _target(actor, row.target)
    if row.state != STATES.CHECKED:
        raise Refused(_("请先检查，再导入。"), status=409)
    if not row.good:
        raise Refused(_("没有可以导入的行。"))
    if whole and row.wrong:
        raise Refused(_("有错的行还没有改好；改好后重新上传，或只导入没有问题的行。"))
    row.state, row.whole, row.moved_at, row.message = STATES.APPLYING, whole, now(), ""
    row.save(update_fields=["state", "whole", "moved_at", "message"])
    RememberedMapping.objects.update_or_create(
        organisation_id=row.organisation_id,
        shape=row.shape,
        defaults={"target": row.target, "columns": row.columns, "options": _remembered(actor, row), "used_at": now()},
    )
    later("registers.run", import_id=row.pk, what=STATES.APPLYING.value)
    detail(target=row.target, rows=row.good, whole=whole)
    return row


def _remembered(actor: Actor, row: RegisterImport) -> dict[str, Any]:
    """What holds for the next sheet of this kind too: no consent of the people on this one, and no basis in law."""
    once = {one.code for one in targets.get(row.target).options(actor) if one.once}
    return {code: value for code, value in row.options.items() if code not in once}


@command("registers.undo", right="registers.import")
def undo(actor: Actor, sheet: RegisterImport) -> RegisterImport:
    """Take back as one act what this import brought, but for what has been changed or relied on since."""
    row = _mine(actor, sheet)
    if row.state not in (STATES.DONE, STATES.FAILED) or not row.brought.filter(taken_back=False).exists():
        raise Refused(_("这次导入没有可以撤销的内容。"), status=409)
    _target(actor, row.target)
    row.state, row.moved_at = STATES.UNDOING, now()
    row.save(update_fields=["state", "moved_at"])
    later("registers.run", import_id=row.pk, what=STATES.UNDOING.value)
    detail(target=row.target, rows=row.done)
    return row


@command("registers.discard", right="registers.import")
def discard(actor: Actor, sheet: RegisterImport) -> int:
    """Forget a sheet that brought nothing in, and what it held."""
    row = _mine(actor, sheet)
    if row.state in RUNNING:
        raise Refused(_("正在办，等它完成再删。"), status=409)
    if row.brought.exists():
        raise Refused(_("导入过的表留作记录，不能删。"), status=409)
    key: int = row.pk
    clear_shelf(row)
    row.delete()
    return key


@command("registers.resume")
def resume(actor: Actor) -> int:
    """Put sheets whose worker was cut off back into the queue, and forget those that nobody took further. Returns how many."""
    stuck = queries.stuck(now())
    for row in stuck:
        RegisterImport.objects.filter(pk=row.pk).update(moved_at=now())
        later("registers.run", import_id=row.pk, what=row.state)
    left = queries.left_lying(now())
    for row in left:
        clear_shelf(row)
        row.delete()
    detail(resumed=len(stuck), forgotten=len(left))
    if not stuck and not left:
        nothing_done()
    return len(stuck) + len(left)


def clear_shelf(row: RegisterImport) -> None:
    """What was read out of a sheet is in the register or on the error sheet: the sheet itself is not kept any longer."""
    key = row.pk
    transaction.on_commit(lambda: kept.drop(key))
    _forget(row, row.address, row.head_address)


def _forget(row: RegisterImport, *addresses: str) -> None:
    """Off the shelf with what no other sheet needs."""
    for address in filter(None, set(addresses)):
        others = RegisterImport.objects.exclude(pk=row.pk)
        used = others.filter(address=address).exists() or others.filter(head_address=address).exists()
        if not used and not SheetImport.objects.filter(address=address).exists():
            transaction.on_commit(lambda address=address: shelf.drop(address))  # type: ignore[misc]


def _mine(actor: Actor, sheet: RegisterImport) -> RegisterImport:
    row = queries.visible_to(actor).select_for_update(of=("self",)).filter(pk=sheet.pk).first()
    if row is None:
        raise Refused(_("没有这张表。"), status=404)
    return row


def _waiting(actor: Actor, sheet: RegisterImport) -> RegisterImport:
    row = _mine(actor, sheet)
    if row.state not in (STATES.STAGED, STATES.CHECKED, STATES.FAILED) or Brought.objects.filter(sheet=row).exists():
        raise Refused(_("这张表已经在办，不能再改。"), status=409)
    return row


def _content(row: RegisterImport) -> bytes:
    try:
        return shelf.get(row.address)
    except FileNotFoundError as error:
        raise Refused(_("表格已经不在了，请重新上传。"), status=409) from error
