"""One case: what was said, where, who handles it, until when, what happened, and what may be done now."""

from typing import Any

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.views.decorators.http import require_POST, require_safe

from linli.base.commands import Refused
from linli.base.pages import actor_of, page
from linli.base.ui import panels
from linli.matters.cases import commands
from linli.matters.cases.commands.reading import PURPOSES
from linli.matters.cases.forms import ACT_FORMS, ActForm
from linli.matters.cases.presenting import TONES, detail_words
from linli.matters.cases.queries import tracking_secret
from linli.matters.cases.rules import link_token
from linli.matters.cases.showing import RARE, Shown, shown


@page("cases.view")
@require_safe
def detail(request: HttpRequest, number: str) -> HttpResponse:
    """The page of a case; `?act=` opens the form of another act than the first."""
    return show(request, find(request, number), asked=request.GET.get("act", ""))


def find(request: HttpRequest, number: str) -> Shown:
    """The case as this actor sees it; for everybody else it does not exist."""
    found = shown(actor_of(request), number)
    if found is None:
        raise Http404
    return found


def show(
    request: HttpRequest, it: Shown, *, asked: str = "", form: ActForm | None = None, status: int = 200, **more: Any
) -> HttpResponse:
    """Draw the page with the form of one act in place: the one that came back, the one asked for, or the likeliest."""
    actor = actor_of(request)
    # A deliberation is the next step for what came back; elsewhere it is a way out that somebody has to look for.
    rare = RARE if it.step.code == "returned" else RARE | {"convene"}
    likely = next((code for code in it.acts if code not in rare), "")
    if form is None and (code := asked if asked in it.acts else likely):
        form = ACT_FORMS[code](actor=actor, shown=it)
    answer = render(
        request,
        "cases/detail.html",
        {
            "it": it,
            "case": it.case,
            "form": form,
            "acts": [(code, it.handling.definition.acts[code].name) for code in it.acts],
            "purposes": list(PURPOSES.items()),
            "tones": TONES,
            "words": detail_words(it),
            "callback_link": _callback_link(request, it),
            "panels": panels.of("case", actor, it.case.pk),
            **more,
        },
        status=status,
    )
    answer["Cache-Control"] = "private, no-store"
    return answer


def _callback_link(request: HttpRequest, it: Shown) -> str:
    """What the desk may send to the reporter: the page on which they answer the call-back themselves, for this round only."""
    actor = actor_of(request)
    if (
        it.handling.state.step != "answered"
        or not actor.may("cases.callback")
        or not it.handling.involves(actor, "desk")
    ):
        return ""
    token = link_token(tracking_secret(), it.number, it.handling.state.round)
    return request.build_absolute_uri(reverse("portal:link", args=[it.number, token]))


@page("cases.reveal")
@require_POST
def reveal(request: HttpRequest, number: str) -> HttpResponse:
    """Name and telephone number, once, for a stated purpose; the log row is written first."""
    it = find(request, number)
    told, problem, status = None, "", 200
    try:
        told = commands.reveal(actor_of(request), it.case.pk, purpose=request.POST.get("purpose", ""))
    except Refused as refused:
        problem, status = refused.message, refused.status
    words = " ".join(part for part in (told["name"], told["phone"], told.get("text")) if part) if told else ""
    context = {"it": it, "told": told, "words": words, "problem": problem, "purposes": list(PURPOSES.items())}
    answer = render(request, "cases/revealed.html", context, status=status)
    answer["Cache-Control"] = "no-store"
    return answer
