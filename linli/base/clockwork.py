"""The one clock that commands and pages read, so that a test or a drill can hold it still."""

from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from datetime import UTC, datetime

_held: ContextVar[datetime | None] = ContextVar("held_time", default=None)


def now() -> datetime:
    """The present moment, aware, in UTC."""
    return _held.get() or datetime.now(UTC)


@contextmanager
def frozen(moment: datetime) -> Iterator[None]:
    """Hold the clock at `moment` (aware) inside the block."""
    if moment.tzinfo is None:
        raise ValueError("a frozen moment needs a time zone")
    token = _held.set(moment)
    try:
        yield
    finally:
        _held.reset(token)
