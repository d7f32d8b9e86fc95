"""Performing an act from its form: photos through the airlock, the command, then back to the case."""

from typing import Any

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse, QueryDict
from django.shortcuts import redirect
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from linli.base.commands import Refused
from linli.base.files.models import StoredFile
from linli.base.pages import actor_of, page
from linli.matters.cases.forms import ACT_FORMS, ActForm
from linli.matters.cases.showing import Line, Shown
from linli.matters.cases.views.detail import find, show
from linli.matters.cases.views.uploads import kept_files, take_in


@page("cases.view")
@require_POST
def act(request: HttpRequest, number: str, act: str) -> HttpResponse:
    """One act. The procedure, the rights and the command decide; this only carries."""
    if act not in ACT_FORMS:
        raise Http404
    it = find(request, number)
    form = ACT_FORMS[act](request.POST, request.FILES, actor=actor_of(request), shown=it)
    if not form.is_valid():
        return show(request, it, form=form, status=422, kept=kept_files(request))
    kept: list[StoredFile] = []
    more: dict[str, Any] = {"seen": form.cleaned_data.get("seen")}
    try:
        if "photos" in form.fields:
            kept = take_in(request, form)
            more["files"] = [file.pk for file in kept]
        form.perform(actor_of(request), it.case.pk, **more)
    except Refused as refused:
        return _refused(request, it, form, refused, kept or kept_files(request))
    messages.success(request, _("已记录：%(act)s") % {"act": form.title})
    return redirect("cases:detail", number=number)


def _refused(request: HttpRequest, it: Shown, form: ActForm, refused: Refused, kept: list[StoredFile]) -> HttpResponse:
    """The page again: the reason beside the field, everything typed, what happened meanwhile if the form was stale."""
    if refused.rule == "idempotency":
        messages.info(request, _("这张表单已经提交过了。"))
        return redirect("cases:detail", number=it.number)
    if refused.status == 404 and refused.field is None:
        raise Http404
    missed: list[Line] = []
    if refused.rule == "stale":
        seen = form.cleaned_data.get("seen")
        missed = it.since(it.seen if seen is None else seen)
        _bring_up_to_date(form, it.seen)
    form.add_error(form.field_of(refused.field), refused.message)
    status = 422 if refused.status == 404 else refused.status
    return show(request, it, form=form, status=status, missed=missed, kept=kept)


def _bring_up_to_date(form: ActForm, seen: int) -> None:
    """The next try of this form stands on what the page shows now."""
    data = form.data.copy() if isinstance(form.data, QueryDict) else QueryDict(mutable=True)
    data["seen"] = str(seen)
    form.data = data
