"""Destroying the keys of owners, so that nothing sealed for them can be opened again, wherever a copy of it lies."""

from collections.abc import Iterable

from . import keyring, tree


def shred(owners: Iterable[tuple[str, int]]) -> int:
    """Destroy the keys of these owners, (model label, pk) each; returns how many of them were still there.

    Not part of any transaction: call it after the rows are gone for good, and note first whom it is about, so that it
    can be called again. Raises KeyRingError when the ring stands in the environment and cannot change.
    """
    wanted = {tree.leaf(kind, key) for kind, key in owners}
    ring = keyring.ring()
    there = {one for one in wanted if ring.knows(one)}
    if there:
        keyring.change(lambda keys: keys.without_owners(there))
    return len(there)


def known(kind: str, key: int) -> bool:
    """Whether what belongs to this owner can still be opened."""
    return keyring.ring().knows(tree.leaf(kind, key))
