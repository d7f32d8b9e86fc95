"""Rulings quoted at the next similar case: same category or words in common, of the same sub-district."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db.models import QuerySet

from linli.base.actor import Actor
from linli.base.prepared import fetchall
from linli.matters.cases.models import Precedent
from linli.people.organisations.queries import directory

QUOTED_MOST = 3


@dataclass(frozen=True, slots=True)
class Quoted:
    """One precedent as the router quotes it. likeness: share of the words in common, 0..1."""

    id: int
    case_id: int
    organisation_id: int
    clause: str
    text: str
    ruled_at: datetime
    likeness: float
    same_category: bool

    def plain(self) -> dict[str, Any]:
        """As it stands in the record of the route."""
        return {
            "id": self.id,
            "organisation": self.organisation_id,
            "clause": self.clause,
            "on": self.ruled_at.date().isoformat(),
            "likeness": round(self.likeness, 2),
            "same_category": self.same_category,
        }


def quoted(category: str, region_code: str, grams: Sequence[str], most: int = QUOTED_MOST) -> list[Quoted]:
    """Precedents for a case of this category, place and these pairs of characters, the nearest first; one statement."""
    asked = [category, region_code, list(grams), most]
    return [Quoted(*row) for row in fetchall("SELECT * FROM linli_precedents(%s, %s, %s::text[], %s)", asked)]


def streets(actor: Actor) -> set[str]:
    """Sub-districts whose precedents this actor works with: of the post's regions, else of the organisation."""
    found = {prefix[:9] for prefix in actor.regions if len(prefix) >= 9}
    listing = directory().by_id.get(actor.organisation_id or 0)
    return found or ({listing.region_code[:9]} if listing and len(listing.region_code) >= 9 else set())


def visible_to(actor: Actor) -> QuerySet[Precedent]:
    """Precedents of the sub-districts an actor works in; a post above sub-districts sees those below it."""
    if actor.everything:
        return Precedent.objects.all()
    rows = Precedent.objects.none()
    above = [prefix for prefix in actor.regions if 0 < len(prefix) < 9]
    for prefix in above:
        rows = rows | Precedent.objects.filter(street__startswith=prefix)
    return rows | Precedent.objects.filter(street__in=streets(actor))
