"""Putting a job into the queue, in the running transaction: no job without what it is about, nothing without its job.

A task's own `defer` does the same in the web process. In the job worker it does not: there the queue has a connection of its own,
and a job put in by a wire could begin before the wire's transaction is committed, and find nothing.
"""

from datetime import datetime
from functools import cache
from typing import Any

from procrastinate import App
from procrastinate.contrib.django.django_connector import DjangoConnector


@cache
def _here() -> App:
    """The queue over Django's own connection, whatever connection the worker of this process uses."""
    return App(connector=DjangoConnector(alias="default"))


def later(task: str, *, at: datetime | None = None, **arguments: Any) -> None:
    """Queue the task of this name; `at`: not before that moment. Undone when the running transaction is."""
    _here().configure_task(task, schedule_at=at).defer(**arguments)
