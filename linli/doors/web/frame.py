"""What the frame of every page shows of the person who works there."""

from django.http import HttpRequest

from linli.base import policies
from linli.base.ui.menu import PostChoice
from linli.people.accounts.rules import role_name
from linli.places.regions import locating

_SUB_DISTRICT = 9


def place(request: HttpRequest) -> str:
    """The sub-district in which the current post works; "" for residents, and where nothing is drawn yet."""
    post = getattr(request, "post", None)
    if post is None:
        return ""
    code = (post.region_code or post.organisation.region_code)[:_SUB_DISTRICT]
    return locating.index().names.get(code, "")


def posts(request: HttpRequest) -> list[PostChoice]:
    """The posts the person may act through, the current one marked. Read by the middleware already."""
    current = getattr(request, "post", None)
    data = policies.load("roles").data
    return [
        PostChoice(post.pk, role_name(data, post.role), str(post.organisation), post == current)
        for post in getattr(request, "posts", ())
    ]
