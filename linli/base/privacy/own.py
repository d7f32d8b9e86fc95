"""What this room itself holds about people: their requests and the authorities of others to ask for them."""

from collections.abc import Iterable, Iterator, Sequence
from datetime import date, timedelta

from django.utils.translation import gettext_lazy as _

from linli.base.crypto import index_candidates
from linli.base.privacy.holdings import Due, Holding, Item, Thing, register
from linli.base.privacy.models import Authority, RightsRequest
from linli.base.ui.words import local


def _nobody(phone: str) -> Iterable[int]:
    return ()


def _requests(ids: Sequence[int]) -> list[Thing]:
    return [
        Thing(
            "privacy.rightsrequest", row.pk, str(row), row.region_code, local(row.asked_at).date(),
            [Item("privacy.rightsrequest.words", row.words)],
        )
        for row in RightsRequest.objects.filter(pk__in=ids).order_by("pk")
    ]  # fmt: skip


def _requests_due(days: int, day: date) -> Iterator[Due]:
    for row in RightsRequest.objects.filter(answered_at__date__lt=day - timedelta(days=days)).exclude(answer=""):
        assert row.answered_at is not None
        yield Due(row.pk, local(row.answered_at).date(), row.region_code)


def _erase_requests(ids: Sequence[int]) -> None:
    RightsRequest.objects.filter(pk__in=ids).update(answer="", field="")


def _authorised(phone: str) -> Iterable[int]:
    """What is held of whoever may ask for somebody, by their own number, also when it is over."""
    wanted = index_candidates(Authority, "phone_index", phone)
    return Authority.objects.filter(phone_index__in=wanted).values_list("pk", flat=True)


def _authorities(ids: Sequence[int]) -> list[Thing]:
    return [
        Thing(
            "privacy.authority", row.pk, str(row), row.region_code, row.starts,
            [
                Item("privacy.authority.relation", row.get_relation_display()), Item("privacy.authority.name", row.name),
                Item("privacy.authority.phone", row.phone),
            ],
        )
        for row in Authority.objects.filter(pk__in=ids).order_by("pk")
    ]  # fmt: skip


def _authorities_due(days: int, day: date) -> Iterator[Due]:
    for row in Authority.objects.filter(ends__lt=day - timedelta(days=days)).exclude(basis=""):
        yield Due(row.pk, row.ends, row.region_code)


def _erase_authorities(ids: Sequence[int]) -> None:
    Authority.objects.filter(pk__in=ids).update(phone_index=None, basis="")


def announce() -> None:
    """Called once, when the app is ready."""
    register(Holding("privacy.rightsrequest", _("个人信息请求"), _nobody, _requests, _requests_due, _erase_requests))
    register(
        Holding("privacy.authority", _("代办授权"), _authorised, _authorities, _authorities_due, _erase_authorities)
    )
