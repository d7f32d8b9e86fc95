"""Who answers for a door: organisations, posts and named people, each with what this viewer may see of their contact."""

from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from datetime import date
from typing import Any

from django.db.models import Exists, OuterRef, Q, QuerySet
from django.utils import timezone

from linli.base import policies
from linli.base.actor import Actor, system
from linli.base.clockwork import now
from linli.base.scope import scope
from linli.people.accounts.models import Post
from linli.people.answering import rules
from linli.people.answering.models import Charge
from linli.people.organisations.models import Organisation, Responsibility, Service
from linli.people.organisations.queries import Directory, directory, directory_on, names_on
from linli.people.party.models import Coverage
from linli.people.party.queries import being, being_of, on_day, units
from linli.places.addresses.models import Building, Compound, Dwelling
from linli.places.addresses.moves import grids_on
from linli.places.regions.queries import in_subtrees


@dataclass(frozen=True, slots=True)
class Holder:
    """One who answers. phone: a service number, in clear; masked: a person's own, as far as it may be shown; charge: its
    number; opens: whether that number can be opened."""

    label: str
    note: str = ""
    phone: str = ""
    masked: str = ""
    charge: int | None = None
    organisation: int | None = None
    until: date | None = None


@dataclass(frozen=True, slots=True)
class Answer:
    """A role and everybody who holds it here; nobody is an answer too. kept: named people of a place where the viewer does not
    work, who are shown to nobody else."""

    code: str
    name: str
    public: bool
    gap: bool
    holders: list[Holder] = field(default_factory=list)
    kept: bool = False


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
    """Charges for places and units where the actor works."""
    rows = Charge.objects.all()
    if not actor.may("answering.view"):
        return rows.none()
    return rows if actor.everything else rows.filter(in_subtrees(actor.regions, "region_code"))


def held(day: date) -> Q:
    return Q(starts__lte=day) & (Q(ends=None) | Q(ends__gte=day))


def place_of(building: Building, unit: str = "", day: date | None = None) -> Place:
    """The place of a door, today or as the grids were on a day. A unit in another grid than its building is there."""
    grid, units = grids_on(building, day)
    return Place(units.get(unit) or grid or building.compound.region_code, building.compound, building, unit)


def works_at(actor: Actor, code: str) -> bool:
    """Whether a place lies where this actor works."""
    return actor.everything or any(code.startswith(prefix) for prefix in actor.regions)


def answers(actor: Actor, place: Place, day: date, *, public: bool = False) -> list[Answer]:
    """Everybody who answered for a place on that day, by role in the order of the policy, by the names of that day.

    public: only what residents see, which is no named person and no contact but service numbers.
    """
    wanted = [row for row in policy()["roles"] if (row.get("public") or not public) and rules.at_door(row)]
    charges = defaultdict(list) if public else _charges(actor, place, day)
    past = day != timezone.localdate(now())
    found = directory_on(day) if past else directory()
    keys = {row["code"]: _keys(found, row, place, day) for row in wanted if row["found"] in FOUND_BY}
    shown = _organisations({key for some in keys.values() for key in some}, day if past else None)
    told = [
        Answer(
            row["code"],
            row["name"],
            bool(row.get("public")),
            bool(row.get("gap")),
            charges[row["code"]]
            if row["found"] == "charge"
            else _posts(row["posts"], place, day)
            if row["found"] == "post"
            else [shown[key] for key in sorted(keys[row["code"]]) if key in shown],
            row["found"] == "charge" and not charges[row["code"]] and not works_at(actor, place.region_code),
        )
        for row in wanted
    ]
    few = {row["code"] for row in wanted if row.get("few")}
    return [one for one in told if one.holders or one.code not in few]


# Ways that lead to organisations.
FOUND_BY = ("organisation", "group", "service", "committee")


def _keys(found: Directory, row: Mapping[str, Any], place: Place, day: date) -> set[int]:
    """Ids of the organisations that hold a role here."""
    if row["found"] == "organisation":
        near = [found.answering(place.region_code, kind) for kind in row["kinds"]]
        # The nearest of them: a community's own before that of the street.
        chosen = max((one for one in near if one), key=lambda one: len(one.region_code), default=None)
        return {chosen.id} if chosen else set()
    if row["found"] == "group":
        return _groups(place, day)
    if row["found"] == "service":
        return set(Service.objects.filter(held(day), compound=place.compound).values_list("firm_id", flat=True))
    committees = Organisation.objects.filter(being(day), kind=Organisation.Kind.OWNERS_COMMITTEE)
    return set(committees.filter(compound=place.compound).values_list("pk", flat=True))


