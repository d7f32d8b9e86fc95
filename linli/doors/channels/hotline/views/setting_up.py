"""The administrator's pages: exchanges, their secrets, on and off, a message to try."""

from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from linli.base.actor import system
from linli.base.clockwork import now
from linli.base.commands import Refused
from linli.base.pages import actor_of, page
from linli.base.scope import scope
from linli.base.ui.paging import numbered
from linli.base.ui.refused import beside
from linli.doors.channels.hotline import commands
from linli.doors.channels.hotline.forms import ChangeForm, EndForm, SecretForm, SetUpForm
from linli.doors.channels.hotline.models import Exchange, Letter, Secret
from linli.doors.channels.hotline.reporting import PING

FORM = ["GET", "HEAD", "POST"]


@page("hotline.configure")
@require_safe
def listing(request: HttpRequest) -> HttpResponse:
    """Every exchange of this deployment: there are one or two."""
    rows = Exchange.objects.order_by("name", "id")
    if wanted := request.GET.get("q", "").strip():
        rows = rows.filter(name__icontains=wanted[:60]) | rows.filter(code__startswith=wanted[:30])
    return render(request, "hotline/list.html", {"page": numbered(rows, request), "wanted": wanted})


@page("hotline.configure")
@require_http_methods(FORM)
def new(request: HttpRequest) -> HttpResponse:
    form = SetUpForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        given = {**form.cleaned_data, "organisation": int(form.cleaned_data["organisation"])}
        with beside(form):
            made = commands.set_up(actor_of(request), **given)
            return redirect("hotline:exchange", made.pk)
    return render(request, "hotline/new.html", {"form": form}, status=422 if form.errors else 200)


@page("hotline.configure")
@require_http_methods(FORM)
def exchange(request: HttpRequest, pk: int) -> HttpResponse:
    """One exchange: what to tell the other side, and what can be changed."""
    row = get_object_or_404(Exchange, pk=pk)
    if request.method != "POST":
        return _page(request, row)
    form = ChangeForm(request.POST)
    if form.is_valid():
        with beside(form):
            commands.change(actor_of(request), row, **form.cleaned_data)
            messages.success(request, _("已保存。"))
            return redirect("hotline:exchange", pk)
    return _page(request, row, 422, form=form)


@page("hotline.configure")
@require_POST
def switch(request: HttpRequest, pk: int) -> HttpResponse:
    row = get_object_or_404(Exchange, pk=pk)
    try:
        commands.switch(actor_of(request), row, on=request.POST.get("on") == "1")
    except Refused as no:
        return _page(request, row, 422, problem=no.message)
    messages.success(request, _("已启用。") if row.active else _("已停用。"))
    return redirect("hotline:exchange", pk)


@page("hotline.configure")
@require_POST
def add_secret(request: HttpRequest, pk: int) -> HttpResponse:
    """Make a secret; it is shown in this answer and never again."""
    row = get_object_or_404(Exchange, pk=pk)
    form, way = SecretForm(request.POST), request.POST.get("direction", "")
    if not form.is_valid():
        return _page(request, row, 422, secret_form=form)
    try:
        fresh = commands.add_secret(actor_of(request), row, direction=way, text=form.cleaned_data["text"])
    except Refused as no:
        return _page(request, row, 422, problem=no.message)
    return _page(request, row, fresh="" if form.cleaned_data["text"] else fresh, kept=True)


@page("hotline.configure")
@require_POST
def end_secret(request: HttpRequest, pk: int) -> HttpResponse:
    row = get_object_or_404(Exchange, pk=pk)
    form = EndForm(request.POST)
    if not form.is_valid():
        return _page(request, row, 422, problem=_("写 0 到 720 小时。"))
    try:
        commands.end_secret(actor_of(request), row, **form.cleaned_data)
    except Refused as no:
        return _page(request, row, 422, problem=no.message)
    messages.success(request, _("已记下失效时间。"))
    return redirect("hotline:exchange", pk)


@page("hotline.configure")
@require_POST
def ping(request: HttpRequest, pk: int) -> HttpResponse:
    row = get_object_or_404(Exchange, pk=pk)
    try:
        commands.ping(actor_of(request), row)
    except Refused as no:
        return _page(request, row, 422, problem=no.message)
    messages.success(request, _("已交给后台发送，过几秒刷新本页看结果。"))
    return redirect("hotline:exchange", pk)


def _page(request: HttpRequest, row: Exchange, status: int = 200, **more: Any) -> HttpResponse:
    moment = now()
    with scope(system("hotline")):
        secrets = list(Secret.objects.filter(exchange=row).order_by("-id")[:40])
        tried = Letter.objects.filter(exchange=row, type=PING).order_by("-id").first()
    initial = {name: getattr(row, name) for name in ("name", "transport", "address", "per_minute")}
    context = {
        "exchange": row,
        "receiving": request.build_absolute_uri(f"/intake/hotline/in/{row.code}/"),
        "secrets": [(one, one.ends_at is None or one.ends_at > moment) for one in secrets],
        "ways": Secret.Direction.choices,
        "tried": tried,
        "post": row.post,
        "form": ChangeForm(initial=initial),
        "secret_form": SecretForm(),
        "end_form": EndForm,
        "fresh": "",
        "kept": False,
        "problem": "",
        **more,
    }
    answer = render(request, "hotline/exchange.html", context, status=status)
    answer["Cache-Control"] = "no-store"
    return answer
