"""Django fields for sealed values and their blind indexes. They hold no secret and decrypt nothing by themselves."""

from __future__ import annotations

from collections.abc import Callable
from functools import cached_property
from typing import Any, cast

from django.db import connections, models, router
from django.db.models.query_utils import DeferredAttribute

from . import keyring, sealing, tree
from .sealed import Sealed, seal_text


def hide_all(text: str) -> str:
    """The mask of a field that names none."""
    return "****"


class _SealedAttribute(DeferredAttribute):
    """Reading the attribute gives a Sealed that knows its row; nothing is decrypted."""

    field: SealedField

    def __get__(self, instance: Any, cls: Any = None) -> Any:
        value = super().__get__(instance, cls)
        if isinstance(value, bytes | memoryview):
            return Sealed(bytes(value), self.field.field_id, instance.pk, self.field.mask)
        return value

    def __set__(self, instance: Any, value: Any) -> None:  # a data descriptor: reading always comes through here
        if isinstance(value, str):
            raise TypeError(f"{self.field.field_id} takes only what seal_into() made, never plain text")
        instance.__dict__[self.field.attname] = value


class SealedField(models.BinaryField):
    """Text kept sealed. field_id: ``room.model.field``, part of the seal for good; mask: what pages show of it.

    keyed_by: whose own key it is sealed with, so that it can be shredded with them: ``"id"`` for the row itself, the
    column of a foreign key such as ``"person_id"``, or ``"residents.person:person_id"`` where the column is only a
    number. Empty: the key of the deployment, for what is nobody's, such as a secret of the exchange.
    """

    descriptor_class = _SealedAttribute
    description = "Sealed text"

    def __init__(
        self, field_id: str, *args: Any, mask: Callable[[str], str] = hide_all, keyed_by: str = "", **kwargs: Any
    ) -> None:
        self.field_id, self.mask, self.keyed_by = field_id, mask, keyed_by
        super().__init__(*args, **kwargs)

    def deconstruct(self) -> Any:
        name, path, args, kwargs = super().deconstruct()
        return name, path, [self.field_id, *args], kwargs  # mask and owner are no part of the database

    @cached_property
    def owner_kind(self) -> str:
        """The model whose rows own the values, such as ``residents.person``; empty when nobody does."""
        kind, _colon, column = self.keyed_by.rpartition(":")
        if kind or not column:
            return kind
        if column in ("id", "pk"):
            return str(self.model._meta.label_lower)
        field = next(field for field in self.model._meta.concrete_fields if field.attname == column)
        related = cast("type[models.Model]", field.related_model)
        return str(related._meta.label_lower)

    def owner(self, row: models.Model) -> int | None:
        """Whose key the value of this row is sealed with (``tree.leaf``). Raises ValueError while that is unknown."""
        if not self.keyed_by:
            return None
        column = self.keyed_by.rpartition(":")[2]
        key = getattr(row, "pk" if column == "id" else column)
        if key is None:
            raise ValueError(f"{self.field_id} is sealed with the key of its {column}: set that before sealing")
        return tree.leaf(self.owner_kind, int(key))

    def pre_save(self, model_instance: models.Model, add: bool) -> Any:
        value = getattr(model_instance, self.attname)
        if add and isinstance(model_instance.__dict__.get(self.attname), bytes):
            raise ValueError(f"{self.field_id} of a copied row belongs to the row it came from; seal it again")
        if isinstance(value, Sealed) and (value.field_id, value.row) != (self.field_id, model_instance.pk):
            raise ValueError(f"{self.field_id} was sealed for another place; seal it again for this row")
        if isinstance(value, Sealed) and value.owner is not None and value.owner != self.owner(model_instance):
            raise ValueError(f"{self.field_id} was sealed for another owner; seal it again")
        return value

    def get_prep_value(self, value: Any) -> Any:
        if value is None:
            return None
        if isinstance(value, Sealed) and value.field_id == self.field_id and sealing.is_sealed(value.blob):
            return value.blob
        raise TypeError(f"{self.field_id} takes only what seal_into() made, never plain text")

    def get_db_prep_value(self, value: Any, connection: Any, prepared: bool = False) -> Any:
        return super().get_db_prep_value(value if prepared else self.get_prep_value(value), connection, prepared=True)

    def value_to_string(self, obj: models.Model) -> str:
        raise TypeError(f"{self.field_id} is not serialised; back up the database and the key ring instead")


class BlindIndexField(models.BinaryField):
    """Finds equal values of a sealed field of the same model. of: that field; normalise: one spelling per value."""

    description = "Blind index of a sealed field"

    def __init__(
        self, of: str, *args: Any, normalise: Callable[[str], str] = sealing.normalise_plain, **kwargs: Any
    ) -> None:
        self.of, self.normalise = of, normalise
        kwargs.setdefault("max_length", sealing.INDEX_LENGTH)
        super().__init__(*args, **kwargs)

    def deconstruct(self) -> Any:
        name, path, args, kwargs = super().deconstruct()
        return name, path, [self.of, *args], kwargs

    def index(self, text: str | None, key: keyring.Key) -> bytes | None:
        """The index of a text, None where nothing is left of it after normalising."""
        normalised = self.normalise(text or "")
        source = self.model._meta.get_field(self.of)
        if not isinstance(source, SealedField):
            raise TypeError(f"{self.of} is not a sealed field")
        return sealing.blind_index(key, source.field_id, normalised) if normalised else None


def seal_into(row: models.Model, **texts: str | None) -> None:
    """Set sealed fields of a row from plain texts, with their blind indexes. An empty text becomes None.

    The row must have its pk (see ``next_pks``). Raises ValueError without one, FieldDoesNotExist on a wrong name.
    """
    if row.pk is None:
        raise ValueError("the primary key is part of the seal: take it with next_pks() before sealing")
    for name, text in texts.items():
        field = row._meta.get_field(name)
        if not isinstance(field, SealedField):
            raise TypeError(f"{name} is not a sealed field")
        owner = field.owner(row)
        setattr(row, name, seal_text(text, field.field_id, row.pk, field.mask, owner) if text else None)
        for index in indexes_of(type(row), name):
            setattr(row, index.attname, index.index(text, keyring.ring().active))


def indexes_of(model: type[models.Model], name: str) -> list[BlindIndexField]:
    return [field for field in model._meta.concrete_fields if isinstance(field, BlindIndexField) and field.of == name]


def index_candidates(model: type[models.Model], name: str, text: str) -> list[bytes]:
    """What to look for with ``name__in=``: one value for each key in the ring, since a rotation may be under way."""
    field = model._meta.get_field(name)
    if not isinstance(field, BlindIndexField):
        raise TypeError(f"{name} is not a blind index")
    found = [field.index(text, key) for key in keyring.ring().keys.values() if key.index]
    return [value for value in found if value is not None]


def next_pks(model: type[models.Model], count: int = 1) -> list[int]:
    """Primary keys from the sequence of the table, for rows that are sealed before they are inserted."""
    connection = connections[router.db_for_write(model)]
    with connection.cursor() as cursor:
        cursor.execute(
            # The name is looked up once, and not for each of a hundred thousand keys.
            "SELECT nextval(s) FROM (SELECT pg_get_serial_sequence(%s, %s)::regclass AS s OFFSET 0) AS q, generate_series(1, %s)",
            [model._meta.db_table, model._meta.pk.column, count],
        )
        return [row[0] for row in cursor.fetchall()]