def _organisations(keys: Iterable[int], day: date | None) -> dict[int, Holder]:
    """These organisations by id, by the names of that day; None: as they are called now."""
    rows = list(Organisation.objects.filter(pk__in=list(keys)))
    names = names_on([row.pk for row in rows], day) if day is not None else {}
    return {
        row.pk: Holder(
            names[row.pk].name if row.pk in names else row.name, phone=row.service_phone, organisation=row.pk
        )
        for row in rows
    }


def _groups(place: Place, day: date) -> set[int]:
    if place.building is None:
        return set()
    there = Organisation.objects.filter(being(day), kind=Organisation.Kind.PARTY_GROUP)
    covering = Coverage.objects.filter(on_day(day), building=place.building, organisation__in=there)
    return {
        *covering.values_list("organisation_id", flat=True),
        *there.filter(building=place.building).values_list("pk", flat=True),
    }


def _posts(roles: list[str], place: Place, day: date) -> list[Holder]:
    """Whoever holds such a post for the grid; without one, whoever holds it for the community."""
    rows = Post.objects.filter(held(day), role__in=roles).select_related("account", "organisation")
    if day == timezone.localdate(now()):
        rows = rows.filter(account__is_active=True)
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


# Charges for a region as a whole.
WHOLE = Q(compound=None, building=None, construction=None, serves=None)


def _at(place: Place) -> Q:
    """Charges that hold for this place: its unit, its building, its compound, its grid or a region above; none for a unit
    or a building site that only lies there."""
    found = Q(compound=place.compound, building=None)
    above = [place.region_code[:length] for length in (9, 12, len(place.region_code))]
    found |= WHOLE & Q(region_code__in=above)
    if place.building is not None:
        units = ["", place.unit] if place.unit else None
        found |= Q(building=place.building, unit_name__in=units) if units else Q(building=place.building)
    return found


def _charges(actor: Actor, place: Place, day: date) -> dict[str, list[Holder]]:
    """Whoever is named for this place. Whoever works there sees all of them, also those named for the community above it or for a
    building that stands in another grid; their numbers are opened only by those who work where they are named."""
    found: dict[str, list[Holder]] = defaultdict(list)
    if not actor.may("answering.view"):
        return found
    if not works_at(actor, place.region_code):
        _held_there(found, visible_to(actor), place, day)
        return found
    with scope(system("who answers for a door")):
        _held_there(found, Charge.objects.all(), place, day, actor)
    return found


def _held_there(
    found: dict[str, list[Holder]], rows: QuerySet[Charge], place: Place, day: date, actor: Actor | None = None
) -> None:
    rows = rows.filter(held(day)).filter(_at(place))
    rows = rows.select_related("post__account", "post__organisation", "organisation")
    for row in rows.order_by("-unit_name", "starts", "pk"):
        one = holder(row)
        if actor is not None and not works_at(actor, row.region_code):
            one = replace(one, charge=None)
        found[row.role].append(one)


def unit_words(name: str) -> str:
    """2 -> 2单元, as people say it."""
    return f"{name.upper()}单元" if name else ""


def holder(row: Charge) -> Holder:
    """One charge as pages show it: staff by name, others masked."""
    unit = row.organisation.name if row.organisation else ""
    standing = next((one["name"] for one in policy()["standings"] if one["code"] == row.standing), "")
    note = " · ".join(part for part in (unit_words(row.unit_name), standing, unit) if part)
    if row.post is not None:
        told = " · ".join(part for part in (standing, row.post.title, row.post.organisation.name) if part)
        return Holder(row.post.account.name, told, row.post.organisation.service_phone, charge=row.pk, until=row.ends)
    masked = f"{row.name!s} {row.phone or ''!s}".strip()
    return Holder(str(row.name), note, masked=masked, charge=row.pk, until=row.ends)


