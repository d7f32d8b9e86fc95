"""Reading dispatch meetings: meetings by street, decisions also by whoever must carry them out."""

from collections.abc import Mapping
from datetime import date, datetime
from typing import Any

from django.db.models import Count, F, OuterRef, Q, QuerySet, Subquery
from django.db.models.functions import Coalesce

from linli.base import policies
from linli.base.actor import Actor
from linli.matters.cases.models import Case
from linli.people.accounts.models import Post
from linli.procedures import queries as procedures
from linli.procedures.models import Proceeding
from linli.together.meetings import rules
from linli.together.meetings.models import AgendaItem, Attendance, Decision, DispatchMeeting

ORDERS = {"-held": ("-held_on", "-id"), "held": ("held_on", "id")}
DECISION_ORDERS = {"due": ("due_on", "id"), "-due": ("-due_on", "-id"), "-decided": ("-decided_at", "-id")}


def visible_to(actor: Actor) -> QuerySet[DispatchMeeting]:
    """Meetings of the sub-districts that the actor answers for as a whole."""
    if actor.everything:
        return DispatchMeeting.objects.all()
    seen = Q(pk__in=[])
    for prefix in actor.regions:
        seen |= Q(region_code__startswith=prefix)
    return DispatchMeeting.objects.filter(seen)


def decisions(actor: Actor) -> QuerySet[Decision]:
    """Decisions of these meetings, and those one's own organisation must carry out."""
    if actor.everything:
        return Decision.objects.all()
    seen = Q(meeting__in=visible_to(actor))
    if actor.organisation_ids:
        seen |= Q(owner_id__in=actor.organisation_ids)
    return Decision.objects.filter(seen)


def listed(actor: Actor, chosen: Mapping[str, Any]) -> QuerySet[DispatchMeeting]:
    rows = visible_to(actor)
    if since := chosen.get("since"):
        rows = rows.filter(held_on__gte=since)
    if until := chosen.get("until"):
        rows = rows.filter(held_on__lte=until)
    if words := chosen.get("q"):
        rows = rows.filter(
            Q(note__contains=words) | Q(chair__contains=words) | Q(decisions__text__contains=words)
        ).distinct()
    if post := chosen.get("post"):
        state = chosen.get("attended") or "present"
        rows = rows.filter(pk__in=Attendance.objects.filter(post_id=post, state=state).values("meeting_id"))

    def count(part: QuerySet[Any, Any]) -> Coalesce:
        grouped = part.filter(meeting_id=OuterRef("pk")).order_by().values("meeting_id")
        return Coalesce(Subquery(grouped.annotate(n=Count("pk")).values("n")), 0)

    return rows.annotate(
        cases=count(AgendaItem.objects.filter(taken_off="")),
        decided=count(Decision.objects.all()),
        undone=count(Decision.objects.filter(done_on=None)),
        present=count(Attendance.objects.filter(state="present")),
        noted=count(Attendance.objects.all()),
    )


def filtered_decisions(rows: QuerySet[Decision], chosen: Mapping[str, Any], today: date) -> QuerySet[Decision]:
    state = chosen.get("state", "")
    if state == "done":
        rows = rows.filter(done_on__isnull=False)
    elif state != "all":
        rows = rows.filter(done_on=None)
    if state == "over":
        rows = rows.filter(due_on__lt=today)
    if owner := chosen.get("owner"):
        rows = rows.filter(owner_id=owner)
    if words := chosen.get("q"):
        rows = rows.filter(
            Q(text__contains=words) | Q(case__proceeding__number=words) | Q(case__proceeding__title__contains=words)
        )
    return rows.select_related("case__proceeding")


def drawn(street: str, at: datetime) -> tuple[list[tuple[int, list[str]]], int]:
    """(case, reasons) of what the policy brings onto the agenda of a sub-district, and how many were left out.

    The most overdue first. Three statements, whatever the number of cases.
    """
    policy = policies.load("dispatch_meeting").data
    rows = Proceeding.objects.filter(kind="case", closed_at=None, sub_district_code=street)
    wanted = Q(pk__in=[])
    if policy["overdue"]:
        wanted |= Q(due_at__lt=at)
    if policy["difficult"]:
        wanted |= Q(case__difficult_since__isnull=False)
    if policy["repeated_round"]:
        wanted |= Q(round__gte=policy["repeated_round"])
    if least := policy["repeated_cluster"]:
        large = Case.objects.exclude(cluster=None).values("cluster").annotate(n=Count("pk")).filter(n__gte=least)
        wanted |= Q(case__cluster__in=large.values("cluster"))
    found = rows.filter(wanted).order_by(F("due_at").asc(nulls_last=True), "id")
    most = policy["most"]
    chosen = list(
        found.values_list("id", "due_at", "paused", "round", "case__difficult_since", "case__cluster_id")[: most + 1]
    )
    left_out = max(0, found.count() - most) if len(chosen) > most else 0
    clusters = {row[5] for row in chosen if row[5]}
    sizes = dict(
        Case.objects.filter(cluster_id__in=clusters)
        .values_list("cluster_id")
        .annotate(n=Count("pk"))
        .values_list("cluster_id", "n")
    )
    agenda = []
    for key, due_at, paused, round_, difficult, cluster in chosen[:most]:
        why = rules.reasons(
            policy,
            overdue=due_at is not None and due_at < at and not paused,
            round_=round_,
            cluster=sizes.get(cluster, 1),
            difficult=difficult is not None,
        )
        if why:
            agenda.append((key, why))
    return agenda, left_out


def leadership(street: str, today: date) -> list[Post]:
    """Posts whose attendance is counted, by the policy."""
    roles = policies.load("dispatch_meeting").data["leadership"]
    rows = Post.objects.filter(
        Q(ends=None) | Q(ends__gte=today), role__in=roles, organisation__region_code=street, starts__lte=today,
        account__is_active=True,
    )  # fmt: skip
    return list(rows.select_related("account", "organisation").order_by("id"))


def items(actor: Actor, meeting: DispatchMeeting) -> list[AgendaItem]:
    """The agenda as far as the actor may see the cases."""
    rows = AgendaItem.objects.filter(meeting=meeting, case__proceeding__in=procedures.visible_to(actor))
    return list(rows.select_related("case__proceeding").order_by("id"))


def of_case(actor: Actor, case: int) -> list[Decision]:
    return list(decisions(actor).filter(case_id=case).order_by("-decided_at")[:20])
