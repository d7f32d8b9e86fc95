"""One share of the work of a case: what is asked, how far it is, and what may be done now."""

from collections.abc import Callable
from typing import Any

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_POST, require_safe

from linli.base import masks
from linli.base.commands import Refused
from linli.base.pages import actor_of, page
from linli.base.ui.inputs import NOTE_MOST
from linli.matters.cases import commands
from linli.matters.cases.models import Part
from linli.matters.cases.presenting import TONES
from linli.matters.cases.queries import visible_to
from linli.people.organisations.queries import directory
from linli.procedures import queries as procedures
from linli.procedures.handling import Handling

# act of the procedure -> (command, its right, what the note is called; empty: none is asked for, whether it must be written)
ACTS: dict[str, tuple[Callable[..., Any], str, Any, bool]] = {
    "accept": (commands.accept_part, "cases.accept_part", "", False),
    "report_part": (commands.report_part, "cases.report_part", gettext_lazy("结果"), True),
    "agree_part": (commands.agree_part, "cases.agree_part", gettext_lazy("说明"), False),
    "reject_part": (commands.reject_part, "cases.reject_part", gettext_lazy("还缺什么"), True),
    "cancel_part": (commands.cancel_part, "cases.cancel_part", gettext_lazy("为什么不用办了"), True),
}


def _find(request: HttpRequest, number: str) -> tuple[Part, Handling]:
    """The share as this actor sees it; for everybody else it does not exist."""
    actor = actor_of(request)
    seen = procedures.visible_to(actor).filter(number=number, kind="part")
    row = Part.objects.filter(proceeding__in=seen).select_related("proceeding").first()
    handling = Handling.read(number) if row is not None else None
    if row is None or handling is None:
        raise Http404
    return row, handling


def _show(
    request: HttpRequest, number: str, *, problem: str = "", asked: str = "", note: str = "", status: int = 200
) -> HttpResponse:
    actor = actor_of(request)
    row, handling = _find(request, number)
    shape, label = handling.definition, directory().label
    acts = [
        (act.code, act.name, *ACTS[act.code][2:])
        for act in shape.acts_at(handling.state.step)
        if act.code in ACTS and actor.may(ACTS[act.code][1]) and handling.involves(actor, *act.who)
    ]
    lines = []
    for entry in reversed(procedures.timeline(row.proceeding)):
        unit = label(entry.organisation_id) if entry.organisation_id else ""
        who = " · ".join(filter(None, (entry.actor_name, unit)))
        title, text = shape.acts[entry.act].name, masks.scrub(entry.note)
        lines.append({"title": title, "when": entry.at, "who": who, "text": text, "tone": "", "icon": "", "extra": ""})
    context = {
        "row": row,
        "step": shape.steps[handling.state.step],
        "tone": TONES[shape.steps[handling.state.step].tone],
        "unit": label(handling.state.lead),
        "lead": label(handling.state.desk),
        "parent": visible_to(actor).filter(pk=row.case_id).values_list("proceeding__number", flat=True).first(),
        "acts": acts,
        "seen": handling.stored,
        "lines": lines,
        "problem": problem,
        "asked": asked,
        "note": note,
        "note_most": NOTE_MOST,
    }
    answer = render(request, "cases/part.html", context, status=status)
    answer["Cache-Control"] = "private, no-store"
    return answer


@page("cases.view")
@require_safe
def part(request: HttpRequest, number: str) -> HttpResponse:
    """The page of a share."""
    return _show(request, number)


@page("cases.view")
@require_POST
def part_act(request: HttpRequest, number: str, act: str) -> HttpResponse:
    """One act on a share. The procedure, the rights and the command decide."""
    row, _handling = _find(request, number)
    if act not in ACTS:
        raise Http404
    command, _right, asks, needed = ACTS[act]
    note, seen = request.POST.get("note", "").replace("\x00", "").strip()[:NOTE_MOST], request.POST.get("seen", "")
    more: dict[str, Any] = {"seen": int(seen) if seen.isascii() and seen.isdigit() and len(seen) < 9 else None}
    if asks:
        more["note"] = note
    if needed and not note:
        return _show(request, number, problem=_("请写明情况。"), asked=act, status=422)
    try:
        command(actor_of(request), row.pk, **more)
    except Refused as refused:
        if refused.status == 404 and refused.field is None:
            raise Http404 from refused
        return _show(request, number, problem=refused.message, asked=act, note=note, status=refused.status)
    messages.success(request, _("已记录"))
    return redirect("cases:part", number=number)
