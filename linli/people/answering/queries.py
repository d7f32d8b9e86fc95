"""Who answers for a door: organisations, posts and named people, each with what this viewer may see of their contact."""

from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from django.db.models import Exists, OuterRef, Q, QuerySet

from linli.base import policies
from linli.base.actor import Actor
from linli.people.accounts.models import Post
from linli.people.answering import rules
from linli.people.answering.models import Charge
from linli.people.organisations.models import Organisation, Service
from linli.people.organisations.queries import Directory, directory
from linli.people.party.models import Coverage
from linli.people.party.queries import on_day
from linli.places.addresses.models import Building, BuildingPart, Compound
from linli.places.regions.queries import in_subtrees


@dataclass(frozen=True, slots=True)
class Holder:
    """One who answers. phone: a service number, in clear; masked: a person's own, as far as it may be shown; charge: its
    number, when it can be opened."""

    label: str
    note: str = ""
    phone: str = ""
    masked: str = ""
    charge: int | None = None
    organisation: int | None = None
    until: date | None = None


@dataclass(frozen=True, slots=True)
class Answer:
    """A role and everybody who holds it here; nobody is an answer too."""

    code: str
    name: str
    public: bool
    gap: bool
    holders: list[Holder] = field(default_factory=list)


@dataclass(frozen=True, slots=True)
class Place:
    """Where a door is. region_code: of the grid of its unit, when the building lies in several."""

    region_code: str
    compound: Compound
    building: Building | None = None
    unit: str = ""


def policy() -> Mapping[str, Any]:
    return policies.load("answering").data


def visible_to(actor: Actor) -> QuerySet[Charge]:
    """Charges for places where the actor works."""
    rows = Charge.objects.all()
    if not actor.may("answering.view"):
        return rows.none()
    return rows if actor.everything else rows.filter(in_subtrees(actor.regions, "region_code"))


def held(day: date) -> Q:
    return Q(starts__lte=day) & (Q(ends=None) | Q(ends__gte=day))


def place_of(building: Building, unit: str = "") -> Place:
    """The place of a door. A unit in another grid than its building is there."""
    code = ""
    if unit:
        part = BuildingPart.objects.filter(building=building, unit_name=unit).values_list("region_code", flat=True)
        code = part.first() or ""
    return Place(code or building.region_code or building.compound.region_code, building.compound, building, unit)


def answers(actor: Actor, place: Place, day: date, *, public: bool = False) -> list[Answer]:
    """Everybody who answers for a place, by role in the order of the policy.

    public: only what residents see, which is no named person and no contact but service numbers.
    """
    data = policy()
    wanted = [row for row in data["roles"] if row.get("public") or not public]
    charges = defaultdict(list) if public else _charges(actor, place, day)
    found = directory()
    return [
        Answer(
            row["code"],
            row["name"],
            bool(row.get("public")),
            bool(row.get("gap")),
            charges[row["code"]] if row["found"] == "charge" else _holders(found, row, place, day),
        )
        for row in wanted
    ]


def _holders(found: Directory, row: Mapping[str, Any], place: Place, day: date) -> list[Holder]:
    if row["found"] == "organisation":
        near = [found.answering(place.region_code, kind) for kind in row["kinds"]]
        # The nearest of them: a community's own before that of the street.
        chosen = max((one for one in near if one), key=lambda one: len(one.region_code), default=None)
        return _organisations([chosen.id]) if chosen else []
    if row["found"] == "group":
        return _organisations(_groups(place, day))
    if row["found"] == "service":
        firms = Service.objects.filter(held(day), compound=place.compound).values_list("firm_id", flat=True)
        return _organisations(firms)
    if row["found"] == "committee":
        rows = Organisation.objects.filter(
            kind=Organisation.Kind.OWNERS_COMMITTEE, compound=place.compound, valid_to=None
        )
        return _organisations(rows.values_list("pk", flat=True))
    return _posts(row["posts"], place, day)


def _organisations(keys: Iterable[int]) -> list[Holder]:
    rows = Organisation.objects.filter(pk__in=list(keys), valid_to=None).order_by("pk")
    return [Holder(row.name, phone=row.service_phone, organisation=row.pk) for row in rows]


def _groups(place: Place, day: date) -> list[int]:
    if place.building is None:
        return []
    there = Organisation.objects.filter(kind=Organisation.Kind.PARTY_GROUP, valid_to=None)
    covering = Coverage.objects.filter(on_day(day), building=place.building, organisation__in=there)
    return sorted(
        {
            *covering.values_list("organisation_id", flat=True),
            *there.filter(building=place.building).values_list("pk", flat=True),
        }
    )


def _posts(roles: list[str], place: Place, day: date) -> list[Holder]:
    """Whoever holds such a post for the grid; without one, whoever holds it for the community."""
    rows = Post.objects.filter(held(day), role__in=roles, account__is_active=True).select_related(
        "account", "organisation"
    )
    for code in (place.region_code, place.region_code[:12]):
        posts = list(rows.filter(region_code=code).order_by("starts", "pk"))
        if posts:
            return [
                Holder(
                    post.account.name, post.title, post.organisation.service_phone, organisation=post.organisation_id
                )
                for post in posts
            ]
    return []


