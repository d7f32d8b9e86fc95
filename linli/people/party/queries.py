"""Reading party organisations: where the actor works and above it; cards only for those who keep the rolls."""

from collections import defaultdict
from collections.abc import Iterable
from datetime import date
from typing import Any

from django.db.models import Count, Exists, F, OuterRef, Q, QuerySet, Subquery
from django.db.models.functions import Coalesce

from linli.base.actor import Actor
from linli.base.crypto import index_candidates
from linli.people.organisations.models import Organisation, Responsibility, Term
from linli.people.organisations.queries import called
from linli.people.organisations.rules import PARTY
from linli.people.party.models import (
    Change,
    ChangePart,
    Coverage,
    MemberCard,
    Membership,
    PartyOrganisation,
    TermNotice,
    UnitSurvey,
)
from linli.people.party.rules import BRANCHES
from linli.places.addresses.models import Building
from linli.places.regions.models import Region
from linli.places.regions.queries import current, in_subtrees
from linli.places.regions.rules import Level, ancestor_codes


def around(actor: Actor, field: str = "region_code") -> Q:
    """Where the actor works, and the regions above it."""
    if actor.everything:
        return Q()
    above = {code for prefix in actor.regions for code in ancestor_codes(prefix)}
    return in_subtrees(actor.regions, field) | Q(**{f"{field}__in": above})


def below(actor: Actor, field: str = "region_code") -> Q:
    """Where the actor works."""
    return Q() if actor.everything else in_subtrees(actor.regions, field)


def visible_to(actor: Actor) -> QuerySet[Organisation]:
    """Party organisations of the actor's regions and of those above; none for whoever has no business here."""
    rows = Organisation.objects.filter(kind__in=PARTY)
    return rows.filter(around(actor)) if actor.may("party.view") else rows.none()


def seen(actor: Actor, changes: Iterable[Change]) -> set[int]:
    """Ids of the organisations in these changes whose pages the actor may open, those that are no more too."""
    keys = {part.organisation_id for change in changes for part in change.parts.all()}
    return set(visible_to(actor).filter(pk__in=keys).values_list("pk", flat=True))


def cards(actor: Actor) -> QuerySet[MemberCard]:
    """Cards of the branches where the actor keeps the rolls."""
    rows = MemberCard.objects.all()
    return rows.filter(below(actor)) if actor.may("party.cards") else rows.none()


def on_day(day: date, prefix: str = "") -> Q:
    """Rows with `starts` and `until` that hold on this day."""
    held = Q(**{f"{prefix}starts__lte": day})
    return held & (Q(**{f"{prefix}until": None}) | Q(**{f"{prefix}until__gt": day}))


def in_office(day: date) -> Q:
    """Posts that are held on this day; the last one still counts."""
    return Q(starts__lte=day) & (Q(ends=None) | Q(ends__gte=day))


def told_of(actor: Actor, kinds: Iterable[str]) -> int:
    """How many terms of these kinds this post was told of that nobody has noted yet."""
    rows = TermNotice.objects.filter(post=actor.post_id, reminder__noted_on=None, reminder__term__held_on=None)
    rows = rows.filter(reminder__term__organisation__kind__in=list(kinds), reminder__term__organisation__valid_to=None)
    return rows.values("reminder__term").distinct().count() if actor.post_id else 0


def told_about(term: Term) -> list[str]:
    """Who was told that this term runs out: names of staff, each once."""
    rows = TermNotice.objects.filter(reminder__term=term).order_by("post__account__name")
    return list(rows.values_list("post__account__name", flat=True).distinct())


def rolls(day: date) -> QuerySet[Membership]:
    """Who belongs where on that day: memberships proper, of cards that have not ended by then."""
    rows = Membership.objects.filter(on_day(day), attached=False)
    return rows.filter(Q(card__ended_on=None) | Q(card__ended_on__gt=day))


def _counted(rows: QuerySet[Membership]) -> Coalesce:
    found = rows.filter(organisation=OuterRef("pk")).order_by().values("organisation")
    return Coalesce(Subquery(found.annotate(n=Count("pk")).values("n")), 0)


def counted(rows: QuerySet[Organisation], day: date) -> QuerySet[Organisation]:
    """Each with `members` and `formal` as of that day. Only numbers: who they are is on the rolls."""
    formal = rolls(day).filter(card__formal_on__lte=day)
    return rows.annotate(members=_counted(rolls(day)), formal=_counted(formal))


