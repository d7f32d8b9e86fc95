"""These tests name days of 2026; they are all in the past of a day in November."""

from collections.abc import Iterator
from datetime import UTC, datetime

import pytest

from linli.base.clockwork import frozen


@pytest.fixture(autouse=True)
def _november() -> Iterator[None]:
    with frozen(datetime(2026, 11, 22, 4, tzinfo=UTC)):
        yield
