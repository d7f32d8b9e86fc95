"""Where the journeys play: a database of their own with the fixed cast in it, committed, so that the server sees it.

The test process reaches that database only inside `ground()`; everything else goes through the browser. The other tests
keep theirs: their database holds nothing that was committed here.
"""

import os
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import date
from typing import Any

import pytest

from tests.embedded import Server, point_django_at, with_database

# Somebody of the demo beside the cast: only such people are offered the one click in.
DEMO_LOGIN, DEMO_NAME = "yanshi", "演小示"
# The secretary also sits at the dispatch desk: two posts, one person.
SECOND_POST = "secretary_at_desk"
# Who signs in with a password; everybody else comes with a session.
PASSWORDS = ("secretary", "neighbour")


@dataclass
class Stage:
    """`url`: the web role's address of the database. `cast`: tests.cast.Cast, its rows committed."""

    url: str
    blocker: Any
    cast: Any = None

    @contextmanager
    def ground(self) -> Iterator[Any]:
        """The database, with the system's eyes, in one transaction that is committed; gives the cast."""
        from django.db import connection

        from linli.base.actor import system
        from linli.base.scope import scope

        words = ("NAME", "USER", "PASSWORD", "HOST", "PORT", "OPTIONS")
        with self.blocker.unblock():
            connection.close()
            before = {word: connection.settings_dict[word] for word in words}
            environment = os.environ["DATABASE_URL"]
            point_django_at(self.url)
            _forget()
            try:
                with scope(system("journeys")):
                    yield self.cast
            finally:
                connection.close()
                connection.settings_dict.update(before)
                os.environ["DATABASE_URL"] = environment
                _forget()

    def session(self, name: str) -> str:
        """The key of a session signed in through this post, as the sign-in pages would make it."""
        from django.contrib.auth import HASH_SESSION_KEY, SESSION_KEY
        from django.contrib.sessions.backends.db import SessionStore

        from linli.people.accounts.middleware import POST_KEY, SEEN_KEY, SINCE_KEY

        with self.ground() as cast:
            post = cast.posts[name]
            session = SessionStore()
            session[SESSION_KEY] = str(post.account_id)
            session[HASH_SESSION_KEY] = post.account.get_session_auth_hash()
            session[POST_KEY] = post.pk
            session[SEEN_KEY] = session[SINCE_KEY] = int(time.time())
            session.save()
            return str(session.session_key)


def _forget() -> None:
    """What this process keeps for a few seconds belongs to the other database."""
    from linli.base import policies
    from linli.base.calendar import queries as calendar
    from linli.people.organisations import queries as organisations
    from linli.places.regions import locating

    for one in (policies, calendar, organisations, locating):
        one.forget()


@contextmanager
def staged(server: Server, blocker: Any) -> Iterator[Stage]:
    """A clone of the template with the cast in it, dropped at the end."""
    name = f"linli_test_{os.getpid()}_journeys"
    server.clone(name, server.template())
    stage = Stage(with_database(server.web, name), blocker)
    try:
        with stage.ground():
            stage.cast = _play()
        yield stage
    finally:
        server.drop(name)


def _play() -> Any:
    from linli.people.accounts.models import Account, Post
    from tests import cast as casting

    cast = casting.make()
    for name in PASSWORDS:
        account = cast.posts[name].account
        account.set_password(casting.PASSWORD)
        account.password_at = casting.MONDAY
        account.save()
    cast.posts[SECOND_POST] = Post.objects.create(
        account=cast.posts["secretary"].account,
        role="dispatcher",
        organisation=cast.organisations["desk"],
        region_code=casting.STREET,
        starts=date(2020, 1, 1),
    )
    demo = Account.objects.create(
        login=DEMO_LOGIN, name=DEMO_NAME, created_at=casting.MONDAY, demo=True, password=casting.PASSWORD
    )
    cast.posts[DEMO_LOGIN] = Post.objects.create(
        account=demo,
        role="leader",
        organisation=cast.organisations["office"],
        region_code=casting.STREET,
        starts=date(2020, 1, 1),
    )
    return cast


def needs(server: Any) -> Server:
    """The running server of the tests, or a failure in plain words."""
    if not isinstance(server, Server):
        pytest.fail("django_db_setup must yield the server of tests/embedded.py")
    return server