def formal_of(organisation: int, day: date) -> int:
    return rolls(day).filter(organisation_id=organisation, card__formal_on__lte=day).count()


def members_of(organisation: int, day: date) -> list[int]:
    """Ids of the cards of a branch on that day."""
    return list(rolls(day).filter(organisation_id=organisation).values_list("card_id", flat=True).order_by("card_id"))


def described(organisation: Organisation) -> dict[str, str]:
    """The field of work and whether it is an example, as written down."""
    row = PartyOrganisation.objects.filter(organisation=organisation).first()
    return {"domain": row.domain, "exemplary": row.exemplary} if row else {"domain": "community", "exemplary": ""}


def being(day: date) -> Q:
    """Organisations that are there on that day."""
    return (Q(valid_from=None) | Q(valid_from__lte=day)) & (Q(valid_to=None) | Q(valid_to__gt=day))


SORTS = {
    "place": ("region_code", "kind", "id"),
    "-place": ("-region_code", "kind", "id"),
    "name": ("name", "id"),
    "-name": ("-name", "-id"),
    "formal": ("formal", "id"),
    "-formal": ("-formal", "id"),
    "members": ("members", "id"),
    "-members": ("-members", "id"),
    "due": (F("due").asc(nulls_last=True), "id"),
    "-due": (F("due").desc(nulls_last=True), "id"),
}


HAVING = {"unit": Q(unit__isnull=False), "building": Q(building__isnull=False)}


def listed(actor: Actor, chosen: dict[str, Any], day: date) -> QuerySet[Organisation]:
    """Party organisations under the filters, with their numbers and the day their term runs out."""
    rows = visible_to(actor).filter(being(day))
    for word in chosen.get("q", "").split():
        rows = rows.filter(called(word, chosen.get("on")))
    if kind := chosen.get("kind"):
        rows = rows.filter(kind=kind)
    if since := chosen.get("since"):
        rows = rows.filter(valid_from__gte=since)
    if exemplary := chosen.get("exemplary"):
        rows = rows.filter(party__exemplary=exemplary)
    if of := chosen.get("covers"):
        rows = rows.filter(Exists(Coverage.objects.filter(on_day(day), HAVING[of], organisation=OuterRef("pk"))))
    if form := chosen.get("form"):
        rows = rows.filter(Q(party__form=form) | (Q(party=None) if form == "ordinary" else Q(pk__in=[])))
    if domain := chosen.get("domain"):
        rows = rows.filter(Q(party__domain=domain) | (Q(party=None) if domain == "community" else Q(pk__in=[])))
    if place := chosen.get("place"):
        rows = rows.filter(in_subtrees([place], "region_code"))
    running = Term.objects.filter(organisation=OuterRef("pk"), held_on=None)
    rows = rows.annotate(due=Subquery(running.values(until=Coalesce("postponed_to", "due_on"))[:1]))
    return counted(rows, day).select_related("party", "parent")


def changes(actor: Actor, chosen: dict[str, Any]) -> QuerySet[Change]:
    """Changes under the filters, with their parts."""
    rows = Change.objects.filter(around(actor)) if actor.may("party.view") else Change.objects.none()
    if words := chosen.get("q"):
        named = ChangePart.objects.filter(change=OuterRef("pk"), name__contains=words)
        rows = rows.filter(Q(basis__contains=words) | Exists(named))
    if kind := chosen.get("kind"):
        rows = rows.filter(kind=kind)
    if since := chosen.get("since"):
        rows = rows.filter(on__gte=since)
    if until := chosen.get("until"):
        rows = rows.filter(on__lte=until)
    if organisation := chosen.get("organisation"):
        rows = rows.filter(Exists(ChangePart.objects.filter(change=OuterRef("pk"), organisation=organisation)))
    return rows.select_related("undone_by").prefetch_related("parts")


def standing_changes(rows: QuerySet[Change]) -> QuerySet[Change]:
    """Changes that hold: none that was taken back, nor the taking back itself."""
    return rows.filter(undone_by=None).exclude(kind=Change.Kind.UNDO)


