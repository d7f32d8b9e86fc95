"""Sealed personal data: authenticated encryption bound to its place, explicit opening, and a blind index for equality.

    class Case(models.Model):
        phone = SealedField("cases.case.phone", mask=masks.phone, null=True)
        phone_index = BlindIndexField(of="phone", normalise=normalise_phone, null=True)

    case = Case(pk=next_pks(Case)[0])                 # the key is part of the seal, so it must be known first
    seal_into(case, phone="138 1234 5678")            # sets phone and phone_index
    case.phone                                        # a Sealed: prints as 138****5678, never decrypts into a template
    case.phone.reveal(purpose)                        # "138 1234 5678", for a Purpose whose read-log row is written
    Case.objects.filter(phone_index__in=index_candidates(Case, "phone_index", "138-1234-5678"))

Whose is it? A field with ``keyed_by`` is sealed with the key of its owner, one key for each person, and ``shred`` destroys
that key: what was sealed with it can never be opened again, in backups neither (docs/decisions/0016-shredding.md).

        phone = SealedField("residents.person.phone", mask=masks.phone, keyed_by="id", null=True)

Decisions
* Associated data is ``field_id:pk``, not a random id in the row: a random id could be swapped together with the
  ciphertext, and the swap would not be noticed. The price is to take the pk from its sequence before the insert (one
  round trip for any number of rows), or none at all where the pk is that of a one-to-one parent.
* Every value names its key and algorithm in a header, so keys and algorithms change online (``rotate``).
* The blind index has its own secret per key and a derived key per field, so equal values in two fields do not match.
* Sealing is AES-256-GCM and HMAC-SHA256 by default; a key of the suite ``sm`` uses SM4-GCM and HMAC-SM3. Linli uses
  these algorithms; it does not claim any certification of them.
"""

from linli.base.crypto.bulk import index_columns, seal_columns
from linli.base.crypto.fields import BlindIndexField, SealedField, index_candidates, next_pks, seal_into
from linli.base.crypto.keyring import Key, KeyRing, KeyRingError, ring
from linli.base.crypto.sealed import Purpose, Sealed
from linli.base.crypto.sealing import SealBroken, Shredded, normalise_phone, open_bytes, seal_bytes
from linli.base.crypto.shredding import known, shred

__all__ = [
    "BlindIndexField",
    "Key",
    "KeyRing",
    "KeyRingError",
    "Purpose",
    "SealBroken",
    "Sealed",
    "SealedField",
    "Shredded",
    "index_candidates",
    "index_columns",
    "known",
    "next_pks",
    "normalise_phone",
    "open_bytes",
    "ring",
    "seal_bytes",
    "seal_columns",
    "seal_into",
    "shred",
]
