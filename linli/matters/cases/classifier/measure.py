"""How good a classifier's answers are, in plain numbers. Numpy only."""

from collections.abc import Sequence
from dataclasses import asdict, dataclass

import numpy as np
from numpy.typing import NDArray

BANDS = 10


@dataclass(frozen=True, slots=True)
class Quality:
    """All figures are shares 0..1 but `letters`.

    accuracy: the first answer is right. top_three: one of the first three is. macro_f1: mean over the true labels of
    the harmonic mean of precision and recall. coverage: share of letters whose first answer reaches the threshold;
    precision: how many of those are right. calibration_error: mean distance of stated confidence and observed
    accuracy over ten bands of confidence, weighted by their size.
    """

    letters: int
    accuracy: float
    top_three: float
    macro_f1: float
    threshold: float
    coverage: float
    precision: float
    calibration_error: float

    def rounded(self) -> dict[str, float]:
        return {name: round(value, 4) for name, value in asdict(self).items()}


def quality(
    truth: Sequence[str], ranked: Sequence[Sequence[str]], confidence: Sequence[float], threshold: float
) -> Quality:
    """`ranked` holds the answers for each letter, best first; `confidence` that of the first one. Raises ValueError
    without letters.
    """
    if not truth:
        raise ValueError("nothing to measure")
    first = [answers[0] if answers else "" for answers in ranked]
    right = np.array([answer == true for answer, true in zip(first, truth, strict=True)])
    near = [true in answers[:3] for answers, true in zip(ranked, truth, strict=True)]
    sure = np.array(confidence)
    told = sure >= threshold
    return Quality(
        letters=len(truth),
        accuracy=float(right.mean()),
        top_three=float(np.mean(near)),
        macro_f1=macro_f1(truth, first),
        threshold=threshold,
        coverage=float(told.mean()),
        precision=float(right[told].mean()) if told.any() else 0.0,
        calibration_error=calibration_error(sure, right),
    )


def macro_f1(truth: Sequence[str], answers: Sequence[str]) -> float:
    """Mean F1 over the labels that occur in the truth; a label never answered counts 0."""
    scores = []
    for label in sorted(set(truth)):
        hits = sum(true == answer == label for true, answer in zip(truth, answers, strict=True))
        named = sum(answer == label for answer in answers)
        scores.append(2 * hits / (named + sum(true == label for true in truth)))
    return float(np.mean(scores))


def bands(confidence: NDArray[np.float64], right: NDArray[np.bool_]) -> list[tuple[float, int, float, float]]:
    """(lower bound, letters, mean confidence, accuracy) of every band of confidence that holds letters."""
    places = np.minimum((confidence * BANDS).astype(int), BANDS - 1)
    return [
        (band / BANDS, int(mask.sum()), float(confidence[mask].mean()), float(right[mask].mean()))
        for band in range(BANDS)
        if (mask := places == band).any()
    ]


def calibration_error(confidence: NDArray[np.float64], right: NDArray[np.bool_]) -> float:
    return sum(count * abs(stated - seen) for _, count, stated, seen in bands(confidence, right)) / len(right)
