"""Many rows sealed at once are what single ones would be, under either suite and after somebody was forgotten."""

from typing import Any

import pytest

from linli.base.crypto import (
    KeyRing,
    Purpose,
    Sealed,
    Shredded,
    index_candidates,
    index_columns,
    keyring,
    seal_columns,
    shred,
)
from linli.base.crypto.tree import KIND_BITS, Tree, leaf
from linli.people.residents.models import Contact, Person

NAMES = ["林大暑", "Ａnna  Li", "", "欧阳·克孜"]
PHONES = ["13800000001", "+86 139-0000 0002", "", "010-12345678"]


@pytest.fixture(params=["intl", "sm"])
def ring(request: Any, tmp_path: Any, monkeypatch: pytest.MonkeyPatch) -> KeyRing:
    path = tmp_path / "keys.json"
    keyring.write(path, KeyRing.fresh(request.param))
    monkeypatch.setenv("LINLI_KEYS", str(path))
    keyring.ring.cache_clear()
    yield keyring.ring()
    keyring.ring.cache_clear()


def opened(blob: bytes | None, field: str, row: int) -> str:
    return (
        Sealed(blob, field, row, str).reveal(Purpose("check", "test", 1, frozenset({field})))
        if blob is not None
        else ""
    )


def test_each_value_opens_in_its_place_and_is_found(ring: KeyRing) -> None:
    keys, owners = [1, 2, 3, 4], [77, 4_096, 4_095, 1_000_000]
    made = seal_columns(Contact, keys, owners, {"name": NAMES, "phone": PHONES})
    assert set(made) == {"name", "phone", "phone_index"}
    for place, key in enumerate(keys):
        assert opened(made["name"][place], "residents.contact.name", key) == NAMES[place]
        assert opened(made["phone"][place], "residents.contact.phone", key) == PHONES[place]
        wanted = index_candidates(Contact, "phone_index", PHONES[place])
        assert [made["phone_index"][place]] == (wanted or [None])
    assert index_columns(Contact, "phone_index", PHONES) == [made["phone_index"]]
    keyring.change(lambda keys: keys.with_new_key())
    assert len(index_columns(Contact, "phone_index", PHONES)) == 2


def test_nobody_who_was_forgotten_is_sealed_again(ring: KeyRing) -> None:
    shred([("residents.person", 8)])
    assert seal_columns(Person, [7, 9], [7, 9], {"name": ["甲甲", "乙乙"]})["name"][1] is not None
    with pytest.raises(Shredded):
        seal_columns(Person, [7, 8], [7, 8], {"name": ["甲甲", "乙乙"]})
    keyring.change(lambda keys: keys.with_new_key())
    with pytest.raises(Shredded):
        seal_columns(Person, [8], [8], {"name": ["乙乙"]})


def test_only_what_is_sealed_and_owned_together(ring: KeyRing) -> None:
    for name in ("sex", "name_index"):
        with pytest.raises(TypeError):
            seal_columns(Person, [1], [1], {name: ["1"]})
    with pytest.raises(TypeError):
        index_columns(Person, "name", ["甲"])


@pytest.mark.parametrize("suite", ["intl", "sm"])
def test_many_keys_are_the_single_ones(suite: Any) -> None:
    whole = Tree.fresh(suite)
    asked = [leaf("residents.person", key) for key in (0, 1, 2, 3, 4094, 4095, 4096, 4097, 9000, 2**40 - 1, 2, 1)]
    other = leaf("cases.case", 2)
    for tree in (whole, whole.without(asked[3:5]), whole.without([other])):
        found = tree.keys([*asked, other])
        assert found == {one: Tree(dict(tree._nodes), suite).key(one) for one in {*asked, other}}
    assert whole.keys([]) == {} and KIND_BITS == 16
