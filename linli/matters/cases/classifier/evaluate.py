"""How good the suggestions are: on invented letters with facts never seen, on real letters, and with an office's own.

    python -m linli.matters.cases.classifier.evaluate [invented] [real] [own] [pairs]

Real letters are no part of Linli: LINLI_REAL_DATA names a folder with `letters.csv` (columns title, text,
norm_class; and official_category). Without it, what needs them is left out. Nothing here is used by the running
site.
"""

import csv
import os
import random
import statistics
import sys
import tomllib
from collections import Counter
from collections.abc import Callable, Sequence
from datetime import UTC, datetime
from itertools import pairwise
from pathlib import Path

import numpy as np

from linli.matters.cases.classifier import recipe
from linli.matters.cases.classifier.measure import Quality, bands, quality
from linli.matters.cases.classifier.model import Model, read
from linli.matters.cases.classifier.pairs import likeness
from linli.matters.cases.classifier.training import CannotTrain, Example, train
from linli.matters.cases.demo_texts import Place, invent, sources

SHIPPED = Path(__file__).resolve().parent
LABELS = SHIPPED / "real_labels.toml"
THRESHOLDS = (0.3, 0.4, 0.5, 0.6, 0.7, 0.8, 0.9)
FOLDS = 5
# Real letters count as much as so many invented ones, as in `train.train_office`.
OWN_WEIGHT = 3.0

Answer = tuple[str, list[str], float]


def mapping(column: str) -> dict[str, str]:
    """Our second-level codes to the labels of a column of the real letters; codes without a counterpart are absent."""
    found = {}
    for label, prefixes in tomllib.loads(LABELS.read_text(encoding="utf-8"))[column].items():
        for prefix in prefixes:
            for code in sources():
                if code == prefix or code.startswith(f"{prefix}."):
                    if code in found:
                        raise ValueError(f"{code} is mapped twice")
                    found[code] = label
    return found


def real_letters(column: str) -> list[tuple[str, str]]:
    """(text, label) of the real letters that have a label in this column; empty without LINLI_REAL_DATA."""
    path = Path(os.environ.get("LINLI_REAL_DATA", "../shared/data")) / "letters.csv"
    if not path.is_file():
        return []
    known = set(mapping(column).values())
    with path.open(encoding="utf-8-sig", newline="") as file:
        return [(f"{row['title']}。{row['text']}", row[column]) for row in csv.DictReader(file) if row[column] in known]


def answers(model: Model, letters: Sequence[tuple[str, str]], to: dict[str, str] | None = None) -> list[Answer]:
    """(truth, answers best first, confidence of the first), as the site would give them.

    With `to` the codes are translated to labels; the confidence stays that of the code, since that is what the policy's
    threshold looks at.
    """
    found = []
    for text, truth in letters:
        ranked = model.ranked(text, 3)
        labels = [code if to is None else to.get(code, "-") for code, _ in ranked]
        found.append((truth, list(dict.fromkeys(labels)), ranked[0][1] if ranked else 0.0))
    return found


def measured(found: Sequence[Answer], threshold: float = 0.6) -> Quality:
    return quality([a[0] for a in found], [a[1] for a in found], [a[2] for a in found], threshold)


def report(name: str, found: Sequence[Answer]) -> None:
    """Print one table: quality, the choice of a threshold, and how far stated confidence may be believed."""
    all_of_it = measured(found)
    print(f"\n## {name}: {all_of_it.letters} letters")
    first, three, mean = all_of_it.accuracy, all_of_it.top_three, all_of_it.macro_f1
    print(f"first right {first:.1%} · in first three {three:.1%} · macro F1 {mean:.1%}")
    print("threshold | coverage | right among them")
    for threshold in THRESHOLDS:
        at = measured(found, threshold)
        print(f"{threshold:.1f} | {at.coverage:.1%} | {at.precision:.1%}")
    right = np.array([truth == ranked[:1][0] if ranked else False for truth, ranked, _ in found])
    print(f"calibration error {all_of_it.calibration_error:.1%}; stated -> seen:", end=" ")
    print(
        " · ".join(
            f"{stated:.2f}->{seen:.2f} ({count})"
            for _, count, stated, seen in bands(np.array([a[2] for a in found]), right)
        )
    )


def evaluate_invented() -> None:
    """A model that has seen three quarters of the frames, asked about letters built on the last quarter."""
    trained = train(
        recipe.letters("seen", recipe.LETTERS_EACH, "learn"),
        recipe="trial",
        now=datetime.now(UTC),
        threshold=0.6,
    )
    # Its temperature comes from frames it has seen, so for the confidence the shipped one is taken, fitted on other
    # letters.
    model = _with_temperature(trained.model, read(SHIPPED).temperature)
    letters = [(example.text, example.category) for example in recipe.letters("held", recipe.CHECK_EACH, "unseen")]
    found = answers(model, letters)
    report("invented letters, frames never seen, second level", found)
    tops = {code: code.split(".")[0] for code in sources()}
    report(
        "the same, first level",
        [(tops[a[0]], *b[1:]) for a, b in zip(found, answers(model, letters, tops), strict=True)],
    )
    missed = Counter((truth, ranked[0]) for truth, ranked, _ in found if ranked and ranked[0] != truth)
    print("most confused:", ", ".join(f"{truth} as {said} {count}" for (truth, said), count in missed.most_common(12)))


