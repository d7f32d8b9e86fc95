"""Who manages a compound follows from the services of property firms, on any day, and from nothing else."""

from datetime import date, timedelta

import pytest

from linli.base.actor import system
from linli.base.clockwork import frozen, now
from linli.base.commands import Refused
from linli.base.scope import enter
from linli.people.organisations import commands as organisations
from linli.people.organisations.models import Organisation, Service
from linli.places.addresses import queries
from tests.cast import HERE, Cast

TODAY = date(2026, 6, 30)


def serve(cast: Cast, starts: date, ends: date | None = None) -> Service:
    assert cast.compound is not None
    firm = Organisation.objects.filter(kind="property_firm").first()
    assert firm is not None
    return organisations.serve(system("test"), firm, compound=cast.compound, starts=starts, ends=ends)


def test_a_compound_is_managed_from_the_first_to_the_last_day_of_a_service(cast: Cast) -> None:
    assert cast.compound is not None
    first, last = TODAY - timedelta(days=10), TODAY
    serve(cast, first, last)
    days = {first - timedelta(days=1): False, first: True, last: True, last + timedelta(days=1): False}
    found = {day: cast.compound not in queries.unmanaged(cast.secretary, day) for day in days}
    assert found == days
    row = queries.with_manager(queries.visible_to(cast.secretary), TODAY).get(pk=cast.compound.pk)
    assert row.manager == Organisation.objects.filter(kind="property_firm").first().name  # type: ignore[union-attr]


def test_what_was_closed_is_counted_for_the_days_before(cast: Cast) -> None:
    assert cast.compound is not None
    cast.compound.valid_to = TODAY
    cast.compound.save(update_fields=["valid_to"])
    assert cast.compound in queries.unmanaged(cast.secretary, TODAY - timedelta(days=1))
    assert cast.compound not in queries.unmanaged(cast.secretary, TODAY)


def test_the_page_counts_them_by_community_on_the_day_asked_for(cast: Cast) -> None:
    client, today = cast.client("secretary"), now().date()
    page = client.get("/addresses/unmanaged/").content.decode()
    assert "北大街北里" in page and f"managed=no&amp;place={HERE}" in page
    enter(system("test"))
    serve(cast, today)
    assert "没有无主管楼院" in client.get("/addresses/unmanaged/").content.decode()
    past = str(today - timedelta(days=3))
    page = client.get("/addresses/unmanaged/", {"day": past}).content.decode()
    assert "北大街北里" in page and f"day={past}" in page
    assert "没有无主管楼院" in client.get("/addresses/unmanaged/", {"day": "nonsense"}).content.decode()
    assert "北大街北里" not in cast.client("neighbour").get("/addresses/unmanaged/", {"day": past}).content.decode()


def test_the_list_names_the_firm_and_narrows_to_those_with_or_without_one_on_a_day(cast: Cast) -> None:
    client, today = cast.client("secretary"), now().date()
    serve(cast, today)
    firm = str(Organisation.objects.filter(kind="property_firm").values_list("name", flat=True).first())

    def there(**query: str) -> bool:
        return "春光里小区" in client.get("/addresses/", {"place": "", **query}).content.decode()

    assert firm in client.get("/addresses/").content.decode()
    assert (there(managed="yes"), there(managed="no")) == (True, False)
    past = str(today - timedelta(days=1))
    assert (there(managed="yes", day=past), there(managed="no", day=past)) == (False, True)
    assert firm in client.get("/addresses/export.csv", {"place": ""}).content.decode("utf-8-sig")
    with frozen(now() - timedelta(days=1)):
        assert "没有物业" in client.get("/addresses/").content.decode()


def test_the_register_of_compounds_has_no_flag_of_its_own(cast: Cast) -> None:
    assert cast.compound is not None
    assert "managed" not in {field.name for field in cast.compound._meta.get_fields()}
    assert "有物业管理" not in cast.client("worker").get("/addresses/compounds/new/").content.decode()


def test_many_services_are_entered_at_once_or_none(cast: Cast) -> None:
    assert cast.compound is not None
    firm, office = cast.organisations["property"], cast.organisations["here"]
    services = [(firm.pk, cast.compound.pk)]
    for actor, rows in (
        (system("test"), [(office.pk, cast.compound.pk)]),
        (cast.neighbour, services),
        (system("test"), services * 2),
    ):
        with pytest.raises(Refused):
            organisations.serve_many(actor, services=rows, starts=TODAY)
        assert not Service.objects.exists()
    assert organisations.serve_many(cast.secretary, services=services, starts=TODAY) == 1
    assert cast.compound not in queries.unmanaged(cast.secretary, TODAY)
    with pytest.raises(Refused):
        organisations.serve_many(system("test"), services=services, starts=TODAY + timedelta(days=9))
