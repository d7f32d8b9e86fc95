"""Training a model from labelled letters. The only part of the classifier that needs scikit-learn.

Character n-grams of one to three, TF-IDF, a linear model (one against the rest), and a temperature that turns its
scores into probabilities, fitted on letters that training has not seen. The result is a `model.Model`: plain arrays.
"""

import hashlib
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import numpy as np
from numpy.typing import NDArray

from linli.matters.cases.classifier.grams import grams
from linli.matters.cases.classifier.measure import Quality, quality
from linli.matters.cases.classifier.model import Model, quantise

# The largest vocabulary kept: what tells most apart, within 3 MB on disk.
VOCABULARY = 24_000
# An n-gram must occur in so many letters: rarer ones are names and slips, and a name has no place in a model.
FEWEST_LETTERS = 3
# A category with fewer letters cannot be learnt.
FEWEST_EXAMPLES = 5
# Every fifth letter is kept back to fit the temperature and to say how good the model is.
KEPT_BACK = 5
SOFTNESS = 0.2


class CannotTrain(Exception):
    """The letters do not suffice; the message says what is missing, in the words of the person who gave them."""


@dataclass(frozen=True, slots=True)
class Example:
    """One labelled letter; `weight` counts it several times (an office's own letters against invented ones)."""

    text: str
    category: str
    weight: float = 1.0


@dataclass(frozen=True, slots=True)
class Trained:
    model: Model
    measured: Quality
    dropped: dict[str, int]


def train(
    examples: Sequence[Example],
    *,
    recipe: str,
    now: datetime,
    threshold: float,
    check: Sequence[Example] | None = None,
    without_check: Sequence[Example] | None = None,
    more: Mapping[str, Any] | None = None,
) -> Trained:
    """Train on `examples` and say how good the result is.

    Without `check` every fifth letter of each category is kept back, the temperature and the figures come from
    those, and the model is then trained again on all. With `check` (and `without_check`, the letters to train on for
    that purpose) the caller decides what is unseen. Raises CannotTrain.
    """
    examples, dropped = _usable(examples)
    if check is None or without_check is None:
        without_check, check = keep_back(examples)
    trial = _fit(without_check)
    # How sure may it be? Asked of letters that this trial has not seen.
    temperature = _temperature(trial, check)
    measured = _measure(trial.model(temperature, {}), check, threshold)
    final = _fit(examples)
    counts = Counter(example.category for example in examples)
    description = {
        "recipe": recipe,
        "trained_at": now.isoformat(timespec="seconds"),
        "training_sha256": _fingerprint(examples),
        "letters": len(examples),
        "counts": dict(sorted(counts.items())),
        "grams": len(final.vocabulary),
        "measured": measured.rounded(),
        **(more or {}),
    }
    return Trained(final.model(temperature, description), measured, dropped)


@dataclass(frozen=True, slots=True)
class _Fitted:
    labels: tuple[str, ...]
    vocabulary: tuple[str, ...]
    idf: NDArray[np.float32]
    weights: NDArray[np.float64]
    bias: NDArray[np.float32]

    def model(self, temperature: float, description: dict[str, Any]) -> Model:
        small, scales = quantise(self.weights)
        places = {gram: number for number, gram in enumerate(self.vocabulary)}
        return Model(self.labels, self.vocabulary, self.idf, small, scales, self.bias, temperature, description, places)


