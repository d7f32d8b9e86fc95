"""Finding organisations: who answers for a place, and the directory that every process keeps for a few seconds."""

import time
from collections import defaultdict
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field
from datetime import date
from itertools import combinations
from typing import Any

from django.db import connection
from django.db.models import Exists, F, OuterRef, Q, QuerySet, Subquery
from django.db.models.functions import Coalesce

from linli.base.actor import Actor
from linli.people.organisations.models import Contact, KnownApart, Organisation, Service, Standing, Term
from linli.people.organisations.rules import REGISTERED, UNLISTED, name_key, near_names
from linli.places.addresses.models import Compound
from linli.places.regions.queries import in_subtrees

FRESH_SECONDS = 5.0

_READ = """
SELECT o.id, o.name, o.short_name, o.kind, o.subject, o.parent_id, o.region_code,
  (SELECT array_agg(r.region_code) FROM organisations_responsibility r
   WHERE r.organisation_id = o.id AND r.ends IS NULL)
FROM organisations_organisation o WHERE o.valid_to IS NULL AND o.kind <> ALL (%s) ORDER BY o.id
"""
# As they were on a day: the standing of that day, or what stands now where nothing ever changed.
_READ_ON = """
SELECT o.id, CASE WHEN s.id IS NULL THEN o.name ELSE s.name END, CASE WHEN s.id IS NULL THEN o.short_name ELSE s.short_name END,
  o.kind, o.subject, CASE WHEN s.id IS NULL THEN o.parent_id ELSE s.parent_id END, o.region_code,
  (SELECT array_agg(r.region_code) FROM organisations_responsibility r
   WHERE r.organisation_id = o.id AND r.starts <= %(day)s AND (r.ends IS NULL OR r.ends >= %(day)s))
FROM organisations_organisation o
LEFT JOIN organisations_standing s ON s.organisation_id = o.id
  AND (s.starts IS NULL OR s.starts <= %(day)s) AND (s.until IS NULL OR s.until > %(day)s)
WHERE (o.valid_from IS NULL OR o.valid_from <= %(day)s) AND (o.valid_to IS NULL OR o.valid_to > %(day)s)
  AND (s.id IS NOT NULL OR NOT EXISTS (SELECT 1 FROM organisations_standing x WHERE x.organisation_id = o.id))
  AND o.kind <> ALL (%(unlisted)s)
ORDER BY o.id
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


def directory_on(day: date) -> Directory:
    """The organisations as they were on that day, by the names and under the parents of then. Not kept."""
    return _directory(_READ_ON, {"day": day, "unlisted": list(UNLISTED)})


def _read() -> Directory:
    return _directory(_READ, [list(UNLISTED)])


def _directory(statement: str, given: Any) -> Directory:
    with connection.cursor() as cursor:
        cursor.execute(statement, given)
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


# Rows with `starts` and `until` that held on some day: what was taken back begins and ends on the same one.
HELD = Q(until=None) | Q(starts=None) | Q(until__gt=F("starts"))


def names_on(keys: Iterable[int], day: date) -> dict[int, Standing]:
    """How these organisations were called and where they stood on that day, with the parent's own name of then as
    `above`; those without a history of their own are left out: they stand as they always did."""
    held = (Q(starts=None) | Q(starts__lte=day)) & (Q(until=None) | Q(until__gt=day))
    there = Standing.objects.filter(held, organisation=OuterRef("parent_id")).values("name")[:1]
    rows = Standing.objects.filter(held, organisation__in=list(keys))
    return {row.organisation_id: row for row in rows.annotate(above=Coalesce(Subquery(there), "parent__name"))}


def called(words: str, day: date | None) -> Q:
    """Organisations with this word in their name: in that of the day, or of now without one."""
    now_so = Q(name__contains=words) | Q(short_name__contains=words)
    if day is None:
        return now_so
    held = (Q(starts=None) | Q(starts__lte=day)) & (Q(until=None) | Q(until__gt=day))
    rows = Standing.objects.filter(held, organisation=OuterRef("pk"))
    then = rows.filter(Q(name__contains=words) | Q(short_name__contains=words))
    return Exists(then) | (now_so & ~Exists(Standing.objects.filter(organisation=OuterRef("pk"))))


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


def register(actor: Actor) -> QuerySet[Organisation]:
    """What the communities register, in the regions the actor works in; nothing for anybody else."""
    rows = visible_to(actor).filter(kind__in=REGISTERED)
    return rows if actor.everything else rows.filter(in_subtrees(actor.regions, "region_code"))


SORTS = {
    "name": ("name", "id"),
    "-name": ("-name", "-id"),
    "place": ("region_code", "name", "id"),
    "-place": ("-region_code", "name", "id"),
    "kind": ("kind", "name", "id"),
    "-kind": ("-kind", "name", "id"),
    "since": ("valid_from", "id"),
    "-since": ("-valid_from", "-id"),
}


def found_in(rows: QuerySet[Organisation], chosen: dict[str, Any]) -> QuerySet[Organisation]:
    """The register under the filters: words of the name (of the day asked for), the address or the code; kind; place; on a
    day; closed too."""
    on = chosen.get("on")
    for word in chosen.get("q", "").split():
        code = Q(unified_code__startswith=word.upper())
        rows = rows.filter(called(word, on) | Q(address__contains=word) | code)
    if kind := chosen.get("kind"):
        rows = rows.filter(kind=kind)
    if place := chosen.get("place"):
        rows = rows.filter(in_subtrees([place], "region_code"))
    if chosen.get("code") == "none":
        rows = rows.filter(unified_code="")
    if on is not None:
        return rows.filter(Q(valid_from=None) | Q(valid_from__lte=on), Q(valid_to=None) | Q(valid_to__gt=on))
    return rows if chosen.get("closed") else rows.filter(valid_to=None)


def contacts_of(actor: Actor, organisation: Organisation) -> list[Contact]:
    """Whom to talk to there today, masked; nobody for those who do not work where it lies."""
    rows = Contact.objects.filter(organisation=organisation, ends=None).order_by("starts", "id")
    return list(rows if actor.everything else rows.filter(in_subtrees(actor.regions, "region_code")))


def contact(actor: Actor, organisation: int, key: str) -> Contact | None:
    """One contact by its number as a form gives it, if the actor works where it lies."""
    rows = Contact.objects.filter(organisation_id=organisation, pk=int(key) if key.isdigit() else 0)
    return (rows if actor.everything else rows.filter(in_subtrees(actor.regions, "region_code"))).first()


def _overlapping(starts: date, ends: date | None) -> Q:
    found = Q(ends=None) | Q(ends__gte=starts)
    return found & Q(starts__lte=ends) if ends is not None else found


def serving(compound: Compound, starts: date, ends: date | None) -> Service | None:
    """A firm that serves the compound on some day of this span."""
    rows = Service.objects.filter(_overlapping(starts, ends), compound=compound).select_related("firm")
    return rows.order_by("-starts").first()


def managers_on(day: date, compound: str = "pk") -> Subquery:
    """The name of the property firm that serves a compound on that day, for queries whose column `compound` holds it; NULL for none."""
    rows = Service.objects.filter(_overlapping(day, day), compound=OuterRef(compound))
    return Subquery(rows.order_by("-starts").values("firm__name")[:1])


def ending(before: date) -> QuerySet[Term]:
    """Running terms of organisations in being that run out before that day, with leave counted in; the next first."""
    rows = Term.objects.filter(held_on=None, organisation__valid_to=None)
    rows = rows.annotate(until=Coalesce("postponed_to", "due_on"))
    return rows.filter(until__lte=before).order_by("until", "id")


def terms_within(actor: Actor, kinds: Sequence[str]) -> QuerySet[Term]:
    """Running terms of these kinds where the actor works, by the day they run out, each with `until`."""
    rows = Term.objects.filter(held_on=None, organisation__valid_to=None, organisation__kind__in=kinds)
    rows = rows.annotate(until=Coalesce("postponed_to", "due_on")).select_related("organisation")
    if not actor.may("organisations.view"):
        return rows.none()
    return rows if actor.everything else rows.filter(in_subtrees(actor.regions, "organisation__region_code"))


def doubles(actor: Actor, most: int) -> list[tuple[Organisation, Organisation, str]]:
    """Pairs of one kind where the actor works that may be one unit, with why: the same body in the credit code, else nearly
    the same name in one sub-district."""
    rows = register(actor).filter(valid_to=None).only("pk", "name", "kind", "region_code", "unified_code", "address")
    every = {row.pk: row for row in rows}
    by_code: dict[str, list[int]] = defaultdict(list)
    keys: dict[tuple[str, str], dict[int, str]] = defaultdict(dict)
    for row in every.values():
        if row.unified_code:
            # Signs 9 to 17 are the body itself; what stands before them is the office that registered it.
            by_code[row.unified_code[8:17]].append(row.pk)
        keys[row.kind, row.region_code[:9]][row.pk] = name_key(row.name)
    why: dict[tuple[int, int], str] = {}
    for pair in (pair for held in keys.values() for pair in near_names(held)):
        codes = {every[key].unified_code for key in pair}
        # Two whole codes that differ are two units, however alike their names.
        if len(codes) == 1 or "" in codes:
            why[pair] = "名称几乎相同"
    for numbers in by_code.values():
        why |= dict.fromkeys(combinations(sorted(numbers), 2), "信用代码的主体标识相同")
    apart = KnownApart.objects.filter(first__in=[pair[0] for pair in why]) if why else ()
    known = {(row.first_id, row.second_id) for row in apart}
    pairs = sorted(pair for pair in why if pair not in known and every[pair[0]].kind == every[pair[1]].kind)
    return [(every[one], every[other], why[one, other]) for one, other in pairs[:most]]


def led_on(day: date) -> Q:
    """Services under 党建引领 (红色物业) on that day."""
    return Q(party_led_since__isnull=False, party_led_since__lte=day)


def services_on(actor: Actor, day: date) -> QuerySet[Service]:
    """Which firm serves which compound on that day where the actor works; `led`: under 党建引领 then."""
    rows = Service.objects.filter(_overlapping(day, day)).annotate(led=led_on(day))
    rows = rows if actor.everything else rows.filter(in_subtrees(actor.regions, "compound__region_code"))
    return rows.select_related("firm", "compound")
