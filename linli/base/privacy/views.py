"""The office's pages about personal information: what is held, who asked what, what goes, who took lists out."""

from typing import Any

from django.contrib import messages
from django.db.models import F
from django.http import Http404, HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from linli.base.actor import Actor
from linli.base.commands import Refused
from linli.base.crypto import ring
from linli.base.pages import actor_of, page
from linli.base.policies import load
from linli.base.privacy import commands, holdings, queries, rules
from linli.base.privacy.forms import (
    AnswerForm,
    AuthorityForm,
    DecideForm,
    ExportFilter,
    FieldFilter,
    RequestFilter,
)
from linli.base.privacy.policy import Entry, entries, protection, purposes
from linli.base.ui.downloads import form_of, sheet
from linli.base.ui.fields import filter_views
from linli.base.ui.paging import numbered
from linli.base.ui.refused import beside

FORM = ["GET", "HEAD", "POST"]
ROOMS = {
    "cases": "诉求",
    "residents": "居民",
    "organisations": "单位",
    "accounts": "账号",
    "commands": "记录",
    "hotline_inbox": "热线",
    "privacy": "个人信息保护",
    "party": "党建",
}


def tabs(actor: Actor, current: str) -> list[dict[str, Any]]:
    """The pages of this room that the actor may open."""
    from django.urls import reverse

    every = (
        ("fields", _("收什么"), "privacy.view"),
        ("requests", _("居民的请求"), "privacy.answer"),
        ("authorities", _("代办授权"), "privacy.authorise"),
        ("retention", _("到期删除"), "privacy.retain"),
        ("holds", _("暂缓删除"), "privacy.retain"),
        ("exports", _("名单导出"), "privacy.view"),
    )
    return [
        {"label": label, "url": reverse(f"privacy:{name}"), "current": name == current}
        for name, label, right in every
        if actor.may(right) or (name == "retention" and actor.may("privacy.approve"))
    ]


def _roles() -> dict[str, str]:
    return {one["code"]: one["name"] for one in load("roles").data["roles"]}


def _found(request: HttpRequest) -> tuple[FieldFilter, list[Entry]]:
    rows = entries()
    rooms = [(room, ROOMS.get(room, room)) for room in dict.fromkeys(one.room for one in rows)]
    bar = FieldFilter(request.GET, rooms=rooms)
    chosen = bar.chosen
    rows = [
        one
        for one in rows
        if (not chosen.get("room") or one.room == chosen["room"])
        and (not chosen.get("sort_of") or one.sensitive == (chosen["sort_of"] == "sensitive"))
        and (not chosen.get("q") or chosen["q"] in f"{one.name} {one.purpose} {one.field}")
    ]
    order = {"name": lambda one: one.name, "class": lambda one: not one.sensitive}.get(request.GET.get("sort", ""))
    return bar, sorted(rows, key=order) if order else rows


@page("privacy.view")
@require_safe
def fields(request: HttpRequest) -> HttpResponse:
    """Every personal field: class, purpose, basis, period, who."""
    bar, rows = _found(request)
    context = {
        "tabs": tabs(actor_of(request), "fields"),
        "filter": filter_views(bar),
        "rows": rows,
        "rooms": ROOMS,
        "roles": _roles(),
        "sort": request.GET.get("sort", ""),
        "counts": (len(rows), sum(one.sensitive for one in rows), sum(one.sealed for one in rows)),
        "version": load("personal"),
    }
    return render(request, "privacy/fields.html", context)


@page("privacy.view")
@require_safe
def fields_sheet(request: HttpRequest) -> HttpResponseBase:
    """The registry as a sheet; nothing of anybody is in it."""
    roles = _roles()
    head = [_("字段"), _("名称"), _("类别"), _("用途"), _("依据"), _("保存期限"), _("谁能看"), _("加密")]
    lines = [
        [
            one.field, one.name, rules.CLASSES["sensitive" if one.sensitive else "ordinary"], one.purpose, one.basis,
            one.period, "、".join(roles.get(code, code) for code in one.who), _("是") if one.sealed else "",
        ]
        for one in _found(request)[1]
    ]  # fmt: skip
    return sheet(_("个人信息字段"), head, lines, form_of(request))


@page("privacy.answer")
@require_safe
def requests(request: HttpRequest) -> HttpResponse:
    """What residents ask, what is due first."""
    actor, bar, day = actor_of(request), RequestFilter(request.GET), queries.today()
    rows = queries.requests(actor)
    chosen = bar.chosen
    if chosen.get("kind"):
        rows = rows.filter(kind=chosen["kind"])
    if chosen.get("state") == "done":
        rows = rows.exclude(answered_at=None)
    elif chosen.get("state"):
        rows = rows.filter(answered_at=None, **({"due_on__lt": day} if chosen["state"] == "over" else {}))
    context = {
        "tabs": tabs(actor, "requests"),
        "filter": filter_views(bar),
        "narrowed": bool(chosen),
        "page": numbered(rows.order_by(F("answered_at").asc(nulls_first=True), "due_on", "id"), request),
        "day": day,
        "named": holdings.named,
    }
    return render(request, "privacy/requests.html", context)


