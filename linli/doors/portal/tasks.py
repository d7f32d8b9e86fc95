"""The worker's part of the residents' door."""

from procrastinate.contrib.django import app

from linli.doors.portal import one_time


@app.task(name="portal.send_code")
def send_code(phone: str, code: str) -> None:
    """Send a one-time code to a number that is held; to any other number nothing is sent."""
    one_time.send(phone, code)
