"""What somebody had typed into a form that could not be taken: so that the next page can give it back."""

import re
from dataclasses import dataclass

from django.conf import settings
from django.http import HttpRequest, UnreadablePostError

LONG = 40
# Never sent back to a page: secrets, and the token that has just failed.
_SECRET = re.compile(r"^(csrfmiddlewaretoken|do)$|passw|passphrase|secret|token|otp|^code$", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Typed:
    """One value of a form; long ones are shown to be read and copied, short ones are carried along unseen."""

    name: str
    value: str
    long: bool


def typed(request: HttpRequest, without: frozenset[str] = frozenset()) -> list[Typed]:
    """Everything typed, in the order it came, without secrets and the names in `without`."""
    try:
        lists = request.POST.lists()
        pairs = [(name, value) for name, values in lists for value in values]
    except (UnreadablePostError, OSError):
        return []
    return [
        Typed(name, value, "\n" in value or len(value) > LONG)
        for name, value in pairs
        if isinstance(value, str) and not _SECRET.search(name) and name not in without
    ]


def from_our_own_page(request: HttpRequest) -> bool:
    """Whether the browser says that the form stood on a page of this site. Only then may one click send it again."""
    fetched = request.headers.get("Sec-Fetch-Site")
    origin = request.headers.get("Origin")
    if fetched is not None and fetched != "same-origin":
        return False
    if origin is not None:
        scheme = "https" if settings.HTTPS or request.is_secure() else "http"
        return origin == f"{scheme}://{request.get_host()}"
    return fetched == "same-origin"
