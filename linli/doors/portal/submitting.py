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

    def answer(self) -> Any:
        """What the same form with the same content got before; None when it is new."""
        return self._rows().filter(key=self.key).values_list("answer", flat=True).first() if self.sender else None

    def answer_to_other(self) -> Any:
        """What the same form got before with another content; None when there was none."""
        return self._rows().exclude(key=self.key).values_list("answer", flat=True).first() if self.sender else None

    def _rows(self) -> Any:
        return IdempotencyKey.objects.filter(principal=self.sender)

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