def _at(place: Place) -> Q:
    """Charges that hold for this place: its unit, its building, its compound, its grid or a region above."""
    found = Q(compound=place.compound, building=None)
    above = [place.region_code[:length] for length in (9, 12, len(place.region_code))]
    found |= Q(compound=None, building=None, region_code__in=above)
    if place.building is not None:
        units = ["", place.unit] if place.unit else None
        found |= Q(building=place.building, unit_name__in=units) if units else Q(building=place.building)
    return found


def _charges(actor: Actor, place: Place, day: date) -> dict[str, list[Holder]]:
    rows = visible_to(actor).filter(held(day)).filter(_at(place))
    rows = rows.select_related("post__account", "post__organisation", "organisation")
    found: dict[str, list[Holder]] = defaultdict(list)
    for row in rows.order_by("-unit_name", "starts", "pk"):
        found[row.role].append(holder(row))
    return found


def unit_words(name: str) -> str:
    """2 -> 2单元, as people say it."""
    return f"{name.upper()}单元" if name else ""


def holder(row: Charge) -> Holder:
    """One charge as pages show it: staff by name, others masked."""
    unit = row.organisation.name if row.organisation else ""
    note = " · ".join(part for part in (unit_words(row.unit_name), unit) if part)
    if row.post is not None:
        told = " · ".join(part for part in (row.post.title, row.post.organisation.name) if part)
        return Holder(row.post.account.name, told, row.post.organisation.service_phone, charge=row.pk, until=row.ends)
    masked = f"{row.name!s} {row.phone or ''!s}".strip()
    return Holder(str(row.name), note, masked=masked, charge=row.pk, until=row.ends)


def listed(actor: Actor, chosen: Mapping[str, Any], day: date) -> QuerySet[Charge]:
    """Charges under the filters: role, place, those that are over too."""
    rows = visible_to(actor)
    if not chosen.get("ended"):
        rows = rows.filter(Q(ends=None) | Q(ends__gte=day))
    if role := chosen.get("role"):
        rows = rows.filter(role=role)
    if place := chosen.get("place"):
        rows = rows.filter(in_subtrees([place], "region_code"))
    if words := chosen.get("q"):
        rows = rows.filter(
            Q(compound__name__contains=words)
            | Q(post__account__name__contains=words)
            | Q(organisation__name__contains=words)
        )
    return rows.select_related("compound", "building__compound", "post__account", "post__organisation", "organisation")


def gaps(actor: Actor, code: str, day: date, words: str = "") -> QuerySet[Building] | QuerySet[Compound]:
    """Buildings or compounds in use, where the actor works, for which nobody holds this role."""
    row = rules.role(policy(), code)
    if row.get("gap") == "compound":
        compounds = Compound.objects.filter(valid_to=None)
        compounds = compounds if actor.everything else compounds.filter(in_subtrees(actor.regions, "region_code"))
        if words:
            compounds = compounds.filter(name__contains=words)
        return _without_compound(compounds, row, day).order_by("region_code", "search_name", "pk")
    buildings = Building.objects.filter(valid_to=None, compound__valid_to=None).select_related("compound")
    buildings = buildings if actor.everything else buildings.filter(in_subtrees(actor.regions, "region_code"))
    if words:
        buildings = buildings.filter(compound__name__contains=words)
    return _without_building(buildings, row, day).order_by("region_code", "compound__search_name", "order", "pk")


def _without_compound(rows: QuerySet[Compound], row: Mapping[str, Any], day: date) -> QuerySet[Compound]:
    if row["found"] == "service":
        return rows.exclude(Exists(Service.objects.filter(held(day), compound=OuterRef("pk"))))
    charged = Charge.objects.filter(held(day), role=row["code"], compound=OuterRef("pk"), building=None)
    above = Charge.objects.filter(held(day), role=row["code"], compound=None, building=None).values("region_code")
    return rows.exclude(Exists(charged)).exclude(region_code__in=above)


def _without_building(rows: QuerySet[Building], row: Mapping[str, Any], day: date) -> QuerySet[Building]:
    if row["found"] == "post":
        posts = Post.objects.filter(held(day), role__in=row["posts"], account__is_active=True)
        return rows.exclude(region_code__in=posts.exclude(region_code="").values("region_code"))
    if row["found"] == "organisation":
        there = Organisation.objects.filter(kind__in=row["kinds"], valid_to=None)
        answering = there.filter(responsibilities__ends=None).exclude(responsibilities=None)
        codes = answering.values("responsibilities__region_code")
        return rows.exclude(region_code__in=there.values("region_code")).exclude(region_code__in=codes)
    return rows.exclude(Exists(Charge.objects.filter(held(day), role=row["code"], building=OuterRef("pk"))))


def gap_roles() -> list[Mapping[str, Any]]:
    """Roles of the policy that every building or compound should have."""
    return [row for row in policy()["roles"] if row.get("gap")]
