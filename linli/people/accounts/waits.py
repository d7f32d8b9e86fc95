"""How long somebody must wait after failed attempts to sign in. Pure: moments in, seconds out.

Three counts, the longest wait holds:
* one login from one address: five free, then 15 s, 30 s, 1 min ... at most 15 min;
* one address, whatever the login: thirty free within an hour, growing alike, so that one machine cannot try many
  logins;
* one login from all addresses together, only where the caller's address has never signed in with it: twenty free
  within an
  hour, then at most one minute, so that many machines cannot try one login quickly.

Nobody is ever locked for good, and an address from which a person has signed in before never waits for what
strangers do.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

FIRST_SECONDS = 15


@dataclass(frozen=True, slots=True)
class Brake:
    """`free` failures within `window` cost nothing; each further one doubles the wait, up to `longest` seconds."""

    free: int
    window: timedelta
    longest: int


BY_LOGIN_AND_ADDRESS = Brake(5, timedelta(hours=24), 15 * 60)
BY_ADDRESS = Brake(30, timedelta(hours=1), 15 * 60)
BY_LOGIN = Brake(20, timedelta(hours=1), 60)


def seconds_left(brake: Brake, failures: Sequence[datetime], now: datetime) -> int:
    """Seconds still to wait, rounded up; `failures`: moments of failed attempts in any order."""
    counted = [at for at in failures if now - at < brake.window]
    beyond = len(counted) - brake.free
    if beyond < 0 or not counted:
        return 0
    pause = min(brake.longest, FIRST_SECONDS * 2 ** min(beyond, 12))
    left = (max(counted) + timedelta(seconds=pause) - now).total_seconds()
    return max(0, -int(-left // 1))
