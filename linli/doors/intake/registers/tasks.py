"""The queue's part: checking, bringing in, taking back."""

from procrastinate.contrib.django import app

from linli.doors.intake.registers import running


@app.task(name="registers.run")
def run(import_id: int, what: str) -> None:
    """One run of one sheet. A run that comes twice finds its work done and does nothing."""
    running.run(import_id, what)
