"""What waits for whoever opens their desk: one grouped query for the figures, one for the first rows."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from django.db.models import Count, Q

from linli.base.actor import Actor
from linli.base.text import bigrams
from linli.matters.cases.models import Case
from linli.people.organisations.queries import Listing, directory
from linli.places.regions.models import Region
from linli.places.regions.queries import current
from linli.places.regions.queries import search as region_search
from linli.procedures.models import Proceeding
from linli.procedures.queries import mine, visible_to

SOON = timedelta(hours=24)


@dataclass(frozen=True, slots=True)
class Waiting:
    """Open proceedings at one step. `mine` wait for this actor, the rest are under their eyes only."""

    step: str
    open: int
    over: int
    soon: int
    mine: int
    mine_over: int
    mine_soon: int


def waiting(actor: Actor, now: datetime) -> dict[str, Waiting]:
    """Open proceedings this actor may see, counted by step."""
    over = Q(due_at__lt=now, paused=False)
    soon = Q(due_at__gte=now, due_at__lt=now + SOON, paused=False)
    own = mine(actor)
    rows = (
        visible_to(actor)
        .filter(closed_at=None)
        .values_list("step")
        .annotate(
            all_open=Count("id"),
            all_over=Count("id", filter=over),
            all_soon=Count("id", filter=soon),
            mine=Count("id", filter=own),
            mine_over=Count("id", filter=own & over),
            mine_soon=Count("id", filter=own & soon),
        )
        .order_by("step")
    )
    return {row[0]: Waiting(*row) for row in rows}


def first_rows(actor: Actor, count: int = 8) -> list[Proceeding]:
    """What waits for this actor, the most urgent first."""
    return list(visible_to(actor).filter(mine(actor)).order_by("due_at", "id")[:count])


@dataclass(frozen=True, slots=True)
class Found:
    """Answers of the search box, each kind in its own order."""

    proceedings: tuple[Proceeding, ...] = ()
    organisations: tuple[Listing, ...] = ()
    regions: tuple[Region, ...] = ()


def search(actor: Actor, wanted: str, most: int = 20) -> Found:
    """What the words find among the things this actor may see: numbers by their beginning, titles by their words."""
    cases: list[Proceeding] = []
    if actor.may("cases.search") or actor.may("cases.view"):
        rows = visible_to(actor)
        cases = list(rows.filter(number__istartswith=wanted).order_by("-opened_at", "-id")[:most]) if wanted[:1].isascii() else []
        if not cases:
            grams = bigrams(wanted)
            about = Case.objects.filter(grams__contains=grams) if grams else Case.objects.none()
            cases = list(rows.filter(pk__in=about.values("pk")).order_by("-opened_at", "-id")[:most])
    units = [one for one in directory().by_id.values() if wanted in one.name or wanted in one.short_name]
    return Found(
        tuple(cases),
        tuple(units[:most]) if actor.may("organisations.view") else (),
        tuple(region_search(current(Region.objects.defer("polygon")), wanted).order_by("code")[:most]),
    )
