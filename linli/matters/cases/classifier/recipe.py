"""The invented letters that the shipped model is trained and tried on. The same recipe writes the same letters
anywhere.
"""

import hashlib
import random
from collections import Counter
from collections.abc import Iterable

from linli.base.text import bigrams
from linli.matters.cases.classifier.training import Example
from linli.matters.cases.demo_texts import MATERIAL, Letter, invent, sources

NAME = "invented letters, recipe 1"
LETTERS_EACH = 300
CHECK_EACH = 60
# Some people put the matter into a title; the form sends title and text together.
TITLED = 0.35
# And some write no more than the title.
TITLE_ALONE = 0.08
# What letters of so many of the categories hold is a commonplace.
COMMON_SHARE = 0.8


def material() -> str:
    """The hash of the raw material: a shipped model whose description names another is out of date."""
    seal = hashlib.sha256(f"{NAME} {LETTERS_EACH}".encode())
    for path in [*sorted(MATERIAL.glob("letters/*.toml")), MATERIAL / "voices.toml", MATERIAL / "speakers.toml"]:
        seal.update(path.name.encode() + path.read_bytes())
    return seal.hexdigest()


def letters(frames: str, each: int, name: str, categories: Iterable[str] | None = None) -> list[Example]:
    """`each` letters of every category (or of those given, as far as letters can be invented for them).

    `frames` is "all", "seen" or "held"; `name` makes the set its own.
    """
    found = []
    wanted = None if categories is None else set(categories)
    for category in sources():
        if wanted is not None and category not in wanted:
            continue
        for number in range(each):
            rng = random.Random(f"{name}/{category}/{number}")  # noqa: S311  invented letters, not secrets
            letter = invent(rng, category, frames=frames)
            found.append(Example(_sent(letter, rng.random()), letter.category))
    return found


def commonplaces(examples: Iterable[Example]) -> list[str]:
    """The pairs of characters that occur in letters of most categories, whatever they are about, commonest first."""
    spread: dict[str, set[str]] = {}
    often: Counter[str] = Counter()
    for example in examples:
        for pair in bigrams(example.text):
            spread.setdefault(pair, set()).add(example.category)
            often[pair] += 1
    enough = COMMON_SHARE * len(sources())
    return sorted((pair for pair in spread if len(spread[pair]) >= enough), key=lambda pair: (-often[pair], pair))


def _sent(letter: Letter, draw: float) -> str:
    if draw < TITLE_ALONE:
        return letter.title
    return f"{letter.title}。{letter.text}" if draw < TITLE_ALONE + TITLED else letter.text
