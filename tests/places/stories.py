"""Places as other tests need them: a dwelling, a site with a holiday, a thing, a construction site."""

from datetime import date

from linli.places.addresses import commands as addresses
from linli.places.addresses.commands import NewDwelling
from linli.places.sites import commands as sites
from linli.places.sites.commands import NewConstruction, NewSite, NewThing
from linli.places.sites.models import Site
from tests.cast import GRID, POINT_HERE, Cast

LON, LAT = POINT_HERE


def furnished(cast: Cast, first: int = 0, count: int = 1) -> None:
    """`count` of each, all in the grid of the cast; `first` numbers them, so that it may be called again."""
    assert cast.building is not None
    numbers = range(first, first + count)
    addresses.enter_dwellings(
        cast.secretary, dwellings=[NewDwelling(cast.building.pk, f"{number + 101}", "1") for number in numbers]
    )
    keys = sites.open_sites(
        cast.secretary,
        sites=[
            NewSite(
                f"第{number}活动室", "activity_room", GRID, LON, LAT, hours="每天 9:00-17:00", services=("reading",)
            )
            for number in numbers
        ],
    )
    for key in keys:
        sites.set_exception(
            cast.secretary, Site.objects.get(pk=key), starts=date(2099, 2, 1), ends=date(2099, 2, 7), note_="春节"
        )
    sites.enter_things(
        cast.secretary, things=[NewThing(f"第{number}井盖", "污水井盖", GRID, LON, LAT) for number in numbers]
    )
    sites.open_constructions(
        cast.secretary,
        constructions=[
            NewConstruction(f"第{number}段管线", "某市政公司", GRID, LON, LAT, date(2026, 1, 1)) for number in numbers
        ],
    )
