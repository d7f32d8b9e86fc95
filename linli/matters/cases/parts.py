"""Work shared out, as a list: rows in words, within what the actor may see."""

from collections.abc import Iterable, Mapping
from typing import Any

from django.db.models import Q, QuerySet

from linli.base import masks, policies
from linli.base.actor import Actor
from linli.matters.cases.models import Part
from linli.people.organisations.queries import directory
from linli.procedures import queries as procedures
from linli.procedures.definitions import definition
from linli.procedures.models import Proceeding

ORDERS = {"due": ("proceeding__due_at", "pk"), "-at": ("-proceeding__opened_at", "-pk")}


def shared(actor: Actor, chosen: Mapping[str, Any]) -> QuerySet[Part]:
    """Shares of work the actor may see; by default those that wait for the actor's organisation.

    The case above is not joined: who holds a share need not see the case, and would then lose the share from the list.
    """
    rows = Part.objects.filter(proceeding__in=procedures.visible_to(actor)).select_related("proceeding")
    state = chosen.get("state", "")
    if state != "all":
        rows = rows.filter(proceeding__closed_at=None)
    if not state:
        rows = rows.filter(proceeding__holder_id=actor.organisation_id or 0)
    for word in str(chosen.get("q", "")).split():
        rows = rows.filter(Q(text__icontains=word) | Q(proceeding__number=word))
    if unit := chosen.get("unit"):
        rows = rows.filter(proceeding__lead_id=unit)
    return rows


def waiting(actor: Actor) -> int:
    """How many shares wait for the actor's organisation."""
    return shared(actor, {}).count()


def rows_in_words(rows: Iterable[Part]) -> list[dict[str, Any]]:
    """`of` is the number of the case above, empty where the wall hides it."""
    label, rows = directory().label, list(rows)
    above = dict(Proceeding.objects.filter(pk__in=[row.case_id for row in rows]).values_list("pk", "number"))
    shape = definition(policies.load("procedure.part").id)
    return [
        {
            "row": row,
            "number": row.proceeding.number,
            "title": masks.scrub(row.proceeding.title),
            "of": above.get(row.case_id, ""),
            "step": shape.steps[row.proceeding.step].name,
            "tone": shape.steps[row.proceeding.step].tone,
            "unit": label(row.proceeding.lead_id),
            "lead": label(row.proceeding.desk_id),
        }
        for row in rows
    ]
