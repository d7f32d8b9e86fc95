"""Writing many rows by one statement. COPY cannot be used: it does not pass row-level security."""

from collections.abc import Mapping, Sequence
from typing import Any

from django.db import connection

from linli.base import prepared


def insert(model: type[Any], values: Mapping[str, Sequence[Any]], fixed: Mapping[str, Any] | None = None) -> None:
    """Write many rows by one statement, whatever their number. values: columns, or what `array` made of them; fixed:
    columns that are the same in all rows."""
    if not values or not next(iter(values.values())):
        return
    columns = {field.column: field for field in model._meta.concrete_fields}
    types = {name: _type(columns[name].db_type(connection) or "") for name in [*values, *(fixed or ())]}
    # An array of arrays would have to be rectangular: lists of names travel as text and are cast in the statement.
    chosen = [
        f"c{number}::varchar[]" if columns[name].get_internal_type() == "ArrayField" else f"c{number}"
        for number, name in enumerate(values)
    ]
    chosen += [f"%s::{types[name]}" for name in fixed or ()]
    given = ", ".join(f"%s::{types[name]}[]" for name in values)
    names = ", ".join(f"c{number}" for number in range(len(values)))
    # Names of tables and columns come from the models, values are bound.
    statement = (
        f"INSERT INTO {model._meta.db_table} ({', '.join(chr(34) + name + chr(34) for name in types)}) "  # noqa: S608
        f"SELECT {', '.join(chosen)} FROM unnest({given}) AS n({names})"
    )
    # Bound by the server: megabytes of values need neither be quoted here nor be parsed as a part of the statement there.
    prepared.run(statement, [*(fixed or {}).values(), *map(array, values.values())])


def _type(declared: str) -> str:
    plain = declared.split(" COLLATE")[0].split("(")[0]
    return "text" if plain.startswith("varchar") or plain.endswith("]") else plain


def array(values: Sequence[Any]) -> str:
    """A column as the text of a PostgreSQL array, made in one step: the driver asks of each value anew how it is written.
    What is such a text already stays as it is."""
    if isinstance(values, str):
        return values
    first = next((value for value in values if value is not None), None)
    if isinstance(first, int):  # numbers, true and false
        return "{" + str(list(values))[1:-1].replace("None", "NULL") + "}"
    if isinstance(first, bytes):
        return "{" + ",".join(["NULL" if value is None else "\\\\x" + value.hex() for value in values]) + "}"
    quoted = {value: _quoted(value) for value in set(values)}
    return "{" + ",".join([quoted[value] for value in values]) + "}"


def _quoted(value: Any) -> str:
    if value is None:
        return "NULL"
    plain = str(value).replace("\\", "\\\\").replace('"', '\\"')
    return f'"{plain}"'
