"""One way for every list of people to leave: a purpose, a second person above the limit, a mark in every row, and a note
for each person that they were on it.

told = Told("cases.case", found.values_list("pk", flat=True), ("cases.case.reporter_name", "cases.case.reporter_phone"))
leaving = exports.leave(request, what=str(_("工单")), under=under, rows=found.count(), told=told)
if not isinstance(leaving, Leaving):
    return leaving                                     # asks for the purpose, or waits for a second person
return leaving.sheet(_("工单"), head, lines(), form, seen_by=actor)
"""

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from typing import Any

from django.db.models import Model
from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _

from linli.base.actor import Actor
from linli.base.crypto.fields import SealedField
from linli.base.crypto.sealed import Sealed
from linli.base.privacy import commands
from linli.base.privacy.commands import Told
from linli.base.privacy.forms import PurposeForm
from linli.base.privacy.models import Export
from linli.base.privacy.policy import protection, purposes
from linli.base.ui.downloads import Line, sheet
from linli.base.ui.words import local

__all__ = ["Leaving", "Told", "leave", "masker"]
NO_PURPOSE = ""


@dataclass(frozen=True, slots=True)
class Leaving:
    """An export that may go. mark: who takes it, when, what for, under which number."""

    number: int
    mark: str
    under: str
    most: int | None = None

    def sheet(
        self, name: str, head: Sequence[Any], lines: Iterable[Line], form: str = "csv", *, seen_by: Actor | None = None
    ) -> HttpResponseBase:
        """The attachment: its number in every row, the mark behind the last row and in the properties of a workbook."""
        head = [*head, _("导出编号")]
        return sheet(name, head, self._lines(lines), form, seen_by=seen_by, mark=self.mark, under=self.under)

    def _lines(self, lines: Iterable[Line]) -> Iterator[Line]:
        count = 0
        for line in lines:
            count += 1
            yield [*line, f"#{self.number}"]
        words = _("%(mark)s · %(count)d 行 · 条件：%(under)s · 导出已记入审计。") % {
            "mark": self.mark, "count": count, "under": self.under or _("无"),
        }  # fmt: skip
        if self.most is not None and count >= self.most:
            words += _("只导出了最前面的 %(most)d 行。") % {"most": self.most}
        yield [words]


def masker(model: type[Model], name: str) -> Callable[[int, bytes | None], str]:
    """(key of a row, what is stored there) -> the mask of a sealed field: for long lists, which make no object of a row."""
    field = model._meta.get_field(name)
    assert isinstance(field, SealedField)
    field_id, mask = field.field_id, field.mask
    return lambda key, blob: "" if blob is None else Sealed(blob, field_id, key, mask).masked


def leave(
    request: HttpRequest, *, what: str, under: str, rows: int, told: Told, most: int | None = None, always: bool = False
) -> Leaving | HttpResponseBase:
    """Let so many rows of people leave, or answer with what is missing: the purpose, or the consent of a second person.

    rows: how many there are; told: what the sheet tells of whom, each of whom finds it among who looked; most: how many
    rows the sheet takes at most; always: ask for the purpose also below the limit, as for a register of residents.
    """
    actor: Actor = request.actor  # type: ignore[attr-defined]
    rows = rows if most is None else min(rows, most)
    purpose = request.GET.get("purpose", "")
    told = replace(told, keys=list(told.keys[:most]))
    if purpose not in purposes():
        big = commands.needs_second(actor, rows, told)
        if always or big:
            return _ask(request, what, under, rows, big)
        purpose = NO_PURPOSE
    address = request.get_full_path()
    row = commands.take(actor, what=what, conditions=under, address=address, rows=rows, purpose=purpose, told=told)
    if row.state != Export.State.TAKEN:
        return redirect("privacy:export", row.pk)
    words = _("导出：%(name)s %(at)s · 编号 #%(number)s") % {
        "number": row.pk, "name": actor.name, "at": f"{local(row.taken_at or row.asked_at):%Y-%m-%d %H:%M}",
    }  # fmt: skip
    if purpose:
        words += _(" · 用途：%(purpose)s") % {"purpose": purposes()[purpose]}
    if row.decided_name:
        words += _(" · 审批：%(name)s") % {"name": row.decided_name}
    return Leaving(row.pk, words, under, most)


def _ask(request: HttpRequest, what: str, under: str, rows: int, big: bool) -> HttpResponse:
    kept = [(key, value) for key, values in request.GET.lists() if key != "purpose" for value in values]
    context = {
        "what": what, "under": under, "rows": rows, "kept": kept, "here": request.path,
        "form": PurposeForm(request.GET if "purpose" in request.GET else None, purposes=purposes()),
        "big": big, "limit": protection()["export_limit"], "hours": protection().get("export_hours", 24),
    }  # fmt: skip
    return render(request, "privacy/purpose.html", context)
