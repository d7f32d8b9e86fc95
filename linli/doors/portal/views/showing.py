"""How every page of the residents' door is rendered, and what its answers say to caches and search engines."""

from typing import Any

from django.contrib.messages import get_messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render

from linli.base.throttle import TooMany
from linli.doors.portal.policy import site


def show(request: HttpRequest, template: str, *, status: int = 200, **context: Any) -> HttpResponse:
    """A page with the site's own words. What was said before a redirect stands on it as notices, not as toasts."""
    context.setdefault("said", list(get_messages(request)))
    return render(request, template, {"site": site(), **context}, status=status)


def private(response: HttpResponse) -> HttpResponse:
    """Never kept by anybody on the way, never found by a search engine."""
    response["Cache-Control"] = "no-store, private"
    response["X-Robots-Tag"] = "noindex, nofollow"
    return response


def wait(response: HttpResponse, refused: TooMany) -> HttpResponse:
    """The same page with the time to wait."""
    response.status_code = 429
    response["Retry-After"] = str(refused.seconds)
    return response
