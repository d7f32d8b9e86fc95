"""Reading task forces: by street, or because one's organisation lent somebody."""

from collections.abc import Mapping
from datetime import date
from typing import Any

from django.db.models import Count, F, OuterRef, Q, QuerySet, Subquery
from django.db.models.functions import Coalesce

from linli.base.actor import Actor
from linli.matters.cases.models import Case
from linli.people.accounts.models import Post
from linli.procedures import queries as procedures
from linli.together.taskforces.models import CarriedCase, Member, TaskForce

ORDERS = {"-starts": ("-starts", "-id"), "starts": ("starts", "id"), "name": ("name", "id")}
# Resolved, as the reporter said on a day on which the force carried the case.
SOLVED = Q(case__resolved=True, case__settled_on__gte=F("starts")) & (Q(ends=None) | Q(case__settled_on__lte=F("ends")))


def visible_to(actor: Actor) -> QuerySet[TaskForce]:
    if actor.everything:
        return TaskForce.objects.all()
    seen = Q(pk__in=[])
    for prefix in actor.regions:
        seen |= Q(region_code__startswith=prefix) | Q(region_code=prefix[:9])
    if actor.organisation_ids:
        seen |= Q(involved__overlap=list(actor.organisation_ids))
    return TaskForce.objects.filter(seen)


def listed(actor: Actor, chosen: Mapping[str, Any], today: date) -> QuerySet[TaskForce]:
    """Forces under the filters, each with how many members and cases it has now and how many it solved in the period."""
    rows = visible_to(actor)
    if words := chosen.get("q"):
        rows = rows.filter(Q(name__contains=words) | Q(purpose__contains=words))
    if chosen.get("state") != "all":
        rows = rows.filter(Q(ends=None) | Q(ends__gt=today))
    now_in = Q(ends=None) | Q(ends__gte=today)
    members = Member.objects.filter(now_in, force_id=OuterRef("pk")).order_by().values("force_id")
    carried = seen_cases(actor).filter(now_in, force_id=OuterRef("pk")).order_by().values("force_id")
    done = solved(actor, chosen).filter(force_id=OuterRef("pk")).order_by().values("force_id")

    def count(part: QuerySet[Any, Any]) -> Coalesce:
        return Coalesce(Subquery(part.annotate(n=Count("pk")).values("n")), 0)

    return rows.annotate(now_members=count(members), now_carried=count(carried), solved=count(done))


def seen_cases(actor: Actor) -> QuerySet[CarriedCase]:
    """What forces carry, as far as the actor may see the cases."""
    return CarriedCase.objects.filter(case__proceeding__in=procedures.visible_to(actor))


def solved(actor: Actor, chosen: Mapping[str, Any]) -> QuerySet[CarriedCase]:
    """What forces solved in a period, by the day of the call-back that said so."""
    rows = seen_cases(actor).filter(SOLVED)
    if force := chosen.get("force"):
        rows = rows.filter(force_id=force)
    if since := chosen.get("since"):
        rows = rows.filter(case__settled_on__gte=since)
    if until := chosen.get("until"):
        rows = rows.filter(case__settled_on__lte=until)
    if words := chosen.get("q"):
        rows = rows.filter(
            Q(case__proceeding__title__contains=words)
            | Q(case__proceeding__number=words)
            | Q(force__name__contains=words)
        )
    return rows.select_related("case__proceeding", "force")


SOLVED_ORDERS = {
    "-settled": ("-case__settled_on", "-id"),
    "settled": ("case__settled_on", "id"),
    "starts": ("starts", "id"),
}


def lendable(street: str, today: date) -> list[Post]:
    """Posts of the street's organisations that hold today, to be lent."""
    rows = Post.objects.filter(
        Q(ends=None) | Q(ends__gte=today), organisation__region_code__startswith=street, starts__lte=today,
        account__is_active=True,
    )  # fmt: skip
    rows = rows.exclude(role__in=("system_administrator", "policy_editor", "auditor", "volunteer"))
    return list(
        rows.select_related("account", "organisation").order_by("organisation__region_code", "organisation_id", "id")[
            :400
        ]
    )


def difficult(actor: Actor, street: str) -> list[Case]:
    """Difficult cases of a street that no force carries yet, the oldest first."""
    taken = CarriedCase.objects.filter(ends=None).values("case_id")
    rows = Case.objects.filter(
        proceeding__in=procedures.visible_to(actor).filter(sub_district_code=street, closed_at=None),
        difficult_since__isnull=False,
    )
    return list(rows.exclude(pk__in=taken).select_related("proceeding").order_by("difficult_since")[:100])


def of_case(actor: Actor, case: int) -> list[CarriedCase]:
    return list(seen_cases(actor).filter(case_id=case).select_related("force").order_by("-starts", "-id")[:10])
