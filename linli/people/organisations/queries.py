"""Finding organisations: who answers for a place, and the directory that every process keeps for a few seconds."""

import time
from collections import defaultdict
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from django.db import connection
from django.db.models import Q, QuerySet

from linli.base.actor import Actor
from linli.people.organisations.models import Organisation

FRESH_SECONDS = 5.0

_READ = """
SELECT o.id, o.name, o.short_name, o.kind, o.subject, o.parent_id, o.region_code,
  (SELECT array_agg(r.region_code) FROM organisations_responsibility r
   WHERE r.organisation_id = o.id AND r.ends IS NULL)
FROM organisations_organisation o WHERE o.valid_to IS NULL ORDER BY o.id
"""


@dataclass(frozen=True, slots=True)
class Listing:
    """One organisation in the directory: just what routing and pages need of it."""

    id: int
    name: str
    short_name: str
    kind: str
    subject: str
    parent_id: int | None
    region_code: str
    answers_for: tuple[str, ...]

    @property
    def label(self) -> str:
        return self.short_name or self.name


@dataclass(frozen=True, slots=True)
class Directory:
    """All organisations in use. Lookups walk from the place upwards, so the nearest one answers."""

    by_id: dict[int, Listing]
    by_region: dict[tuple[str, str], list[Listing]] = field(repr=False)

    def answering(self, region_code: str, kind: str, subject: str = "") -> Listing | None:
        """The nearest organisation of this kind (and field of duty) whose region holds the place; None when nobody
        does."""
        for length in range(len(region_code), 1, -1):
            for found in self.by_region.get((kind, region_code[:length]), ()):
                if not subject or found.subject == subject:
                    return found
        return None

    def label(self, organisation_id: int | None) -> str:
        found = self.by_id.get(organisation_id or 0)
        return found.label if found else "—"

    def within(self, prefix: str, *kinds: str) -> list[Listing]:
        """Organisations of these kinds in a region, in the order of their codes."""
        chosen = [o for o in self.by_id.values() if o.region_code.startswith(prefix) and (not kinds or o.kind in kinds)]
        return sorted(chosen, key=lambda o: (o.region_code, o.kind, o.id))


_held: tuple[float, Directory] | None = None


def directory() -> Directory:
    """The directory, read again when it is older than a few seconds."""
    global _held
    if _held is None or time.monotonic() - _held[0] > FRESH_SECONDS:
        _held = (time.monotonic(), _read())
    return _held[1]


def forget() -> None:
    """Read the directory again at the next question: after a change here, and between tests."""
    global _held
    _held = None


def _read() -> Directory:
    with connection.cursor() as cursor:
        cursor.execute(_READ)
        rows: list[tuple[Any, ...]] = cursor.fetchall()
    by_id: dict[int, Listing] = {}
    by_region: dict[tuple[str, str], list[Listing]] = defaultdict(list)
    for row in rows:
        number, name, short_name, kind, subject, parent_id, region_code, regions = row
        listing = Listing(number, name, short_name, kind, subject, parent_id, region_code, tuple(regions or ()))
        by_id[listing.id] = listing
        for code in {listing.region_code, *listing.answers_for}:
            by_region[listing.kind, code].append(listing)
    return Directory(by_id, dict(by_region))


def visible_to(actor: Actor) -> QuerySet[Organisation]:
    """Organisations are public facts to everybody who may open the directory; nobody else sees any."""
    return Organisation.objects.all() if actor.may("organisations.view") else Organisation.objects.none()


# What higher rooms know that keeps an organisation from being closed; each answers in the administrator's words, or "".
Tie = Callable[[int], str]
_ties: list[Tie] = []


def tie(found: Tie) -> None:
    """A higher room names what may still hang on an organisation, such as open work. Called once, when the doors
    open."""
    _ties.append(found)


def in_the_way(organisation: Organisation, today: date) -> list[str]:
    """Why an organisation cannot be closed yet; empty when nothing depends on it."""
    found = []
    if children := organisation.children.filter(valid_to=None).count():
        found.append(f"还有 {children} 个下级组织")
    in_office = Q(ends=None) | Q(ends__gte=today)
    if posts := organisation.posts.filter(in_office, account__is_active=True).count():
        found.append(f"还有 {posts} 个在任岗位")
    return found + [words for each in _ties if (words := each(organisation.pk))]


def people_of(organisation: Organisation, today: date) -> list[tuple[str, str, str]]:
    """(name, role, title) of everybody who holds a post there today: names of staff are no secret, nothing else is
    said."""
    in_office = Q(starts__lte=today) & (Q(ends=None) | Q(ends__gte=today))
    rows = organisation.posts.filter(in_office, account__is_active=True).order_by("role", "id")
    return list(rows.values_list("account__name", "role", "title"))
