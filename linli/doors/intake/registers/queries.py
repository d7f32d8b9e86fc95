"""Reading what was brought: an organisation sees its own sheets."""

from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any

from django.db.models import QuerySet

from linli.base.actor import Actor
from linli.base.exchange.headers import Concept
from linli.doors.intake.registers import policy
from linli.doors.intake.registers.models import RegisterImport
from linli.doors.intake.registers.opening import Head

STATES = RegisterImport.State
# A worker writes after every batch; one that has been silent for so long is no more.
SILENT = timedelta(minutes=3)
# A sheet that nobody took further holds names and telephone numbers for no use.
LYING = timedelta(days=14)


def visible_to(actor: Actor) -> QuerySet[RegisterImport]:
    """Sheets of the actor's own organisation."""
    rows = RegisterImport.objects.order_by("-id").defer("problems", "kept")
    return rows if actor.everything else rows.filter(organisation_id=actor.organisation_id or 0)


def stuck(moment: datetime) -> list[RegisterImport]:
    running = [STATES.CHECKING, STATES.APPLYING, STATES.UNDOING]
    return list(RegisterImport.objects.filter(state__in=running, moved_at__lt=moment - SILENT))


def left_lying(moment: datetime) -> list[RegisterImport]:
    """Sheets that were staged or checked and then left; none that brought anything in."""
    waiting = [STATES.STAGED, STATES.CHECKED, STATES.FAILED]
    rows = RegisterImport.objects.filter(state__in=waiting, moved_at__lt=moment - LYING, brought=None)
    return list(rows.order_by("id")[:100])


def concepts() -> Mapping[str, Concept]:
    return {concept.code: concept for concept in policy.words().concepts}


def never_collected(head: Head) -> dict[int, str]:
    """Places of columns that Linli does not collect, with the reason."""
    known = concepts()
    columns: Any = head.columns(policy.words())
    return {
        column.place: known[column.concept].never
        for column in columns
        if column.concept and known[column.concept].never
    }
