"""What is kept about signing in, and for how long."""

from datetime import timedelta

from django.contrib.sessions.models import Session

from linli.base.actor import Actor
from linli.base.clockwork import now
from linli.base.commands import command, detail
from linli.people.accounts.models import SignInAttempt

ATTEMPTS_KEPT = timedelta(days=183)


@command("accounts.sweep")
def sweep(actor: Actor) -> int:
    """Forget tries to sign in after six months (网络安全法第二十一条 asks for no less), and sessions that are over."""
    moment = now()
    attempts, _kinds = SignInAttempt.objects.filter(at__lt=moment - ATTEMPTS_KEPT).delete()
    sessions, _kinds = Session.objects.filter(expire_date__lt=moment).delete()
    detail(attempts=attempts, sessions=sessions)
    return attempts + sessions
