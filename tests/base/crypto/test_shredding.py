"""Owners' keys: each opens its own values only, one can be destroyed for good, and every process notices."""

import multiprocessing
import secrets

import pytest
from django.apps.registry import Apps
from django.db import connection, models
from hypothesis import given
from hypothesis import strategies as st

from linli.base import masks
from linli.base.crypto import (
    BlindIndexField,
    KeyRing,
    Purpose,
    SealedField,
    Shredded,
    index_candidates,
    keyring,
    known,
    next_pks,
    normalise_phone,
    open_bytes,
    seal_bytes,
    seal_into,
    shred,
)
from linli.base.crypto.rotation import rotate
from linli.base.crypto.tree import DEPTH, Tree, leaf

CONTEXT = "test.note.words:1"
leaves = st.integers(0, 2**DEPTH - 1)


@given(gone=st.sets(leaves, min_size=1, max_size=12), kept=st.sets(leaves, max_size=12), near=st.integers(1, 4096))
def test_what_is_taken_away_is_gone_and_nothing_else(gone, kept, near):
    tree = Tree.fresh()
    neighbours = {one ^ near for one in gone if one ^ near < 2**DEPTH}
    kept = (kept | neighbours) - gone
    before = {one: tree.key(one) for one in kept}
    after = Tree.from_text(tree.without(gone).as_text())
    assert all(after.key(one) is None for one in gone)
    assert {one: after.key(one) for one in kept} == before
    assert len({*before.values()}) == len(kept)
    assert after.without(gone).as_text() == after.as_text()


def test_keys_are_the_same_in_whatever_order_they_are_asked():
    """Neighbours share the way that was walked for the last one."""
    tree = Tree.fresh().without([3, 77, 5000, 1 << 40])
    many = [*range(200), 4095, 4096, 4097, 5001, 1 << 40 | 7, 1, 150, 78, 76, (1 << 40) - 1, 2**DEPTH - 1, 0]
    alone = [Tree(tree._nodes).key(one) for one in many]
    assert [tree.key(one) for one in many] == alone
    assert [Tree(tree._nodes).keys(many)[one] for one in reversed(many)] == alone[::-1]
    assert [tree.key(one) for one in (3, 77, 5000)] == [None] * 3


def test_the_remaining_secrets_do_not_contain_those_above_a_leaf_that_is_gone():
    tree = Tree({(0, 0): bytes(32)})
    one = leaf("residents.person", 4711)
    left = tree.without([one])._nodes
    assert len(left) == DEPTH
    for depth in range(DEPTH + 1):
        assert (depth, one >> (DEPTH - depth)) not in left
        assert tree._walk(bytes(32), one >> (DEPTH - depth), depth) not in left.values()


def test_the_ring_stays_small():
    """Ten thousand of 300,000 forgotten: the ring must stay a small file."""
    gone = {leaf("residents.person", key) for key in secrets.SystemRandom().sample(range(300_000), 10_000)}
    assert len(Tree.fresh().without(gone).as_text()) < 4_000_000


@pytest.mark.parametrize("key", [-1, 2**40])
def test_an_owner_must_fit(key):
    with pytest.raises(ValueError, match="40 bits"):
        leaf("residents.person", key)


@pytest.mark.parametrize("text", ["AAAA", Tree({}).as_text() + "!", "AA" * 40])
def test_a_damaged_tree_is_refused(text):
    with pytest.raises(ValueError, match=r"."):
        Tree.from_text(text)


@pytest.mark.parametrize("suite", ["intl", "sm"])
def test_each_owner_has_a_key_of_its_own(suite):
    ring = KeyRing.fresh(suite)
    mine, yours = leaf("residents.person", 1), leaf("residents.person", 2)
    sealed = seal_bytes(ring, b"secret", CONTEXT, mine)
    assert open_bytes(ring, sealed, CONTEXT) == b"secret"
    assert open_bytes(ring.without_owners([yours]), sealed, CONTEXT) == b"secret"
    with pytest.raises(Shredded):
        open_bytes(ring.without_owners([mine]), sealed, CONTEXT)
    with pytest.raises(Shredded):
        seal_bytes(ring.without_owners([mine]), b"secret", CONTEXT, mine)
    swapped = sealed[:6] + yours.to_bytes(7, "big") + sealed[13:]
    with pytest.raises(Exception, match="changed or belongs elsewhere"):
        open_bytes(ring, swapped, CONTEXT)
    again = KeyRing.from_json(ring.without_owners([mine]).with_new_key().as_json())
    with pytest.raises(Shredded):
        open_bytes(again, sealed, CONTEXT)


@pytest.fixture
def file(tmp_path, monkeypatch):
    path = tmp_path / "keys.json"
    keyring.create(path)
    monkeypatch.setenv("LINLI_KEYS", str(path))
    keyring.ring.cache_clear()
    yield path
    keyring.ring.cache_clear()


def test_the_old_file_is_overwritten_and_the_running_process_notices(file):
    sealed = seal_bytes(keyring.ring(), b"secret", CONTEXT, leaf("residents.person", 7))
    with open(file, "rb") as old:
        before = old.read()
        assert shred([("residents.person", 7)]) == 1
        old.seek(0)
        after = old.read()
    assert before != after
    assert b"active" not in after
    with pytest.raises(Shredded):
        open_bytes(keyring.ring(), sealed, CONTEXT)
    assert keyring.ring().generation == 2
    assert shred([("residents.person", 7)]) == 0
    assert keyring.ring().generation == 2
    assert (known("residents.person", 7), known("residents.person", 8)) == (False, True)
    assert sorted(path.name for path in file.parent.iterdir()) == [".keys.json.lock", "keys.json"]


