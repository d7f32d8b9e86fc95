"""Whose key a request carries. One query; a key that is unknown, ended or revoked is nobody's."""

from django.http import HttpRequest

from linli.base.prepared import fetchone
from linli.doors.api.commands import digest, today
from linli.doors.api.models import ApiToken
from linli.people.accounts.models import Post
from linli.people.accounts.seats import FROM_POST, STAMP, posts_at, usable

_KEY = f"SELECT t.id, t.ends, t.used_on, {STAMP} FROM api_apitoken t JOIN accounts_post p ON p.id = t.post_id {FROM_POST} WHERE t.digest = %s AND t.revoked_at IS NULL"  # noqa: S608


def post_of(request: HttpRequest) -> Post | None:
    """The post behind `Authorization: Bearer linli_…`, if the key, the post and the account are all in use."""
    scheme, _, token = request.headers.get("Authorization", "").partition(" ")
    if scheme.lower() != "bearer" or not token or not request.path.startswith("/api/"):
        return None
    row = fetchone(_KEY, [digest(token)])
    if row is None:
        return None
    key, ends, used_on, stamp = row
    day = today()
    post = next(iter(posts_at([stamp])), None)
    if post is None or ends < day or not usable(post, day):
        return None
    if used_on != day:
        ApiToken.objects.filter(pk=key).update(used_on=day)
    return post
