"""The Content-Security-Policy of every answer: built once by django-csp, since no page has another or needs a nonce."""

from collections.abc import Callable
from functools import cache

from csp.constants import HEADER
from csp.utils import build_policy
from django.http import HttpRequest, HttpResponse


@cache
def policy() -> str:
    """The header as the settings have it."""
    return build_policy()


class ContentPolicyMiddleware:
    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]):
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        response = self.get_response(request)
        response.setdefault(HEADER, policy())
        return response
