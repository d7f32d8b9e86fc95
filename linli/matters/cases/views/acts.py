"""Performing an act from its form: photos through the airlock, the command, then back to the case."""

from typing import Any

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from linli.base.commands import Refused
from linli.base.files.commands import receive
from linli.base.files.models import StoredFile
from linli.base.files.queries import waiting
from linli.base.files.uploading import too_large
from linli.base.pages import page
from linli.matters.cases.forms import ACT_FORMS, ActForm
from linli.matters.cases.showing import Shown
from linli.matters.cases.views.detail import find, show

FILES_MOST = 9


@page("cases.view")
@require_POST
def act(request: HttpRequest, number: str, act: str) -> HttpResponse:
    """One act. The procedure, the rights and the command decide; this only carries."""
    if act not in ACT_FORMS:
        raise Http404
    it = find(request, number)
    form = ACT_FORMS[act](request.POST, request.FILES, actor=request.actor, shown=it)  # type: ignore[attr-defined]
    kept: list[StoredFile] = []
    if not form.is_valid():
        return show(request, it, form=form, status=422, kept=_again(request, form, []))
    try:
        more: dict[str, Any] = {"seen": form.cleaned_data.get("seen")}
        if "photos" in form.fields:
            kept = _take_in(request, form)
            more["files"] = [file.pk for file in kept]
        form.perform(request.actor, it.case.pk, **more)  # type: ignore[attr-defined]
    except Refused as refused:
        return _refused(request, it, form, refused, kept)
    messages.success(request, _("已记录:%(act)s") % {"act": form.title})
    return redirect("cases:detail", number=number)


def _take_in(request: HttpRequest, form: ActForm) -> list[StoredFile]:
    """Photos that came with this try and those of an earlier try that was refused. Raises Refused beside the field."""
    if dropped := too_large(request):
        raise Refused(_("“%(name)s”太大了,请压缩或者换一张。") % {"name": dropped[0]}, field="photos")
    actor = request.actor  # type: ignore[attr-defined]
    held = waiting(actor, request.POST.getlist("ticket"))
    given = form.cleaned_data["photos"]
    if len(held) + len(given) > FILES_MOST:
        raise Refused(_("一次最多 %(most)d 个文件。") % {"most": FILES_MOST}, field="photos")
    return held + [receive(actor, upload) for upload in given]


def _again(request: HttpRequest, form: ActForm, kept: list[StoredFile]) -> list[StoredFile]:
    """Files that need not be sent again when the form comes back."""
    if kept or "photos" not in form.fields:
        return kept
    return waiting(request.actor, request.POST.getlist("ticket"))  # type: ignore[attr-defined]


def _refused(request: HttpRequest, it: Shown, form: ActForm, refused: Refused, kept: list[StoredFile]) -> HttpResponse:
    """The page again with the reason beside the field and everything typed; a stale form shows what happened meanwhile."""
    if refused.rule == "idempotency":
        messages.info(request, _("这张表单已经提交过了。"))
        return redirect("cases:detail", number=it.number)
    if refused.status == 404:
        raise Http404
    missed = []
    if refused.rule == "stale":
        seen = form.cleaned_data.get("seen")
        missed = it.since(seen if seen is not None else it.seen)
        # The next try stands on what is shown now.
        form.data = form.data.copy()
        form.data["seen"] = str(it.seen)
    form.add_error(form.field_of(refused.field), refused.message)
    kept = _again(request, form, kept)
    return show(
        request, it, form=form, status=409 if refused.rule == "stale" else refused.status, missed=missed, kept=kept
    )
