"""Search over every case the actor may see: a number leads to its case, a telephone number and words to a list."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_http_methods

from linli.base import policies
from linli.base.clockwork import now
from linli.base.commands import Refused
from linli.base.pages import actor_of, page
from linli.matters.cases import commands, searching
from linli.matters.cases.presenting import rows_for_page
from linli.procedures.definitions import definition


@page("cases.search")
@require_http_methods(["GET", "HEAD", "POST"])
def search(request: HttpRequest) -> HttpResponse:
    """GET `q`: a number or words. POST `phone`: a telephone number, which must never stand in an address."""
    actor = actor_of(request)
    query = " ".join(request.GET.get("q", "").replace("\x00", "").split())[: searching.QUERY_MOST]
    may_phone = actor.may("cases.reveal")
    ids: tuple[int, ...] = ()
    short, by_phone, wrong = False, False, ""
    if request.method == "POST" and may_phone:
        by_phone, query = True, ""
        try:
            ids = tuple(commands.search_phone(actor, phone=request.POST.get("phone", "")[:40]))
        except Refused as refused:
            wrong = refused.message
    elif query and (number := searching.by_number(actor, query)):
        return redirect("cases:detail", number=number)
    elif query:
        words = searching.by_words(actor, query)
        ids, short = words.ids, words.short
    rows = searching.rows_of(actor, ids) if ids else []
    answer = render(
        request,
        "cases/search.html",
        {
            "query": query,
            "short": short,
            "by_phone": by_phone,
            "may_phone": may_phone,
            "wrong": wrong,
            "full": len(ids) >= searching.FOUND_MOST,
            "rows": rows_for_page(rows, definition(policies.load("procedure.case").id), now()),
        },
        status=422 if wrong else 200,
    )
    answer["Cache-Control"] = "private, no-store"
    return answer
