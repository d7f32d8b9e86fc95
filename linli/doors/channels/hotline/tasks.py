"""The worker's part: each attempt is a job; a failed one leaves the job of the next attempt."""

from procrastinate.contrib.django import app

from linli.base.actor import system
from linli.base.jobs import later
from linli.base.scope import scope
from linli.doors.channels.hotline.sending import attempt


@app.task(name="hotline.send")
def send(letter_id: int) -> None:
    """Try a letter; then it waits for its next attempt, or the next letter of its order goes."""
    outcome = attempt(letter_id)
    if outcome is None:
        return
    with scope(system("hotline")):
        if outcome.next_at is not None:
            later("hotline.send", at=outcome.next_at, letter_id=letter_id)
        elif outcome.follows is not None:
            later("hotline.send", letter_id=outcome.follows)
