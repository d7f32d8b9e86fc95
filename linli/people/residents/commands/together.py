"""Sealing and writing many rows by one statement. COPY cannot be used: it does not pass row-level security."""

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from django.db import connection

from linli.base.crypto import SealedField, keyring, sealing, tree
from linli.base.crypto.fields import indexes_of
from linli.base.crypto.sealed import context


def sealed(
    model: type[Any], name: str, keys: Sequence[int], owners: Sequence[int], texts: Sequence[str]
) -> dict[str, list[Any]]:
    """The sealed column of many rows and its blind index, as `seal_into` would make them one by one."""
    field = model._meta.get_field(name)
    assert isinstance(field, SealedField)
    leaves = _leaves(field, owners)
    column = field.attname
    # The ring is asked once: it looks at its file each time.
    ring, name_of = keyring.ring(), field.field_id
    values: dict[str, list[Any]] = {
        column: [
            sealing.seal_bytes(ring, text.encode(), context(name_of, key), leaf) if text else None
            for key, leaf, text in zip(keys, leaves, texts, strict=True)
        ]
    }
    for index in indexes_of(model, name):
        values[index.attname] = [index.index(text, ring.active) for text in texts]
    return values


def _leaves(field: SealedField, owners: Sequence[int]) -> Iterable[int]:
    """Whose key each value is sealed with."""
    kind = field.owner_kind
    return [tree.leaf(kind, owner) for owner in owners]


def insert(model: type[Any], values: Mapping[str, list[Any]]) -> None:
    """Write many rows by one statement, whatever their number. COPY cannot be used: it does not pass row-level security."""
    if not values or not next(iter(values.values())):
        return
    columns = {field.column: field for field in model._meta.concrete_fields}
    types = [_type(columns[name].db_type(connection) or "") for name in values]
    # An array of arrays would have to be rectangular: lists of names travel as text and are cast in the statement.
    chosen = ", ".join(
        f"c{number}::varchar[]" if columns[name].get_internal_type() == "ArrayField" else f"c{number}"
        for number, name in enumerate(values)
    )
    given = ", ".join(f"%s::{one}[]" for one in types)
    names = ", ".join(f"c{number}" for number in range(len(types)))
    # Names of tables and columns come from the models, values are bound.
    statement = (
        f"INSERT INTO {model._meta.db_table} ({', '.join(chr(34) + name + chr(34) for name in values)}) "  # noqa: S608
        f"SELECT {chosen} FROM unnest({given}) AS n({names})"
    )
    with connection.cursor() as cursor:
        cursor.execute(statement, [array(column) for column in values.values()])


def _type(declared: str) -> str:
    plain = declared.split(" COLLATE")[0].split("(")[0]
    return "text" if plain.startswith("varchar") or plain.endswith("]") else plain


def array(values: Sequence[Any]) -> str:
    """A column as the text of a PostgreSQL array, made in one step: the driver asks of each value anew how it is written."""
    first = next((value for value in values if value is not None), None)
    if isinstance(first, bytes):
        written = ["NULL" if value is None else f'"\\\\x{value.hex()}"' for value in values]
    elif isinstance(first, str):
        quoted = {value: _quoted(value) for value in set(values)}
        written = [quoted[value] for value in values]
    else:
        written = ["NULL" if value is None else f'"{value}"' for value in values]
    return "{" + ",".join(written) + "}"


def _quoted(value: str | None) -> str:
    if value is None:
        return "NULL"
    plain = value.replace("\\", "\\\\").replace('"', '\\"')
    return f'"{plain}"'
