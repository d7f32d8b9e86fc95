"""When a dwelling comes into another grid, whoever is registered there is seen by the people of the new grid."""

from collections.abc import Sequence

from linli.base.actor import Actor
from linli.base.commands import command, detail, nothing_done
from linli.base.privacy.commands import ending as rights
from linli.people.residents.models import CareNeed, Contact, Household, KnownApart, Person, PersonFact, Residence
from linli.people.residents.queries import records_behind
from linli.places.addresses.models import Dwelling


@command("residents.follow_dwellings")
def follow_dwellings(actor: Actor, *, dwellings: Sequence[int]) -> int:
    """Bring residents, households, residences and what hangs on them into the grid their dwelling lies in now.

    Reads where the dwellings lie, so that it may be told late, twice or out of order. Returns how many people moved.
    """
    grids: dict[str, list[int]] = {}
    for key, code in Dwelling.objects.filter(pk__in=list(dwellings)).values_list("pk", "region_code"):
        grids.setdefault(code, []).append(key)
    moved = 0
    for code, keys in grids.items():
        Residence.objects.filter(dwelling_id__in=keys, ends=None).exclude(region_code=code).update(region_code=code)
        Household.objects.filter(dwelling_id__in=keys, ends=None).exclude(region_code=code).update(region_code=code)
        # A record behind another goes where that one goes, wherever it says of itself that somebody lived.
        living = Person.objects.filter(dwelling_id__in=keys, merged_into=None).exclude(region_code=code)
        people = list(living.values_list("pk", flat=True))
        every = [*people, *records_behind(people)]
        Person.objects.filter(pk__in=every).update(region_code=code)
        for model in (Contact, CareNeed, PersonFact):
            model.objects.filter(person_id__in=every).update(region_code=code)
        KnownApart.objects.filter(first_id__in=every).update(region_code=code)
        rights.follow("residents.person", every, code)
        moved += len(people)
    detail(people=moved)
    if not moved:
        nothing_done()
    return moved
