"""Bringing a sheet: staged with its mapping, tried, then put in the queue; a worker brings the rows in."""

import tempfile
from pathlib import Path
from typing import Any

from django.db import transaction

from linli.base.actor import Actor
from linli.base.clockwork import now
from linli.base.commands import Refused, command, detail
from linli.base.exchange import SheetError, read_rows
from linli.doors.intake.sheet import mapping as maps
from linli.doors.intake.sheet import shelf
from linli.doors.intake.sheet.models import SheetImport

MOST_BYTES = 40 * 1024 * 1024
SUFFIXES = (".csv", ".txt", ".tsv", ".xlsx", ".xls", ".ods")


@command("sheet.stage", right="cases.import")
def stage(actor: Actor, *, content: bytes, file_name: str) -> SheetImport:
    """Keep a sheet sealed until it is decided upon. Refused: too large, not a sheet, no header."""
    suffix = Path(file_name).suffix.lower()
    if suffix not in SUFFIXES:
        raise Refused("请上传 CSV 或 Excel 表格。", field="file")
    if len(content) > MOST_BYTES:
        raise Refused("表格不能超过 40 MB，请拆开再传。", field="file", status=413)
    if actor.post_id is None:
        raise Refused("要先登录一个岗位。", status=403)
    row = SheetImport(post_id=actor.post_id, file_name=Path(file_name).name[:200], mapping={}, created_at=now())
    row.rows = count_rows(content, suffix)
    row.address = shelf.put(content)
    row.save()
    detail(file=row.pk, rows=row.rows)
    return row


@command("sheet.start", right="cases.import")
def start(actor: Actor, staged: SheetImport, *, mapping: dict[str, Any]) -> SheetImport:
    """Put a staged sheet in the queue with its mapping; a run that was cut off is simply started again."""
    from linli.doors.intake.sheet.tasks import import_sheet

    mapping = of_street(staged, mapping)
    try:
        maps.of(mapping)
    except maps.BadMapping as bad:
        raise Refused(str(bad), field="mapping") from bad
    if staged.state in (SheetImport.State.WAITING, SheetImport.State.RUNNING):
        raise Refused("这张表正在导入。", status=409)
    staged.mapping, staged.state, staged.message = mapping, SheetImport.State.WAITING, ""
    staged.save(update_fields=["mapping", "state", "message"])
    import_sheet.defer(import_id=staged.pk)
    return staged


def of_street(staged: SheetImport, mapping: dict[str, Any]) -> dict[str, Any]:
    """The mapping in the name space of the sub-district whose post brought the sheet; nobody writes into another's."""
    street = "".join(regions_of(staged))[:9]
    return {**mapping, "street": street if len(street) == 9 else ""}


def regions_of(staged: SheetImport) -> tuple[str, ...]:
    """Where the rows of this sheet may lie: the region of the post that brought it, or that of its organisation."""
    code = staged.post.region_code or staged.post.organisation.region_code
    return (code,) if code else ()


@command("sheet.discard", right="cases.import")
def discard(actor: Actor, staged: SheetImport) -> int:
    """Forget a sheet and what it held; cases that came in stay."""
    if staged.state in (SheetImport.State.WAITING, SheetImport.State.RUNNING):
        raise Refused("正在导入，等它完成再删。", status=409)
    key, address = staged.pk, staged.address
    staged.delete()
    if not SheetImport.objects.filter(address=address).exists():
        transaction.on_commit(lambda: shelf.drop(address))
    return key


def count_rows(content: bytes, suffix: str) -> int:
    """How many rows with a header over them. Raises Refused in the user's words."""
    with tempfile.NamedTemporaryFile(suffix=suffix) as file:
        file.write(content)
        file.flush()
        try:
            return sum(1 for _ in read_rows(file.name, problems=[]))
        except SheetError as error:
            raise Refused(str(error), field="file") from error