def _shred_in_another_process(number: int) -> None:
    shred([("residents.person", number)])


def test_processes_shred_at_once_and_none_is_lost(file):
    keyring.ring()
    workers = [
        multiprocessing.get_context("fork").Process(target=_shred_in_another_process, args=(n,)) for n in range(8)
    ]
    for worker in workers:
        worker.start()
    for worker in workers:
        worker.join(30)
        assert worker.exitcode == 0
    assert not any(known("residents.person", number) for number in range(8))
    assert known("residents.person", 8)


def test_a_ring_from_before_gets_its_trees_once(file):
    import json

    old = json.loads(file.read_text())
    for key in old["keys"]:
        del key["records"]
    del old["generation"]
    file.write_text(json.dumps(old))
    keyring.ring.cache_clear()
    sealed = seal_bytes(keyring.ring(), b"secret", CONTEXT, leaf("residents.person", 7))
    keyring.ring.cache_clear()
    assert open_bytes(keyring.ring(), sealed, CONTEXT) == b"secret"
    assert keyring.ring().generation == 2


def test_a_ring_in_the_environment_cannot_forget(monkeypatch):
    monkeypatch.setenv("LINLI_KEYS", KeyRing.fresh().as_json())
    with pytest.raises(keyring.KeyRingError, match="put it into a file"):
        shred([("residents.person", 7)])


# --- in the fields of a model ---------------------------------------------------------------------------------------


class Note(models.Model):
    owner_id = models.BigIntegerField()
    words = SealedField("test.note.words", mask=masks.phone, null=True, keyed_by="residents.person:owner_id")
    words_index = BlindIndexField("words", normalise=normalise_phone, null=True)

    class Meta:
        apps = Apps()  # an island: the test's table is no part of Linli
        app_label = "test"
        db_table = "test_note"

    def __str__(self) -> str:
        return "note"


PURPOSE = Purpose("call back", "post:1:account:1", 42, frozenset({"test.note.words"}))


@pytest.fixture
def table(db, file):
    with connection.cursor() as cursor:
        cursor.execute(
            "CREATE TEMPORARY TABLE test_note (id bigint GENERATED BY DEFAULT AS IDENTITY PRIMARY KEY,"
            " owner_id bigint, words bytea, words_index bytea) ON COMMIT DROP"
        )


def kept(owner: int, words: str = "13812345678") -> Note:
    note = Note(pk=next_pks(Note)[0], owner_id=owner)
    seal_into(note, words=words)
    note.save(force_insert=True)
    return Note.objects.get(pk=note.pk)


def test_a_field_is_sealed_for_its_owner(table):
    mine, yours = kept(1), kept(2)
    assert mine.words.owner == leaf("residents.person", 1)
    shred([("residents.person", 1)])
    assert yours.words.reveal(PURPOSE) == "13812345678"
    assert str(mine.words) == "****"
    with pytest.raises(Shredded):
        mine.words.reveal(PURPOSE)
    mine.owner_id = 2
    with pytest.raises(ValueError, match="another owner"):
        mine.save()
    with pytest.raises(ValueError, match="set that before"):
        seal_into(Note(pk=99), words="x")


def test_rotation_leaves_the_shredded_alone_and_an_old_index_secret_can_be_destroyed(table):
    kept(1), kept(2)
    old = index_candidates(Note, "words_index", "13812345678")
    shred([("residents.person", 1)])
    keyring.change(lambda ring: ring.with_new_key())
    assert rotate(Note) == 2, "one is sealed anew, the other only loses its index"
    keyring.change(lambda ring: ring.without_old_indexes())
    assert Note.objects.get(owner_id=2).words.reveal(PURPOSE) == "13812345678"
    assert set(index_candidates(Note, "words_index", "13812345678")).isdisjoint(old)
    assert [
        note.owner_id
        for note in Note.objects.filter(words_index__in=index_candidates(Note, "words_index", "13812345678"))
    ] == [2]


def test_an_index_that_an_old_backup_brought_back_does_not_outlive_its_key(table):
    """Nobody can open the value it belongs to, so nobody can make it anew: a rotation would otherwise never end."""
    from linli.base.crypto.rotation import rotate_portion

    mine = kept(1)
    shred([("residents.person", 1)])
    keyring.change(lambda ring: ring.with_new_key())
    assert rotate_portion(Note, 0).sealed == 1
    assert Note.objects.get(pk=mine.pk).words_index is None
    assert rotate_portion(Note, 0).sealed == 0


def test_a_value_from_before_is_given_to_its_owner_by_rotation(table):
    note = kept(1)
    common = seal_bytes(keyring.ring(), b"13812345678", f"test.note.words:{note.pk}")
    with connection.cursor() as cursor:
        cursor.execute("UPDATE test_note SET words = %s", [common])
    assert Note.objects.get().words.owner is None
    assert rotate(Note) == 1
    assert Note.objects.get().words.owner == leaf("residents.person", 1)
    assert rotate(Note) == 0


def test_the_kinds_of_owners_have_numbers_of_their_own():
    from linli.base.crypto.rotation import owner_kinds
    from linli.base.crypto.tree import kind_number

    kinds = owner_kinds()
    assert "cases.case" in kinds
    assert len({kind_number(kind) for kind in kinds}) == len(kinds)
