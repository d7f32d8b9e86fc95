"""The living page of components, and the two preferences that every visitor may set."""

from django.conf import settings
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.utils import translation
from django.utils.http import url_has_allowed_host_and_scheme
from django.views.decorators.http import require_GET, require_POST

from linli.base.pages import page
from linli.base.ui import gallery as shown

YEAR = 365 * 24 * 3600


def _back(request: HttpRequest) -> HttpResponseRedirect:
    target = request.POST.get("next", "/")
    allowed = url_has_allowed_host_and_scheme(target, {request.get_host()}, require_https=request.is_secure())
    return HttpResponseRedirect(target if allowed else "/")


@page.public("components with invented content, no data of anybody")
@require_GET
def gallery(request: HttpRequest) -> HttpResponse:
    """Every component in every state, for people who build pages and for the accessibility check."""
    plain = request.GET.get("frame") == "plain"
    return render(
        request, "ui/gallery.html", shown.content(request) | {"frame": "ui/plain.html" if plain else "ui/shell.html"}
    )


@page.public("invented choices for the gallery")
@require_POST
def options(request: HttpRequest) -> HttpResponse:
    """What the gallery's combobox finds."""
    typed = request.POST.get("typed", "").strip()
    return render(request, "ui/_options.html", {"options": [one for one in shown.options() if typed in one["text"]]})


@page.public("large print is for everybody")
@require_POST
def large_print(request: HttpRequest) -> HttpResponse:
    """Switch 长辈版 on or off for this browser."""
    answer = _back(request)
    if request.POST.get("large"):
        answer.set_cookie("linli_print", "large", max_age=YEAR, samesite="Lax", secure=request.is_secure())
    else:
        answer.delete_cookie("linli_print", samesite="Lax")
    return answer


@page.public("the language is for everybody")
@require_POST
def language(request: HttpRequest) -> HttpResponse:
    """Remember the language of the screens for this browser."""
    answer = _back(request)
    code = request.POST.get("language", "")
    if translation.check_for_language(code) and code in dict(settings.LANGUAGES):
        answer.set_cookie(settings.LANGUAGE_COOKIE_NAME, code, max_age=YEAR, samesite="Lax", secure=request.is_secure())
    return answer
