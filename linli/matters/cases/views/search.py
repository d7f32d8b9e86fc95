"""Search over every case the actor may see: a number leads to its case, a telephone number and words to a list."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_safe

from linli.base import policies
from linli.base.clockwork import now
from linli.base.commands import Refused
from linli.base.pages import page
from linli.matters.cases import commands, searching
from linli.matters.cases.presenting import DUE_ICONS, rows_for_page
from linli.matters.cases.rules import clean_phone, problem_of_phone
from linli.procedures.definitions import definition


@page("cases.search")
@require_safe
def search(request: HttpRequest) -> HttpResponse:
    actor = request.actor  # type: ignore[attr-defined]
    query = " ".join(request.GET.get("q", "").replace("\x00", "").split())[: searching.QUERY_MOST]
    if query and (number := searching.by_number(actor, query)):
        return redirect("cases:detail", number=number)
    ids: tuple[int, ...] = ()
    short, by_phone = False, False
    digits = clean_phone(query)
    if len(digits) >= 7 and not problem_of_phone(digits) and actor.may("cases.reveal"):
        by_phone = True
        try:
            ids = tuple(commands.search_phone(actor, phone=digits))
        except Refused:
            ids = ()
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
            "full": len(ids) >= searching.FOUND_MOST,
            "rows": rows_for_page(rows, definition(policies.load("procedure.case").id), now()),
            "due_icons": DUE_ICONS,
        },
    )
    answer["Cache-Control"] = "private, no-store"
    return answer
