"""Pages of administrators: who has an account, which posts they hold, and what opens or closes them."""

from collections.abc import Callable
from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from linli.base.clockwork import now
from linli.base.commands import Refused
from linli.base.pages import page
from linli.base.ui.downloads import sheet
from linli.base.ui.paging import numbered
from linli.base.ui.refused import beside
from linli.people.accounts import commands, queries
from linli.people.accounts.forms import SORTS, AccountForm, EndForm, ListFilter, PostForm
from linli.people.accounts.models import Account, Post, Proposal

FORM = ["GET", "HEAD", "POST"]
WAITING_SHOWN = 50


@page("accounts.view")
@require_safe
def register(request: HttpRequest) -> HttpResponse:
    """The list, with search, filters, order and pages."""
    bar, sort = ListFilter(request.GET), request.GET.get("sort", "login")
    sort = sort if sort.removeprefix("-") in SORTS else "login"
    context = {
        "filter": bar,
        "sort": sort,
        "page": numbered(_rows(request, bar, sort), request),
        "roles": dict(queries.roles()),
        **_waiting(request),
    }
    return render(request, "accounts/list.html", context)


def _waiting(request: HttpRequest, account_id: int | None = None) -> dict[str, Any]:
    """What waits for a second approver, of everybody or of one person; and whether there is anybody who could be it."""
    actor = request.actor  # type: ignore[attr-defined]
    rows = list(queries.waiting(actor)[:WAITING_SHOWN])
    names = dict(queries.roles())
    shown = [(row, names.get(row.role, row.role)) for row in rows if account_id in (None, row.account_id)]
    alone = bool(shown) and not queries.other_approvers(actor.account_id, timezone.localdate(now()))
    return {"waiting": shown, "alone": alone, "me": actor.account_id}


def _rows(request: HttpRequest, bar: ListFilter, sort: str) -> Any:
    today = timezone.localdate(now())
    column = SORTS[sort.removeprefix("-")]
    order = f"{'-' if sort.startswith('-') else ''}{column}"
    return bar.narrow(queries.register(request.actor, today), today).order_by(order, "id")  # type: ignore[attr-defined]


@page("accounts.view")
@require_safe
def export(request: HttpRequest) -> HttpResponseBase:
    """The filtered list as a sheet. Names and posts of staff; nothing that opens an account."""
    roles = dict(queries.roles())
    rows = _rows(request, ListFilter(request.GET), "login")
    head = [_("登录名"), _("姓名"), _("在用"), _("动态口令"), _("最近登录"), _("岗位")]
    lines = (
        (
            row.login,
            row.name,
            _("是") if row.is_active else _("否"),
            _("已绑定") if row.totp_secret else _("未绑定"),
            row.last_login,
            "；".join(
                f"{roles.get(post.role, post.role)} {post.organisation.name} {post.region_code}" for post in row.held
            ),
        )
        for row in rows
    )
    return sheet(_("账号"), head, list(lines))


@page("accounts.view")
@require_safe
def account(request: HttpRequest, pk: int) -> HttpResponse:
    """One account: its posts, past and present, and what may be done."""
    return _account_page(request, _account(pk))


def _account(pk: int) -> Account:
    return get_object_or_404(Account, pk=pk)


def _account_page(request: HttpRequest, row: Account, status: int = 200, **more: Any) -> HttpResponse:
    roles = dict(queries.roles())
    posts = row.posts.select_related("organisation").order_by("ends", "starts", "id")
    context = {
        "account": row,
        "posts": [(post, roles.get(post.role, post.role)) for post in posts],
        "today": timezone.localdate(now()),
        "attempts": queries.recent_attempts(row.login),
        "own": row.pk == request.actor.account_id,  # type: ignore[attr-defined]
        "end_form": EndForm(),
        "problem": "",
        **_waiting(request, row.pk),
        **more,
    }
    return render(request, "accounts/account.html", context, status=status)


@page("accounts.edit")
@require_http_methods(FORM)
def create(request: HttpRequest) -> HttpResponse:
    """A new account; its first password is shown once."""
    form = AccountForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        with beside(form):
            made = commands.create(request.actor, **form.cleaned_data)  # type: ignore[attr-defined]
            context = {"account": _account(made["id"]), "password": made["password"], "fresh": True}
            return render(request, "accounts/one_time.html", context)
    return render(request, "accounts/create.html", {"form": form}, status=422 if form.errors else 200)


