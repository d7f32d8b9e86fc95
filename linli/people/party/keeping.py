"""What the rolls hold about members: telling it to them, and letting it go in time.

What is left is a card that names nobody: numbers of members of a branch on any day stay right.
"""

from collections.abc import Iterable, Iterator, Sequence
from datetime import date, timedelta

from django.utils.translation import gettext_lazy as _

from linli.base.crypto import index_candidates
from linli.base.policies import registry
from linli.base.privacy import reading
from linli.base.privacy.holdings import Due, Holding, Item, Thing, register
from linli.people.party.models import MemberCard

KIND = "party.membercard"


def _by_phone(phone: str) -> Iterable[int]:
    wanted = index_candidates(MemberCard, "phone_index", phone)
    return MemberCard.objects.filter(phone_index__in=wanted).values_list("pk", flat=True)


def _told(ids: Sequence[int]) -> list[Thing]:
    return [
        Thing(
            KIND, card.pk, f"#{card.pk}", card.region_code, None,
            [
                Item(f"{KIND}.{name}", value)
                for name, value in (
                    ("name", card.name), ("phone", card.phone), ("joined_on", card.joined_on.isoformat()),
                    ("formal_on", card.formal_on.isoformat() if card.formal_on else ""),
                )
                if value
            ],
        )
        for card in MemberCard.objects.filter(pk__in=ids).order_by("pk")
    ]  # fmt: skip


def _due(days: int, day: date) -> Iterator[Due]:
    rows = MemberCard.objects.filter(ended_on__lt=day - timedelta(days=days), name_index__isnull=False)
    for key, ended, region in rows.values_list("pk", "ended_on", "region_code").iterator():
        yield Due(key, ended or day, region)


def _erase(ids: Sequence[int]) -> None:
    MemberCard.objects.filter(pk__in=ids).update(name_index=None, phone=None, phone_index=None, unit=None)


def announce() -> None:
    """Called once, when the app is ready."""
    reading.name_purposes({one["code"]: one["name"] for one in registry.shipped()["party"]["purposes"]}, KIND)
    register(Holding(KIND, _("党员卡"), _by_phone, _told, _due, _erase))
