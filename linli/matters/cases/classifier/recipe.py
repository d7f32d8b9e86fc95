"""The invented letters that the shipped model is trained and tried on. The same recipe writes the same letters
anywhere.
"""

import hashlib
import random

from linli.matters.cases.classifier.training import Example
from linli.matters.cases.demo_texts import MATERIAL, Letter, invent, sources

NAME = "invented letters, recipe 1"
LETTERS_EACH = 300
CHECK_EACH = 60
# Some people put the matter into a title; the form sends title and text together.
TITLED = 0.35
# And some write no more than the title.
TITLE_ALONE = 0.08


def material() -> str:
    """The hash of the raw material: a shipped model whose description names another is out of date."""
    seal = hashlib.sha256(f"{NAME} {LETTERS_EACH}".encode())
    for path in [*sorted(MATERIAL.glob("letters/*.toml")), MATERIAL / "voices.toml", MATERIAL / "speakers.toml"]:
        seal.update(path.name.encode() + path.read_bytes())
    return seal.hexdigest()


def letters(frames: str, each: int, name: str) -> list[Example]:
    """`each` letters of every category from the given frames ("all", "seen", "held"); `name` makes the set its own."""
    found = []
    for category in sources():
        for number in range(each):
            rng = random.Random(f"{name}/{category}/{number}")  # noqa: S311  invented letters, not secrets
            letter = invent(rng, category, frames=frames)
            found.append(Example(_sent(letter, rng.random()), letter.category))
    return found


def _sent(letter: Letter, draw: float) -> str:
    if draw < TITLE_ALONE:
        return letter.title
    return f"{letter.title}。{letter.text}" if draw < TITLE_ALONE + TITLED else letter.text
