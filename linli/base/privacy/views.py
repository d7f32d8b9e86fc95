"""The office's pages about personal information: what is held, who asked what, what goes, who took lists out."""

from collections.abc import Iterable
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
from linli.base.pages import page
from linli.base.policies import load
from linli.base.privacy import commands, holdings, queries, rules
from linli.base.privacy.commands.retention import ASKED
from linli.base.privacy.forms import (
    AnswerForm,
    AuthorityForm,
    DecideForm,
    ExportFilter,
    FieldFilter,
    HoldForm,
    ItemFilter,
    RequestFilter,
)
from linli.base.privacy.models import RetentionItem, RetentionRun
from linli.base.privacy.policy import Entry, entries, periods, protection, purposes
from linli.base.ui.downloads import form_of, sheet
from linli.base.ui.fields import filter_views
from linli.base.ui.paging import numbered
from linli.base.ui.query import encode

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


def _actor(request: HttpRequest) -> Actor:
    return request.actor  # type: ignore[attr-defined]


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
        "tabs": tabs(_actor(request), "fields"),
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
    actor, bar, day = _actor(request), RequestFilter(request.GET), queries.today()
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
    actor = _actor(request)
    row = queries.requests(actor).select_related("authority").filter(pk=pk).first()
    if row is None:
        raise Http404
    form = AnswerForm(request.POST or None) if row.answered_at is None else None
    if form is not None and request.method == "POST" and form.is_valid():
        try:
            commands.answer(actor, pk, **form.cleaned_data)
        except Refused as refused:
            form.add_error(refused.field if refused.field in form.fields else None, refused.message)
        else:
            messages.success(request, _("已经答复，本人在“我的信息”里能看到。"))
            return redirect("privacy:requests")
    context = {"row": row, "form": form, "day": queries.today(), "named": holdings.named}
    return render(request, "privacy/request.html", context, status=422 if form is not None and form.errors else 200)


@page("privacy.authorise")
@require_http_methods(FORM)
def authorities(request: HttpRequest) -> HttpResponse:
    """Who may ask for somebody else, and the form to record one more."""
    actor = _actor(request)
    form = AuthorityForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        try:
            commands.authorise(actor, subject_kind="residents.person", **form.cleaned_data)
        except Refused as refused:
            form.add_error(refused.field if refused.field in form.fields else None, refused.message)
        else:
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
    return _done(
        request, lambda: commands.end_authority(_actor(request), pk), _("授权已经结束。"), "privacy:authorities"
    )


def _done(request: HttpRequest, act: Any, words: str, to: str, *more: Any) -> HttpResponse:
    try:
        act()
    except Refused as refused:
        messages.error(request, refused.message)
    else:
        messages.success(request, words)
    return redirect(to, *more)


def _periods() -> dict[str, str]:
    return {one["code"]: one["name"] for one in periods().data["retention"]} | {ASKED: _("本人要求，已同意")}


@page("privacy.retain")
@require_http_methods(FORM)
def retention(request: HttpRequest) -> HttpResponse:
    """Runs of deletion; a new one only lists what would go."""
    actor = _actor(request)
    if request.method == "POST":
        try:
            run = commands.draft(actor)
        except Refused as refused:
            messages.error(request, refused.message)
            return redirect("privacy:retention")
        return redirect("privacy:run", run)
    rows = queries.runs(actor).order_by("-id")
    context = {
        "tabs": tabs(actor, "retention"),
        "page": numbered(rows, request),
        "periods": periods().data["retention"],
    }
    return render(request, "privacy/retention.html", context)


def _run(request: HttpRequest, pk: int) -> RetentionRun:
    row = queries.runs(_actor(request)).filter(pk=pk).first()
    if row is None:
        raise Http404
    return row


