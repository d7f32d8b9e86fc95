"""Fragments for slots of lower pages: what the doors know of a thing that its own room cannot know."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from linli.base.pages import page
from linli.doors.web import queries
from linli.doors.web.duties import link

SHOWN = 10


@page("cases.view")
@require_safe
def organisation_cases(request: HttpRequest, pk: int) -> HttpResponse:
    """Open cases that an organisation holds, as far as this person may see them."""
    rows = queries.held_by(request.actor, pk, SHOWN + 1)  # type: ignore[attr-defined]
    context = {"rows": [(row, link("cases:detail", row.number)) for row in rows[:SHOWN]], "more": len(rows) > SHOWN}
    return render(request, "web/organisation_cases.html", context)


@page("cases.view")
@require_safe
def thing_cases(request: HttpRequest, pk: int) -> HttpResponse:
    """The latest cases about a thing, as far as this person may see them."""
    rows = queries.about_thing(request.actor, pk, SHOWN + 1)  # type: ignore[attr-defined]
    shown = [(row, link("cases:detail", row.number)) for row in rows[:SHOWN]]
    return render(request, "web/thing_cases.html", {"rows": shown, "more": len(rows) > SHOWN})
