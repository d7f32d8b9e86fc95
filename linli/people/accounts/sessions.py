"""Sessions as Django keeps them, read by a prepared statement: every page of a signed-in person begins with one."""

from django.contrib.sessions.backends import db
from django.contrib.sessions.models import Session
from django.utils import timezone

from linli.base.prepared import fetchone

_READ = "SELECT session_data, expire_date FROM django_session WHERE session_key = %s AND expire_date > %s"


class SessionStore(db.SessionStore):
    """Only the way of reading differs."""

    def _get_session_from_db(self) -> Session | None:
        key = self.session_key or ""
        row = fetchone(_READ, [key, timezone.now()]) if key.isascii() and key.isalnum() else None
        if row is None:
            self._session_key = None
            return None
        return Session(session_key=key, session_data=row[0], expire_date=row[1])
