"""The demo district has residents, plainly invented, some of whom are due for a visit."""

import re

from linli.base.actor import system
from linli.base.commands.models import AuditRow
from linli.doors.demo import residents as demo
from linli.people.residents import commands, queries
from linli.people.residents.models import CareNeed, Contact, Person
from linli.places.addresses.models import Dwelling
from tests.cast import GRID, Cast


def test_invented_residents_fill_the_dwellings_of_the_focus(cast: Cast) -> None:
    assert cast.building is not None
    Dwelling.objects.bulk_create(
        Dwelling(building=cast.building, unit_name=str(n // 40), room_name=str(100 + n % 40), region_code=GRID)
        for n in range(200)
    )
    actor = system("demo")
    count = demo.load(actor)
    assert count == Person.objects.count() > 300
    assert AuditRow.objects.filter(command="residents.register_many").count() == len(demo.BATCHES)
    assert set(Person.objects.values_list("source", flat=True)) == {"demo"}
    assert {"owner", "family", "tenant"} <= set(Person.objects.values_list("kind", flat=True))
    assert {str(need.group) for need in CareNeed.objects.all()} == {"old", "tenant", "hidden"}
    assert queries.visit_list(cast.grid_worker), "somebody is due"
    assert CareNeed.objects.filter(review_on__gt=queries.today()).exists(), "and others are not"
    phones = {commands.common.opened(actor, row.phone) for row in Person.objects.exclude(phone=None)[:50]}
    assert all(re.fullmatch(r"1990000\d{4}", phone) for phone in phones), "a series that is not given out"
    young = Person.objects.filter(birth_year__gt=queries.today().year - 18)
    assert young.exists() and not young.exclude(phone=None).exists()
    assert Contact.objects.filter(kind="guardian").count() == young.count()


def test_without_dwellings_there_is_nobody(cast: Cast) -> None:
    Dwelling.objects.all().delete()
    assert demo.load(system("demo")) == 0
