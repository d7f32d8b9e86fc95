"""Bytes in, sealed bytes out. Pure but for the random nonce.

Layout: version (1) | algorithm (1) | key id (4) | in version 2: owner (7) | nonce (12) | ciphertext | tag (16). All before
the nonce and the context, which says where the value belongs, are authenticated with it. Version 2 is sealed with the
owner's own key: once that is shredded, the value can never be opened again, wherever a copy of it lies.
"""

from __future__ import annotations

import hmac
import os
import re
import unicodedata
from functools import lru_cache

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers import Cipher, algorithms, modes
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.hashes import SM3
from cryptography.hazmat.primitives.hmac import HMAC

from . import tree
from .keyring import Key, KeyRing

VERSION, OWNED, AES_256_GCM, SM4_GCM = 1, 2, 1, 2
_HEADER, _NONCE, _TAG = 6, 12, 16
_OWNED_HEADER = _HEADER + tree.LEAF_BYTES
OVERHEAD = _HEADER + _NONCE + _TAG
INDEX_LENGTH = 4 + 16
_MOBILE = re.compile(r"1[3-9][0-9]{9}")
_PLAIN = re.compile(r"[\u4e00-\u9fff]+|[0-9A-Z]+")  # one spelling already


class SealBroken(Exception):
    """The value was changed, belongs elsewhere, or its key is not in the ring. The message tells nothing of it."""


class Shredded(SealBroken):
    """The owner's key was destroyed: nobody can open this value any more."""


def seal_bytes(keys: KeyRing, plain: bytes, context: str, owner: int | None = None) -> bytes:
    """Seal for one place. context: where the value belongs, such as ``cases.case.phone:42``; owner: ``tree.leaf``.

    Raises Shredded when the owner's key was destroyed: nothing may be kept about somebody who was forgotten.
    """
    key = keys.active
    if owner is not None and not keys.knows(owner):
        raise Shredded("the owner of this value was forgotten")
    algorithm = AES_256_GCM if key.suite == "intl" else SM4_GCM
    header = bytes([VERSION if owner is None else OWNED, algorithm]) + bytes.fromhex(key.id)
    header += b"" if owner is None else owner.to_bytes(tree.LEAF_BYTES, "big")
    nonce = os.urandom(_NONCE)
    return header + nonce + _encrypt(_secret(key, algorithm, owner), algorithm, nonce, plain, header + context.encode())


def open_bytes(keys: KeyRing, sealed: bytes, context: str) -> bytes:
    """The bytes that were sealed for this very place. Raises SealBroken."""
    if not is_sealed(sealed):
        raise SealBroken("not a sealed value")
    key = keys.keys.get(key_id(sealed))
    if key is None:
        raise SealBroken(f"the key {key_id(sealed)} is not in the key ring")
    end = _HEADER if sealed[0] == VERSION else _OWNED_HEADER
    header, nonce, body = sealed[:end], sealed[end : end + _NONCE], sealed[end + _NONCE :]
    try:
        return _decrypt(_secret(key, sealed[1], owner(sealed)), sealed[1], nonce, body, header + context.encode())
    except InvalidTag:
        raise SealBroken("the value was changed or belongs elsewhere") from None


def is_sealed(value: bytes) -> bool:
    """Whether it has the shape of a sealed value; only opening it tells whether it is one."""
    least = OVERHEAD + (tree.LEAF_BYTES if value[:1] == bytes([OWNED]) else 0)
    return len(value) >= least and value[0] in (VERSION, OWNED) and value[1] in (AES_256_GCM, SM4_GCM)


def owner(sealed: bytes) -> int | None:
    """Whose key a value is sealed with (``tree.leaf``); None for one that belongs to nobody in particular."""
    return int.from_bytes(sealed[_HEADER:_OWNED_HEADER], "big") if sealed[0] == OWNED else None


def key_id(sealed: bytes) -> str:
    return bytes(sealed[2:_HEADER]).hex()


def blind_index(key: Key, field_id: str, normalised: str) -> bytes:
    """Equal values of one field give equal bytes, and nothing can be told from them without the key."""
    if key.suite == "intl":
        return bytes.fromhex(key.id) + hmac.digest(index_key(key, field_id), normalised.encode(), "sha256")[:16]
    mac = HMAC(index_key(key, field_id), SM3())
    mac.update(normalised.encode())
    return bytes.fromhex(key.id) + mac.finalize()[:16]


def normalise_phone(text: str) -> str:
    """One spelling for one number: ASCII digits without +86, spaces and dashes: +86 138-1234 5678 -> 13812345678."""
    if _MOBILE.fullmatch(text):  # as most are written
        return text
    digits = re.sub(r"[^0-9+]", "", unicodedata.normalize("NFKC", text))
    return re.sub(r"^(\+86|0086|86(?=1[3-9]\d{9}$))", "", digits).replace("+", "")


def normalise_plain(text: str) -> str:
    """For names and numbers of papers: width and case do not matter, nor do spaces."""
    if _PLAIN.fullmatch(text):  # nearly every name and number
        return text
    return re.sub(r"\s", "", unicodedata.normalize("NFKC", text)).upper()


def _secret(key: Key, algorithm: int, owner: int | None) -> bytes:
    if owner is None:
        return _common(key, algorithm)
    own = key.records.key(owner)
    if own is None:
        raise Shredded("the key of this value was destroyed")
    return record_secret(own, algorithm)


# No more than the row at hand has, under its old key and its new one: a destroyed key must not linger in memory.
@lru_cache(maxsize=2)
def record_secret(own: bytes, algorithm: int = AES_256_GCM) -> bytes:
    """The key that seals, out of the secret of an owner's leaf."""
    if algorithm == AES_256_GCM:
        return hmac.digest(own, b"linli record aes-256-gcm", "sha256")
    mac = HMAC(own, SM3())
    mac.update(b"linli record sm4-gcm")
    return mac.finalize()[:16]


@lru_cache(maxsize=2)
def _aes(secret: bytes) -> AESGCM:
    return AESGCM(secret)


def _encrypt(secret: bytes, algorithm: int, nonce: bytes, plain: bytes, associated: bytes) -> bytes:
    if algorithm == AES_256_GCM:
        return _aes(secret).encrypt(nonce, plain, associated)
    encryptor = Cipher(algorithms.SM4(secret), modes.GCM(nonce)).encryptor()
    encryptor.authenticate_additional_data(associated)
    return encryptor.update(plain) + encryptor.finalize() + encryptor.tag


def _decrypt(secret: bytes, algorithm: int, nonce: bytes, body: bytes, associated: bytes) -> bytes:
    if algorithm == AES_256_GCM:
        return _aes(secret).decrypt(nonce, body, associated)
    decryptor = Cipher(algorithms.SM4(secret), modes.GCM(nonce, body[-_TAG:])).decryptor()
    decryptor.authenticate_additional_data(associated)
    return decryptor.update(body[:-_TAG]) + decryptor.finalize()


@lru_cache(maxsize=32)
def _common(key: Key, algorithm: int) -> bytes:
    return key.derive("seal", "aes-256-gcm", 32) if algorithm == AES_256_GCM else key.derive("seal", "sm4-gcm", 16)


@lru_cache(maxsize=256)
def index_key(key: Key, field_id: str) -> bytes:
    """The key of the blind index of one field."""
    return key.derive("index", field_id, 32)
