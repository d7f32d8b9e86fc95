"""Leaks planted on purpose, each of a kind that has happened somewhere, and where the search must find it."""

import logging
import tempfile
from collections.abc import Callable
from contextlib import AbstractContextManager
from pathlib import Path
from typing import Any
from unittest import mock

from tests.drills.searching import identity_of, name_of, phone_of


def in_the_database(_cast: Any) -> None:
    """A name typed into the words of a case, which are not sealed."""
    from linli.matters.cases.models import Case

    Case.objects.filter(pk=Case.objects.order_by("pk").values("pk")[:1]).update(text=f"请找{name_of(3)}")


def in_the_log(_cast: Any) -> None:
    logging.getLogger("linli.people").warning("the number %s is already in use", phone_of(4))


def in_the_argument_of_a_job(_cast: Any) -> None:
    from linli.base.jobs import later

    later("portal.send_code", phone=phone_of(5), code="123456")


def in_a_session(cast: Any) -> None:
    """Packed, signed and in base64: no search of the raw bytes would find it."""
    client = cast.client("secretary")
    session = client.session
    session["last_search"] = name_of(6) * 40
    session.save()


def in_a_cache(_cast: Any) -> None:
    from django.core.cache import cache

    cache.set("last-search", name_of(7))


def in_the_audit(_cast: Any) -> None:
    """The audit names a record by its number; here somebody wrote the identity beside it."""
    from linli.base.clockwork import now
    from linli.base.commands.models import OutboxRow

    OutboxRow.objects.create(event="x", payload={"identity": identity_of(8)}, created_at=now(), next_at=now())


def in_a_temporary_file(_cast: Any) -> None:
    with tempfile.NamedTemporaryFile(delete=False, suffix=".csv") as file:
        file.write(f"{name_of(9)},{phone_of(9)}".encode("gb18030"))


def on_the_shelf(_cast: Any) -> None:
    """The shelf of sheets keeps them sealed; here somebody put one beside it."""
    from django.conf import settings

    Path(settings.HOME, "sheets").mkdir(exist_ok=True)
    Path(settings.HOME, "sheets", "planted").write_text(phone_of(10), encoding="utf-16")


# What is planted -> how a line about it must begin or what it must name.
STORED: dict[Callable[[Any], None], str] = {
    in_the_database: "canaries.tar",
    in_the_log: "log: ",
    in_the_argument_of_a_job: "canaries.tar",
    in_a_session: "session: ",
    in_a_cache: "cache: ",
    in_the_audit: "canaries.tar",
    in_a_temporary_file: ".csv: ",
    on_the_shelf: "/sheets/planted",
}


def clear(_cast: Any = None) -> None:
    """Take away what lies outside the database."""
    from django.conf import settings
    from django.core.cache import cache

    cache.clear()
    Path(settings.HOME, "sheets", "planted").unlink(missing_ok=True)


# --- leaks that answers would carry ---------------------------------------------------------------------------------


def a_mask_that_hides_nothing() -> AbstractContextManager[Any]:
    """Somebody mends the mask of names, and it lets everything through: lists, pages and exports show it."""
    from linli.people.residents.models import Person

    return mock.patch.object(Person._meta.get_field("name"), "mask", lambda text: text)


def debugging_left_on() -> AbstractContextManager[Any]:
    """The page of an error shows the values of variables."""
    from django.test import override_settings

    return override_settings(DEBUG=True)


def an_opening_that_forgets_its_row() -> AbstractContextManager[Any]:
    """The value leaves, the row of the read log was never written."""
    from linli.base.crypto import Purpose
    from linli.base.privacy import reading

    def opened(actor: Any, kind: str, key: int, fields: Any, *, purpose: str, note: str = "") -> Purpose:
        return Purpose(purpose, actor.principal, 1, frozenset(fields))

    return mock.patch.object(reading, "opened", opened)


def an_opening_under_another_name() -> AbstractContextManager[Any]:
    """A row is written, but about somebody else."""
    from linli.base.privacy import reading

    honest = reading.opened

    def opened(actor: Any, kind: str, key: int, fields: Any, *, purpose: str, note: str = "") -> Any:
        return honest(actor, kind, 999_999_999, fields, purpose=purpose, note=note)

    return mock.patch.object(reading, "opened", opened)
