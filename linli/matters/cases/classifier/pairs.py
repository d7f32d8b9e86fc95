"""How much two letters speak of the same thing, for the list of likely duplicates."""

from pathlib import Path

from linli.base.text import normalise

# Pairs of characters that letters hold whatever they are about: politeness, blame and asking. They say nothing about
# the matter. Counted on invented letters when the shipped model is trained: see `recipe.commonplaces`.
COMMONPLACES = Path(__file__).resolve().parent / "commonplaces.txt"
_COMMON = frozenset(COMMONPLACES.read_text(encoding="utf-8").split())
_COMMON_WEIGHT = 0.15
# With fewer telling pairs than this in the shorter text, chance agreement weighs too much; the score shrinks towards
# it.
_ENOUGH = 6.0


def likeness(text_a: str, text_b: str) -> float:
    """0 (nothing in common) to 1 (the same words), the same either way round.

    The mean of two views over distinct character pairs, common phrases counting little: how much of both texts is
    shared (cosine), and how much of the shorter one stands in the longer (a brief call about what a long letter
    describes). A text without any pair is like nothing, not even itself.
    """
    pairs_a, pairs_b = _weigh(text_a), _weigh(text_b)
    whole_a, whole_b = sum(pairs_a.values()), sum(pairs_b.values())
    if not whole_a or not whole_b:
        return 0.0
    shorter, longer = (pairs_a, pairs_b) if len(pairs_a) <= len(pairs_b) else (pairs_b, pairs_a)
    shared = sum(weight for pair, weight in shorter.items() if pair in longer)
    cosine = shared / (whole_a * whole_b) ** 0.5
    least = min(whole_a, whole_b)
    within = shared / max(least, min(_ENOUGH, max(whole_a, whole_b)))
    return min(1.0, (cosine + within) / 2)


def _weigh(text: str) -> dict[str, float]:
    found: dict[str, float] = {}
    for run in normalise(text[:2_000]).split():
        for pair in map(str.__add__, run, run[1:]):
            found[pair] = _COMMON_WEIGHT if pair in _COMMON else 1.0
    return found
