"""The posts a request may act through, looked up at every request and built only when something about them changed.

Each row of PostgreSQL carries the transaction that wrote it and the place where this version of it stands. One small
statement asks for these marks of posts, account and organisations; while they are those of the objects built before, the
objects are still true. So whatever is revoked or changed counts from the next request on, as if all had been read anew.
"""

from collections.abc import Iterable
from copy import copy
from datetime import date

from linli.base.prepared import fetchone
from linli.people.accounts.models import Post
from linli.people.accounts.rules import in_office

STAMP = "concat_ws(':', p.id, p.xmin, p.ctid, a.xmin, a.ctid, o.xmin, o.ctid)"
FROM_POST = (
    "JOIN accounts_account a ON a.id = p.account_id JOIN organisations_organisation o ON o.id = p.organisation_id"
)
_OF_ACCOUNT = (
    f"SELECT array_agg({STAMP} ORDER BY p.starts, p.id) FROM accounts_post p {FROM_POST} WHERE p.account_id = %s"  # noqa: S608
)
_MOST = 20_000  # of one process: more than a district's officials

_built: dict[str, Post] = {}


def seats(account_id: int, today: date) -> list[Post]:
    """The posts a person who is signed in may act through today; none when the account is not in use."""
    (stamps,) = fetchone(_OF_ACCOUNT, [account_id]) or (None,)
    return [post for post in posts_at(stamps or ()) if usable(post, today)]


def usable(post: Post, today: date) -> bool:
    """Whether somebody may act through this post today."""
    return post.account.is_active and in_office(post.starts, post.ends, today)


def posts_at(stamps: Iterable[str]) -> list[Post]:
    """The posts of these stamps, each with account and organisation; the caller's own copies."""
    stamps = list(stamps)
    missing = {int(stamp.partition(":")[0]): stamp for stamp in stamps if stamp not in _built}
    if missing:
        if len(_built) > _MOST:
            _built.clear()
        for post in Post.objects.filter(pk__in=missing).select_related("account", "organisation"):
            _built[missing[post.pk]] = post
    return [_own(_built[stamp]) for stamp in stamps if stamp in _built]


def _own(post: Post) -> Post:
    mine = copy(post)
    mine.account = copy(post.account)
    return mine
