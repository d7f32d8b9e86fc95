"""The demo's places: entered through the commands, the same each time, and soon enough."""

import time

from linli.base.actor import system
from linli.doors.demo import places
from linli.places.addresses.models import Building, BuildingPart, Dwelling
from linli.places.sites import coverage, policy
from linli.places.sites.models import ConstructionSite, Site, Thing


def test_the_demo_is_furnished(everything: None) -> None:
    begun = time.monotonic()
    places.load(system("demo"))
    took = time.monotonic() - begun
    assert Dwelling.objects.count() > 2500
    assert BuildingPart.objects.count() == 1
    assert Dwelling.objects.exclude(building__region_code__startswith="110106009").count() == 0
    assert Site.objects.filter(name="221红立方微综合体", source__startswith="名称见公开文稿").count() == 1
    assert Site.objects.count() > 80 and Thing.objects.count() > 100 and ConstructionSite.objects.count() > 8
    found = coverage.cover(coverage.homes("110106009"), "mediation", policy.walk())
    assert (
        0
        < found.whole.covered
        < found.whole.buildings
        == Building.objects.filter(region_code__startswith="110106009").count()
    )
    assert took < 60
