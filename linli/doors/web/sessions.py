"""What a session holds on the way in, and once somebody is in.

Until every check is passed the session knows only `pending`: who gave a right password, and which checks are done. The
middleware sees nobody there, so nothing but the sign-in pages opens.
"""

import time
from typing import Any

from django.conf import settings
from django.contrib.auth import HASH_SESSION_KEY, SESSION_KEY
from django.http import HttpRequest
from django.middleware.csrf import rotate_token
from django.urls import NoReverseMatch, reverse
from django.utils import timezone
from django.utils.crypto import constant_time_compare
from django.utils.http import url_has_allowed_host_and_scheme

from linli.base import policies
from linli.base.clockwork import now
from linli.people.accounts import passwords
from linli.people.accounts.middleware import POST_KEY, SEEN_KEY, SINCE_KEY
from linli.people.accounts.models import Account, Post
from linli.people.accounts.queries import posts_in_office
from linli.people.accounts.rules import home_of

PENDING_KEY = "pending"
PENDING_SECONDS = 10 * 60


def begin(request: HttpRequest, account: Account, target: str) -> None:
    """The password was right: a new session, in which the remaining checks follow."""
    request.session.flush()
    request.session[PENDING_KEY] = {
        "account": account.pk,
        "stamp": account.get_session_auth_hash(),
        "at": int(time.time()),
        "next": safe_target(request, target),
    }


def pending(request: HttpRequest) -> tuple[Account, dict[str, Any]] | None:
    """Who is on the way in, and the state of the checks; None when nobody is or it took too long."""
    state = request.session.get(PENDING_KEY)
    if not state or time.time() - state["at"] > PENDING_SECONDS:
        return None
    account = Account.objects.filter(pk=state["account"], is_active=True).first()
    if account is None or not constant_time_compare(state["stamp"], account.get_session_auth_hash()):
        return None
    return account, state


def note(request: HttpRequest, **facts: Any) -> None:
    """Remember that a check was passed."""
    request.session[PENDING_KEY] = request.session[PENDING_KEY] | facts


def skips_second_factor(account: Account) -> bool:
    """Only people of the demo, only where the demo runs; the pages say so."""
    return bool(settings.DEMO and account.demo)


def next_step(account: Account, state: dict[str, Any]) -> str:
    """URL name of the page that comes next for somebody on the way in."""
    if account.totp_secret and not state.get("second"):
        return "web:sign_in_code"
    if passwords.must_change(account, now()) and not (settings.DEMO and account.demo):
        return "web:sign_in_password"
    if not account.totp_secret and not skips_second_factor(account):
        return "web:sign_in_enrol"
    return "web:sign_in_post"


def choices(account: Account) -> list[Post]:
    """The posts this person may act through today."""
    return list(posts_in_office(account.pk, timezone.localdate(now())))


def enter(request: HttpRequest, account: Account, post: Post) -> None:
    """Every check is passed: a new session, through this post."""
    request.session.flush()
    session = request.session
    session[SESSION_KEY] = str(account.pk)
    session[HASH_SESSION_KEY] = account.get_session_auth_hash()
    session[POST_KEY] = post.pk
    session[SEEN_KEY] = session[SINCE_KEY] = int(time.time())
    rotate_token(request)


def safe_target(request: HttpRequest, target: str) -> str:
    """A path of this site, or nothing."""
    allowed = url_has_allowed_host_and_scheme(target, {request.get_host()}, require_https=request.is_secure())
    return target if allowed and target.startswith("/") else ""


def home(role: str) -> str:
    """The page a role lands on, as its policy says; the desk when that page does not exist."""
    try:
        return reverse(home_of(policies.load("roles").data, role))
    except NoReverseMatch:
        return reverse("web:home")
