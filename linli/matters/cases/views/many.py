"""One act on several cases: dispatch them to one organisation. Shown first, confirmed, and answered case by case."""

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_POST

from linli.base.commands import Refused
from linli.base.pages import actor_of, page
from linli.matters.cases import commands
from linli.matters.cases.rules import clean_number
from linli.people.organisations.queries import directory
from linli.procedures import queries as procedures

MANY_MOST = 100


@page("cases.dispatch")
@require_POST
def dispatch_many(request: HttpRequest) -> HttpResponse:
    """Without `confirmed` the chosen cases are shown once more; with it each is dispatched and says what came of it."""
    actor = actor_of(request)
    numbers = list(dict.fromkeys(clean_number(text) for text in request.POST.getlist("case")))[:MANY_MOST]
    to = request.POST.get("to", "")
    listing = directory().by_id.get(int(to)) if to.isascii() and to.isdigit() and len(to) < 19 else None
    rows = list(
        procedures.visible_to(actor)
        .filter(number__in=numbers, kind="case")
        .order_by("due_at", "id")
        .values("id", "number", "title", "entry_count", "step", "due_at")
    )
    if not rows:
        return redirect("cases:worklist")
    problem = "" if listing else str(_NO_UNIT)
    told: list[dict[str, Any]] = []
    if request.POST.get("confirmed") and listing:
        note = request.POST.get("note", "")[:2000]
        told = [_dispatched(request, dict(row), listing.id, note) for row in rows]
    return render(
        request,
        "cases/many.html",
        {"rows": rows, "to": listing, "problem": problem, "told": told, "done": sum(one["good"] for one in told)},
        status=422 if problem else 200,
    )


_NO_UNIT = _("请选要派给的单位。")


def _dispatched(request: HttpRequest, row: dict[str, Any], to: int, note: str) -> dict[str, Any]:
    """One case: good, or the reason why not. Each command is a savepoint of its own: a refusal undoes nothing else."""
    seen = request.POST.get(f"seen-{row['number']}", "")
    try:
        commands.dispatch(
            actor_of(request),
            row["id"],
            to=to,
            note=note,
            seen=int(seen) if seen.isascii() and seen.isdigit() and len(seen) < 9 else None,
        )
    except Refused as refused:
        return {**row, "good": False, "reason": refused.message}
    return {**row, "good": True, "reason": ""}
