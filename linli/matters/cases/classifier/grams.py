"""What the classifier sees of a text: its character n-grams, the same for training and for use."""

import re

from linli.base.text import normalise

SHORTEST, LONGEST = 1, 3
# A letter says what it is about near its beginning; a hundred thousand pasted characters must cost no more than a
# long letter.
READ_AT_MOST = 2_000

_DIGIT = re.compile(r"\d")


def grams(text: str) -> list[str]:
    """Every n-gram of one to three characters, with repeats, in no order that means anything.

    Digits all become 0: which number a house has says nothing about the matter, and no telephone number ends up in a
    model. Numbers alone and single Latin letters are left out, and an n-gram never spans punctuation.
    """
    found: list[str] = []
    for run in _DIGIT.sub("0", normalise(text[:READ_AT_MOST])).split():
        found += [character for character in run if character > "\x7f"]
        found += [pair for pair in map(str.__add__, run, run[1:]) if pair != "00"]
        found += [three for start in range(len(run) - 2) if (three := run[start : start + 3]) != "000"]
    return found
