"""Sealing old values anew under the active key, online, in small steps that can be stopped and run again."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from typing import Any

from django.apps import apps
from django.db import connection, models, transaction

from linli.base.actor import system
from linli.base.scope import scope

from . import keyring, sealing, tree
from .fields import BlindIndexField, SealedField, indexes_of
from .sealed import context

# Rows of one step: enough that its commit costs little, few enough that nobody waits long for one of them.
BATCH = 2000


def sealed_models() -> Iterator[type[models.Model]]:
    """Every model with a sealed field of its own."""
    for model in apps.get_models():
        if any(isinstance(field, SealedField) for field in model._meta.local_concrete_fields):
            yield model


def owner_kinds() -> set[str]:
    """Models whose rows have keys of their own."""
    fields = [field for model in sealed_models() for field in model._meta.local_concrete_fields]
    return {field.owner_kind for field in fields if isinstance(field, SealedField) and field.owner_kind}


def anything_sealed() -> bool:
    """Whether any row of Linli holds a sealed value, seen with the system's eyes."""
    with scope(system("keys")):
        return any(
            model._base_manager.filter(**{f"{field.name}__isnull": False}).exists()
            for model in sealed_models()
            for field in model._meta.local_concrete_fields
            if isinstance(field, SealedField)
        )


def owners(kind: str) -> Iterator[tuple[str, int]]:
    """(kind, pk) of every row of a model that owns keys; none where there is no such model."""
    try:
        model = apps.get_model(kind)
    except LookupError:
        return
    for key in model._base_manager.values_list("pk", flat=True).order_by("pk").iterator(chunk_size=5000):
        yield kind, int(key)


def sealed_rows() -> int:
    """How many rows a rotation goes through."""
    return sum(model._base_manager.count() for model in sealed_models())


def old_indexes() -> int:
    """Rows with a blind index under another key than the active one."""
    active, quote = bytes.fromhex(keyring.ring().active_id), connection.ops.quote_name
    count = 0
    with connection.cursor() as cursor:
        for model in apps.get_models():
            for field in model._meta.local_concrete_fields:
                if isinstance(field, BlindIndexField):
                    table, column = quote(model._meta.db_table), quote(field.column or "")
                    statement = f"SELECT count(*) FROM {table} WHERE substring({column} from 1 for 4) <> %s"  # noqa: S608
                    cursor.execute(statement, [active])
                    row = cursor.fetchone()
                    count += row[0] if row else 0
    return count


@dataclass(frozen=True, slots=True)
class Portion:
    """What one step of a rotation did. last: the pk it ended at, None when no row is left."""

    looked: int
    sealed: int
    last: int | None


def rotate(model: type[models.Model], batch: int = BATCH) -> int:
    """Seal every value of a model that is not under the active key again, and its blind indexes. Returns how many rows.

    Rows are locked for their own batch only, so the site keeps running. Raises SealBroken when a value cannot be
    opened: nothing of its batch is changed then. The caller's scope decides which rows are seen: use the system's.
    """
    done, after = 0, 0
    while True:
        portion = rotate_portion(model, after, batch)
        if portion.last is None:
            return done
        done, after = done + portion.sealed, portion.last


def rotate_portion(model: type[models.Model], after: int, batch: int = BATCH) -> Portion:
    """The next rows behind the pk `after`: two statements, whatever their number. No object is made of a row."""
    ring, plan = keyring.ring(), _plan(model)
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(plan.read, [after, batch])
        rows = [list(row) for row in cursor.fetchall()]
        changed = [row for row in rows if _reseal(row, plan.columns, ring)]
        if changed:
            cursor.execute(plan.write, [[row[place] for row in changed] for place in (0, *plan.written)])
    return Portion(len(rows), len(changed), rows[-1][0] if rows else None)


@dataclass(frozen=True, slots=True)
class _Column:
    """One sealed column. place, owner: where it and the key of its owner stand in a row; kind: of the owner; indexes: with
    their places."""

    field: SealedField
    place: int
    owner: int | None
    kind: str
    indexes: list[tuple[int, BlindIndexField]]


@dataclass(frozen=True, slots=True)
class _Plan:
    """How a model is gone through: the two statements, and which places of a row are written back."""

    columns: list[_Column]
    read: str
    write: str
    written: list[int]


@cache
def _plan(model: type[models.Model]) -> _Plan:
    quote = connection.ops.quote_name
    key, table = quote(model._meta.pk.column or ""), quote(model._meta.db_table)
    names = [model._meta.pk.column or ""]

    def place(column: str | None) -> int:
        if column not in names:
            names.append(column or "")
        return names.index(column or "")

    columns = []
    for field in model._meta.local_concrete_fields:
        if isinstance(field, SealedField):
            own = field.keyed_by.rpartition(":")[2]
            owner = (0 if own in ("id", "pk") else place(own)) if own else None
            indexes = [(place(index.column), index) for index in indexes_of(model, field.name)]
            columns.append(_Column(field, place(field.column), owner, field.owner_kind, indexes))
    written = sorted({one.place for one in columns} | {at for one in columns for at, _index in one.indexes})
    every = ", ".join(quote(name) for name in names)
    sets = ", ".join(f"{quote(names[at])} = v.c{at}" for at in written)
    arrays = ", ".join(["%s::bigint[]"] + ["%s::bytea[]"] * len(written))
    given = ", ".join(["pk", *(f"c{at}" for at in written)])
    # Only names of our own tables and columns are put together here; values are given apart.
    read = f"SELECT {every} FROM {table} WHERE {key} > %s ORDER BY {key} LIMIT %s FOR UPDATE"  # noqa: S608
    write = f"UPDATE {table} AS t SET {sets} FROM unnest({arrays}) AS v({given}) WHERE t.{key} = v.pk"  # noqa: S608
    return _Plan(columns, read, write, written)


def _reseal(row: list[Any], columns: list[_Column], ring: keyring.KeyRing) -> bool:
    """Set what is not under the active key anew, in the row at hand."""
    active = bytes.fromhex(ring.active_id)
    changed = False
    for column in columns:
        blob = row[column.place]
        if blob is None:
            continue
        owner = None if column.owner is None else tree.leaf(column.kind, row[column.owner])
        # A value from before its field had this owner is sealed anew too: only then can it be shredded with it.
        stale = blob[2:6] != active or sealing.owner(blob) != owner
        indexes = [(at, index) for at, index in column.indexes if row[at] is None or row[at][:4] != active]
        if not stale and not indexes:
            continue
        where = context(column.field.field_id, row[0])
        try:
            plain = sealing.open_bytes(ring, blob, where)
        except sealing.Shredded:
            # Came back with an old backup. Nobody can open it; its index must not outlive the key it is made under.
            for at, _index in indexes:
                changed, row[at] = changed or row[at] is not None, None
            continue
        changed = True
        if stale:
            row[column.place] = sealing.seal_bytes(ring, plain, where, owner)
        for at, index in indexes:
            row[at] = index.index(plain.decode(), ring.active)
    return changed
