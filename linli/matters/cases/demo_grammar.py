"""The small grammar of the invented letters: ``[a|b|]`` one of, ``{name}`` a word or place, ``{#2-8}`` a number."""

import random
import re
from collections.abc import Callable
from functools import cache

# A text is a sequence of parts; a part is a string, a choice between texts, or the name of a slot.
Choice = tuple["Text", ...]
Part = str | Choice | re.Match[str]
Text = tuple[Part, ...]

_TOKEN = re.compile(r"\[|\||\]|\{([^{}]+)\}|[^\[\]|{}]+")


@cache
def parse(source: str) -> Text:
    """Raises ValueError when a bracket is not closed."""
    tokens = [*_TOKEN.finditer(source)]
    if "".join(token[0] for token in tokens) != source:
        raise ValueError(f"a curly bracket is not closed: {source}")
    return _sequence(tokens, inside=False)[0]


def _sequence(tokens: list[re.Match[str]], inside: bool) -> tuple[Text, list[re.Match[str]]]:
    parts: list[Part] = []
    while tokens:
        token = tokens[0]
        if token[0] == "[":
            choices: list[Text] = []
            tokens = tokens[1:]
            while True:
                choice, tokens = _sequence(tokens, inside=True)
                choices.append(choice)
                if not tokens:
                    raise ValueError("a square bracket is not closed")
                end, tokens = tokens[0][0], tokens[1:]
                if end == "]":
                    break
            parts.append(tuple(choices))
        elif token[0] in "|]":
            if not inside:
                raise ValueError(f"{token[0]} without an open bracket")
            break
        else:
            parts.append(token if token[1] else token[0])
            tokens = tokens[1:]
    return tuple(parts), tokens


def render(text: Text, rng: random.Random, slot: Callable[[str], str]) -> str:
    """One text of those that a source allows. `slot` says what stands for a name."""
    said = []
    for part in text:
        if isinstance(part, str):
            said.append(part)
        elif isinstance(part, tuple):
            said.append(render(rng.choice(part), rng, slot))
        else:
            said.append(slot(part[1]))
    return "".join(said)
