"""What cases hold about the people who reported them: telling it to them, and letting it go in time.

What goes is who reported; the case itself stays, since figures, answers and files rest on it.
"""

from collections.abc import Iterable, Iterator, Sequence
from datetime import date, timedelta
from typing import Any

from django.db.models import Q
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from linli.base import masks
from linli.base.actor import Actor
from linli.base.crypto import index_candidates
from linli.base.privacy import reading
from linli.base.privacy.holdings import Due, Holding, Item, Thing, register
from linli.base.ui.words import local
from linli.matters.cases.commands.reading import PURPOSES
from linli.matters.cases.models import Case
from linli.matters.cases.queries import visible_to

KIND = "cases.case"


def _by_phone(phone: str) -> Iterable[int]:
    return Case.objects.filter(phone_index__in=index_candidates(Case, "phone_index", phone)).values_list(
        "pk", flat=True
    )


def _told(ids: Sequence[int]) -> list[Thing]:
    found = []
    for case in Case.objects.filter(pk__in=ids).select_related("proceeding").order_by("-pk"):
        values: list[tuple[str, Any]] = [
            ("reporter_name", case.reporter_name),
            ("reporter_phone", case.reporter_phone),
            ("text", case.text),
        ]
        items = [Item(f"{KIND}.{name}", value) for name, value in values if value]
        row = case.proceeding
        found.append(Thing(KIND, case.pk, row.number, row.region_code, local(row.opened_at).date(), items))
    return found


def _due(days: int, day: date) -> Iterator[Due]:
    held = Q(reporter_name__isnull=False) | Q(reporter_phone__isnull=False)
    rows = Case.objects.filter(held, proceeding__closed_at__date__lt=day - timedelta(days=days))
    for pk, closed, region in rows.values_list("pk", "proceeding__closed_at", "proceeding__region_code").iterator():
        if closed is not None:
            yield Due(pk, local(closed).date(), region)


def _erase(ids: Sequence[int]) -> None:
    Case.objects.filter(pk__in=ids).update(reporter_name=None, reporter_phone=None, phone_index=None)
    changed = []
    for case in Case.objects.filter(pk__in=ids).only("pk", "text", "place_text"):
        text, place = masks.scrub(case.text), masks.scrub(case.place_text)
        if (text, place) != (case.text, case.place_text):
            case.text, case.place_text = text, place
            changed.append(case)
    Case.objects.bulk_update(changed, ["text", "place_text"])


def _pages(actor: Actor, ids: Sequence[int]) -> dict[int, str]:
    if not actor.may("cases.view"):
        return {}
    seen = visible_to(actor).filter(pk__in=ids).values_list("pk", "proceeding__number")
    return {key: reverse("cases:detail", args=(number,)) for key, number in seen}


def announce() -> None:
    """Called once, when the app is ready."""
    reading.name_purposes(PURPOSES, KIND)
    register(Holding(KIND, _("诉求"), _by_phone, _told, _due, _erase, pages=_pages))
