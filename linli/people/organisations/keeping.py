"""What is held about people who speak for an organisation: telling it to them, and letting it go in time."""

from collections.abc import Iterable, Iterator, Sequence
from datetime import date, timedelta

from django.utils.translation import gettext_lazy as _

from linli.base.crypto import index_candidates
from linli.base.privacy.holdings import Due, Holding, Item, Thing, register
from linli.people.organisations.models import Contact

KIND = "organisations.contact"


def _by_phone(phone: str) -> Iterable[int]:
    wanted = index_candidates(Contact, "phone_index", phone)
    return Contact.objects.filter(phone_index__in=wanted).values_list("pk", flat=True)


def _told(ids: Sequence[int]) -> list[Thing]:
    found = []
    for row in Contact.objects.filter(pk__in=ids).order_by("pk"):
        items = [Item(f"{KIND}.name", row.name)] + ([Item(f"{KIND}.phone", row.phone)] if row.phone else [])
        items += [Item(f"{KIND}.title", row.title)] if row.title else []
        found.append(Thing(KIND, row.pk, f"#{row.pk}", row.region_code, row.starts, items))
    return found


def _due(days: int, day: date) -> Iterator[Due]:
    rows = Contact.objects.filter(ends__lt=day - timedelta(days=days)).exclude(title="", phone=None)
    for key, ends, region in rows.values_list("pk", "ends", "region_code").iterator():
        yield Due(key, ends or day, region)


def _erase(ids: Sequence[int]) -> None:
    Contact.objects.filter(pk__in=ids).update(phone=None, phone_index=None, title="")


def announce() -> None:
    """Called once, when the app is ready."""
    register(Holding(KIND, _("单位联系人"), _by_phone, _told, _due, _erase))
