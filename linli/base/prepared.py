"""The few statements that nearly every request runs: bound by the server and planned once per connection.

Everything else goes through the ORM, whose statements differ too much to be kept.
"""

from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from functools import cache
from typing import Any, TypeVar

import psycopg
from django.conf import settings
from django.db import connection
from django.db.backends.postgresql.psycopg_any import get_adapters_template
from django.db.models import Model
from django.db.models.expressions import Col
from psycopg.types.datetime import TimestamptzLoader

Row = TypeVar("Row", bound=Model)


class Moments(TimestamptzLoader):
    """Reads a moment in one step of C; connections are in UTC, so nothing has to be changed afterwards."""

    timezone = UTC  # where Django looks whether a connection reads moments as it wants them

    def load(self, data: Any) -> datetime:
        try:
            return datetime.fromisoformat(str(data, "ascii")).astimezone(UTC)
        except ValueError:  # before the year 1 or after 9999: psycopg knows the words for it
            return super().load(data)


def read_moments_fast() -> None:
    """Let every connection read moments without a step in Python; a page of fifty rows holds a hundred of them."""
    if settings.USE_TZ:
        get_adapters_template(True, UTC).register_loader("timestamptz", Moments)


def fetchone(statement: str, values: Sequence[Any] | Mapping[str, Any] | None = None) -> tuple[Any, ...] | None:
    """Run a statement and give its first row.

    Python values are sent typed: where PostgreSQL cannot guess what a text is meant to be, the statement says so by a cast.
    """
    with _cursor() as cursor:
        cursor.execute(statement, values)
        row: tuple[Any, ...] | None = cursor.fetchone()
        return row


def objects(model: type[Row], condition: str, values: Sequence[Any]) -> list[Row]:
    """Objects of one table as the ORM would build them; `condition` is the statement from WHERE on.

    For the few lookups by key that every page of a proceeding makes: there the making of the statement costs more than
    running it.
    """
    statement, names, converters = _reading(model)
    with _cursor() as cursor:
        cursor.execute(f"{statement} {condition}", values)
        rows = cursor.fetchall()
    if converters:
        rows = [list(row) for row in rows]
        for row in rows:
            for place, convert, field in converters:
                row[place] = convert(row[place], field, connection)
    return [model.from_db(connection.alias, names, row) for row in rows]


@cache
def _reading(model: type[Model]) -> tuple[str, list[str], list[tuple[int, Any, Any]]]:
    fields = model._meta.concrete_fields
    table = connection.ops.quote_name(model._meta.db_table)
    columns = ", ".join(f"{table}.{connection.ops.quote_name(field.column or '')}" for field in fields)
    converters = [
        (place, convert, Col(model._meta.db_table, field))
        for place, field in enumerate(fields)
        for convert in field.get_db_converters(connection)
    ]
    return f"SELECT {columns} FROM {table}", [field.attname for field in fields], converters  # noqa: S608


def _cursor() -> Any:
    """Django's wrapper around a cursor that binds on the server; the ordinary one where statements are being listed."""
    if connection.queries_logged:
        return connection.cursor()
    connection.ensure_connection()
    return connection._prepare_cursor(psycopg.Cursor(connection.connection))  # type: ignore[attr-defined]