def lineage(actor: Actor, organisation: int, *, back: bool) -> list[dict[str, Any]]:
    """The family of one organisation as nested nodes: what it came from (back) or what came of it, step by step. Read
    generation by generation, so that the rest of the office is not."""
    mine, other = (ChangePart.Role.RESULT, ChangePart.Role.SOURCE)
    if not back:
        mine, other = other, mine
    order = ("-on", "-id") if back else ("on", "id")
    by: dict[int, list[Change]] = defaultdict(list)
    asked, wanted = set[int](), {organisation}
    while wanted:
        asked |= wanted
        found = Change.objects.filter(around(actor), parts__organisation__in=wanted, parts__role=mine).distinct()
        below: set[int] = set()
        for change in standing_changes(found).order_by(*order).prefetch_related("parts"):
            parts = list(change.parts.all())
            for part in parts:
                if part.role == mine and part.organisation_id in wanted:
                    by[part.organisation_id].append(change)
            below |= {part.organisation_id for part in parts if part.role == other}
        wanted = below - asked

    def nodes(key: int, seen: frozenset[int]) -> list[dict[str, Any]]:
        return [
            {
                "change": change,
                "parts": [
                    {
                        "organisation": part.organisation_id,
                        "name": part.name,
                        "members": part.members,
                        "children": nodes(part.organisation_id, seen | {change.pk})
                        if part.organisation_id != key
                        else [],
                    }
                    for part in change.parts.all()
                    if part.role == other
                ],
            }
            for change in by.get(key, ())
            if change.pk not in seen
        ]

    return nodes(organisation, frozenset())


def figures(actor: Actor, since: date, until: date) -> list[dict[str, Any]]:
    """What changed in a period, by kind: acts, different organisations before and after, and communities touched."""
    rows = ChangePart.objects.filter(
        change__in=standing_changes(changes(actor, {"since": since, "until": until})).order_by().values("pk")
    ).values_list("change__kind", "change_id", "role", "organisation_id", "organisation__region_code")
    acts: dict[str, set[int]] = defaultdict(set)
    parts: dict[tuple[str, str], set[int]] = defaultdict(set)
    places: dict[str, set[str]] = defaultdict(set)
    for kind, change, role, organisation, region in rows:
        acts[kind].add(change)
        parts[kind, role].add(organisation)
        if role == ChangePart.Role.SOURCE and len(region) >= 12:
            places[kind].add(region[:12])
    return [
        {
            "kind": kind,
            "label": label,
            "acts": len(acts[kind]),
            "sources": len(parts[kind, "source"]),
            "results": len(parts[kind, "result"]),
            "communities": len(places[kind]),
        }
        for kind, label in Change.Kind.choices
        if acts[kind]
    ]


def stock(actor: Actor, day: date) -> list[tuple[str, str, int]]:
    """(kind, label, how many) of the party organisations that were there on a day."""
    rows = visible_to(actor).filter(being(day)).order_by().values("kind").annotate(n=Count("pk"))
    found = {row["kind"]: row["n"] for row in rows}
    return [(kind, str(label), found.get(kind, 0)) for kind, label in Organisation.Kind.choices if kind in PARTY]


def elected(actor: Actor, since: date, until: date, kinds: Iterable[str] = PARTY) -> tuple[int, int]:
    """(elections held in the period, those of them held by the day the term ran out, leave counted in)."""
    rows = Term.objects.filter(held_on__gte=since, held_on__lte=until, organisation__kind__in=list(kinds))
    rows = rows.filter(around(actor, "organisation__region_code"))
    in_time = rows.filter(held_on__lte=Coalesce("postponed_to", "due_on"))
    return rows.count(), in_time.count()


def grids_without(actor: Actor, day: date) -> QuerySet[Region]:
    """Grids in use without a branch of their own and without one that answers for them."""
    rows = current(Region.objects.filter(level=Level.GRID), day).filter(below(actor, "code"))
    there = Organisation.objects.filter(being(day), kind__in=BRANCHES)
    own = there.filter(region_code=OuterRef("code"))
    answering = Responsibility.objects.filter(organisation__in=there, region_code=OuterRef("code"), starts__lte=day)
    answering = answering.filter(Q(ends=None) | Q(ends__gte=day))
    return rows.exclude(Exists(own)).exclude(Exists(answering)).order_by("code")


def buildings_without(actor: Actor, day: date) -> QuerySet[Building]:
    """Buildings in use that no party group stands for."""
    rows = Building.objects.filter(valid_to=None, compound__valid_to=None).filter(below(actor, "compound__region_code"))
    groups = Organisation.objects.filter(being(day), kind=Organisation.Kind.PARTY_GROUP)
    covered = Coverage.objects.filter(on_day(day), building=OuterRef("pk"), organisation__in=groups)
    rows = rows.exclude(Exists(covered)).exclude(Exists(groups.filter(building=OuterRef("pk"))))
    return rows.select_related("compound").order_by("compound__region_code", "compound__search_name", "order", "id")


