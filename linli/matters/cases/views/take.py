"""The call taker's one screen, what it asks while somebody types, and what is read aloud at the end."""

import time
from typing import Any

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from linli.base import policies
from linli.base.actor import Actor
from linli.base.commands import Refused
from linli.base.files.models import StoredFile
from linli.base.pages import actor_of, page
from linli.matters.cases import choosing, commands, suggesting
from linli.matters.cases.duplicates import likely_duplicates
from linli.matters.cases.forms.intake import TakeForm
from linli.matters.cases.queries import visible_to
from linli.matters.cases.receipts import receipt
from linli.matters.cases.views.uploads import kept_files, take_in
from linli.procedures.definitions import definition

TAKEN_KEY, TAKEN_SECONDS, TAKEN_MOST = "taken", 15 * 60, 5


@page("cases.take")
@require_http_methods(["GET", "HEAD", "POST"])
def take(request: HttpRequest) -> HttpResponse:
    """File a case as it is told; nothing typed is lost when it is refused."""
    actor: Actor = actor_of(request)
    if request.method != "POST":
        return _form(request, TakeForm(actor=actor))
    form = TakeForm(request.POST, request.FILES, actor=actor)
    kept: list[StoredFile] = []
    if not form.is_valid():
        return _form(request, form, kept_files(request), 422)
    try:
        kept = take_in(request, form)
        filed = form.perform(actor, [file.pk for file in kept])
    except Refused as refused:
        if refused.rule == "idempotency" and (number := _latest(request)):
            return redirect("cases:taken", number=number)
        form.add_error(form.field_of(refused.field), refused.message)
        return _form(request, form, kept or kept_files(request), 422 if refused.status == 404 else refused.status)
    _remember(request, filed["number"])
    if form.cleaned_data["join"] and actor.may("cases.join"):
        _join(request, filed["id"], form.cleaned_data["join"])
    return redirect("cases:taken", number=filed["number"])


def _form(
    request: HttpRequest, form: TakeForm, kept: list[StoredFile] | None = None, status: int = 200
) -> HttpResponse:
    answer = render(
        request, "cases/take.html", {"form": form, "kept": kept or [], **_hints(request, form)}, status=status
    )
    answer["Cache-Control"] = "private, no-store"
    return answer


def _hints(request: HttpRequest, form: TakeForm) -> dict[str, Any]:
    """Category and likely duplicates for what has been typed so far."""
    actor: Actor = actor_of(request)
    text = str(form["text"].value() or "")[:2000] if form.is_bound else ""
    chosen = str(form["category"].value() or "")
    guess = suggesting.suggest(text) if len(text.strip()) >= 4 else suggesting.Guess()
    if guess.confidence < choosing.WORTH_SAYING:
        guess = suggesting.Guess()
    value = str(form["place"].value() or "")
    likely = likely_duplicates(actor, text, choosing.placed(value), chosen or guess.code) if value else []
    shape = definition(policies.load("procedure.case").id)
    return {
        "guess": guess,
        "guess_text": choosing.category_text(guess.code),
        "chosen": chosen,
        "likely": likely,
        "asked": bool(value and text.strip()),
        "joined": str(form["join"].value() or ""),
        "may_join": actor.may("cases.join"),
        "steps": shape.steps,
    }


@page("cases.take")
@require_POST
def hints(request: HttpRequest) -> HttpResponse:
    """What the words and the place suggest, as they are typed. The text comes in the body, so that no log keeps it."""
    answer = render(request, "cases/_hints.html", _hints(request, TakeForm(request.POST, actor=actor_of(request))))
    answer["Cache-Control"] = "no-store"
    return answer


@page("cases.take")
@require_POST
def options(request: HttpRequest, what: str) -> HttpResponse:
    """The list under a combobox. Text in the body, as for the hints."""
    actor: Actor = actor_of(request)
    typed = request.POST.get("typed", "").replace("\x00", "")
    if what == "place":
        found = choosing.places(actor, typed)
    elif what == "category":
        found = choosing.categories(typed, request.POST.get("text", "")[:2000])
    elif what == "about":
        found = choosing.units(actor, typed)
    else:
        raise Http404
    answer = render(request, "ui/_options.html", {"options": found})
    answer["Cache-Control"] = "no-store"
    return answer


@page("cases.take")
@require_safe
def taken(request: HttpRequest, number: str) -> HttpResponse:
    """Number and tracking code, large, for reading aloud: to whoever has just filed it, for a quarter of an hour."""
    held: list[list[Any]] = request.session.get(TAKEN_KEY, [])
    if not any(one == number and time.time() - at < TAKEN_SECONDS for one, at in held):
        raise Http404
    told = receipt(number)
    if told is None:
        raise Http404
    case_seen = visible_to(actor_of(request)).filter(proceeding__number=number).exists()
    answer = render(request, "cases/taken.html", {"told": told, "case_seen": case_seen})
    answer["Cache-Control"] = "no-store"
    return answer


def _remember(request: HttpRequest, number: str) -> None:
    held = [pair for pair in request.session.get(TAKEN_KEY, []) if time.time() - pair[1] < TAKEN_SECONDS]
    request.session[TAKEN_KEY] = [*held, [number, int(time.time())]][-TAKEN_MOST:]


def _latest(request: HttpRequest) -> str:
    held = request.session.get(TAKEN_KEY, [])
    return str(held[-1][0]) if held else ""


def _join(request: HttpRequest, case: int, number: str) -> None:
    """Join the cluster chosen among the likely duplicates. The case is filed already: a refusal is only told."""
    actor: Actor = actor_of(request)
    other = visible_to(actor).filter(proceeding__number=number).values_list("pk", flat=True).first()
    reason = "" if other else _("没有找到要归并的那一件。")
    try:
        if other:
            commands.join(actor, case, with_case=other)
    except Refused as refused:
        reason = refused.message
    if reason:
        messages.warning(request, _("已经登记，但没能归并：%(reason)s") % {"reason": reason})
    else:
        messages.success(request, _("已与 %(number)s 归为同类。") % {"number": number})