SHOWN = (
    "compound",
    "building__compound",
    "construction",
    "serves",
    "post__account",
    "post__organisation",
    "organisation",
)


def listed(actor: Actor, chosen: Mapping[str, Any], day: date) -> QuerySet[Charge]:
    """Charges under the filters: role, standing, kind of place, region; on a day, or those that are over too."""
    rows = visible_to(actor)
    if on := chosen.get("on"):
        rows = rows.filter(held(on))
    elif not chosen.get("ended"):
        rows = rows.filter(Q(ends=None) | Q(ends__gte=day))
    for name in ("role", "standing"):
        if value := chosen.get(name):
            rows = rows.filter(**{name: "" if value == "none" else value})
    if at := chosen.get("at"):
        rows = rows.filter(AT[at])
    if since := chosen.get("since"):
        rows = rows.filter(starts__gte=since)
    if place := chosen.get("place"):
        rows = rows.filter(in_subtrees([place], "region_code"))
    if chosen.get("members") == "none":
        rows = rows.filter(serves__in=without_members(actor, chosen.get("on") or day).values("pk"))
    if words := chosen.get("q"):
        rows = rows.filter(
            Q(compound__name__contains=words)
            | Q(post__account__name__contains=words)
            | Q(organisation__name__contains=words)
            | Q(serves__name__contains=words)
            | Q(construction__name__contains=words)
        )
    return rows.select_related(*SHOWN)


# What a charge is for, as rows say it.
AT = {
    "building": Q(building__isnull=False),
    "compound": Q(compound__isnull=False, building=None),
    "construction": Q(construction__isnull=False),
    "organisation": Q(serves__isnull=False),
    "region": WHOLE,
}


def without_members(actor: Actor, day: date) -> QuerySet[Organisation]:
    """Firms and social organisations where no formal member was found, by the last survey or by cards."""
    return units(actor, day).filter(surveyed=0, carded=0, covered=False)  # type: ignore[misc]


def homes_of(row: Charge) -> QuerySet[Dwelling]:
    """The dwellings of the place that a charge is for; none for a building site or an organisation."""
    rows = Dwelling.objects.filter(valid_to=None)
    if row.building_id is not None:
        rows = rows.filter(building=row.building_id)
        return rows.filter(unit_name=row.unit_name) if row.unit_name else rows
    if row.compound_id is not None:
        return rows.filter(building__compound=row.compound_id)
    if row.construction_id is not None or row.serves_id is not None:
        return rows.none()
    return rows.filter(in_subtrees([row.region_code], "region_code"))


def gaps(
    actor: Actor, code: str, day: date, words: str = ""
) -> QuerySet[Building] | QuerySet[Compound] | QuerySet[Organisation]:
    """Buildings, compounds or units without members, where the actor works, for which nobody holds this role."""
    row = rules.role(policy(), code)
    if row.get("gap") == "empty_unit":
        empty = without_members(actor, day).filter(kind__in=row["kinds"], name__contains=words)
        charged = Charge.objects.filter(held(day), role=code, serves=OuterRef("pk"))
        return empty.exclude(Exists(charged)).order_by("region_code", "name", "pk")
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
    above = Charge.objects.filter(WHOLE, held(day), role=row["code"]).values("region_code")
    return rows.exclude(Exists(charged)).exclude(region_code__in=above)


def _without_building(rows: QuerySet[Building], row: Mapping[str, Any], day: date) -> QuerySet[Building]:
    if row["found"] == "post":
        posts = Post.objects.filter(held(day), role__in=row["posts"], account__is_active=True)
        return rows.exclude(region_code__in=posts.exclude(region_code="").values("region_code"))
    if row["found"] == "organisation":
        there = Organisation.objects.filter(being(day), kind__in=row["kinds"])
        answering = Responsibility.objects.filter(held(day), being_of("organisation", day))
        codes = answering.filter(organisation__kind__in=row["kinds"]).values("region_code")
        return rows.exclude(region_code__in=there.values("region_code")).exclude(region_code__in=codes)
    return rows.exclude(Exists(Charge.objects.filter(held(day), role=row["code"], building=OuterRef("pk"))))


def gap_roles() -> list[Mapping[str, Any]]:
    """Roles of the policy that every building or compound should have."""
    return [row for row in policy()["roles"] if row.get("gap")]
