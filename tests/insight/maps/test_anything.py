"""Whatever lies wherever, open or closed, with whatever due: each layer holds what the oracle says, for everybody who has a map."""

from datetime import date, timedelta
from typing import Any

import pytest
from django.db import transaction
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from linli.base.actor import system
from linli.base.clockwork import now
from linli.base.scope import enter, scope
from linli.insight.maps import reading
from linli.insight.maps.layers import LAYERS
from linli.people.residents.models import CareNeed, Person
from linli.places.addresses.models import Building, BuildingPart
from linli.places.sites.models import ConstructionSite, Site, Thing
from tests.cast import GRID, GRID_2, GRID_THERE, HERE, STREET, THERE, Cast
from tests.insight.maps import stories
from tests.insight.maps.oracle import expected
from tests.insight.maps.test_scope import read

PLACES = st.sampled_from([GRID, GRID_2, GRID_THERE, HERE, THERE])
CLOSED = st.sampled_from([None, None, date(2026, 1, 1)])
ROWS = st.lists(st.tuples(st.sampled_from(["building", "site", "thing", "construction"]), PLACES, CLOSED), max_size=12)
PARTS = st.lists(PLACES, max_size=3, unique=True)
# For each review that is known: days until it is due, days since somebody was not reached, where, whether it is over.
REVIEWS = st.lists(
    st.tuples(st.integers(-3, 3), st.sampled_from([None, 0, 2, 90]), PLACES, st.booleans()), min_size=3, max_size=3
)


def _put(kind: str, place: str, closed: date | None, name: str) -> Any:
    grid = place if len(place) > 12 else GRID
    given = {**stories.somewhere(grid, name), "region_code": place, "valid_to": closed}
    if kind == "building":
        row = stories.building(grid, name)
        Building.objects.filter(pk=row.pk).update(region_code=place, valid_to=closed)
        return row
    if kind == "site":
        return Site.objects.create(kind="party_centre", **given)
    if kind == "thing":
        return Thing.objects.create(kind="井盖", **given)
    times = {"starts": date(2026, 1, 1), "work_from": "08:00", "work_to": "18:00"}
    return ConstructionSite.objects.create(builder="某施工队", **times, **given)


@pytest.fixture
def known(cast: Cast) -> Cast:
    """The cast, and three people with a review each."""
    stories.due(cast, 3)
    return cast


@settings(max_examples=12, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(rows=ROWS, parts=PARTS, reviews=REVIEWS)
def test_each_layer_holds_what_the_oracle_says(known: Cast, rows: Any, parts: Any, reviews: Any) -> None:
    undo = transaction.savepoint()
    try:
        enter(system("test"))
        _arrange(rows, parts, reviews)
        _compare(known)
    finally:
        transaction.savepoint_rollback(undo)


def _arrange(rows: Any, parts: Any, reviews: Any) -> None:
    for number, (kind, place, closed) in enumerate(rows):
        row = _put(kind, place, closed, f"随便{number}")
        if kind == "building":
            for unit, part in enumerate(parts):
                BuildingPart.objects.create(building=row, unit_name=str(unit), region_code=part)
    today = (now() + timedelta(hours=8)).date()
    for need, (due, tried, place, over) in zip(CareNeed.objects.order_by("pk"), reviews, strict=True):
        CareNeed.objects.filter(pk=need.pk).update(
            review_on=today + timedelta(days=due), region_code=place, ends=today if over else None,
            tried_on=None if tried is None else today - timedelta(days=tried),
        )  # fmt: skip
        # A need lies where its person does.
        Person.objects.filter(pk=need.person_id).update(region_code=place)


def _compare(known: Cast) -> None:
    for who in ("leader", "auditor", "secretary", "grid_worker", "neighbour"):
        actor = getattr(known, who)
        for region in {STREET, HERE, GRID, *actor.regions}:
            if not any(region.startswith(prefix) for prefix in actor.regions):
                continue
            should = expected(actor, region)
            for code, layer in LAYERS.items():
                wanted = should[code]
                assert layer.may(actor) == (wanted is not None), (who, code)
                if wanted is None:
                    continue
                with scope(actor):
                    got = read(reading.payload(layer, actor, region, now()))
                assert got == (wanted.ids, wanted.counts), (who, code, region)
