"""Proving to know a case: by number and code, or by the link of a call-back. Wrong proofs are counted, told nothing."""

import hmac

from django.http import HttpRequest

from linli.base.actor import RESIDENT_RIGHTS, Actor, system
from linli.base.commands import Refused
from linli.base.scope import scope
from linli.base.throttle import address, left, note, refusal
from linli.doors.portal import limits
from linli.matters.cases.commands import track
from linli.matters.cases.queries import tracking_secret
from linli.matters.cases.rules import clean_number, link_token
from linli.procedures.models import Proceeding

PROOF = system("portal tracking")


def reporter(case: int) -> Actor:
    """Who has proved to know this one case, for the rest of this request."""
    return Actor(kind="resident", rights=RESIDENT_RIGHTS, proceedings=(case,))


def by_code(request: HttpRequest, number: str, code: str) -> tuple[int, str]:
    """(id, number) of the case. Raises Refused with one and the same sentence, or TooMany."""
    who, number = address(request), clean_number(number)
    if not left(limits.WRONG_BY_ADDRESS, who):
        raise refusal(limits.WRONG_BY_ADDRESS)
    # The true reporter must get in even while somebody else guesses at the number.
    if not left(limits.WRONG_BY_NUMBER, number) and not left(limits.WRONG_BY_BOTH, number, who):
        raise refusal(limits.WRONG_BY_NUMBER)
    try:
        with scope(PROOF):
            found = track(reporter(0), number=number, code=code)
    except Refused:
        note(limits.WRONG_BY_ADDRESS, who)
        note(limits.WRONG_BY_NUMBER, number)
        note(limits.WRONG_BY_BOTH, number, who)
        raise
    return int(found["id"]), str(found["number"])


def by_link(request: HttpRequest, number: str, token: str) -> int | None:
    """The id of the case whose running round this link is for; None for anything else. Raises TooMany."""
    who, number = address(request), clean_number(number)
    if not left(limits.WRONG_LINK, who):
        raise refusal(limits.WRONG_LINK)
    with scope(PROOF):
        row = Proceeding.objects.filter(number=number, kind="case").values_list("id", "round").first()
    wanted = link_token(tracking_secret(), number, row[1] if row else 1)
    right = hmac.compare_digest(token.lower().encode("utf-8", "replace"), wanted.encode())
    if row is None or not right:
        note(limits.WRONG_LINK, who)
        return None
    return int(row[0])
