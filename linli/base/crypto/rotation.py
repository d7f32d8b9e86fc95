"""Sealing old values anew under the active key, online, in small steps that can be stopped and run again."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from django.apps import apps
from django.db import connection, models, transaction

from linli.base.actor import system
from linli.base.scope import scope

from . import keyring, sealing
from .fields import BlindIndexField, SealedField, indexes_of
from .sealed import Sealed, _open, seal_text


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


def rotate(model: type[models.Model], batch: int = 500) -> int:
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


def rotate_portion(model: type[models.Model], after: int, batch: int = 500) -> Portion:
    """The next rows behind the pk `after`: two statements, whatever their number."""
    fields = [field for field in model._meta.local_concrete_fields if isinstance(field, SealedField)]
    indexes = [index for field in fields for index in indexes_of(model, field.name)]
    columns = [field.keyed_by.rpartition(":")[2] for field in fields if field.keyed_by]
    names = {*columns, *(field.attname for field in (*fields, *indexes))} - {"id", "pk"}
    with transaction.atomic():
        found = model._base_manager.filter(pk__gt=after).order_by("pk").select_for_update(of=("self",))
        rows = list(found.only("pk", *names)[:batch])
        if not rows:
            return Portion(0, 0, None)
        changed = [row for row in rows if _reseal(row, fields)]
        if changed:
            _store(model, changed, [*fields, *indexes])
        return Portion(len(rows), len(changed), rows[-1].pk)


def _store(model: type[models.Model], rows: list[models.Model], fields: list[models.BinaryField]) -> None:
    """Write these columns of these rows back, in one statement."""
    quote, table, key = connection.ops.quote_name, model._meta.db_table, model._meta.pk
    given = [[_bytes(row.__dict__[field.attname]) for row in rows] for field in fields]
    names = [f"c{number}" for number in range(len(fields))]
    sets = ", ".join(f"{quote(field.column or '')} = v.{name}" for field, name in zip(fields, names, strict=True))
    arrays = ", ".join(["%s::bigint[]"] + ["%s::bytea[]"] * len(fields))
    statement = (
        f"UPDATE {quote(table)} AS t SET {sets} FROM unnest({arrays}) AS v(pk, {', '.join(names)})"  # noqa: S608
        f" WHERE t.{quote(key.column or '')} = v.pk"
    )
    with connection.cursor() as cursor:
        cursor.execute(statement, [[row.pk for row in rows], *given])


def _bytes(value: object) -> bytes | None:
    if isinstance(value, Sealed):
        return value.blob
    return bytes(value) if isinstance(value, bytes | memoryview) else None


def _reseal(row: models.Model, fields: list[SealedField]) -> bool:
    """Set what is not under the active key anew, on the row in memory."""
    active = keyring.ring().active
    changed = False
    for field in fields:
        value = getattr(row, field.attname)
        if not isinstance(value, Sealed):
            continue
        owner = field.owner(row)
        # A value from before its field had an owner is sealed anew too: only then can it be shredded.
        stale = sealing.key_id(value.blob) != active.id or (owner is not None and value.owner is None)
        indexes: list[BlindIndexField] = [
            index for index in indexes_of(type(row), field.name) if _key_of(getattr(row, index.attname)) != active.id
        ]
        if not stale and not indexes:
            continue
        try:
            text = _open(value)
        except sealing.Shredded:  # came back with an old backup; nobody can open it, `linli keys check` clears it
            continue
        if stale:
            setattr(row, field.attname, seal_text(text, field.field_id, row.pk, field.mask, owner))
        for index in indexes:
            setattr(row, index.attname, index.index(text, active))
        changed = True
    return changed


def _key_of(index: bytes | memoryview | None) -> str:
    return bytes(index[:4]).hex() if index else ""
