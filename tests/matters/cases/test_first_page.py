"""The first page of a list by its kept statement is the one the list itself gives."""

from datetime import timedelta

import pytest

from linli.base.clockwork import frozen, now
from linli.base.scope import enter
from linli.matters.cases import listing
from linli.matters.cases.first_page import first_page
from tests.cast import HERE, MONDAY, STREET
from tests.matters.cases import stories


@pytest.fixture
def filed(cast):
    """Cases in several steps, some overdue by the time they are read."""
    with frozen(MONDAY):
        stories.handling(cast)
        for _ in range(4):
            stories.dispatched(cast)


CHOICES = [
    {},
    {"due": "over"},
    {"due": "soon"},
    {"region": HERE},
    {"region": STREET, "step": "dispatched"},
    {"since": MONDAY - timedelta(days=1), "until": MONDAY + timedelta(days=1)},
    {"category": "nowhere"},
    {"channel": "telephone", "kind": "help"},
]


@pytest.mark.parametrize("role", ["dispatcher", "secretary", "worker", "clerk", "leader", "neighbour"])
def test_it_is_the_same_page(cast, filed, role):
    actor = getattr(cast, role)
    enter(actor)
    for later in (timedelta(hours=1), timedelta(days=9)):
        with frozen(MONDAY + later):
            for tab in listing.tabs_for(actor):
                for chosen in CHOICES:
                    for sort in ("", "-opened", "opened"):
                        for size in (2, 50):
                            rows = listing.filtered(listing.cases(actor, tab, now()), chosen, now())
                            wanted = listing.page(rows, tab, sort=sort, size=size)
                            assert first_page(actor, tab, chosen, now(), sort=sort, size=size) == wanted, (
                                tab.code,
                                chosen,
                            )


def test_what_is_due_is_asked_of_the_moment_not_of_the_first_asking(cast, filed):
    actor = cast.dispatcher
    enter(actor)
    tab = listing.tab_of(actor, "open")
    with frozen(MONDAY + timedelta(minutes=1)):
        assert first_page(actor, tab, {"due": "over"}, now()).rows == []
    with frozen(MONDAY + timedelta(days=30)):
        assert len(first_page(actor, tab, {"due": "over"}, now()).rows) == 5
