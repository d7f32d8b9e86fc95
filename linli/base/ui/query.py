"""Query strings, and what htmx says about the request. Plain functions on a request."""

from collections.abc import Mapping
from typing import Any
from urllib.parse import urlencode

from django.http import HttpRequest

# A changed filter or order makes every cursor meaningless.
CURSORS = ("after", "before", "page")
OWN = ("panel",)


def encode(values: Mapping[str, Any]) -> str:
    """`{"a": 1, "b": None}` -> `?a=1`; lists repeat the key; nothing left gives an empty string."""
    pairs = [
        (key, item)
        for key, value in values.items()
        for item in (value if isinstance(value, (list, tuple)) else [value])
        if item is not None and item != ""
    ]
    return "?" + urlencode(pairs) if pairs else ""


def changed(request: HttpRequest, changes: Mapping[str, Any]) -> str:
    """The path of `request` with its query changed. Cursors are dropped unless the change itself sets one."""
    values: dict[str, Any] = {key: request.GET.getlist(key) for key in request.GET if key not in CURSORS + OWN}
    values.update(changes)
    return request.path + encode(values)


def wanted(request: HttpRequest, target: str) -> bool:
    """Whether htmx will put this answer into the element with id `target`.

    htmx 4 names its target as `tag#id`. fetch() repeats the header when it follows a redirect, so a form in the side
    panel that answers with a redirect still gets its next page in the panel.
    """
    return request.headers.get("HX-Request") == "true" and request.headers.get("HX-Target", "").endswith(f"#{target}")
