"""A key of its own for every owner, out of one small secret, from which single keys can be taken away for good.

A binary tree of derived secrets (Goldreich, Goldwasser, Micali 1986): each node is a secret, its children are hashes
of it, an owner's key is a leaf 56 steps below the root. Nothing is stored for an owner. Taking a leaf away replaces the
nodes above it by their other children: every other leaf can still be reached, this one never again, since no secret
from which it could be derived is left. See docs/decisions/0016-shredding.md.
"""

from __future__ import annotations

import base64
import hashlib
import secrets
from collections import OrderedDict
from collections.abc import Iterable
from functools import lru_cache
from typing import Literal

from cryptography.hazmat.primitives.hashes import SM3, Hash

Suite = Literal["intl", "sm"]
KIND_BITS, ID_BITS = 16, 40
DEPTH = KIND_BITS + ID_BITS
LEAF_BYTES = DEPTH // 8
SECRET = 32
_PACKED = 1 + LEAF_BYTES + SECRET
# Owners are numbered as they come, so a page of them shares most of the way: the secret of a block is remembered.
_BLOCK_BITS = 12
_REMEMBERED = 4096


def leaf(kind: str, key: int) -> int:
    """Where the key of an owner hangs. kind: model of the owner, such as ``residents.person``; key: its pk, 0 to 2^40-1."""
    if not 0 <= key < 1 << ID_BITS:
        raise ValueError(f"the key of an owner must fit into {ID_BITS} bits")
    return kind_number(kind) << ID_BITS | key


@lru_cache(maxsize=64)
def kind_number(kind: str) -> int:
    """Sixteen bits for a model. Two models of Linli with the same number are found by a test."""
    return int.from_bytes(hashlib.sha256(f"linli owner {kind}".encode()).digest()[:2], "big")


