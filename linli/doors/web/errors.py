"""Pages for what went wrong: plain words, no stack trace, and a way on."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render

from linli.base.pages import page


@page.public("everybody may be told that a page does not exist")
def not_found(request: HttpRequest, exception: Exception | None = None) -> HttpResponse:
    return render(request, "web/error.html", {"status": 404}, status=404)


@page.public("everybody may be told no")
def forbidden(request: HttpRequest, exception: Exception | None = None) -> HttpResponse:
    return render(request, "web/error.html", {"status": 403}, status=403)


@page.public("everybody may be told that a request was malformed")
def bad_request(request: HttpRequest, exception: Exception | None = None) -> HttpResponse:
    return render(request, "web/error.html", {"status": 400}, status=400)


@page.public("everybody may be told that we failed")
def server_error(request: HttpRequest) -> HttpResponse:
    return render(request, "web/error.html", {"status": 500}, status=500)


@page.public("a form whose page is too old says so")
def stale_form(request: HttpRequest, reason: str = "") -> HttpResponse:
    return render(request, "web/error.html", {"status": 419}, status=403)
