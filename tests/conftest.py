"""What every test may use. The database comes from tests/embedded.py, the people from tests/cast.py."""

from collections.abc import Iterator

import pytest
from hypothesis import settings

from linli.base.actor import system
from tests import cast as casting
from tests.embedded import django_db_setup

__all__ = ["django_db_setup"]

# How long one example takes says more about the machine than about the code.
settings.register_profile("linli", deadline=None)
settings.load_profile("linli")


@pytest.fixture(autouse=True)
def _nothing_remembered(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """What a process keeps for a few seconds is kept for one test: not for the next, and not shorter on a slow machine."""
    from linli.base.calendar import queries as calendar
    from linli.base.policies import store
    from linli.people.organisations import queries as organisations
    from linli.places.regions import locating

    keeping = (store, calendar, organisations, locating)
    for one in keeping:
        monkeypatch.setattr(one, "FRESH_SECONDS", 3600.0)
    yield
    for one in keeping:
        one.forget()


@pytest.fixture
def cast(db: None) -> casting.Cast:
    """The fixed cast, on the tests' database, seen with the system's eyes until a test enters another scope."""
    return casting.make()


@pytest.fixture
def everything(db: None) -> None:
    """The system's scope, for tests that need no cast."""
    from linli.base.scope import enter

    enter(system("test"))
