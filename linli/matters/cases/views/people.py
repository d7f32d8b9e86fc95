"""Who is registered where a case leads to: the way from the case to the register, for its handler while it is in hand."""

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from linli.base.pages import actor_of, page
from linli.matters.cases import concerning
from linli.matters.cases.queries import visible_to


@page("residents.reveal")
@require_safe
def people(request: HttpRequest, number: str) -> HttpResponse:
    """The fragment of the case page: the dwelling and its people, masked; only for whoever has the case in hand."""
    actor = actor_of(request)
    case = visible_to(actor).filter(proceeding__number=number).first()
    if case is None:
        raise Http404
    held = concerning.in_hand(actor).filter(pk=case.pk).exists()
    context = {
        "held": held,
        "home": concerning.dwelling_of(actor, case) if held else None,
        "people": concerning.people_of(actor, case) if held else [],
    }
    answer = render(request, "cases/_people.html", context)
    answer["Cache-Control"] = "private, no-store"
    return answer
