"""The worker's part of an import."""

import tempfile
from pathlib import Path

from procrastinate.contrib.django import app

from linli.base.actor import system
from linli.base.clockwork import now
from linli.base.exchange import SheetError
from linli.base.scope import scope
from linli.doors.intake.sheet import mapping as maps
from linli.doors.intake.sheet import shelf
from linli.doors.intake.sheet.commands import regions_of
from linli.doors.intake.sheet.models import SheetImport
from linli.doors.intake.sheet.running import NotThisSheet, Outcome, run

MOST_PROBLEMS = 5000


@app.task(name="sheet.import")
def import_sheet(import_id: int) -> None:
    """Bring a sheet in, batch by batch; started again after a crash it goes on where it stood."""
    actor = system("sheet")
    with scope(actor):
        row = SheetImport.objects.select_related("post__account", "post__organisation").get(pk=import_id)
        within = regions_of(row)
        content = shelf.get(row.address)
        SheetImport.objects.filter(pk=import_id).update(state=SheetImport.State.RUNNING)

    def note(outcome: Outcome) -> None:
        with scope(actor):
            SheetImport.objects.filter(pk=import_id).update(
                read=outcome.rows, filed=outcome.filed, known=outcome.known, refused=outcome.refused
            )

    with tempfile.NamedTemporaryFile(suffix=Path(row.file_name).suffix.lower()) as file:
        file.write(content)
        file.flush()
        try:
            outcome = run(actor, Path(file.name), maps.of(row.mapping), progress=note, within=within)
            state, message = SheetImport.State.DONE, ""
        except (SheetError, NotThisSheet) as error:
            outcome, state, message = Outcome(), SheetImport.State.FAILED, str(error)
    with scope(actor):
        SheetImport.objects.filter(pk=import_id).update(
            state=state,
            message=message[:500],
            read=outcome.rows,
            filed=outcome.filed,
            known=outcome.known,
            refused=outcome.refused,
            problems=[[one.row, one.column, one.reason] for one in outcome.problems[:MOST_PROBLEMS]],
            finished_at=now(),
        )
