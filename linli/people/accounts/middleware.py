"""Puts the actor on the request and opens the one transaction in which the request sees and writes."""

import hashlib
import secrets
import time
from collections.abc import Callable
from contextlib import ExitStack
from urllib.parse import unquote
from zoneinfo import ZoneInfo

from django.contrib.auth import HASH_SESSION_KEY, SESSION_KEY
from django.contrib.auth.models import AnonymousUser
from django.core.exceptions import BadRequest
from django.db import OperationalError, connection, transaction
from django.http import HttpRequest, HttpResponse
from django.utils.crypto import constant_time_compare

from linli.base.actor import ANONYMOUS, RESIDENT_RIGHTS, Actor
from linli.base.callers import caller
from linli.base.clockwork import now
from linli.base.commands import submission
from linli.base.commands.engine import request_id
from linli.base.scope import enter
from linli.people.accounts.models import Post
from linli.people.accounts.queries import actor_of
from linli.people.accounts.seats import seats

IDLE_SECONDS = 30 * 60
LONGEST_SECONDS = 12 * 3600
POST_KEY, SEEN_KEY, SINCE_KEY, CASES_KEY = "post", "seen", "since", "cases"
_TOUCH_SECONDS = 60
_LONGEST_KEY = 100
_CUT_CONNECTIONS = 8  # more than a pool holds: all of them may have been cut

# Other proofs than a session, such as the API's keys; a door adds its own. Each looks at a request and answers with a
# post or None.
BEARERS: list[Callable[[HttpRequest], Post | None]] = []


class ActorMiddleware:
    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]):
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        token = request_id.set(secrets.token_hex(8))
        try:
            if "\0" in unquote(request.get_full_path()):
                # No text column can hold it, and no link of ours has it: say so once, here.
                request.actor, request.post, request.posts = ANONYMOUS, None, []  # type: ignore[attr-defined]
                raise BadRequest("NUL in the address")
            with ExitStack() as stack:
                request.actor, request.post, request.posts = _begin(stack, lambda: _who(request))  # type: ignore[attr-defined]
                response = self._answer(request)
                if response.status_code >= 500:
                    transaction.set_rollback(True)
            return _unshared(request, response)
        finally:
            request_id.reset(token)

    def _answer(self, request: HttpRequest) -> HttpResponse:
        if request.method in ("GET", "HEAD", "OPTIONS"):
            return self.get_response(request)
        key, principal = _submitted(request)
        if not key:
            return self.get_response(request)
        with submission(key, principal):
            return self.get_response(request)


Found = tuple[Actor, Post | None, list[Post]]


def _begin(stack: ExitStack, who: Callable[[], Found]) -> Found:
    """Begin the transaction, find out who is asking, and set their scope.

    Connections are not asked first whether they live: one that a restart of the server has cut fails here, where nothing
    has been done yet, and another is taken.
    """
    for left in reversed(range(_CUT_CONNECTIONS)):
        atomic = transaction.atomic()
        atomic.__enter__()
        try:
            found = who()
            enter(found[0])
        except BaseException as error:
            atomic.__exit__(type(error), error, error.__traceback__)
            if not left or not isinstance(error, OperationalError):
                raise
            connection.close()
            continue
        stack.push(atomic)
        return found
    raise AssertionError("not reached")


def _unshared(request: HttpRequest, response: HttpResponse) -> HttpResponse:
    """No cache between us and the reader keeps a page; of pages for somebody signed in not even the browser does."""
    if not response.has_header("Cache-Control"):
        known = request.actor.kind in ("person", "resident")  # type: ignore[attr-defined]
        response["Cache-Control"] = "no-store" if known else "private, no-cache"
    return response


def _submitted(request: HttpRequest) -> tuple[str, str]:
    """(key, principal) of this submission; an empty key for none.

    Everybody without a sign-in is one and the same actor, and must not meet the keys of others: the nonce of a form (128
    random bits) names its own sender, a key that a program chose belongs to its session or its address.
    """
    actor: Actor = request.actor  # type: ignore[attr-defined]
    nonce, chosen = _nonce(request), request.headers.get("Idempotency-Key", "")
    key = chosen or nonce
    # A key is compared, never read: what is too long for its column, or cannot stand in one, is hashed.
    if len(key) > _LONGEST_KEY or not key.isprintable():
        key = hashlib.sha256(key.encode("utf-8", "surrogatepass")).hexdigest()
    if actor.signed_in:
        return key, actor.principal
    if not chosen:
        return key, "form"
    whose = request.session.session_key or caller(request) or ""
    return key, f"{actor.kind}:{hashlib.sha256(whose.encode()).hexdigest()[:32]}"


def _nonce(request: HttpRequest) -> str:
    kind = request.content_type or ""
    return request.POST.get("_nonce", "") if kind.startswith(("application/x-www-form", "multipart/")) else ""


def _who(request: HttpRequest) -> Found:
    """The person of this session with their posts, else a resident with the cases they proved to know, else nobody."""
    request.user = AnonymousUser()
    if "Authorization" in request.headers:
        # A key never mixes with a session: a wrong one is nobody, whatever the cookie says.
        post = next((found for bearer in BEARERS if (found := bearer(request)) is not None), None)
        return (actor_of(post), post, [post]) if post is not None else (ANONYMOUS, None, [])
    session = request.session
    account_id, post_id = session.get(SESSION_KEY), session.get(POST_KEY)
    if account_id and post_id:
        posts = seats(int(account_id), now().astimezone(ZoneInfo("Asia/Shanghai")).date())
        post = next((one for one in posts if one.pk == int(post_id)), None)
        if post is not None and _still_good(request, post):
            request.user = post.account
            return actor_of(post), post, posts
        session.flush()
    known = tuple(session.get(CASES_KEY, ()))
    if known:
        return Actor(kind="resident", rights=RESIDENT_RIGHTS, proceedings=known), None, []
    return ANONYMOUS, None, []


def _still_good(request: HttpRequest, post: Post) -> bool:
    """Signed in with the password of today, not idle for too long, and not longer ago than a working day."""
    stamp = request.session.get(HASH_SESSION_KEY, "")
    if not constant_time_compare(stamp, post.account.get_session_auth_hash()):
        return False
    present = int(time.time())
    seen = request.session.get(SEEN_KEY, 0)
    if present - seen > IDLE_SECONDS or present - request.session.get(SINCE_KEY, 0) > LONGEST_SECONDS:
        return False
    if present - seen > _TOUCH_SECONDS:
        request.session[SEEN_KEY] = present
    return True