class Tree:
    """nodes: (depth, path from the root as a number) -> secret, such that no node stands below another."""

    __slots__ = ("_blocks", "_last", "_nodes", "_suite", "_used")

    def __init__(self, nodes: dict[tuple[int, int], bytes], suite: Suite = "intl") -> None:
        if any(
            not (0 <= depth <= DEPTH and path >> depth == 0 and len(s) == SECRET) for (depth, path), s in nodes.items()
        ):
            raise ValueError("the tree of keys is not well-formed")
        self._nodes, self._suite = nodes, suite
        self._blocks: OrderedDict[int, bytes] = OrderedDict()
        self._used: OrderedDict[int, bytes] = OrderedDict()
        # (leaf, depth, secrets from that depth down to it) of the last one: its neighbour has most of the way in common.
        self._last: tuple[int, int, list[bytes]] = (0, DEPTH + 1, [])

    @classmethod
    def fresh(cls, suite: Suite = "intl") -> Tree:
        return cls({(0, 0): secrets.token_bytes(SECRET)}, suite)

    def __len__(self) -> int:
        return len(self._nodes)

    def __repr__(self) -> str:
        return f"<Tree of {len(self)}>"

    def key(self, leaf: int) -> bytes | None:
        """The secret of one leaf, 32 bytes; None when it was taken away."""
        known = self._used.get(leaf)
        if known is not None:
            return known
        nearest = self._nearest(leaf)
        if nearest is None:
            return None
        top, way = nearest
        for step in range(DEPTH - top - len(way), -1, -1):
            way.append(self._child(way[-1], leaf >> step & 1))
        self._last = (leaf, top, way)
        _remember(self._used, leaf, way[-1])
        return way[-1]

    def keys(self, leaves: Iterable[int]) -> dict[int, bytes | None]:
        """The secrets of many leaves; quickest in their order."""
        return {leaf: self.key(leaf) for leaf in leaves}

    def without(self, leaves: Iterable[int]) -> Tree:
        """The tree from which these leaves can no longer be reached. Leaves that are gone already stay gone."""
        nodes = dict(self._nodes)
        wanted: dict[tuple[int, int], list[int]] = {}
        for one in set(leaves):
            above = self._above(one)
            if above is not None:
                wanted.setdefault(above, []).append(one)
        for above, gone in wanted.items():
            self._cut(nodes, above, nodes.pop(above), gone)
        return Tree(nodes, self._suite)

    def as_text(self) -> str:
        packed = b"".join(
            depth.to_bytes(1, "big") + path.to_bytes(LEAF_BYTES, "big") + secret
            for (depth, path), secret in sorted(self._nodes.items())
        )
        return base64.b64encode(packed).decode()

    @classmethod
    def from_text(cls, text: str, suite: Suite = "intl") -> Tree:
        packed = base64.b64decode(text, validate=True)
        if len(packed) % _PACKED:
            raise ValueError("the tree of keys is not well-formed")
        pieces = (packed[start : start + _PACKED] for start in range(0, len(packed), _PACKED))
        return cls({(one[0], int.from_bytes(one[1 : 1 + LEAF_BYTES], "big")): one[-SECRET:] for one in pieces}, suite)

    # --- inside -----------------------------------------------------------------------------------------------------

    def _above(self, leaf: int) -> tuple[int, int] | None:
        """The node that stands above a leaf, or is it."""
        return next((at for depth in range(DEPTH + 1) if (at := (depth, leaf >> (DEPTH - depth))) in self._nodes), None)

    def _nearest(self, leaf: int) -> tuple[int, list[bytes]] | None:
        """(depth, secrets from that depth on) of what is already known of the way to a leaf; None when it is gone."""
        last, top, way = self._last
        shared = DEPTH - (leaf ^ last).bit_length()
        if shared >= max(top, DEPTH - _BLOCK_BITS):
            return top, way[: shared - top + 1]
        block = leaf >> _BLOCK_BITS
        start = self._blocks.get(block)
        if start is None:
            start = self._whole(block)
            _remember(self._blocks, block, start)
        if start:
            return DEPTH - _BLOCK_BITS, [start]
        above = self._above(leaf)
        return None if above is None else (above[0], [self._nodes[above]])

    def _whole(self, block: int) -> bytes:
        """The secret above a whole block of leaves; empty when something was taken out of it."""
        depth = DEPTH - _BLOCK_BITS
        for above in range(depth + 1):
            secret = self._nodes.get((above, block >> (depth - above)))
            if secret is not None:
                return self._walk(secret, block, depth - above)
        return b""

    def _walk(self, secret: bytes, path: int, steps: int) -> bytes:
        for step in range(steps - 1, -1, -1):
            secret = self._child(secret, path >> step & 1)
        return secret

    def _cut(self, nodes: dict[tuple[int, int], bytes], at: tuple[int, int], secret: bytes, gone: list[int]) -> None:
        """Put into nodes what is left below one node."""
        depth, path = at
        if depth == DEPTH:
            return
        sides: tuple[list[int], list[int]] = ([], [])
        for one in gone:
            sides[one >> (DEPTH - depth - 1) & 1].append(one)
        for side in (0, 1):
            child = (depth + 1, path << 1 | side)
            below = self._child(secret, side)
            if sides[side]:
                self._cut(nodes, child, below, sides[side])
            else:
                nodes[child] = below

    def _child(self, secret: bytes, side: int) -> bytes:
        """One of the two secrets below. The input always has the same length, so a plain hash serves as generator."""
        step = secret + (b"1" if side else b"0")
        if self._suite == "intl":
            return hashlib.sha256(step).digest()
        digest = Hash(SM3())
        digest.update(step)
        return digest.finalize()


def _remember(kept: OrderedDict[int, bytes], at: int, secret: bytes) -> None:
    """Threads of one process share this: an entry lost or computed twice does no harm."""
    kept[at] = secret
    while len(kept) > _REMEMBERED:
        try:
            kept.popitem(last=False)
        except KeyError:
            return
