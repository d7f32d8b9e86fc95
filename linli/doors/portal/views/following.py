"""Following a case: prove to know it, see how it stands, add to it, press, take it back, say how it went."""

from collections.abc import Callable
from functools import wraps
from typing import Any

from django.contrib import messages
from django.forms import Form
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.http import urlencode
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from linli.base import clockwork
from linli.base.actor import Actor
from linli.base.commands import Refused
from linli.base.pages import page
from linli.base.scope import scope
from linli.base.throttle import TooMany
from linli.base.ui.words import moment_words, span
from linli.doors.portal import known, photos, progress, proving
from linli.doors.portal.forms import ConfirmForm, SupplementForm, TrackForm, WithdrawForm
from linli.doors.portal.submitting import sending
from linli.doors.portal.views.showing import private, show, wait
from linli.doors.web.typed import typed
from linli.insight.openness import commands as openness
from linli.insight.openness.queries import asked_of
from linli.matters.cases import commands
from linli.matters.cases.rules import clean_number
from linli.procedures import queries as procedures


@page.public("whoever knows number and code may follow a case")
@require_http_methods(["GET", "HEAD", "POST"])
def track(request: HttpRequest) -> HttpResponse:
    """Number and code. A wrong pair gets the same answer whether the number exists or not."""
    if request.method != "POST":
        form = TrackForm(initial={"number": clean_number(request.GET.get("number", ""))})
        return private(
            show(request, "portal/track.html", form=form, known_cases=bool(known.resident(request).proceedings))
        )
    form = TrackForm(request.POST)
    status = 422
    if form.is_valid():
        try:
            case, number = proving.by_code(request, form.cleaned_data["number"], form.cleaned_data["code"])
            known.remember(request, case)
            return redirect("portal:case", number)
        except Refused as refused:
            form.add_error(None, refused.message)
        except TooMany as refused:
            form.add_error(
                None, _("试的次数太多了，请等 %(wait)s再试，或者打电话查询。") % {"wait": span(refused.seconds)}
            )
            return wait(private(show(request, "portal/track.html", form=form, known_cases=False)), refused)
    return private(show(request, "portal/track.html", status=status, form=form, known_cases=False))


@page.public("shown to a browser that has proved to know the case")
@require_safe
def case(request: HttpRequest, number: str) -> HttpResponse:
    return _case(request, number)


def _known_case(view: Callable[[HttpRequest, str], HttpResponse]) -> Callable[[HttpRequest, str], HttpResponse]:
    """Whoever posts to a case that this browser no longer knows is asked for the code, with everything typed kept."""

    @wraps(view)
    def asked(request: HttpRequest, number: str) -> HttpResponse:
        actor = known.resident(request)
        with known.eyes(request, actor):
            if procedures.visible_to(actor).filter(number=number, kind="case").exists():
                return view(request, number)
        return _ask_again(request, number, view)

    return asked


def _ask_again(request: HttpRequest, number: str, view: Callable[[HttpRequest, str], HttpResponse]) -> HttpResponse:
    """Prove it once more and go on with what was typed. The answer is the same whether there is such a case or not."""
    form = TrackForm(request.POST if "code" in request.POST else None, initial={"number": clean_number(number)})
    status, wrong = 403, None
    if form.is_bound and form.is_valid():
        try:
            case_id, _number = proving.by_code(request, number, form.cleaned_data["code"])
            known.remember(request, case_id)
            return view(request, number)
        except Refused as refused:
            form.add_error("code", refused.message)
        except TooMany as refused:
            wrong = refused
            form.add_error(
                "code", _("试的次数太多了，请等 %(wait)s再试，或者打电话查询。") % {"wait": span(refused.seconds)}
            )
    taken = photos.take(request, known.resident(request))
    context = {
        "form": form,
        "number": clean_number(number),
        "typed": typed(request, without=frozenset({"number", "kept"})),
        "kept": [file.ticket for file in taken.kept],
        "here": request.path,
    }
    response = private(show(request, "portal/again.html", status=status, **context))
    return wait(response, wrong) if wrong else response


@page.public("the reporter of a case may add to it")
@require_POST
@_known_case
def supplement(request: HttpRequest, number: str) -> HttpResponse:
    form = SupplementForm(request.POST)
    actor = known.resident(request)
    taken = photos.take(request, actor)
    good = form.is_valid()
    this = sending(request, "supplement", {"number": number, **(form.cleaned_data if good else {})})
    if good and this.answers()[0] is not None:
        return redirect("portal:case", number)
    if taken.problems:
        good = False
    if good:
        try:
            with known.eyes(request, actor), this.once():
                found = _found(actor, number)
                commands.supplement(actor, found.id, note=form.cleaned_data["note"], files=taken.ids)
        except Refused as refused:
            form.add_error(refused.field if refused.field in form.fields else None, refused.message)
            return _case(request, number, status=refused.status, supplement_form=form, taken=taken)
        messages.success(request, _("已经补充，承办单位会看到。"))
        return redirect("portal:case", number)
    return _case(request, number, status=422, supplement_form=form, taken=taken)


@page.public("the reporter of a case may press its holder, once in a while")
@require_POST
@_known_case
def remind(request: HttpRequest, number: str) -> HttpResponse:
    actor = known.resident(request)
    with known.eyes(request, actor):
        found = _found(actor, number)
        if found.remind_from is not None:
            words = _("您已经催办过，%(when)s以后可以再催一次。") % {
                "when": moment_words(found.remind_from, clockwork.now())
            }
            messages.warning(request, words)
            return redirect("portal:case", number)
    return _act(request, number, lambda who, id_: commands.remind(who, id_), _("已经替您催办，催办记录在案。"))