@page("accounts.appoint")
@require_http_methods(FORM)
def appoint(request: HttpRequest, pk: int) -> HttpResponse:
    """A post for a person."""
    row = _account(pk)
    form = PostForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        values = {**form.cleaned_data, "region_code": form.cleaned_data["region"]}
        values.pop("region")
        two = queries.needs_second(values["role"])
        act = commands.propose if two else commands.appoint
        try:
            act(request.actor, row, **values)  # type: ignore[attr-defined]
        except Refused as refused:
            form.add_error("region" if refused.field == "region_code" else refused.field, str(refused))
        else:
            done = _("已提名，等另一位系统管理员同意；同意以前岗位不生效。")
            messages.success(request, done if two else _("已任命，本人下次打开页面就能切换到这个岗位。"))
            return redirect("accounts:account", row.pk)
    context = {
        "form": form,
        "account": row,
        "two": [name for code, name in queries.roles() if queries.needs_second(code)],
    }
    return render(request, "accounts/appoint.html", context, status=422 if form.errors else 200)


@page("accounts.appoint")
@require_POST
def approve(request: HttpRequest, pk: int) -> HttpResponse:
    """Give the post that somebody else proposed."""
    return _decide(request, pk, commands.approve, _("已同意，岗位从现在起生效。"))


@page("accounts.appoint")
@require_POST
def decline(request: HttpRequest, pk: int) -> HttpResponse:
    """Say no, or take back one's own proposal."""
    return _decide(request, pk, commands.decline, _("这件提名已了结，岗位没有生效。"))


def _decide(request: HttpRequest, pk: int, act: Callable[..., Any], done: str) -> HttpResponse:
    row = get_object_or_404(Proposal.objects.select_related("account"), pk=pk)
    try:
        act(request.actor, row)  # type: ignore[attr-defined]
    except Refused as refused:
        return _account_page(request, row.account, status=refused.status, problem=str(refused))
    messages.success(request, done)
    return redirect("accounts:account", row.account_id)


@page("accounts.appoint")
@require_POST
def end_post(request: HttpRequest, pk: int) -> HttpResponse:
    """The last day of a post."""
    post = get_object_or_404(Post.objects.select_related("account"), pk=pk)
    form = EndForm(request.POST)
    problem = _("请填写有效的日期。")
    if form.is_valid():
        try:
            commands.end_post(request.actor, post, ends=form.cleaned_data["ends"])  # type: ignore[attr-defined]
        except Refused as refused:
            problem = str(refused)
        else:
            messages.success(request, _("已写明离任日期。"))
            return redirect("accounts:account", post.account_id)
    return _account_page(request, post.account, status=422, problem=problem)


@page("accounts.edit")
@require_POST
def reset_password(request: HttpRequest, pk: int) -> HttpResponse:
    """A password that works once, shown once."""
    row = _account(pk)
    try:
        password = commands.reset_password(request.actor, row)  # type: ignore[attr-defined]
    except Refused as refused:
        return _account_page(request, row, status=refused.status, problem=str(refused))
    return render(request, "accounts/one_time.html", {"account": row, "password": password, "fresh": False})


def _act(request: HttpRequest, pk: int, act: Callable[..., Account], done: str) -> HttpResponse:
    row = _account(pk)
    try:
        act(request.actor, row)  # type: ignore[attr-defined]
    except Refused as refused:
        return _account_page(request, row, status=refused.status, problem=str(refused))
    messages.success(request, done)
    return redirect("accounts:account", row.pk)


@page("accounts.edit")
@require_POST
def reset_second_factor(request: HttpRequest, pk: int) -> HttpResponse:
    """For a lost telephone."""
    return _act(request, pk, commands.reset_second_factor, _("已解除绑定，本人下次登录时重新绑定。"))


@page("accounts.edit")
@require_POST
def deactivate(request: HttpRequest, pk: int) -> HttpResponse:
    """Close an account."""
    return _act(request, pk, commands.deactivate, _("账号已停用，所有登录都已退出。"))


@page("accounts.edit")
@require_POST
def activate(request: HttpRequest, pk: int) -> HttpResponse:
    """Open a closed account again."""
    return _act(request, pk, commands.activate, _("账号已启用。"))