UNIT_KINDS = (Organisation.Kind.ENTERPRISE, Organisation.Kind.SOCIAL_ORGANISATION)


def units(actor: Actor, day: date) -> QuerySet[Organisation]:
    """Firms and social organisations, each with `found` (formal members, by the last survey or by cards, whichever is
    more) and `covered` (an organisation of its own or a joint one stands for it)."""
    rows = Organisation.objects.filter(being(day), below(actor), kind__in=UNIT_KINDS)
    survey = UnitSurvey.objects.filter(unit=OuterRef("pk"), on__lte=day).order_by("-on").values("members")[:1]
    held = MemberCard.objects.filter(unit=OuterRef("pk"), formal_on__lte=day, ended_on=None).order_by().values("unit")
    covered = Coverage.objects.filter(
        on_day(day), unit=OuterRef("pk"), organisation__party__form__in=("ordinary", "joint")
    )
    return rows.annotate(
        surveyed=Coalesce(Subquery(survey), 0),
        carded=Coalesce(Subquery(held.annotate(n=Count("pk")).values("n")), 0),
        covered=Exists(covered.filter(being_of("organisation", day))),
    )


def being_of(prefix: str, day: date) -> Q:
    began = Q(**{f"{prefix}__valid_from": None}) | Q(**{f"{prefix}__valid_from__lte": day})
    return began & (Q(**{f"{prefix}__valid_to": None}) | Q(**{f"{prefix}__valid_to__gt": day}))


def units_due(actor: Actor, day: date, least: int) -> QuerySet[Organisation]:
    """Units that should have an organisation and have none."""
    rows = units(actor, day).filter(Q(surveyed__gte=least) | Q(carded__gte=least), covered=False)  # type: ignore[misc]
    return rows.order_by("region_code", "name", "id")


def branches(actor: Actor, day: date) -> QuerySet[Organisation]:
    """Branches in being to which members belong, with their numbers."""
    rows = visible_to(actor).filter(being(day), kind__in=BRANCHES).filter(below(actor))
    rows = rows.filter(Q(party=None) | Q(party__form__in=("ordinary", "joint")))
    return counted(rows, day).select_related("party").order_by("region_code", "id")


def overdue(actor: Actor, day: date) -> QuerySet[Term]:
    """Running terms of party organisations that have run out, leave counted in."""
    rows = Term.objects.filter(held_on=None, organisation__valid_to=None, organisation__kind__in=PARTY)
    rows = rows.filter(below(actor, "organisation__region_code")) if actor.may("party.view") else rows.none()
    return (
        rows.annotate(until=Coalesce("postponed_to", "due_on")).select_related("organisation").order_by("until", "id")
    )


def expired(actor: Actor, day: date) -> QuerySet[Organisation]:
    """Provisional branches whose time is over and that are still there."""
    rows = visible_to(actor).filter(below(actor), valid_to=None, party__form="provisional", party__ends_by__lt=day)
    return rows.select_related("party").order_by("party__ends_by", "id")


def found_by(actor: Actor, text: str) -> QuerySet[MemberCard]:
    """Cards by exact name or telephone number, through the blind indexes."""
    names, phones = (index_candidates(MemberCard, name, text) for name in ("name_index", "phone_index"))
    return cards(actor).filter(Q(name_index__in=names) | Q(phone_index__in=phones))


CARD_SORTS = {
    "branch": ("branch", "id"),
    "joined": ("joined_on", "id"),
    "-joined": ("-joined_on", "-id"),
}


def roll(actor: Actor, chosen: dict[str, Any], day: date) -> QuerySet[MemberCard]:
    """The roll under the filters, each card with the id and name of its branch."""
    rows = found_by(actor, chosen["q"]) if chosen.get("q") else cards(actor)
    if not chosen.get("ended"):
        rows = rows.filter(ended_on=None)
    if (branch := chosen.get("organisation")) is not None:
        rows = rows.filter(Exists(rolls(day).filter(card=OuterRef("pk"), organisation=branch)))
    if standing := chosen.get("standing"):
        rows = rows.filter(formal_on__isnull=standing == "probationary")
    held = Membership.objects.filter(card=OuterRef("pk"), attached=False).order_by("-starts", "-id")
    return rows.annotate(
        branch_id=Subquery(held.values("organisation")[:1]), branch=Subquery(held.values("organisation__name")[:1])
    ).select_related("unit")
