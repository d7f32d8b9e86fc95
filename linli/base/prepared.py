"""The few statements that nearly every request runs: bound by the server and planned once per connection.

Everything else goes through the ORM, whose statements differ too much to be kept.
"""

from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from functools import cache
from typing import Any, TypeVar

import psycopg
from django.conf import settings
from django.db import DEFAULT_DB_ALIAS, connection, connections
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


def fetchall(statement: str, values: Sequence[Any] | Mapping[str, Any] | None = None) -> list[tuple[Any, ...]]:
    """The same for all rows of the answer."""
    with _cursor() as cursor:
        cursor.execute(statement, values)
        rows: list[tuple[Any, ...]] = cursor.fetchall()
        return rows


def run(statement: str, values: Sequence[Any] | Mapping[str, Any]) -> int:
    """Run a statement that answers nothing; how many rows it wrote."""
    with _cursor() as cursor:
        cursor.execute(statement, values)
        return int(cursor.rowcount)


def objects(model: type[Row], condition: str, values: Sequence[Any]) -> list[Row]:
    """Objects of one table as the ORM would build them; `condition` is the statement from WHERE on.

    For the few lookups by key that every page of a proceeding makes: there the making of the statement costs more than
    running it.
    """
    statement, names, converters = _reading(model)
    with _cursor() as cursor:
        cursor.execute(f"{statement} {condition}", values)
        rows = cursor.fetchall()
    held = _held()
    if converters:
        rows = [list(row) for row in rows]
        for row in rows:
            for place, convert, field in converters:
                row[place] = convert(row[place], field, held)
    return [model.from_db(held.alias, names, row) for row in rows]


def values(model: type[Model], key: Any, *columns: str) -> tuple[Any, ...]:
    """These columns of the row with this key, as the database keeps them. Raises DoesNotExist."""
    row = fetchone(_looking(model, columns), [key])
    if row is None:
        raise model.DoesNotExist  # type: ignore[attr-defined]
    return row


def add(row: Model) -> None:
    """Write a new row as `save(force_insert=True)` would; a key that the database gives is filled in."""
    statement, fields = _adding(type(row), row.pk is None)
    held = _held()
    given = [field.get_db_prep_save(field.pre_save(row, add=True), held) for field in fields]
    with _cursor() as cursor:
        cursor.execute(statement, given)
        if row.pk is None:
            row.pk = cursor.fetchone()[0]
    row._state.adding, row._state.db = False, held.alias


def change(model: type[Model], key: Any, **given: Any) -> bool:
    """Set columns of the row with this key; whether there was one to change."""
    prepared = [_field(model, name).get_db_prep_save(value, connection) for name, value in given.items()]
    return bool(run(_changing(model, tuple(given)), [*prepared, key]))


def _field(model: type[Model], name: str) -> Any:
    return model._meta.get_field(name)


def _quoted(model: type[Model]) -> tuple[str, str]:
    """Names of a model's table and key, as statements hold them."""
    return connection.ops.quote_name(model._meta.db_table), connection.ops.quote_name(model._meta.pk.column or "")


@cache
def _looking(model: type[Model], columns: tuple[str, ...]) -> str:
    table, key = _quoted(model)
    return f"SELECT {', '.join(map(connection.ops.quote_name, columns))} FROM {table} WHERE {key} = %s"  # noqa: S608


@cache
def _adding(model: type[Model], keyless: bool) -> tuple[str, list[Any]]:
    table, key = _quoted(model)
    fields = [field for field in model._meta.concrete_fields if not (keyless and field.primary_key)]
    columns = ", ".join(connection.ops.quote_name(field.column or "") for field in fields)
    # Whoever adds a row may not be allowed to see it: the key is asked for only where it is not known.
    back = f" RETURNING {key}" if keyless else ""
    return f"INSERT INTO {table} ({columns}) VALUES ({', '.join(['%s'] * len(fields))}){back}", fields  # noqa: S608


@cache
def _changing(model: type[Model], names: tuple[str, ...]) -> str:
    table, key = _quoted(model)
    columns = [_field(model, name).column for name in names]
    return (
        f"UPDATE {table} SET {', '.join(f'{connection.ops.quote_name(one)} = %s' for one in columns)} WHERE {key} = %s"  # noqa: S608
    )


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
    held = _held()
    if held.queries_logged:
        return held.cursor()
    held.ensure_connection()
    return held._prepare_cursor(psycopg.Cursor(held.connection))


def _held() -> Any:
    """The connection of this thread itself: `connection` would look it up again at every touch."""
    return connections[DEFAULT_DB_ALIAS]
