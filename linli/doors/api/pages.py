"""The page where a person makes and revokes the keys of programs that act for them, and reads what the API offers."""

import json
from functools import cache

from django import forms
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from linli.base.pages import actor_of, page
from linli.base.ui.refused import beside
from linli.doors.api import commands
from linli.doors.api.description import openapi as described
from linli.doors.api.models import ApiToken


class TokenForm(forms.Form):
    name = forms.CharField(
        label=gettext_lazy("名称"), max_length=60, help_text=gettext_lazy("写明哪个系统在用，如：区热线平台对接")
    )
    days = forms.IntegerField(label=gettext_lazy("有效天数"), min_value=1, max_value=commands.LONGEST_DAYS, initial=90)


@page("api.tokens")
def tokens(request: HttpRequest) -> HttpResponse:
    """One's own keys; a new one is shown this once."""
    form = TokenForm(request.POST or None)
    fresh = ""
    if request.method == "POST" and form.is_valid():
        with beside(form):
            fresh = commands.create_token(actor_of(request), **form.cleaned_data)
            form = TokenForm()
    rows = ApiToken.objects.filter(post_id=actor_of(request).post_id or 0).order_by("-id")
    answer = render(
        request,
        "api/tokens.html",
        {"form": form, "rows": rows, "fresh": fresh, "today": commands.today(), "title": _("接口密钥")},
        status=422 if form.errors else 200,
    )
    answer["Cache-Control"] = "no-store"
    return answer


@page("api.tokens")
def revoke(request: HttpRequest, token_id: int) -> HttpResponse:
    row = ApiToken.objects.filter(pk=token_id, post_id=actor_of(request).post_id or 0).first()
    if row is None or request.method != "POST":
        raise Http404
    commands.revoke_token(actor_of(request), row)
    return redirect("api:tokens")


@page.public("the description of the API is no secret")
def openapi(request: HttpRequest) -> HttpResponse:
    return HttpResponse(_described(), content_type="application/json")


@cache
def _described() -> str:
    """Put together once: it takes a fifth of a second, and anybody may ask."""
    return json.dumps(described(), ensure_ascii=False)