def evaluate_real() -> None:
    """The shipped model on real letters, its answers translated to the labels those carry."""
    for column in ("norm_class", "official_category"):
        letters = real_letters(column)
        if not letters:
            print(f"\nno real letters with {column}: set LINLI_REAL_DATA")
            continue
        to = mapping(column)
        found = answers(read(SHIPPED), letters, to)
        report(f"real letters by {column}", found)
        missed = Counter((truth, ranked[0]) for truth, ranked, _ in found if ranked and ranked[0] != truth)
        print(
            "most confused:", ", ".join(f"{truth} as {said} {count}" for (truth, said), count in missed.most_common(10))
        )


def evaluate_own() -> None:
    """Five-fold: what the real letters themselves teach, alone and beside the invented ones, in the labels they
    carry.
    """
    column = "norm_class"
    letters = real_letters(column)
    if not letters:
        print("\nno real letters: set LINLI_REAL_DATA")
        return
    to = mapping(column)
    invented = [
        Example(example.text, to[example.category])
        for example in recipe.letters("all", recipe.LETTERS_EACH // 3, "learn")
        if example.category in to
    ]
    order = list(range(len(letters)))
    random.Random(0).shuffle(order)  # noqa: S311  folds, not secrets
    trials: tuple[tuple[str, float, list[Example]], ...] = (
        ("own letters alone", 1.0, []),
        ("invented alone", 0.0, invented),
        ("both", OWN_WEIGHT, invented),
    )
    for name, own, others in trials:
        found: list[Answer] = []
        for fold in range(FOLDS):
            check = [letters[number] for number in order[fold::FOLDS]]
            learn = [letters[number] for place, number in enumerate(order) if place % FOLDS != fold]
            examples = [Example(text, label, own) for text, label in learn if own] + others
            try:
                found += answers(train(examples, recipe="fold", now=datetime.now(UTC), threshold=0.6).model, check)
            except CannotTrain as error:
                print(f"{name}: {error}")
                return
        at = measured(found)
        print(
            f"\n## five-fold, {name}: {at.letters} letters\n"
            f"first right {at.accuracy:.1%} · in first three {at.top_three:.1%}"
            f" · macro F1 {at.macro_f1:.1%} · at {at.threshold}: coverage {at.coverage:.1%}, right {at.precision:.1%}"
            f" · calibration error {at.calibration_error:.1%}"
        )


def evaluate_pairs() -> None:
    """Likeness of two letters about one fact by different people, against two letters of one category about
    different facts.
    """
    rng = random.Random("pairs")  # noqa: S311  invented letters, not secrets
    alike: list[float] = []
    apart: list[float] = []
    strangers: list[float] = []
    for category in sources():
        by_frame: dict[str, list[str]] = {}
        place = Place("安和里小区", "3号楼", "2单元", "安和路")
        for _ in range(60):
            letter = invent(rng, category, place=place, kind="complaint")
            by_frame.setdefault(letter.frame, []).append(letter.text)
        frames = [texts for texts in by_frame.values() if len(texts) > 1]
        for texts, others in pairwise(frames):
            alike.append(likeness(texts[0], texts[1]))
            apart.append(likeness(texts[0], others[0]))
            strangers.append(likeness(texts[0], invent(rng, place=place).text))
    print(f"\n## likeness: {len(alike)} pairs of each sort")
    for name, scores in (("same fact", alike), ("same category, other fact", apart), ("any other letter", strangers)):
        tenth, middle, ninth = np.quantile(scores, (0.1, 0.5, 0.9))
        print(f"{name}: mean {statistics.fmean(scores):.2f}; tenths 1, 5 and 9: {tenth:.2f} {middle:.2f} {ninth:.2f}")
    for name, scores in (("other fact of the category", apart), ("any other letter", strangers)):
        wins = np.mean([float(a > b) + 0.5 * float(a == b) for a in alike for b in scores])
        print(f"same fact scores above {name} in {wins:.1%} of all pairings (AUC)")
    for threshold in (0.15, 0.2, 0.25, 0.3, 0.4):
        share = [float(np.mean([score >= threshold for score in scores])) for scores in (alike, apart, strangers)]
        print(f"at {threshold}: found {share[0]:.1%}, same category by mistake {share[1]:.1%}, others {share[2]:.1%}")


def _with_temperature(model: Model, temperature: float) -> Model:
    import dataclasses

    return dataclasses.replace(model, temperature=temperature)


PARTS: dict[str, Callable[[], None]] = {
    "invented": evaluate_invented,
    "real": evaluate_real,
    "own": evaluate_own,
    "pairs": evaluate_pairs,
}

if __name__ == "__main__":
    for part in sys.argv[1:] or PARTS:
        PARTS[part]()
