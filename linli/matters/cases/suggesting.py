"""The category the words suggest. A suggestion below the policy's threshold is shown but never applied by itself."""

from dataclasses import dataclass

from linli.base import policies
from linli.matters.cases import classifier


@dataclass(frozen=True, slots=True)
class Guess:
    """code: the likeliest category; confidence 0..1; sure: at or above the threshold; because: the words that told."""

    code: str = ""
    confidence: float = 0.0
    sure: bool = False
    because: tuple[str, ...] = ()


def suggest(text: str) -> Guess:
    """The likeliest category of these words, by the model in force."""
    best = next(iter(classifier.suggest(text)), None)
    if best is None:
        return Guess()
    threshold = float(policies.load("suggestion").data["threshold"])
    return Guess(best.code, round(best.confidence, 4), best.confidence >= threshold, tuple(best.because))