@page("privacy.answer")
@require_http_methods(FORM)
def one_request(request: HttpRequest, pk: int) -> HttpResponse:
    """One request and the form to answer it."""
    actor = actor_of(request)
    row = queries.requests(actor).select_related("authority").filter(pk=pk).first()
    if row is None:
        raise Http404
    form = AnswerForm(request.POST or None) if row.answered_at is None else None
    if form is not None and request.method == "POST" and form.is_valid():
        with beside(form):
            commands.answer(actor, pk, **form.cleaned_data)
            messages.success(request, _("已经答复，本人在“我的信息”里能看到。"))
            return redirect("privacy:requests")
    holding = holdings.of(row.subject_kind)
    page_of = holding.pages(actor, [row.subject_id]).get(row.subject_id, "") if holding else ""
    context = {"row": row, "form": form, "day": queries.today(), "named": holdings.named, "page_of": page_of}
    return render(request, "privacy/request.html", context, status=422 if form is not None and form.errors else 200)


@page("privacy.authorise")
@require_http_methods(FORM)
def authorities(request: HttpRequest) -> HttpResponse:
    """Who may ask for somebody else, and the form to record one more."""
    actor = actor_of(request)
    form = AuthorityForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        with beside(form):
            commands.authorise(actor, subject_kind="residents.person", **form.cleaned_data)
            messages.success(request, _("已经登记，代办人凭自己的电话在“我的信息”里办理。"))
            return redirect("privacy:authorities")
    context = {
        "tabs": tabs(actor, "authorities"),
        "form": form,
        "page": numbered(queries.authorities(actor).order_by("-ends", "-id"), request),
        "day": queries.today(),
    }
    return render(request, "privacy/authorities.html", context, status=422 if form.errors else 200)


@page("privacy.authorise")
@require_POST
def end_authority(request: HttpRequest, pk: int) -> HttpResponse:
    return done(
        request, lambda: commands.end_authority(actor_of(request), pk), _("授权已经结束。"), "privacy:authorities"
    )


def done(request: HttpRequest, act: Any, words: str, to: str, *more: Any) -> HttpResponse:
    try:
        act()
    except Refused as refused:
        messages.error(request, refused.message)
    else:
        messages.success(request, words)
    return redirect(to, *more)


@page("privacy.view")
@require_safe
def exports(request: HttpRequest) -> HttpResponse:
    """Who took lists of people out, for what; and what waits for a second person."""
    actor, bar = actor_of(request), ExportFilter(request.GET)
    rows = queries.exports(actor)
    if bar.chosen.get("state"):
        rows = rows.filter(state=bar.chosen["state"])
    context = {
        "tabs": tabs(actor, "exports"),
        "filter": filter_views(bar),
        "narrowed": bool(bar.chosen),
        "page": numbered(rows.order_by("-id"), request),
        "purposes": purposes(),
        "limit": protection()["export_limit"],
    }
    return render(request, "privacy/exports.html", context)


@page.signed_in("whoever asked sees how their own export stands; others need the right to decide")
@require_http_methods(FORM)
def export(request: HttpRequest, pk: int) -> HttpResponse:
    """One export: waiting for a second person, or decided."""
    actor = actor_of(request)
    row = queries.exports(actor).filter(pk=pk).first()
    own = row is not None and row.asked_by == actor.account_id
    if row is None or not (own or actor.may("privacy.view")):
        raise Http404
    may = actor.may("privacy.decide_export") and not own and row.state == "asked"
    form = DecideForm(request.POST or None) if may else None
    if form is not None and request.method == "POST" and form.is_valid():
        agree = request.POST.get("agree") == "1"
        with beside(form):
            commands.decide_export(actor, pk, agree=agree, reason=form.cleaned_data["reason"])
            messages.success(request, _("已同意。") if agree else _("已说明不同意。"))
            return redirect("privacy:exports")
    context = {
        "row": row, "form": form, "own": own, "purposes": purposes(), "hours": protection()["approval_hours"],
        "limit": protection()["export_limit"],
    }  # fmt: skip
    return render(request, "privacy/export.html", context, status=422 if form is not None and form.errors else 200)


@page("system.view")
@require_http_methods(["GET", "HEAD"])
def keys(request: HttpRequest) -> HttpResponse:
    """The ring without its secrets: which keys, what each still opens, how far a change is."""
    here = ring()
    context = {
        "keys": sorted(here.keys.values(), key=lambda key: key.id != here.active_id),
        "active": here.active_id,
        "generation": here.generation,
        "rotation": queries.rotation(),
        "may": actor_of(request).may("system.operate"),
    }
    return render(request, "privacy/keys.html", context)


@page("system.view")
@require_safe
def progress(request: HttpRequest) -> HttpResponse:
    """How far the change of keys is; asked again and again by the page."""
    return render(request, "privacy/_progress.html", {"rotation": queries.rotation()})


@page("system.operate")
@require_POST
def rotate(request: HttpRequest) -> HttpResponse:
    words = _("已经换上新密钥，后台正在重新加密；网站照常使用。")
    return done(request, lambda: commands.rotate_keys(actor_of(request)), words, "privacy:keys")


@page("system.operate")
@require_POST
def copied(request: HttpRequest) -> HttpResponse:
    return done(request, lambda: commands.confirm_copy(actor_of(request)), _("已经记下。"), "privacy:keys")