def _fit(examples: Sequence[Example]) -> _Fitted:
    from sklearn.feature_extraction.text import TfidfVectorizer
    from sklearn.svm import LinearSVC

    texts, truth = [example.text for example in examples], [example.category for example in examples]
    weights = np.array([example.weight for example in examples])
    vocabulary = None
    # Twice: once to see which n-grams tell categories apart, once with those alone.
    for _ in range(2):
        vectors = TfidfVectorizer(
            analyzer=grams, min_df=FEWEST_LETTERS if vocabulary is None else 1, sublinear_tf=True, vocabulary=vocabulary
        )
        try:
            matrix = vectors.fit_transform(texts)
        except ValueError as error:
            raise CannotTrain("这些来信里没有足够的文字可学。") from error
        learner = LinearSVC(C=SOFTNESS, random_state=0, dual=True, max_iter=3000)
        learner.fit(matrix, truth, sample_weight=weights)
        names = vectors.get_feature_names_out()
        # One row per category; with only two, scikit-learn keeps the row of the second.
        rows, bias = learner.coef_, learner.intercept_
        if len(learner.classes_) == 2:
            rows, bias = np.vstack([-rows[0], rows[0]]), np.array([-bias[0], bias[0]])
        if len(names) <= VOCABULARY:
            break
        telling = np.abs(rows).max(axis=0) * np.sqrt(np.asarray((matrix > 0).sum(axis=0)).ravel())
        vocabulary = sorted(names[np.argsort(-telling, kind="stable")[:VOCABULARY]])
    return _Fitted(
        tuple(str(label) for label in learner.classes_),
        tuple(str(name) for name in names),
        vectors.idf_.astype(np.float32),
        rows.T,
        bias.astype(np.float32),
    )


def _temperature(fitted: _Fitted, check: Sequence[Example]) -> float:
    """The factor on the scores with which the true categories of unseen letters become most probable (golden
    section).
    """
    model = fitted.model(1.0, {})
    places = {label: number for number, label in enumerate(model.labels)}
    logs, truth = [], []
    for example in check:
        sight = model.look(example.text)
        if sight is not None and example.category in places:
            logs.append(np.log(np.maximum(sight.probabilities.astype(np.float64), 1e-30)))
            truth.append(places[example.category])
    if not logs:
        return 1.0
    scores, true = np.array(logs), np.array(truth)

    def loss(power: float) -> float:
        scaled = scores * np.exp(power)
        scaled -= scaled.max(axis=1, keepdims=True)
        return float(np.mean(np.log(np.exp(scaled).sum(axis=1)) - scaled[np.arange(len(true)), true]))

    low, high, golden = -2.0, 4.0, (5**0.5 - 1) / 2
    while high - low > 1e-4:
        left, right = high - golden * (high - low), low + golden * (high - low)
        low, high = (low, right) if loss(left) < loss(right) else (left, high)
    return round(float(np.exp((low + high) / 2)), 4)


def _measure(model: Model, check: Sequence[Example], threshold: float) -> Quality:
    ranked, confidence = [], []
    for example in check:
        answers = model.ranked(example.text, 3)
        ranked.append([label for label, _ in answers])
        confidence.append(answers[0][1] if answers else 0.0)
    return quality([example.category for example in check], ranked, confidence, threshold)


def _usable(examples: Iterable[Example]) -> tuple[list[Example], dict[str, int]]:
    """The letters worth learning from, each once, in an order that does not depend on the file; and the categories
    left out.
    """
    once: dict[tuple[str, str], Example] = {}
    for example in examples:
        once.setdefault((example.category, example.text), example)
    counts = Counter(category for category, _ in once)
    dropped = {category: count for category, count in sorted(counts.items()) if count < FEWEST_EXAMPLES}
    kept = [once[key] for key in sorted(once) if key[0] not in dropped]
    if len({example.category for example in kept}) < 2:
        raise CannotTrain(f"至少要有两个分类，每个分类至少{FEWEST_EXAMPLES}件来信，才能训练。")
    return kept, dropped


def keep_back(examples: Sequence[Example]) -> tuple[list[Example], list[Example]]:
    """Every fifth letter of each category aside. Chosen by the hash of the text, so that the order of a file plays
    no part.
    """
    by_category: dict[str, list[Example]] = {}
    for example in examples:
        by_category.setdefault(example.category, []).append(example)
    learn: list[Example] = []
    check: list[Example] = []
    for group in by_category.values():
        group = sorted(group, key=lambda example: hashlib.sha256(example.text.encode("utf-8", "replace")).digest())
        check += group[::KEPT_BACK]
        learn += [example for number, example in enumerate(group) if number % KEPT_BACK]
    return learn, check


def _fingerprint(examples: Sequence[Example]) -> str:
    seal = hashlib.sha256()
    for example in examples:
        seal.update(f"{example.category}\t{example.weight}\t{example.text}\n".encode("utf-8", "replace"))
    return seal.hexdigest()
