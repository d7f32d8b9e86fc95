"""Which cases this browser has proved to know: their ids in the session, nothing else, and it can be forgotten."""

from contextlib import AbstractContextManager, nullcontext

from django.http import HttpRequest

from linli.base.actor import RESIDENT_RIGHTS, Actor
from linli.base.scope import scope
from linli.people.accounts.middleware import CASES_KEY

FILED_KEY = "filed"
MOST = 50


def resident(request: HttpRequest) -> Actor:
    """The resident of this browser, also when a member of staff is signed in: their post counts for nothing here."""
    return Actor(kind="resident", rights=RESIDENT_RIGHTS, proceedings=tuple(request.session.get(CASES_KEY, ())))


def eyes(request: HttpRequest, actor: Actor) -> AbstractContextManager[None]:
    """See the database as this actor inside the block. The middleware has set that scope already for most residents."""
    here: Actor = request.actor  # type: ignore[attr-defined]
    if here.kind != "person" and here.proceedings == actor.proceedings:
        return nullcontext()
    return scope(actor)


def remember(request: HttpRequest, case: int, *, filed: bool = False) -> None:
    """Let this browser follow the case. What somebody may see has changed, so the session gets a new name."""
    cases = [*(one for one in request.session.get(CASES_KEY, ()) if one != case), case][-MOST:]
    request.session[CASES_KEY] = cases
    if filed:
        mine = [*(one for one in request.session.get(FILED_KEY, ()) if one != case), case][-MOST:]
        request.session[FILED_KEY] = mine
    if request.session.session_key:
        request.session.cycle_key()


def filed_here(request: HttpRequest, case: int) -> bool:
    """Whether the case was filed in this session: then its code may be shown again."""
    return case in request.session.get(FILED_KEY, ())


def forget(request: HttpRequest) -> None:
    """Forget every case. A member of staff stays signed in."""
    if getattr(request, "post", None) is None:
        request.session.flush()
        return
    request.session.pop(CASES_KEY, None)
    request.session.pop(FILED_KEY, None)
    request.session.cycle_key()
