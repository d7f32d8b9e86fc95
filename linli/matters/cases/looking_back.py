"""The looking-back list (回头看): every case after a second round that is not both resolved and satisfied (双满)."""

from collections.abc import Mapping
from typing import Any

from django.db.models import Exists, F, OuterRef, Q, QuerySet, Subquery

from linli.base import policies
from linli.base.actor import Actor
from linli.procedures import queries as procedures
from linli.procedures.models import Entry, Proceeding

FOUND = ("really_resolved", "not_resolved_yet", "cannot_be_resolved")
ORDERS: dict[str, tuple[Any, ...]] = {
    "-settled": (F("case__settled_on").desc(nulls_last=True), "-id"),
    "settled": (F("case__settled_on").asc(nulls_last=True), "id"),
    "opened": ("opened_at", "id"),
    "-opened": ("-opened_at", "-id"),
    "round": ("round", "id"),
    "-round": ("-round", "-id"),
}


def not_both_full() -> Q:
    """Cases whose last call-back, if there was one, was not both resolved and satisfied."""
    accepted = ["satisfied"] + (["basic"] if policies.load("settlement").data["basic_counts"] else [])
    return ~Q(case__resolved=True, case__satisfaction__in=accepted) | Q(case__resolved=None)


def condition() -> Q:
    """After a second round was opened, and not both full. Withdrawn cases are nobody's to look back at."""
    return Q(kind="case", round__gte=2) & not_both_full() & ~Q(result="withdrawn")


def on_the_list(case: int) -> bool:
    return Proceeding.objects.filter(condition(), pk=case).exists()


def listed(actor: Actor) -> QuerySet[Proceeding]:
    """The list as this actor may see it, each with when it was last looked back at."""
    looked = Entry.objects.filter(proceeding_id=OuterRef("pk"), act="look_back").order_by("-seq")
    return (
        procedures.visible_to(actor)
        .filter(condition())
        .select_related("case")
        .annotate(
            looked_at=Subquery(looked.values("at")[:1]), looked_result=Subquery(looked.values("given__result")[:1])
        )
    )


def filtered(rows: QuerySet[Proceeding], chosen: Mapping[str, Any]) -> QuerySet[Proceeding]:
    """Narrow the list by what the filter bar holds."""
    if words := chosen.get("q"):
        rows = rows.filter(Q(title__contains=words) | Q(number=words.upper()) | Q(case__place_text__contains=words))
    if state := chosen.get("state"):
        rows = rows.filter(closed_at__isnull=state == "open")
    if looked := chosen.get("looked"):
        done = Exists(Entry.objects.filter(proceeding_id=OuterRef("pk"), act="look_back"))
        rows = rows.filter(done) if looked == "yes" else rows.filter(~done)
    if region := chosen.get("region"):
        rows = rows.filter(procedures.within(region))
    if since := chosen.get("since"):
        rows = rows.filter(opened_at__gte=since)
    if until := chosen.get("until"):
        rows = rows.filter(opened_at__lt=until)
    return rows


def ordered(rows: QuerySet[Proceeding], sort: str) -> QuerySet[Proceeding]:
    return rows.order_by(*ORDERS.get(sort, ORDERS["-settled"]))


def waiting(actor: Actor, most: int) -> int:
    """How many cases nobody has looked back at yet, up to `most`."""
    return filtered(listed(actor), {"looked": "no"}).order_by()[:most].count()
