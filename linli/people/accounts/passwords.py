"""Which passwords are good enough, and how long they last.

AUTH_PROFILE  `nist` (default: long, not common, no forced change) or `dengbao3` (also three kinds of characters, and
a new
              one every 90 days). The two schools contradict each other; the deployment chooses, and the pages say
              which.
"""

import secrets
from datetime import datetime, timedelta

from django.conf import settings
from django.contrib.auth.password_validation import validate_password
from django.core.exceptions import ValidationError

from linli.people.accounts.models import Account

LONGEST = 256
ONE_TIME_HOURS = 72
PROFILES = {
    "nist": "至少 10 个字符，不能是常见密码，不强制定期更换（NIST SP 800-63B）",
    "dengbao3": "至少 10 个字符，大小写字母、数字、符号至少三类，不能是常见密码，90 天更换一次（等保三级）",
}
_KINDS_NEEDED, _MAX_AGE = 3, timedelta(days=90)


def profile() -> str:
    """The profile in force. Raises ValueError for a name that does not exist: a typo must not weaken the site."""
    chosen = settings.AUTH_PROFILE
    if chosen not in PROFILES:
        raise ValueError(f"AUTH_PROFILE must be one of {', '.join(PROFILES)}, not {chosen!r}")
    return chosen


def problems(password: str, account: Account | None = None) -> list[str]:
    """What is wrong with a password, in the user's words; empty when it may be used."""
    found = []
    if len(password) > LONGEST:
        return [f"密码不能超过 {LONGEST} 个字符。"]
    try:
        validate_password(password, account)
    except ValidationError as error:
        found += list(error.messages)
    if account is not None and account.login.lower() in password.lower():
        found.append("密码里不能有登录名。")
    if profile() == "dengbao3" and _kinds(password) < _KINDS_NEEDED:
        found.append("大写字母、小写字母、数字、符号至少要有三类。")
    return found


def _kinds(password: str) -> int:
    tests = (str.isupper, str.islower, str.isdigit, lambda letter: not letter.isalnum())
    return sum(any(test(letter) for letter in password) for test in tests)


def new_one_time() -> str:
    """A password to be handed over once, such as `mK7q-...`: 16 letters, about 90 bits."""
    letters = "abcdefghijkmnpqrstuvwxyzABCDEFGHJKLMNPQRSTUVWXYZ23456789"
    return "-".join("".join(secrets.choice(letters) for _ in range(4)) for _ in range(4))


def must_change(account: Account, now: datetime) -> bool:
    """Whether the password has to be replaced before anything else."""
    if account.one_time:
        return True
    return profile() == "dengbao3" and (account.password_at is None or now - account.password_at > _MAX_AGE)


def one_time_is_over(account: Account, now: datetime) -> bool:
    """A one-time password that was not used in time opens nothing any more."""
    since = account.password_at
    return account.one_time and since is not None and now - since > timedelta(hours=ONE_TIME_HOURS)
