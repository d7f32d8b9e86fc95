"""Organisations, party organisations and people who answer for doors: one of everything that pages show."""

from datetime import timedelta

from django.utils import timezone

from linli.base.actor import system
from linli.base.clockwork import now
from linli.people.answering import commands as answering
from linli.people.answering.models import Charge
from linli.people.organisations import commands as organisations
from linli.people.organisations.models import Organisation
from linli.people.organisations.rules import add_months
from linli.people.party import commands as party
from linli.places.addresses.models import Dwelling
from tests.cast import GRID, HERE, Cast
from tests.people.party import stories


def everything_once(cast: Cast) -> None:
    """A unit with its contact, a firm that serves, a committee with a term, branches with members, charges."""
    day = timezone.localdate(now())
    assert cast.compound
    assert cast.building
    unit = stories.firm(cast, region=HERE)
    organisations.add_contact(cast.secretary, unit, name="申掌柜", phone="13800001111")
    firm = cast.organisations["property"]
    organisations.serve(cast.secretary, firm, compound=cast.compound, starts=day)
    elected = organisations.enter(
        cast.secretary, name="春光里业委会", kind="owners_committee", region_code=GRID, compound=cast.compound
    )
    organisations.begin_term(cast.secretary, elected, starts=add_months(day, -50), due_on=day + timedelta(days=20))
    branches = stories.made(cast)
    party.begin_term(cast.party_clerk, branches.first, starts=add_months(day, -60) + timedelta(days=20), basis="报告")
    stories.members(cast, branches.first, 1, formal=0)
    party.rename(cast.party_clerk, branches.second, name="北里先锋支部", basis=stories.BASIS)
    answering.charge(cast.secretary, role="building_head", building=cast.building, name="申大妈", phone="13800002222")
    answering.charge(cast.secretary, role="official", region_code=HERE, post=cast.posts["leader"])
    for row in (cast.organisations["committee"], branches.general, branches.first, branches.second):
        party.cover_more(cast.party_clerk, row, units=[firm])
    for name in ("北里晨光便民超市", "北里晨光便民超市（个体工商户）"):
        stories.firm(cast, name)
    _calls(cast, "8", range(1))
    organisations.remind_terms(system("test"))


def grow(cast: Cast, numbers: range) -> None:
    """So many more rows of everything that the lists of these rooms show."""
    day = timezone.localdate(now())
    assert cast.building
    shops = [{"name": f"店{number}", "kind": "shop", "region_code": GRID} for number in numbers]
    firms = [{"name": f"春光印务{number}厂", "kind": "enterprise", "region_code": GRID} for number in numbers]
    organisations.enter_many(cast.secretary, shops)
    keys = organisations.enter_many(cast.secretary, firms)
    for key in keys:
        party.survey_unit(cast.party_clerk, Organisation.objects.get(pk=key), members=3, source="摸排")
    for number in numbers:
        branch = party.enter(
            cast.party_clerk, name=f"支部{number}", kind="branch", region_code=HERE, founded_on=stories.LONG_AGO,
            parent=cast.organisations["committee"], basis=stories.BASIS,
        )  # fmt: skip
        stories.members(cast, branch, 1)
        party.rename(cast.party_clerk, branch, name=f"新支部{number}", basis=stories.BASIS)
        party.begin_term(cast.party_clerk, branch, starts=add_months(day, -60) + timedelta(days=20), basis="报告")
        elected = organisations.enter(
            cast.secretary, name=f"业委会{number}", kind="owners_committee", region_code=GRID, compound=cast.compound
        )
        organisations.begin_term(cast.secretary, elected, starts=add_months(day, -50), due_on=day + timedelta(days=20))
    charges = [
        {"role": "building_head", "building": cast.building.pk, "name": f"某{number}", "phone": f"1380000{number:04}"}
        for number in numbers
    ]
    answering.charge_many(cast.secretary, charges)
    advisers = [{"role": "adviser", "serves": key, "name": f"员{key}", "standing": "village_secretary"} for key in keys]
    answering.charge_many(cast.secretary, advisers)
    _calls(cast, "9", numbers)


def _calls(cast: Cast, unit: str, numbers: range) -> None:
    """A leader looks after the building and was at so many homes of it."""
    assert cast.building
    official = Charge.objects.filter(role="official", building=cast.building).first() or answering.charge(
        cast.secretary, role="official", building=cast.building, post=cast.posts["leader"], standing="section_leader"
    )
    doors = Dwelling.objects.bulk_create(
        Dwelling(building=cast.building, unit_name=unit, room_name=f"9{number}", region_code=GRID) for number in numbers
    )
    answering.note_calls(cast.secretary, official, dwellings=[door.pk for door in doors])
