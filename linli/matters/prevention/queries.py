"""Reading preventive tasks. Every list starts from what the actor may see."""

from collections.abc import Iterable
from datetime import date
from zoneinfo import ZoneInfo

from django.db.models import QuerySet

from linli.base.actor import Actor
from linli.base.clockwork import now
from linli.matters.prevention.models import Prevention
from linli.people.organisations.models import Organisation
from linli.people.organisations.queries import Listing, directory
from linli.places.regions import locating
from linli.procedures import queries as procedures

PLACE = ZoneInfo("Asia/Shanghai")
KIND = "prevention"


def visible_to(actor: Actor) -> QuerySet[Prevention]:
    """Tasks whose proceeding this actor may see."""
    rows = procedures.visible_to(actor).filter(kind=KIND)
    return Prevention.objects.filter(proceeding__in=rows).select_related("proceeding")


def owners(region_code: str) -> list[Listing]:
    """Organisations that can own a task at this place: communities, departments, the office, property firms."""
    kinds = Organisation.Kind
    wanted = (kinds.COMMUNITY, kinds.DEPARTMENT, kinds.SUB_DISTRICT_OFFICE, kinds.PROPERTY_FIRM)
    return directory().within(region_code[:9], *wanted)


def today() -> date:
    """The day it is where the office is."""
    return now().astimezone(PLACE).date()


def place_words(codes: Iterable[str]) -> str:
    """Names of grids in words: `北大街北里第一网格、第二网格`; grids of one community are named behind it."""
    names = locating.index().names
    found: dict[str, list[str]] = {}
    for code in codes:
        here = names.get(code[:12], code[:12])
        found.setdefault(here, [])
        if len(code) > 12:
            found[here].append(names.get(code, code).removeprefix(here).strip())
    return "；".join(f"{here} {'、'.join(grids)}".strip() for here, grids in found.items())
