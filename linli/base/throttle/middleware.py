"""Answers TooMany with 429 and the time to wait, in words and as Retry-After."""

from collections.abc import Callable

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render

from linli.base.throttle.counting import TooMany
from linli.base.ui.words import span


class TooManyMiddleware:
    """Stands inside the request's transaction: an answer below 500 keeps what was counted."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]):
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        return self.get_response(request)

    def process_exception(self, request: HttpRequest, exception: Exception) -> HttpResponse | None:
        if not isinstance(exception, TooMany):
            return None
        response = render(request, "throttle/too_many.html", {"wait": span(exception.seconds)}, status=429)
        response["Retry-After"] = str(exception.seconds)
        response["Cache-Control"] = "no-store"
        return response
