"""When a message is tried again, and what an answer to it means. Pure: no database, no clock, no chance of its own."""

from datetime import timedelta

MOST_ATTEMPTS = 10
FIRST_SECONDS, LONGEST_SECONDS = 5, 12 * 3600
GONE = 410


def pause(attempts: int, chance: float, asked: int | None = None) -> timedelta:
    """How long to wait after so many failed attempts: 5 s, 20 s, 80 s … at most 12 hours, each spread by half.

    chance: a random number from 0 to 1, so that what failed together is not tried again together. asked: seconds the
    other side wants (Retry-After); never less than that, and never more than 12 hours.
    """
    grown = min(LONGEST_SECONDS, FIRST_SECONDS * 4 ** (max(1, attempts) - 1))
    seconds = grown * (0.5 + 0.5 * chance)
    return timedelta(seconds=min(LONGEST_SECONDS, max(seconds, asked or 0)))


def delivered(status: int) -> bool:
    """Only 2xx says that the other side has it. A redirect is no answer."""
    return 200 <= status < 300


def hopeless(status: int | None, attempts: int) -> bool:
    """Whether a person must look: ten attempts failed, or the other side says that this address is gone for good."""
    return status == GONE or attempts >= MOST_ATTEMPTS
