"""Every view says who may open it. A view without a rule fails the test suite and answers 404."""

from collections.abc import Callable
from functools import wraps
from typing import Any

from django.http import Http404, HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.http import urlencode

from linli.base.actor import Actor

View = Callable[..., HttpResponseBase]


def actor_of(request: HttpRequest) -> Actor:
    """Who asks, as the middleware found out."""
    return request.actor  # type: ignore[attr-defined]


class _Page:
    """`@page("cases.view")` for staff with that right; `@page.public("why")` for everyone; `@page.signed_in("why")`."""

    def __call__(self, right: str) -> Callable[[View], View]:
        return self._guard(f"right:{right}", right)

    def signed_in(self, why: str) -> Callable[[View], View]:
        return self._guard(f"signed-in: {why}", None)

    def public(self, why: str) -> Callable[[View], View]:
        def mark(view: View) -> View:
            view.linli_rule = f"public: {why}"  # type: ignore[attr-defined]
            return view

        return mark

    def _guard(self, rule: str, right: str | None) -> Callable[[View], View]:
        def mark(view: View) -> View:
            @wraps(view)
            def guarded(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
                actor = request.actor  # type: ignore[attr-defined]
                if not actor.signed_in:
                    return _to_sign_in(request)
                if right is not None and not actor.may(right):
                    raise Http404
                return view(request, *args, **kwargs)

            guarded.linli_rule = rule  # type: ignore[attr-defined]
            return guarded

        return mark


def _to_sign_in(request: HttpRequest) -> HttpResponse:
    """Send to the sign-in page and back afterwards. A fragment asks the whole page to go there."""
    target = reverse("web:sign_in")
    if request.headers.get("HX-Request"):
        answer = HttpResponse(status=401)
        answer["HX-Redirect"] = f"{target}?{urlencode({'next': request.headers.get('HX-Current-URL-Path', '/')})}"
        return answer
    return redirect(f"{target}?{urlencode({'next': request.get_full_path()})}" if request.method == "GET" else target)


page = _Page()
