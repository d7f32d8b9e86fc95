"""Proving to be reached by a number without an account: a one-time code to the number that is held.

Nothing can be learnt by asking: the answer and its time are the same whether a number is held or not. The code is kept
only as a keyed hash in the session that asked for it.
"""

import base64
import hashlib
import hmac
import secrets
import time
from dataclasses import dataclass
from typing import Any

from django.conf import settings
from django.http import HttpRequest

from linli.base.actor import RESIDENT_RIGHTS, Actor, system
from linli.base.commands import Refused
from linli.base.crypto import normalise_phone, open_bytes, ring, seal_bytes
from linli.base.jobs import later
from linli.base.privacy import holdings
from linli.base.privacy.policy import protection
from linli.base.privacy.queries import authorised, in_force, today
from linli.base.scope import scope
from linli.base.throttle import Limit, address, spend
from linli.doors.channels import texts

ASKED_KEY, OPEN_KEY = "own_code", "own_open"
CONTEXT = "portal.one_time"
TRIES = 5
BY_ADDRESS = Limit("portal.own.address", times=10, seconds=3600)
BY_PHONE = Limit("portal.own.phone", times=5, seconds=24 * 3600)
WRONG_BY_ADDRESS = Limit("portal.own.wrong", times=30, seconds=3600)
WRONG_BY_PHONE = Limit("portal.own.wrong.phone", times=15, seconds=24 * 3600)
WRONG = "验证码不对，或者已经过期。请核对，或者重新要一个。"


@dataclass(frozen=True, slots=True)
class Own:
    """One record that this browser may see. authority: the right to ask for somebody else, 0 for one's own."""

    kind: str
    id: int
    authority: int = 0


def resident() -> Actor:
    """Whoever has proved to be reached by a number, for the rest of this request."""
    return Actor(kind="resident", name="本人", rights=RESIDENT_RIGHTS)


def ask(request: HttpRequest, phone: str) -> str:
    """Send a code to the number if it is held. Returns the code where it may be shown: in a demo only, else "".

    Raises TooMany, counted alike for numbers that are held and that are not.
    """
    number = normalise_phone(phone)
    spend(BY_ADDRESS, address(request))
    spend(BY_PHONE, number)
    code = f"{secrets.randbelow(10**6):06}"
    sealed = _sealed(number)
    request.session[ASKED_KEY] = {
        "hash": _hash(code, number),
        "phone": sealed,
        "ends": int(time.time()) + 60 * int(protection()["code_minutes"]),
        "tries": 0,
    }
    # Whether the number is held is looked up by the job, never while somebody waits for the answer.
    later("portal.send_code", phone=sealed, code=_sealed(code))
    return code if texts.channel() == "console" else ""


def waiting(request: HttpRequest) -> bool:
    """Whether a code was asked for in this session and may still be typed."""
    asked: dict[str, Any] = request.session.get(ASKED_KEY) or {}
    return bool(asked) and asked["ends"] > time.time() and asked["tries"] < TRIES


def prove(request: HttpRequest, code: str) -> None:
    """Open what is held under the number. Raises Refused with one and the same sentence, or TooMany."""
    spend(WRONG_BY_ADDRESS, address(request))
    asked: dict[str, Any] = request.session.get(ASKED_KEY) or {}
    if not waiting(request):
        raise Refused(WRONG, field="code")
    number = _opened(asked["phone"])
    spend(WRONG_BY_PHONE, number)
    request.session[ASKED_KEY] = asked | {"tries": asked["tries"] + 1}
    typed = "".join(sign for sign in code if sign.isdigit())
    if not hmac.compare_digest(_hash(typed, number), asked["hash"]):
        raise Refused(WRONG, field="code")
    del request.session[ASKED_KEY]
    request.session[OPEN_KEY] = {
        "until": int(time.time()) + 60 * int(protection()["page_minutes"]),
        "records": [[one.kind, one.id, one.authority] for one in held_under(number)],
    }
    request.session.cycle_key()


def held_under(number: str) -> list[Own]:
    """Every record whose own number this is, and those that somebody with this number may ask for."""
    with scope(system("my information")):
        found = [Own(one.kind, int(key)) for one in holdings.every() for key in one.by_phone(number)]
        for row in authorised(number, today()):
            holding = holdings.of(row.subject_kind)
            behind = holding.same([row.subject_id]) if holding else ()
            found += [Own(row.subject_kind, int(key), row.pk) for key in (row.subject_id, *behind)]
    return found


def opened(request: HttpRequest) -> list[Own] | None:
    """The records of this session; None when no number was proved, or it is too long ago."""
    kept: dict[str, Any] | None = request.session.get(OPEN_KEY)
    if not kept:
        return None
    if kept["until"] < time.time():
        leave(request)
        return None
    return _still([Own(kind, key, authority) for kind, key, authority in kept["records"]])


def _still(found: list[Own]) -> list[Own]:
    """Without those for whom one may no longer ask: an authority that was ended counts at once, also for an open page."""
    named = {one.authority for one in found if one.authority}
    if not named:
        return found
    with scope(system("my information")):
        hold = set(in_force(today()).filter(pk__in=named).values_list("pk", flat=True))
    return [one for one in found if not one.authority or one.authority in hold]


def leave(request: HttpRequest) -> None:
    """Close the page on this device."""
    request.session.pop(OPEN_KEY, None)
    request.session.pop(ASKED_KEY, None)


def send(phone: str, code: str) -> bool:
    """The worker's part: send the code if anything is held under the number. Both sealed as `ask` left them."""
    number = _opened(phone)
    if not held_under(number):
        return False
    minutes = int(protection()["code_minutes"])
    return texts.send(
        number, f"您正在查看自己的个人信息，验证码{_opened(code)}，{minutes}分钟内有效。不是本人操作请不要告诉别人。"
    )


def _hash(code: str, number: str) -> str:
    key = hashlib.sha256(b"linli.one_time:" + settings.SECRET_KEY.encode()).digest()
    return hmac.new(key, f"{number}:{code}".encode(), hashlib.sha256).hexdigest()


def _sealed(text: str) -> str:
    return base64.b64encode(seal_bytes(ring(), text.encode(), CONTEXT)).decode()


def _opened(text: str) -> str:
    return open_bytes(ring(), base64.b64decode(text), CONTEXT).decode()
