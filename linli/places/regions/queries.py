"""Reading regions. Regions are public facts: everybody may see all of them."""

from collections.abc import Iterable
from datetime import date

from django.db.models import Q, QuerySet, TextField
from django.db.models.functions import Cast
from django.utils import timezone

from linli.base import clockwork
from linli.base.actor import Actor
from linli.places.regions.models import Region, RegionRevision
from linli.places.regions.rules import Level, ancestor_codes, bounds


def visible_to(actor: Actor) -> QuerySet[Region]:
    """All regions: names, codes and boundaries are public facts."""
    return Region.objects.all()


def in_subtree(prefix: str, field: str = "code") -> Q:
    """Rows whose code in `field` begins with the prefix, as a range the index can use."""
    low, high = bounds(prefix)
    return Q(**{f"{field}__gte": low, f"{field}__lt": high})


def in_subtrees(prefixes: Iterable[str], field: str = "code") -> Q:
    """Rows under any of the prefixes; no prefixes, no rows."""
    found = Q(pk__in=[])
    for prefix in prefixes:
        found |= in_subtree(prefix, field)
    return found


def current(rows: QuerySet[Region], today: date | None = None) -> QuerySet[Region]:
    """Regions in use on that day (default: today in the office's time zone)."""
    day = today or timezone.localdate(clockwork.now())
    return rows.filter(Q(valid_from__lte=day), Q(valid_to=None) | Q(valid_to__gt=day))


def children(code: str) -> QuerySet[Region]:
    """The regions one level below, in code order."""
    return Region.objects.filter(parent_code=code)


def ancestors(code: str) -> list[Region]:
    """The regions above, province first, as far as they are known."""
    return list(Region.objects.filter(code__in=ancestor_codes(code)).defer("polygon").order_by("code"))


def path_names(code: str) -> list[str]:
    """Short names from the district down to the region itself, for showing where something is."""
    wanted = [one for one in [*ancestor_codes(code), code] if len(one) >= 6]
    return list(Region.objects.filter(code__in=wanted).order_by("code").values_list("short_name", flat=True))


def search(rows: QuerySet[Region], words: str) -> QuerySet[Region]:
    """Regions whose name holds the words, or whose code begins with them."""
    text = "".join(words.split())
    if not text:
        return rows
    if text.isascii() and text.isdigit():
        return rows.filter(in_subtree(text))
    return rows.filter(Q(name__icontains=text) | Q(short_name__icontains=text))


def revision() -> int:
    """A number that changes with every change of any region."""
    return RegionRevision.objects.values_list("number", flat=True).first() or 0


def outlines(today: date) -> list[tuple[str, str, str]]:
    """(code, short name, GeoJSON text) of all regions in use in which a point can lie: sub-district and finer."""
    rows = current(Region.objects.filter(level__gte=Level.SUB_DISTRICT, polygon__isnull=False), today)
    return list(rows.annotate(text=Cast("polygon", TextField())).values_list("code", "short_name", "text"))