@page.public("the reporter of a case may take it back")
@require_http_methods(["GET", "HEAD", "POST"])
def withdraw(request: HttpRequest, number: str) -> HttpResponse:
    """Asks once more before it does it."""
    actor = known.resident(request)
    if request.method != "POST":
        with known.eyes(request, actor):
            found = progress.of(actor, number, clockwork.now())
        if found is None or "withdraw" not in found.may:
            return redirect("portal:case", number)
        return private(show(request, "portal/withdraw.html", case=found, form=WithdrawForm()))
    form = WithdrawForm(request.POST)
    note = form.cleaned_data["note"][:500] if form.is_valid() else ""
    return _act(request, number, lambda who, id_: commands.withdraw(who, id_, note=note), _("已经撤回。"))


@page.public("the reporter of a case says how it went")
@require_POST
@_known_case
def confirm(request: HttpRequest, number: str) -> HttpResponse:
    form = ConfirmForm(request.POST)
    actor = known.resident(request)
    refused = _confirmed(request, actor, number, form) if form.is_valid() else Refused("")
    if refused is None:
        messages.success(request, _("谢谢，您的评价已经记下。"))
        return redirect("portal:case", number)
    return _case(request, number, status=refused.status, confirm_form=form)


@page.public("the reporter of a solved case says whether it may be shown as an example")
@require_POST
@_known_case
def example(request: HttpRequest, number: str) -> HttpResponse:
    """Yes, or no, or not any more; neither is chosen beforehand, and neither asks for a reason."""
    agreed = request.POST.get("agreed")
    if agreed not in ("yes", "no"):
        return redirect("portal:case", number)
    done = _("记下了，谢谢。写好以后，您可以在这一页看到。") if agreed == "yes" else _("记下了，不会公开。")
    return _act(request, number, lambda who, id_: openness.consent(who, id_, agreed=agreed == "yes"), done)


@page.public("the link of a call-back carries a token for one round of one case")
@require_http_methods(["GET", "HEAD", "POST"])
def link(request: HttpRequest, number: str, token: str) -> HttpResponse:
    """The call-back form without typing a code. Looking changes nothing; answering or opening the case remembers it."""
    proved = proving.by_link(request, number, token)
    if proved is None:
        return private(show(request, "portal/link_wrong.html", status=404))
    actor = proving.reporter(proved)
    form = ConfirmForm()
    status = 200
    if request.method == "POST":
        if request.POST.get("do") == "open":
            known.remember(request, proved)
            return redirect("portal:case", number)
        form = ConfirmForm(request.POST)
        refused = _confirmed(request, actor, number, form) if form.is_valid() else Refused("")
        if refused is None:
            known.remember(request, proved)
            messages.success(request, _("谢谢，您的评价已经记下。"))
            return redirect("portal:case", number)
        status = refused.status
    with scope(actor):
        found = progress.of(actor, number, clockwork.now())
    return private(show(request, "portal/link.html", status=status, case=found, form=form, here=request.path))


def _confirmed(request: HttpRequest, actor: Actor, number: str, form: ConfirmForm) -> Refused | None:
    """Record the answer; what refused it stands in the form."""
    seen = request.POST.get("seen", "")
    try:
        with known.eyes(request, actor):
            found = _found(actor, number)
            commands.confirm(
                actor, found.id, **form.facts(), seen=int(seen) if seen.isascii() and seen.isdigit() else None
            )
    except Refused as refused:
        form.add_error(refused.field if refused.field in form.fields else None, refused.message)
        return refused
    return None


def _act(request: HttpRequest, number: str, act: Callable[[Actor, int], Any], done: str) -> HttpResponse:
    """Perform one act that has no form worth showing again."""
    actor = known.resident(request)
    try:
        with known.eyes(request, actor):
            act(actor, _found(actor, number).id)
    except Refused as refused:
        messages.error(request, refused.message)
    else:
        messages.success(request, done)
    return redirect("portal:case", number)


def _found(actor: Actor, number: str) -> progress.Progress:
    found = progress.of(actor, number, clockwork.now())
    if found is None:
        raise Http404
    return found


def _case(
    request: HttpRequest,
    number: str,
    *,
    status: int = 200,
    supplement_form: Form | None = None,
    confirm_form: Form | None = None,
    taken: photos.Taken | None = None,
) -> HttpResponse:
    """The page of a case; a browser that does not know it is asked for the code, whether there is one or not."""
    actor = known.resident(request)
    moment = clockwork.now()
    with known.eyes(request, actor):
        found = progress.of(actor, number, moment)
        asked = asked_of(found.id) if found is not None and not found.open else None
    if found is None:
        return redirect(f"{reverse('portal:track')}?{urlencode({'number': clean_number(number)})}")
    return private(
        show(
            request,
            "portal/case.html",
            status=status,
            case=found,
            promise=progress.promise_words(found.promise, moment),
            filed_here=known.filed_here(request, found.id),
            supplement_form=supplement_form or SupplementForm(),
            confirm_form=confirm_form or ConfirmForm(),
            photos=taken or photos.Taken(),
            asked=asked,
        )
    )
