"""The worker's part: deletions, and sealing everything anew."""

from procrastinate.contrib.django import app

from linli.base.privacy import running
from linli.base.privacy.commands import retention


@app.task(name="privacy.delete")
def delete(run: int) -> None:
    """Carry an approved deletion out."""
    retention.delete(run)


@app.task(name="privacy.rotate")
def rotate(rotation: int) -> None:
    """Seal everything anew under the new key."""
    running.rotate(rotation)
