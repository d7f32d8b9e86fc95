"""我的信息: what is held, why, until when, who looked; correct, withdraw, take along, complain. Proved by a one-time code."""

import json

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import redirect
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from linli.base.actor import system
from linli.base.clockwork import now
from linli.base.commands import Refused
from linli.base.pages import page
from linli.base.privacy import commands
from linli.base.privacy.policy import protection
from linli.base.privacy.queries import today
from linli.base.scope import scope
from linli.base.throttle import TooMany
from linli.base.ui.downloads import sheet
from linli.base.ui.words import span
from linli.doors.channels import texts
from linli.doors.portal import one_time, own
from linli.doors.portal.own_forms import AskForm, CodeForm, PhoneForm
from linli.doors.portal.views.showing import private, show, wait

FORM = ["GET", "HEAD", "POST"]


@page.public("whoever is reached by a number that is held may see what is held under it")
@require_http_methods(FORM)
def information(request: HttpRequest) -> HttpResponse:
    """The page itself once a number was proved; before that, the form that asks for the number."""
    records = one_time.opened(request)
    if records is not None and request.method != "POST":
        return _page(request, records)
    form = PhoneForm(request.POST or None)
    status = 200
    if request.method == "POST":
        status = 422
        if form.is_valid():
            try:
                code = one_time.ask(request, form.cleaned_data["phone"])
            except TooMany as refused:
                form.add_error(None, _("要的次数太多了，请等 %(wait)s再试。") % {"wait": span(refused.seconds)})
                return wait(
                    private(show(request, "portal/own_phone.html", form=form, channel=texts.channel())), refused
                )
            if code:
                messages.info(request, _("这是演示，不发短信。验证码是 %(code)s。") % {"code": code})
            return redirect("portal:own_code")
    return private(show(request, "portal/own_phone.html", status=status, form=form, channel=texts.channel()))


@page.public("a one-time code is typed where it was asked for")
@require_http_methods(FORM)
def code(request: HttpRequest) -> HttpResponse:
    if not one_time.waiting(request) and request.method != "POST":
        return redirect("portal:own")
    form = CodeForm(request.POST or None)
    status = 200
    if request.method == "POST":
        status = 422
        if form.is_valid():
            try:
                one_time.prove(request, form.cleaned_data["code"])
                return redirect("portal:own")
            except Refused as refused:
                form.add_error("code", refused.message)
            except TooMany as refused:
                form.add_error("code", _("试的次数太多了，请等 %(wait)s再试。") % {"wait": span(refused.seconds)})
                return wait(private(_code_page(request, form, 429)), refused)
    return private(_code_page(request, form, status))


def _code_page(request: HttpRequest, form: CodeForm, status: int) -> HttpResponse:
    return show(request, "portal/own_code.html", status=status, form=form, minutes=protection()["code_minutes"])


def _page(
    request: HttpRequest, mine: list[one_time.Own], *, form: AskForm | None = None, status: int = 200
) -> HttpResponse:
    found = own.records(mine)
    context = {
        "records": found,
        "seen": own.seen(mine),
        "asked": own.asked(mine),
        "authorities": own.authorities(mine),
        "held_back": dict(own.held_back(mine)),
        "day": today(),
        "form": form or AskForm(records=[(one.key, one.title) for one in found]),
        "days": protection()["answer_days"],
        "minutes": protection()["page_minutes"],
    }
    return private(show(request, "portal/own.html", status=status, **context))


@page.public("answers only to a session in which the number was proved")
@require_POST
def ask(request: HttpRequest) -> HttpResponse:
    """Correct, withdraw, delete, complain: a request to the office, answered within the days of the policy."""
    mine = one_time.opened(request)
    if mine is None:
        return redirect("portal:own")
    found = own.records(mine)
    form = AskForm(request.POST, records=[(one.key, one.title) for one in found])
    if not form.is_valid():
        return _page(request, mine, form=form, status=422)
    kind, _colon, key = form.cleaned_data["record"].rpartition(":")
    record = next(one for one in mine if (one.kind, one.id) == (kind, int(key)))
    try:
        with scope(system("my information")):
            commands.ask(
                one_time.resident(), kind=form.cleaned_data["kind"], subject_kind=kind, subject_id=int(key),
                words=form.cleaned_data["words"], authority=record.authority or None,
            )  # fmt: skip
    except Refused as refused:
        form.add_error(refused.field if refused.field in form.fields else None, refused.message)
        return _page(request, mine, form=form, status=refused.status)
    messages.success(
        request, _("已经收到，%(days)s 天内答复，答复写在这一页上。") % {"days": protection()["answer_days"]}
    )
    return redirect("portal:own")


@page.public("answers only to a session in which the number was proved")
@require_safe
def take_along(request: HttpRequest) -> HttpResponseBase:
    """The file of what is held: a sheet for people, JSON for programs, a page for paper."""
    mine = one_time.opened(request)
    if mine is None:
        return redirect("portal:own")
    form = request.GET.get("form", "csv")
    if form == "json":
        text = json.dumps(own.as_data(mine, now()), ensure_ascii=False, indent=1)
        answer = HttpResponse(text, content_type="application/json; charset=utf-8")
        answer["Content-Disposition"] = 'attachment; filename="my-information.json"'
        return private(answer)
    told = own.told(mine)
    if form == "print":
        # The log has the rows of this look already: who looked, on the same paper, ends with it.
        return private(
            show(request, "portal/own_print.html", told=told, seen=own.seen(mine), asked=own.asked(mine), at=now())
        )
    head = [_("记录"), _("项目"), _("内容"), _("用途"), _("依据"), _("保存期限")]
    lines = [
        [one.record, one.entry.name, one.value, one.entry.purpose, one.entry.basis, one.entry.period] for one in told
    ]
    return sheet(_("我的信息"), head, lines)


@page.public("a shared device must be able to forget")
@require_POST
def leave(request: HttpRequest) -> HttpResponse:
    one_time.leave(request)
    messages.success(request, _("已经退出，这台设备上看不到您的信息了。"))
    response = redirect("portal:own")
    response["Clear-Site-Data"] = '"cache", "storage"'
    return response
