"""What this browser knows, how to forget it, and what happens to what people write here."""

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from linli.base.pages import page
from linli.base.privacy.policy import entries
from linli.doors.portal import known, progress
from linli.doors.portal.views.showing import private, show


@page.public("lists only the cases this browser has proved to know")
@require_safe
def mine(request: HttpRequest) -> HttpResponse:
    actor = known.resident(request)
    with known.eyes(request, actor):
        cases = progress.cases_of(actor)
    return private(show(request, "portal/mine.html", cases=cases))


@page.public("a shared device must be able to forget")
@require_POST
def forget(request: HttpRequest) -> HttpResponse:
    known.forget(request)
    messages.success(request, _("这台设备已经不再记得您的诉求。以后凭编号和查询码查看。"))
    response = redirect("portal:home")
    response["Clear-Site-Data"] = '"cache", "storage"'
    return response


@page.public("what is kept, why, how long, and how to complain")
@require_safe
def privacy(request: HttpRequest) -> HttpResponse:
    return show(request, "portal/privacy.html")


@page.public("everybody may know what is kept and why")
@require_safe
def fields(request: HttpRequest) -> HttpResponse:
    """Every personal field that residents are concerned by: what for, on which ground, until when."""
    names = {"cases": _("反映问题"), "residents": _("社区登记"), "privacy": _("您的请求")}
    rows = entries()
    rooms = [(name, [one for one in rows if one.room == room]) for room, name in names.items()]
    return show(request, "portal/fields.html", rooms=rooms)
