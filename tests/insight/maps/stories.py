"""A little of everything that stands on the map, in two grids of community A and one of community B."""

from datetime import date, time, timedelta
from typing import Any

from linli.base.actor import system
from linli.base.clockwork import now
from linli.base.scope import enter
from linli.people.answering import commands as answering
from linli.people.residents.commands import Given, note_care
from linli.people.residents.models import CareNeed, Person
from linli.places.addresses.models import Building, BuildingPart, Compound, Dwelling
from linli.places.sites.models import ConstructionSite, Site, Thing
from tests.cast import GRID, GRID_2, GRID_THERE, POINT_HERE, POINT_THERE, Cast
from tests.matters.cases import stories as cases
from tests.people.residents.stories import door, someone

POINTS = {GRID: POINT_HERE, GRID_2: (116.285, 39.855), GRID_THERE: POINT_THERE}
FACTS: dict[str, Any] = {"source": "测试", "as_of": date(2026, 1, 1), "verified_by": "测试"}


def somewhere(grid: str, name: str, **more: Any) -> dict[str, Any]:
    lon, lat = POINTS[grid]
    return {"name": name, "region_code": grid, "longitude": lon, "latitude": lat, **FACTS, **more}


def building(grid: str, name: str) -> Building:
    lon, lat = POINTS[grid]
    compound, _new = Compound.objects.get_or_create(
        name=f"{name}小区", region_code=grid, defaults={"search_name": f"{name}小区", "longitude": lon, "latitude": lat}
    )
    one, _new = Building.objects.get_or_create(
        compound=compound, name="1号楼", defaults={"key": "1", "region_code": grid, "longitude": lon, "latitude": lat}
    )
    return one


def everything(cast: Cast) -> None:
    """Buildings, sites, things, construction sites, cases and care due in each of the three grids."""
    enter(system("test"))
    for number, grid in enumerate((GRID, GRID_2, GRID_THERE), start=1):
        one = building(grid, f"第{number}里")
        Dwelling.objects.get_or_create(building=one, unit_name="1", room_name="101", defaults={"region_code": grid})
        if Site.objects.filter(name=f"驿站{number}").exists():
            continue  # journeys play the same story twice in one database
        Site.objects.create(kind="party_centre", **somewhere(grid, f"驿站{number}"))
        Thing.objects.create(kind="井盖", state="good" if number > 1 else "damaged", **somewhere(grid, f"井盖{number}"))
        ConstructionSite.objects.create(
            builder="某施工队", starts=date(2020, 1, 1), work_from=time(8), work_to=time(18),
            **somewhere(grid, f"工地{number}"),
        )  # fmt: skip
        named = {
            "role": "building_head",
            "name": f"欧阳{number}",
            "phone": f"1391111222{number}",
            "starts": date(2026, 1, 1),
        }
        answering.charge_many(system("test"), [{**named, "building": one.pk}])
        answering.charge_many(
            system("test"),
            [
                {**named, "role": "volunteer", "region_code": grid},
                {**named, "building": one.pk, "ends": date(2026, 1, 2)},
            ],
        )
    cases.filed(cast)
    cases.filed(cast, there=True)
    enter(system("test"))


def reaching(cast: Cast) -> Building:
    """A building of the second grid, one unit of which lies in the first."""
    enter(system("test"))
    one = building(GRID_2, "跨格")
    BuildingPart.objects.create(building=one, unit_name="2", region_code=GRID)
    return one


def due(cast: Cast, count: int, grid: str = GRID) -> None:
    """So many people of a grid whose care is to be reviewed today."""
    enter(system("test"))
    known = Person.objects.count()
    for number in range(known, known + count):
        home = door(cast, room=str(601 + number), region=grid)
        who = cast.grid_worker if grid == GRID else cast.grid_worker_2 if grid == GRID_2 else cast.neighbour_grid_worker
        person = someone(cast, who, home=home, name=f"许{chr(0x4E00 + 97 * number)}", phone="")
        note_care(who, person, group="old", purpose="visit", consent="none", given=Given(source="visit"))
    enter(system("test"))
    CareNeed.objects.update(review_on=now().date() - timedelta(days=1))
