"""Pages for what went wrong: plain words, no stack trace, and a way on. What was typed is given back where possible."""

import logging

from django.core.exceptions import RequestDataTooBig, TooManyFieldsSent, TooManyFilesSent
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _

from linli.base.commands.engine import request_id
from linli.base.pages import page
from linli.doors.web.typed import from_our_own_page, typed

log = logging.getLogger(__name__)


def _say(request: HttpRequest, status: int, heading: str, text: str, number: str = "") -> HttpResponse:
    context = {"heading": heading, "text": text, "number": number}
    response = render(request, "web/error.html", context, status=status)
    response["Cache-Control"] = "no-store"
    return response


@page.public("everybody may be told that a page does not exist")
def not_found(request: HttpRequest, exception: Exception | None = None) -> HttpResponse:
    words = _("地址可能输错了、已经失效，或者您的岗位无权查看。")
    return _say(request, 404, _("没有这个页面"), words)


@page.public("everybody may be told no")
def forbidden(request: HttpRequest, exception: Exception | None = None) -> HttpResponse:
    return _say(request, 403, _("不能这样操作"), _("您的岗位没有办理这项操作的权限。需要时请找单位管理员。"))


@page.public("everybody may be told that a request was malformed")
def bad_request(request: HttpRequest, exception: Exception | None = None) -> HttpResponse:
    if isinstance(exception, RequestDataTooBig | TooManyFieldsSent | TooManyFilesSent):
        words = _("一次提交的内容太多了。请返回上一页删减一些再提交，您写的都还在那里。")
        return _say(request, 413, _("内容太多"), words)
    return _say(request, 400, _("没有看懂这次请求"), _("请返回上一页重新试一次。"))


@page.public("everybody may be told that we failed")
def server_error(request: HttpRequest) -> HttpResponse:
    """Says so even when nothing else works: without database, without templates."""
    number = request_id.get()
    log.error("request %s failed: %s", number, request.path)
    words = _("系统出了问题，刚才的操作没有完成，也没有留下一半。请返回上一页再试，您写的内容还在那里。")
    try:
        return _say(request, 500, _("系统出了问题"), words, number)
    except Exception:
        log.exception("the error page failed too")
        return HttpResponse(f"{words} {number}", content_type="text/plain; charset=utf-8", status=500)


@page.public("a form whose page is too old says so, and gives back what was typed")
def stale_form(request: HttpRequest, reason: str = "") -> HttpResponse:
    """The CSRF token did not fit: the session or its cookie was lost. One click sends the same words with a new token.

    Only a form of our own page can be sent again; what came from elsewhere may be copied, with nothing to press.
    """
    own = from_our_own_page(request)
    context = {"typed": typed(request), "own": own, "had_files": bool(request.FILES), "action": request.get_full_path()}
    response = render(request, "web/stale_form.html", context, status=403)
    response["Cache-Control"] = "no-store"
    return response
