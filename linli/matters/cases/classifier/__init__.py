"""The category that a letter's words suggest: pure functions over one small model, without a database.

Only numpy is needed here. Training (scikit-learn) lives in `training` and is never imported by a web process.

The model in force is the office's own when the folder named by the environment variable LINLI_CLASSIFIER (or
``classifier/`` in LINLI_HOME) holds one, else the shipped one beside this file. A newly trained model is noticed within
a few seconds, without a restart.
"""

import logging
import os
import time
from dataclasses import dataclass
from pathlib import Path

from linli.matters.cases.classifier.model import DESCRIPTION, BrokenModel, Model, read
from linli.matters.cases.classifier.pairs import likeness

__all__ = ["Suggestion", "folder", "in_force", "likeness", "suggest", "suggest_top"]

SHIPPED = Path(__file__).resolve().parent
FRESH_SECONDS = 5.0

log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Suggestion:
    """code: a category; confidence: calibrated probability, 0..1; because: the n-grams that told most, strongest
    first.
    """

    code: str
    confidence: float
    because: tuple[str, ...] = ()


def folder() -> Path:
    """Where this instance keeps its own model."""
    named = os.environ.get("LINLI_CLASSIFIER")
    if named:
        return Path(named)
    home = os.environ.get("LINLI_HOME")
    return (Path(home) if home else Path(__file__).resolve().parents[4] / "var") / "classifier"


@dataclass(slots=True)
class _Held:
    model: Model | None = None
    mark: tuple[str, int] | None = None
    looked: float = 0.0


_held = _Held()


def in_force() -> Model:
    """The model in force. A broken model of the office's own is reported and the one before it, or the shipped one,
    stays.
    """
    now = time.monotonic()
    if _held.model is not None and now - _held.looked < FRESH_SECONDS:
        return _held.model
    _held.looked = now
    for place in (folder(), SHIPPED):
        try:
            mark = (str(place), (place / DESCRIPTION).stat().st_mtime_ns)
        except OSError:
            continue
        if mark == _held.mark and _held.model is not None:
            return _held.model
        try:
            _held.model, _held.mark = read(place), mark
        except BrokenModel as error:
            log.warning("classifier model in %s is not used: %s", place, error)
            if _held.model is not None:
                return _held.model
            continue
        return _held.model
    raise BrokenModel("no classifier model was found, not even the shipped one")


def suggest(text: str, *, count: int = 3) -> list[Suggestion]:
    """The likeliest categories of a text, best first, at most `count`; empty when the text holds nothing the model
    knows.
    """
    held = in_force()
    sight = held.look(text)
    if sight is None:
        return []
    best = sight.probabilities.argsort()[::-1][:count]
    return [
        Suggestion(held.labels[number], float(sight.probabilities[number]), held.because(sight, int(number)))
        for number in best
    ]


def suggest_top(text: str) -> Suggestion | None:
    """The likeliest first-level category; its confidence is the sum over its children, its reasons those of the best
    child.
    """
    held = in_force()
    sight = held.look(text)
    if sight is None:
        return None
    sums: dict[str, float] = {}
    best: dict[str, int] = {}
    for number in sight.probabilities.argsort()[::-1]:
        top = held.labels[number].split(".")[0]
        sums[top] = sums.get(top, 0.0) + float(sight.probabilities[number])
        best.setdefault(top, int(number))
    code = max(sums, key=lambda top: sums[top])
    return Suggestion(code, min(1.0, sums[code]), held.because(sight, best[code]))
