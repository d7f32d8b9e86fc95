"""Sealing, blind indexes and the key ring: no database."""

import json
import os

import pytest
from hypothesis import given
from hypothesis import strategies as st

from linli.base.crypto import keyring
from linli.base.crypto.keyring import Key, KeyRing, KeyRingError
from linli.base.crypto.sealing import (
    OVERHEAD,
    SealBroken,
    blind_index,
    key_id,
    normalise_phone,
    normalise_plain,
    open_bytes,
    seal_bytes,
)
from linli.base.crypto.tree import Tree

RINGS = {suite: KeyRing.fresh(suite) for suite in ("intl", "sm")}


@given(st.binary(max_size=400), st.text(max_size=40), st.sampled_from(["intl", "sm"]))
def test_what_is_sealed_opens_in_its_place_and_nowhere_else(plain, context, suite):
    ring = RINGS[suite]
    sealed = seal_bytes(ring, plain, context)
    assert open_bytes(ring, sealed, context) == plain
    assert len(sealed) == len(plain) + OVERHEAD
    with pytest.raises(SealBroken):
        open_bytes(ring, sealed, context + "x")


@given(st.binary(min_size=1, max_size=60), st.integers(0, 10**6), st.sampled_from(["intl", "sm"]))
def test_any_changed_bit_is_noticed(plain, position, suite):
    ring = RINGS[suite]
    sealed = bytearray(seal_bytes(ring, plain, "cases.case.phone:1"))
    sealed[position % len(sealed)] ^= 1 << (position % 8)
    with pytest.raises(SealBroken):
        open_bytes(ring, bytes(sealed), "cases.case.phone:1")


@given(st.binary(max_size=80))
def test_any_other_bytes_are_refused(junk):
    with pytest.raises(SealBroken):
        open_bytes(RINGS["intl"], junk, "")


@pytest.mark.parametrize("suite", ["intl", "sm"])
def test_two_seals_of_one_value_differ_and_neither_holds_it(suite):
    plain = b"13812345678"
    first, second = seal_bytes(RINGS[suite], plain, "a:1"), seal_bytes(RINGS[suite], plain, "a:1")
    assert first != second
    assert plain not in first + second


@pytest.mark.parametrize("cut", [1, 16, 20, 33])
def test_a_truncated_value_is_refused(cut):
    sealed = seal_bytes(RINGS["sm"], b"secret", "a:1")
    with pytest.raises(SealBroken):
        open_bytes(RINGS["sm"], sealed[:-cut], "a:1")


def test_old_values_open_after_a_new_key_and_a_change_of_suite():
    ring = KeyRing.fresh("intl")
    old = seal_bytes(ring, b"secret", "a:1")
    later = ring.with_new_key("sm")
    fresh = seal_bytes(later, b"secret", "a:1")
    assert open_bytes(later, old, "a:1") == open_bytes(later, fresh, "a:1") == b"secret"
    assert key_id(old) == ring.active_id != key_id(fresh) == later.active_id
    with pytest.raises(SealBroken, match=later.active_id):
        open_bytes(ring, fresh, "a:1")


@given(st.text(min_size=1, max_size=30))
def test_a_blind_index_is_equal_for_equal_values_of_one_field_and_key_only(text):
    first, second = RINGS["intl"].active, RINGS["sm"].active
    mark = blind_index(first, "cases.case.phone", text)
    assert mark == blind_index(first, "cases.case.phone", text)
    assert mark != blind_index(first, "residents.resident.phone", text)
    assert mark != blind_index(first, "cases.case.phone", text + "0")
    assert mark[4:] != blind_index(second, "cases.case.phone", text)[4:]
    assert len(mark) == 20


@pytest.mark.parametrize(
    "spelling",
    [
        "13812345678",
        "138 1234 5678",
        "138-1234-5678",
        "+86 138 1234 5678",
        "0086-13812345678",
        "8613812345678",
        "\uff11\uff13\uff18\uff11\uff12\uff13\uff14\uff15\uff16\uff17\uff18",  # full-width digits
        "(138)12345678",
        " 13812345678\u3000",
    ],
)
def test_one_number_in_every_spelling(spelling):
    assert normalise_phone(spelling) == "13812345678"


@pytest.mark.parametrize(("text", "expected"), [("010-8612 3456", "01086123456"), ("8612345", "8612345"), ("无", "")])
def test_other_numbers(text, expected):
    assert normalise_phone(text) == expected


def test_plain_normalisation():
    assert normalise_plain(" 11010519491231002x ") == "11010519491231002X"
    assert normalise_plain("\uff21\uff22 1") == "AB1"


# -- the ring ------------------------------------------------------------------------------------------------------


def test_a_ring_survives_its_file(tmp_path):
    ring = KeyRing.fresh().with_new_key("sm")
    path = tmp_path / "home" / "keys.json"
    keyring.write(path, ring)
    assert keyring.read(path) == ring
    assert path.stat().st_mode & 0o777 == 0o600
    assert [each.name for each in path.parent.iterdir()] == ["keys.json"]


def test_creating_twice_keeps_the_first(tmp_path):
    path = tmp_path / "keys.json"
    assert keyring.create(path) == keyring.create(path)
    assert [each.name for each in tmp_path.iterdir()] == ["keys.json"]


def test_a_ring_that_others_can_read_is_refused(tmp_path):
    path = tmp_path / "keys.json"
    keyring.write(path, KeyRing.fresh())
    path.chmod(0o644)
    with pytest.raises(KeyRingError, match="chmod 600"):
        keyring.read(path)


@pytest.mark.parametrize(
    "text",
    [
        "",
        "{}",
        "[]",
        "null",
        '{"active": "a", "keys": []}',
        '{"active": "aabbccdd", "keys": [{"id": "aabbccdd", "suite": "intl", "seal": "c2VjcmV0", "index": ""}]}',
        '{"active": "aabbccdd", "keys": [{"id": "aabbccdd"}]}',
    ],
)
def test_a_damaged_ring_is_refused_without_repeating_it(text):
    with pytest.raises(KeyRingError) as caught:
        KeyRing.from_json(text)
    assert "c2VjcmV0" not in str(caught.value)


def test_the_ring_comes_from_the_environment(tmp_path, monkeypatch):
    ring = KeyRing.fresh()
    monkeypatch.setenv("LINLI_KEYS", ring.as_json())
    keyring.ring.cache_clear()
    try:
        assert keyring.ring() == ring
        path = tmp_path / "mounted.json"
        keyring.write(path, ring)
        monkeypatch.setenv("LINLI_KEYS", str(path))
        keyring.ring.cache_clear()
        assert keyring.ring() == ring
        monkeypatch.setenv("LINLI_KEYS", str(tmp_path / "absent.json"))
        keyring.ring.cache_clear()
        with pytest.raises(KeyRingError, match="absent"):
            keyring.ring()
    finally:
        keyring.ring.cache_clear()


def test_secrets_are_not_printed():
    ring = KeyRing.fresh()
    secrets = [ring.active.seal, ring.active.index]
    assert not any(repr(secret)[2:-1] in repr(ring) for secret in secrets)
    data = json.loads(ring.as_json())["keys"][0]
    assert not any(data[name] in repr(ring) for name in ("seal", "index"))


def test_each_purpose_has_its_own_key():
    key = Key("00112233", "intl", os.urandom(32), os.urandom(32), Tree.fresh())
    derived = {key.derive("seal", "aes-256-gcm", 32), key.derive("seal", "sm4-gcm", 32), key.derive("index", "a", 32)}
    assert len(derived | {key.seal, key.index}) == 5
