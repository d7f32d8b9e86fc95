"""Plain text made comparable: one spelling, character bigrams, and the terms of a search.

Chinese is written without spaces and its commonest words have two characters, so an index of trigrams misses them.
Everything that compares or finds text in Linli therefore works on bigrams of *runs*: unbroken stretches of letters,
digits and marks. Punctuation, emoji and white space end a run; invisible characters (zero-width spaces, variation
selectors) are dropped without ending it.

The search index stores ``bigrams(text)``; a query is looked up by ``search_terms(query)`` (every term must be
present) and each hit is checked again with ``contains``, since a text may hold all bigrams of a phrase without
holding the phrase.

Nothing here touches the database, and no input is too odd: rare characters beyond the basic plane (𠮷), lone
surrogates, NUL and emoji are all accepted.
"""

import unicodedata

__all__ = ["bigrams", "contains", "normalise", "search_terms"]

_SPACE = " "
_KEPT = {"L", "M", "N"}
# Code points remembered at most: enough for all common characters, and no way to fill memory with a hostile text.
_REMEMBERED = 20_000
# Variation selectors choose a drawing of the same character, so two spellings of one name differ only by them.
_VARIATION_SELECTORS = (range(0xFE00, 0xFE10), range(0xE0100, 0xE01F0), range(0x180B, 0x180E))


class _Sieve(dict[int, str | None]):
    """A ``str.translate`` table that decides about each character when it is first met."""

    def __missing__(self, code: int) -> str | None:
        verdict = _verdict(code)
        if len(self) < _REMEMBERED:
            self[code] = verdict
        return verdict


def _verdict(code: int) -> str | None:
    if any(code in selectors for selectors in _VARIATION_SELECTORS):
        return None
    character = chr(code)
    category = unicodedata.category(character)
    if category == "Cf":  # zero-width space and joiner, direction marks, soft hyphen
        return None
    return character if category[0] in _KEPT else _SPACE


_sieve = _Sieve()


def normalise(text: str) -> str:
    """One spelling of a text: NFKC, case folded, runs of letters and digits with single spaces between.

    Full-width forms become plain ones (``１３号`` -> ``13号``), upper case lower, punctuation and emoji a space.
    Idempotent.
    """
    # Case folding can undo a composition (and the other way round), so both are done until nothing changes; twice is
    # enough for every character that Unicode has, and the property test holds it.
    folded = unicodedata.normalize("NFKC", unicodedata.normalize("NFKC", text).casefold())
    return _SPACE.join(unicodedata.normalize("NFKC", folded.translate(_sieve)).split())


def bigrams(text: str) -> list[str]:
    """The distinct pairs of neighbouring characters of a text, in order of first appearance.

    A pair never spans two runs. A run of a single character has no pair and leaves nothing behind: one character
    alone is found by ``contains``, not by the index.
    """
    pairs: dict[str, None] = {}
    for run in normalise(text).split():
        pairs.update(dict.fromkeys(map(str.__add__, run, run[1:])))
    return list(pairs)


def search_terms(query: str) -> list[str]:
    """The bigrams that every text matching the query must hold; empty when the query has no run of two characters.

    An empty answer to a query that is not blank means that the index cannot help (a single character): the caller looks
    through what it already has with ``contains``, or asks for one more character.
    """
    return bigrams(query)


def contains(text: str, query: str) -> bool:
    """Whether each run of the query stands unbroken in the text: the check after the index, and the rule of what a
    hit is.

    A blank query is contained in every text.
    """
    haystack = normalise(text)
    return all(run in haystack for run in normalise(query).split())
