"""Fragments for slots of lower pages: what the doors know of a thing that its own room cannot know."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from linli.base.pages import actor_of, page
from linli.doors.web import queries
from linli.doors.web.duties import link

SHOWN = 10


@page("cases.view")
@require_safe
def cases(request: HttpRequest, organisation: int = 0, thing: int = 0) -> HttpResponse:
    """Open cases that an organisation holds, or the latest about a thing, as far as this person may see them."""
    actor = actor_of(request)
    rows = queries.about_thing(actor, thing, SHOWN + 1) if thing else queries.held_by(actor, organisation, SHOWN + 1)
    shown = [(row, link("cases:detail", row.number)) for row in rows[:SHOWN]]
    return render(request, "web/cases.html", {"rows": shown, "more": len(rows) > SHOWN})
