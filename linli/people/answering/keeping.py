"""What is held about people who answer for a place by name: telling it to them, and letting it go in time.

What is left is that somebody answered for a place from a day to a day.
"""

from collections.abc import Iterable, Iterator, Sequence
from datetime import date, timedelta

from django.utils.translation import gettext_lazy as _

from linli.base.actor import system
from linli.base.crypto import normalise_phone
from linli.base.policies import registry
from linli.base.privacy import reading
from linli.base.privacy.holdings import Due, Holding, Item, Thing, register
from linli.people.answering.models import Charge
from linli.people.residents.commands.common import opened

KIND = "answering.charge"


def _by_phone(phone: str) -> Iterable[int]:
    """Opened one by one: few people are named for places, and their number has no index."""
    actor, wanted = system("my information"), normalise_phone(phone)
    rows = Charge.objects.filter(name_index__isnull=False, phone__isnull=False).only("phone").order_by("-pk")
    return [row.pk for row in rows.iterator() if normalise_phone(opened(actor, row.phone)) == wanted]


def _told(ids: Sequence[int]) -> list[Thing]:
    found = []
    for row in Charge.objects.filter(pk__in=ids, post=None).order_by("pk"):
        items = [Item(f"{KIND}.name", row.name)] + ([Item(f"{KIND}.phone", row.phone)] if row.phone else [])
        found.append(Thing(KIND, row.pk, f"#{row.pk}", row.region_code, row.starts, items))
    return found


def _due(days: int, day: date) -> Iterator[Due]:
    rows = Charge.objects.filter(ends__lt=day - timedelta(days=days), name_index__isnull=False)
    for key, ends, region in rows.values_list("pk", "ends", "region_code").iterator():
        yield Due(key, ends or day, region)


def _erase(ids: Sequence[int]) -> None:
    Charge.objects.filter(pk__in=ids).update(name_index=None, phone=None)


def announce() -> None:
    """Called once, when the app is ready."""
    reading.name_purposes({one["code"]: one["name"] for one in registry.shipped()["answering"]["purposes"]}, KIND)
    register(Holding(KIND, _("包联指派"), _by_phone, _told, _due, _erase))
