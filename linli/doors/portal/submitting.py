"""One form, one effect: what makes a second arrival of the same form recognisable, also from a session that was lost.

The nonce of a form names its sender here (128 random bits, so it belongs to nobody else), and what was typed is the
key: the same form with the same words is one submission, the same form with other words is another one.
"""

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

from django.http import HttpRequest

from linli.base.commands import submission
from linli.base.commands.models import IdempotencyKey
from linli.doors.portal.rules import fingerprint


@dataclass(frozen=True, slots=True)
class Sending:
    """This form with this content. `sender` is empty for a form without a nonce."""

    sender: str
    key: str

    def answers(self) -> tuple[Any, Any]:
        """What this form got before: with the same content, and with another one; None when it was never sent so."""
        if not self.sender:
            return None, None
        rows = dict(IdempotencyKey.objects.filter(principal=self.sender).values_list("key", "answer")[:20])
        same = rows.pop(self.key, None)
        return same, next(iter(rows.values()), None)

    @contextmanager
    def once(self) -> Iterator[None]:
        """Commands inside belong to this form."""
        if not self.sender:
            yield
            return
        with submission(self.key, self.sender):
            yield


def sending(request: HttpRequest, purpose: str, typed: Mapping[str, Any]) -> Sending:
    """The form that has come, and what was typed into it (files apart: a second copy of a photo is another file)."""
    nonce = request.POST.get("_nonce", "")[:40]
    return Sending(f"portal.{purpose}:{nonce}" if nonce else "", fingerprint(typed))
