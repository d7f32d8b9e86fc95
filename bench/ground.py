"""A database of its own for the benchmark: durable settings, the demo's places and people, and as many stored cases as asked."""

import os
import re
import secrets
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import timedelta
from pathlib import Path

import psycopg

HERE = Path(__file__).parent
BATCH = 100_000

Say = Callable[[str], None]


@dataclass
class Ground:
    """Where everything is: URL of the web role, the admin's URL, keys of posts, and cases to work on."""

    web: str
    admin: str
    desk_key: str = ""
    session: str = ""
    street: str = "110106009"
    point: tuple[float, float] = (0.0, 0.0)
    acts: list[tuple[str, str]] = field(default_factory=list)
    numbers: list[str] = field(default_factory=list)
    prepared_seconds: float = 0.0


@contextmanager
def ground(size: int, say: Say) -> Iterator[Ground]:
    """Make, fill and open the database; kept in var/bench for the next run of the same size."""
    os.environ["LINLI_HOME"] = str(HERE.parent / "var" / f"bench-{size}")
    os.environ.pop("DATABASE_URL", None)
    from linli.base.ground import database
    from linli.base.ground import ground as django_ground
    from linli.base.roles import installed, note

    begun = time.monotonic()
    with database() as addresses:
        _run_migrate()
        with django_ground("web", addresses):
            if "bench" not in installed(addresses.admin):
                _people(say)
                _fill(addresses.admin, size, say)
                note(addresses.admin, "bench", str(size))
            found = Ground(addresses.web, addresses.admin)
            _keys(found)
            found.prepared_seconds = time.monotonic() - begun
            yield found


def _run_migrate() -> None:
    import subprocess
    import sys

    subprocess.run([sys.executable, "-m", "linli", "migrate", "--verbosity", "0"], check=True)


def _people(say: Say) -> None:
    from linli.base.actor import system
    from linli.base.scope import scope
    from linli.doors.demo import people, places

    say("places and people of the demo district")
    with scope(system("bench")):
        places.load(system("bench"))
        people.people(system("bench"))


def _fill(url: str, size: int, say: Say) -> None:
    from linli.base import policies
    from linli.base.calendar.queries import current_calendar

    text = (HERE / "fill.sql").read_text(encoding="utf-8")
    procedure, calendar = policies.load("procedure.case").id, current_calendar().version
    for first in range(1, size + 1, BATCH):
        last = min(size, first + BATCH - 1)
        values = {
            ":first": str(first),
            ":last": str(last),
            ":procedure": str(procedure),
            ":'calendar'": f"'{calendar}'",
        }
        sql = re.sub(r":'calendar'|:first|:last|:procedure", lambda found, values=values: values[found.group()], text)
        with psycopg.connect(url, autocommit=True) as connection:
            connection.execute(sql)
        say(f"stored {last:,} cases")
    with psycopg.connect(url, autocommit=True) as connection:
        connection.execute(_ADD_UP)
        connection.execute("VACUUM ANALYZE")
    say("figures added up, tables analysed")


_COUNTS = """count(*) FILTER (WHERE e = 1) AS filed, 0 AS proactive, count(*) FILTER (WHERE e = 2) AS answered,
  count(*) FILTER (WHERE e = 2 AND answered_late) AS answered_late, count(*) FILTER (WHERE e = 3) AS settled,
  count(*) FILTER (WHERE e = 3 AND reachable) AS reachable, count(*) FILTER (WHERE e = 3 AND reachable AND contacted) AS contacted,
  count(*) FILTER (WHERE e = 3 AND reachable AND resolved) AS resolved, count(*) FILTER (WHERE e = 3 AND reachable AND satisfaction = 'satisfied') AS satisfied,
  count(*) FILTER (WHERE e = 3 AND reachable AND satisfaction = 'basic') AS basic,
  count(*) FILTER (WHERE e = 3 AND reachable AND satisfaction = 'dissatisfied') AS dissatisfied,
  count(*) FILTER (WHERE e = 3 AND reachable AND resolved AND satisfaction = 'satisfied') AS both_full"""
_TOP, _MONTH = "split_part(c.category, '.', 1)", "date_trunc('month', day)::date"
_ADD_UP = ";".join(
    f"""INSERT INTO indicators_casedaily (grain, region_code, dimension, day, filed, proactive, answered, answered_late, settled, reachable,
      contacted, resolved, satisfied, basic, dissatisfied, both_full)
    SELECT {grain}, left(p.region_code, {digits}), {dimension}, {day}, {_COUNTS}
    FROM cases_case c JOIN procedures_proceeding p ON p.id = c.proceeding_id,
      LATERAL (VALUES (1, c.filed_on), (2, c.answered_on), (3, c.settled_on)) AS v(e, day)
    WHERE day IS NOT NULL GROUP BY 2, 3, 4"""
    for grain, digits, dimension, day in (
        (1, 15, "''", "day"),
        (2, 12, _TOP, "day"),
        (3, 9, "c.channel", "day"),
        (4, 15, "c.category", "day"),
        (5, 15, "''", _MONTH),
        (6, 12, _TOP, _MONTH),
    )
)


def _keys(found: Ground) -> None:
    """Keys for the desk and for every community, a session for the pages, and cases to act on."""
    from django.contrib.auth import HASH_SESSION_KEY, SESSION_KEY
    from django.contrib.sessions.backends.db import SessionStore

    from linli.base.actor import system
    from linli.base.clockwork import now
    from linli.base.scope import scope
    from linli.doors.api.commands import PREFIX, digest, today
    from linli.doors.api.models import ApiToken
    from linli.people.accounts.middleware import POST_KEY, SEEN_KEY, SINCE_KEY
    from linli.people.accounts.models import Account, Post
    from linli.places.regions.models import Region
    from linli.procedures.models import Proceeding

    def key(post: Post) -> str:
        token = PREFIX + secrets.token_urlsafe(32)
        ApiToken.objects.create(
            name="bench",
            post=post,
            digest=digest(token),
            created_at=now(),
            ends=today() + timedelta(days=2),
            used_on=today(),
        )
        return token

    with scope(system("bench")):
        ApiToken.objects.filter(name="bench").delete()
        desk = Post.objects.select_related("account").get(account__login="paidan")
        Account.objects.filter(pk=desk.account_id).update(totp_secret="", one_time=False)
        found.desk_key = key(desk)
        session = SessionStore()
        session.update(
            {
                SESSION_KEY: str(desk.account_id),
                HASH_SESSION_KEY: desk.account.get_session_auth_hash(),
                POST_KEY: desk.pk,
                SEEN_KEY: int(time.time()) + 3600,
                SINCE_KEY: int(time.time()),
            }
        )
        session.save()
        found.session = session.session_key or ""
        keys = {post.organisation_id: key(post) for post in Post.objects.filter(role="community_secretary")}
        waiting = Proceeding.objects.filter(kind="case", step="dispatched", closed_at=None).order_by("id")
        found.acts = [
            (number, keys[holder])
            for number, holder in waiting.values_list("number", "holder_id")[:40_000]
            if holder in keys
        ]
        found.numbers = list(
            Proceeding.objects.filter(sub_district_code=found.street, kind="case")
            .order_by("-id")
            .values_list("number", flat=True)[:2000]
        )
        grid = Region.objects.filter(code__startswith=found.street, level=6).first()
        assert grid is not None
        found.point = (grid.longitude or 0.0, grid.latitude or 0.0)
