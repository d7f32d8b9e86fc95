"""Invented people on the register, for the tests of this room and of those above it."""

from datetime import date
from typing import Any

from linli.base.actor import Actor
from linli.people.residents import commands
from linli.people.residents.commands import Given
from linli.people.residents.models import Person
from linli.places.addresses.models import Building, Compound, Dwelling
from tests.cast import GRID, GRID_2, GRID_THERE, POINT_THERE, Cast

BY_VISIT = Given(source="visit")
SAID = Given(source="visit", reason="said")


def door(cast: Cast, room: str = "501", unit: str = "2", region: str = GRID) -> Dwelling:
    """A dwelling: of the cast's building, or of one elsewhere."""
    building = cast.building
    if region != GRID:
        name = {GRID_2: "夏至里小区", GRID_THERE: "秋水里小区"}[region]
        lon, lat = POINT_THERE
        compound, _new = Compound.objects.get_or_create(
            name=name, region_code=region, defaults={"search_name": name, "longitude": lon, "latitude": lat}
        )
        building, _new = Building.objects.get_or_create(
            compound=compound,
            name="1号楼",
            defaults={"longitude": lon, "latitude": lat, "key": "1", "region_code": region},
        )
    assert building is not None
    row, _new = Dwelling.objects.get_or_create(
        building=building, unit_name=unit, room_name=room, defaults={"region_code": region, "floor": 5}
    )
    return row


def someone(cast: Cast, actor: Actor | None = None, **told: Any) -> Person:
    """Somebody registered by the grid worker, in 2单元501 unless told otherwise."""
    home = told.pop("home", None) or door(cast)
    given = {
        "name": "林小满",
        "sex": "2",
        "birth_year": 1948,
        "phone": "13800001111",
        "given": BY_VISIT,
        "kind": "owner",
    }
    row: Person = commands.register(actor or cast.grid_worker, dwelling=home.pk, **(given | told))
    return row


def minor(cast: Cast, **told: Any) -> Person:
    """A child with a guardian."""
    return someone(
        cast, **({
            "name": "林小荷", "birth_year": 2018, "phone": "", "kind": "family", "guardian_name": "林大树",
            "guardian_phone": "13900002222",
        } | told)
    )  # fmt: skip


def cared(cast: Cast, person: Person, group: str = "old", on: date | None = None) -> Any:
    """Somebody who needs care, with the consent that the group asks for."""
    consent = {"old": "none", "tenant": "none", "young": "guardian"}.get(group, "self")
    return commands.note_care(
        cast.grid_worker, person, group=group, purpose="visit", consent=consent, given=Given(source="visit", as_of=on)
    )


def registered(cast: Cast, first: int = 0, count: int = 1) -> None:
    """`count` people, each with an overdue need for care, in one dwelling; `first` numbers them."""
    home = door(cast, "701").pk
    commands.register_many(
        cast.secretary,
        [
            {"name": f"林{'甲乙丙丁戊己庚辛'[number % 8]}", "dwelling": home, "birth_year": 1940, "phone": "19900001111", "care": ["old"]}
            for number in range(first, first + count)
        ],
        as_of=date(2025, 1, 1),
    )  # fmt: skip


def everything_once(cast: Cast) -> Person:
    """A person of whom every page of the register has something to show: needs, contacts, a merged record, a lookalike, a household."""
    row = someone(cast, home=door(cast, "101", unit="1"))
    someone(cast, name="林立秋", phone="", kind="family", household=row.household_id, home=row.dwelling)
    other = someone(cast, name="林白露", phone="", home=row.dwelling)
    cared(cast, row, on=date(2025, 1, 1))
    commands.add_contact(cast.grid_worker, row, kind="relative", name="林大树", phone="13900002222", given=BY_VISIT)
    twice = someone(cast, home=door(cast, "102", unit="1"), anyway=True)
    commands.merge(cast.secretary, row, other=twice.pk, given=Given(source="visit", reason="same"))
    someone(cast, home=door(cast, "201", unit="1"), anyway=True)
    assert other.household_id != row.household_id
    return row
