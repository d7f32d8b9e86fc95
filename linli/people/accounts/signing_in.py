"""Checking who somebody is, and the record of every try.

These are no commands: until the last check nobody acts who could have a right. Their record is SignInAttempt,
written in the
same transaction, and it is kept for good tries and bad ones alike.
"""

import hashlib
import hmac
import unicodedata
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import lru_cache

from django.conf import settings
from django.contrib.auth.hashers import check_password, identify_hasher, make_password
from django.db import connection
from django.db.models import Max, QuerySet

from linli.base.clockwork import now
from linli.people.accounts import passwords, second_factor, waits
from linli.people.accounts.models import Account, RecoveryCode, SignInAttempt

KNOWN_ADDRESS = timedelta(days=60)
_MOST_COUNTED = 60


@dataclass(frozen=True, slots=True)
class Answer:
    """`account` when the check was passed; `wait`: seconds before the next try is looked at at all."""

    account: Account | None = None
    wait: int = 0


def normalise_login(text: str) -> str:
    """One spelling for one login: half width, small letters, no space around."""
    return unicodedata.normalize("NFKC", text).strip().lower()[:40]


def with_password(login: str, password: str, address: str | None) -> Answer:
    """Login and password. The answer and the time it takes do not tell whether the login exists."""
    login = normalise_login(login)
    account = Account.objects.filter(login=login, is_active=True).first()
    name = login if account is not None else _unknown(login)
    if wait := _wait(name, address):
        return Answer(wait=wait)
    good = check_password(password[: passwords.LONGEST + 1], account.password if account is not None else _decoy())
    if account is None or not good or passwords.one_time_is_over(account, now()):
        _record(name, address, good=False)
        return Answer()
    if identify_hasher(account.password).must_update(account.password):
        account.set_password(password)
        account.save(update_fields=["password"])
    return Answer(account)


def with_code(account: Account, code: str, address: str | None) -> Answer:
    """The second factor: six digits from the telephone, or a recovery code. Each works once, also when sent twice at
    once."""
    if wait := _wait(account.login, address):
        return Answer(wait=wait)
    if _use_code(account, code) or _use_recovery_code(account, code):
        return Answer(account)
    _record(account.login, address, good=False)
    return Answer()


def succeeded(account: Account, address: str | None) -> None:
    """Every check was passed: the failures before it no longer count."""
    _record(account.login, address, good=True)
    Account.objects.filter(pk=account.pk).update(last_login=now())


def _use_code(account: Account, code: str) -> bool:
    if not account.totp_secret:
        return False
    secret = second_factor.unseal(account.totp_secret, account.pk)
    step = second_factor.step_of(secret, code, now().timestamp(), account.totp_step)
    # The row count decides between two that come at the same moment.
    return step is not None and bool(Account.objects.filter(pk=account.pk, totp_step__lt=step).update(totp_step=step))


def _use_recovery_code(account: Account, code: str) -> bool:
    digest = second_factor.digest(code, account.pk)
    return bool(RecoveryCode.objects.filter(account=account, digest=digest, used_at=None).update(used_at=now()))


def _wait(name: str, address: str | None) -> int:
    """Seconds to wait. One try at a time for one login from one address: a parallel one waits a second."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_try_advisory_xact_lock(hashtextextended(%s, 0))", [f"sign-in {name} {address}"])
        if cursor.fetchone() != (True,):
            return 1
    moment = now()
    tries = SignInAttempt.objects.all()
    pair = tries.filter(login=name, address=address)
    good = pair.filter(good=True).aggregate(last=Max("at"))["last"]
    failed = pair.filter(good=False, at__gt=good) if good else pair.filter(good=False)
    waiting = [waits.seconds_left(waits.BY_LOGIN_AND_ADDRESS, _moments(failed), moment)]
    nearby = tries.filter(address=address, good=False, at__gt=moment - waits.BY_ADDRESS.window)
    waiting.append(waits.seconds_left(waits.BY_ADDRESS, _moments(nearby), moment))
    if good is None or moment - good > KNOWN_ADDRESS:
        everywhere = tries.filter(login=name, good=False, at__gt=moment - waits.BY_LOGIN.window)
        waiting.append(waits.seconds_left(waits.BY_LOGIN, _moments(everywhere), moment))
    return max(waiting)


def _moments(tries: QuerySet[SignInAttempt]) -> list[datetime]:
    return list(tries.order_by("-at").values_list("at", flat=True)[:_MOST_COUNTED])


def _record(name: str, address: str | None, *, good: bool) -> None:
    SignInAttempt.objects.create(login=name, address=address, at=now(), good=good)


def _unknown(login: str) -> str:
    """What is noted of a login that does not exist: people sometimes type their password there."""
    key = settings.SECRET_KEY.encode()
    return "?" + hmac.new(key, f"linli.login:{login}".encode("utf-8", "replace"), hashlib.sha256).hexdigest()[:32]


@lru_cache(maxsize=1)
def _decoy() -> str:
    """A hash that costs as much to check as a real one and that nothing matches."""
    return make_password("nobody has this password")
