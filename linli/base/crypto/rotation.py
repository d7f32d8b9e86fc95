"""Sealing old values anew under the active key, online, in small steps that can be stopped and run again."""

from __future__ import annotations

from collections.abc import Iterator

from django.apps import apps
from django.db import models, transaction

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


def rotate(model: type[models.Model], batch: int = 500) -> int:
    """Seal every value of a model that is not under the active key again, and its blind indexes. Returns how many rows.

    Rows are locked for their own batch only, so the site keeps running. Raises SealBroken when a value cannot be
    opened: nothing of its batch is changed then. The caller's scope decides which rows are seen: use the system's.
    """
    fields = [field for field in model._meta.local_concrete_fields if isinstance(field, SealedField)]
    done, last = 0, None
    while True:
        with transaction.atomic():
            found = model._base_manager.order_by("pk").select_for_update()
            rows = list((found if last is None else found.filter(pk__gt=last))[:batch])
            if not rows:
                return done
            last = rows[-1].pk
            for row in rows:
                done += _reseal(row, fields)


def _reseal(row: models.Model, fields: list[SealedField]) -> bool:
    active = keyring.ring().active
    changes: dict[str, object] = {}
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
        except sealing.Shredded:  # came back with an old backup; nobody can open it, `linli keys check` removes it
            continue
        if stale:
            changes[field.attname] = seal_text(text, field.field_id, row.pk, field.mask, owner)
        changes |= {index.attname: index.index(text, active) for index in indexes}
    if changes:
        type(row)._base_manager.filter(pk=row.pk).update(**changes)
    return bool(changes)


def _key_of(index: bytes | memoryview | None) -> str:
    return bytes(index[:4]).hex() if index else ""
