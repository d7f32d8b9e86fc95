"""Whose key a request carries. One query; a key that is unknown, ended or revoked is nobody's."""

from django.http import HttpRequest

from linli.doors.api.commands import digest, today
from linli.doors.api.models import ApiToken
from linli.people.accounts.models import Post
from linli.people.accounts.rules import in_office


def post_of(request: HttpRequest) -> Post | None:
    """The post behind `Authorization: Bearer linli_…`, if the key, the post and the account are all in use."""
    scheme, _, token = request.headers.get("Authorization", "").partition(" ")
    if scheme.lower() != "bearer" or not token or not request.path.startswith("/api/"):
        return None
    day = today()
    row = (
        ApiToken.objects.filter(digest=digest(token), revoked_at=None, ends__gte=day)
        .select_related("post__account", "post__organisation")
        .first()
    )
    if row is None or not row.post.account.is_active or not in_office(row.post.starts, row.post.ends, day):
        return None
    if row.used_on != day:
        ApiToken.objects.filter(pk=row.pk).update(used_on=day)
    return row.post