@page("privacy.retain")
@require_safe
def run(request: HttpRequest, pk: int) -> HttpResponse:
    """What a run would delete or has deleted, by kind and reason, and each thing without a name."""
    actor, row, names = _actor(request), _run(request, pk), _periods()
    bar = ItemFilter(
        request.GET,
        kinds={kind: holdings.named(kind) for kind, _rule, _count in row.report},
        rules={rule: names.get(rule, rule) for _kind, rule, _count in row.report},
    )
    chosen = bar.chosen
    shown = numbered(
        row.items.filter(**chosen | ({"result": ""} if chosen.get("result") == "waiting" else {})).order_by("id"),
        request,
    )
    context = {
        "row": row,
        "report": [
            (holdings.named(kind), names.get(rule, rule), count, encode({"kind": kind, "rule": rule}))
            for kind, rule, count in row.report
        ],
        "filter": filter_views(bar),
        "narrowed": bool(chosen),
        "page": shown,
        "pages": _pages(actor, shown.rows),
        "named": holdings.named,
        "periods": names,
        "own": row.drafted_by == actor.account_id,
        "may_approve": actor.may("privacy.approve"),
        "rotates": protection()["rotate_after_retention"],
    }
    return render(request, "privacy/run.html", context)


def _pages(actor: Actor, items: Iterable[RetentionItem]) -> dict[tuple[str, int], str]:
    """(kind, id) -> address of the record behind each item, for those that this actor may open."""
    wanted: dict[str, list[int]] = {}
    for one in items:
        wanted.setdefault(one.kind, []).append(one.subject_id)
    found: dict[tuple[str, int], str] = {}
    for kind, ids in wanted.items():
        holding = holdings.of(kind)
        found |= {(kind, key): address for key, address in (holding.pages(actor, ids) if holding else {}).items()}
    return found


@page("privacy.retain")
@require_http_methods(FORM)
def holds(request: HttpRequest) -> HttpResponse:
    """What no run may delete for now, and on what that rests; and the form for one more."""
    actor = _actor(request)
    form = HoldForm(request.POST or None, kinds=[(one.kind, str(one.name)) for one in holdings.every()])
    if request.method == "POST" and form.is_valid():
        try:
            commands.hold(actor, **form.cleaned_data)
        except Refused as refused:
            form.add_error(refused.field if refused.field in form.fields else None, refused.message)
        else:
            messages.success(request, _("已经暂缓，解除以前不会删除。"))
            return redirect("privacy:holds")
    context = {
        "tabs": tabs(actor, "holds"),
        "form": form,
        "page": numbered(
            queries.holds(actor).order_by(F("lifted_at").desc(nulls_first=True), "review_on", "id"), request
        ),
        "day": queries.today(),
        "named": holdings.named,
    }
    return render(request, "privacy/holds.html", context, status=422 if form.errors else 200)


@page("privacy.retain")
@require_POST
def lift_hold(request: HttpRequest, pk: int) -> HttpResponse:
    return _done(request, lambda: commands.lift_hold(_actor(request), pk), _("已经解除。"), "privacy:holds")


@page("privacy.approve")
@require_POST
def approve(request: HttpRequest, pk: int) -> HttpResponse:
    _run(request, pk)
    return _done(
        request, lambda: commands.approve(_actor(request), pk), _("已经复核，后台正在删除。"), "privacy:run", pk
    )


@page("privacy.retain")
@require_POST
def cancel(request: HttpRequest, pk: int) -> HttpResponse:
    _run(request, pk)
    return _done(
        request, lambda: commands.cancel(_actor(request), pk), _("已经取消，什么都没有删除。"), "privacy:run", pk
    )


@page("privacy.view")
@require_safe
def exports(request: HttpRequest) -> HttpResponse:
    """Who took lists of people out, for what; and what waits for a second person."""
    actor, bar = _actor(request), ExportFilter(request.GET)
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
    actor = _actor(request)
    row = queries.exports(actor).filter(pk=pk).first()
    own = row is not None and row.asked_by == actor.account_id
    if row is None or not (own or actor.may("privacy.view")):
        raise Http404
    may = actor.may("privacy.decide_export") and not own and row.state == "asked"
    form = DecideForm(request.POST or None) if may else None
    if form is not None and request.method == "POST" and form.is_valid():
        agree = request.POST.get("agree") == "1"
        try:
            commands.decide_export(actor, pk, agree=agree, reason=form.cleaned_data["reason"])
        except Refused as refused:
            form.add_error(refused.field if refused.field in form.fields else None, refused.message)
        else:
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
        "may": _actor(request).may("system.operate"),
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
    return _done(request, lambda: commands.rotate_keys(_actor(request)), words, "privacy:keys")


@page("system.operate")
@require_POST
def copied(request: HttpRequest) -> HttpResponse:
    return _done(request, lambda: commands.confirm_copy(_actor(request)), _("已经记下。"), "privacy:keys")
