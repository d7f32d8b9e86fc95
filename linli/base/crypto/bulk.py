"""Many rows sealed at once: what `seal_into` does one by one, with everything that is the same asked once.

The ring is read once, the keys of neighbouring owners share the way down the tree, and each owner's cipher seals all of
their columns. A hundred thousand people with three sealed values each take a second or two.
"""

from __future__ import annotations

import os
from collections.abc import Callable, Mapping, Sequence

from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.hashes import SHA256, SM3
from cryptography.hazmat.primitives.hmac import HMAC
from django.db import models

from . import keyring, sealing, tree
from .fields import BlindIndexField, SealedField, indexes_of
from .keyring import Key, KeyRing
from .sealed import context

_ID, _NONCE = tree.ID_BITS, 12


def seal_columns(
    model: type[models.Model], keys: Sequence[int], owners: Sequence[int], texts: Mapping[str, Sequence[str]]
) -> dict[str, list[bytes | None]]:
    """Sealed columns of many rows, and their blind indexes, by column name. An empty text becomes None.

    keys: pk of each row (see `next_pks`); owners: pk of the one whose key seals it, the same kind for all the columns;
    texts: field -> the text of each row. Raises Shredded when somebody among the owners was forgotten.
    """
    ring = keyring.ring()
    fields = {name: _sealed_field(model, name) for name in texts}
    kinds = {field.owner_kind for field in fields.values()}
    if len(kinds) != 1 or "" in kinds:
        raise TypeError("columns that are sealed together belong to owners of one kind")
    kind = tree.kind_number(kinds.pop()) << _ID
    seals = _seals(ring, [kind | owner for owner in owners])
    values: dict[str, list[bytes | None]] = {}
    for name, column in texts.items():
        said, field_id = context(fields[name].field_id, "").encode(), fields[name].field_id
        chance = os.urandom(_NONCE * len(keys))  # asked for once
        starts = range(0, len(chance), _NONCE)
        values[fields[name].attname] = [
            seal(text.encode(), b"%b%d" % (said, key), chance[start : start + _NONCE]) if text else None
            for seal, key, text, start in zip(seals, keys, column, starts, strict=True)
        ]
        for index in indexes_of(model, name):
            values[index.attname] = _indexes(ring.active, field_id, index, column)
    return values


def index_columns(model: type[models.Model], name: str, texts: Sequence[str]) -> list[list[bytes | None]]:
    """What to look for in a blind index, for many texts: one list for each key in the ring that has an index still."""
    index = model._meta.get_field(name)
    if not isinstance(index, BlindIndexField):
        raise TypeError(f"{name} is not a blind index")
    field_id = _sealed_field(model, index.of).field_id
    return [_indexes(key, field_id, index, texts) for key in keyring.ring().keys.values() if key.index]


def _sealed_field(model: type[models.Model], name: str) -> SealedField:
    field = model._meta.get_field(name)
    if not isinstance(field, SealedField):
        raise TypeError(f"{name} is not a sealed field")
    return field


_Seal = Callable[[bytes, bytes, bytes], bytes]  # a text, where it belongs, a nonce -> the sealed bytes


def _seals(ring: KeyRing, leaves: Sequence[int]) -> list[_Seal]:
    """What seals for each of these owners."""
    if ring.active.suite != "intl":
        return [_one_by_one(ring, leaf) for leaf in leaves]
    own = ring.active.records.keys(leaves)
    oldest = next(iter(ring.keys.values()))
    known = own if oldest is ring.active else oldest.records.keys(leaves)  # see `KeyRing.knows`
    start = bytes([sealing.OWNED, sealing.AES_256_GCM]) + bytes.fromhex(ring.active.id)
    made: dict[int, _Seal] = {}
    for leaf, secret in own.items():
        if secret is None or known[leaf] is None:
            raise sealing.Shredded("the owner of this value was forgotten")
        made[leaf] = _aes(sealing.record_secret(secret), start + leaf.to_bytes(tree.LEAF_BYTES, "big"))
    return [made[leaf] for leaf in leaves]


def _aes(secret: bytes, header: bytes) -> _Seal:
    encrypt = AESGCM(secret).encrypt

    def seal(plain: bytes, where: bytes, nonce: bytes) -> bytes:
        return header + nonce + encrypt(nonce, plain, header + where)

    return seal


def _one_by_one(ring: KeyRing, leaf: int) -> _Seal:
    return lambda plain, where, _nonce: sealing.seal_bytes(ring, plain, where.decode(), leaf)


def _indexes(key: Key, field_id: str, index: BlindIndexField, texts: Sequence[str]) -> list[bytes | None]:
    start, normalise = bytes.fromhex(key.id), index.normalise
    length = sealing.INDEX_LENGTH - len(start)
    # What depends on the key alone is reckoned once and copied: a third of the time.
    begun = HMAC(sealing.index_key(key, field_id), SHA256() if key.suite == "intl" else SM3())
    made: list[bytes | None] = []
    for text in texts:
        plain = normalise(text) if text else ""
        if not plain:
            made.append(None)
            continue
        mac = begun.copy()
        mac.update(plain.encode())
        made.append(start + mac.finalize()[:length])
    return made
