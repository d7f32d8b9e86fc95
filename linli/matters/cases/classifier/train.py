"""Two ways to a model: the shipped one from invented letters, and an office's own from its labelled letters."""

import hashlib
import json
from collections.abc import Callable, Mapping
from contextlib import suppress
from datetime import datetime
from pathlib import Path

from linli.matters.cases.classifier import recipe
from linli.matters.cases.classifier.measure import Quality
from linli.matters.cases.classifier.model import DESCRIPTION, pack, write
from linli.matters.cases.classifier.pairs import COMMONPLACES
from linli.matters.cases.classifier.sheet import Read, read
from linli.matters.cases.classifier.training import CannotTrain, Trained, keep_back, train

# An office's own letter counts as much as this many invented ones.
OWN_WEIGHT = 3.0
# Invented letters of each category that stand beside an office's own, so that rare categories are known at all.
INVENTED_EACH = 100

Say = Callable[[str], None]


def train_shipped(into: Path, *, now: datetime, threshold: float, say: Say = lambda _: None) -> Trained:
    """Train the model that ships. The same recipe gives the same bytes; then the date of the model stays what it
    was.
    """
    say("正在写虚构来信……")
    learn = recipe.letters("all", recipe.LETTERS_EACH, "learn")
    seen = recipe.letters("seen", recipe.LETTERS_EACH, "learn")
    check = recipe.letters("held", recipe.CHECK_EACH, "check")
    say(f"正在训练：{len(learn)} 件来信，另有 {len(check)} 件用没见过的句式检验……")
    trained = train(
        learn,
        recipe=recipe.NAME,
        now=now,
        threshold=threshold,
        check=check,
        without_check=seen,
        more={"material_sha256": recipe.material()},
    )
    described = trained.model.description
    with suppress(OSError, ValueError, KeyError):
        before = json.loads((into / DESCRIPTION).read_text(encoding="utf-8"))
        if before["arrays_sha256"] == hashlib.sha256(pack(trained.model)).hexdigest():
            described["trained_at"] = before["trained_at"]
    write(trained.model, into)
    pairs = recipe.commonplaces(learn)
    rows = [" ".join(pairs[start : start + 30]) for start in range(0, len(pairs), 30)]
    (into / COMMONPLACES.name).write_text("\n".join(rows) + "\n", encoding="utf-8")
    return trained


def train_office(
    file: Path,
    into: Path,
    names: Mapping[str, str],
    *,
    now: datetime,
    threshold: float,
    alone: bool = False,
    text: str = "",
    category: str = "",
    invented_each: int = INVENTED_EACH,
    say: Say = lambda _: None,
) -> tuple[Trained, Read]:
    """Train on an office's labelled letters and store the model in `into`.

    `names` maps what may stand in the category column to codes; with an empty one every word is a category. Invented
    letters of the known categories are added unless `alone`. The figures come from the office's own letters alone:
    every fifth of each category, which that trial has not seen. Raises CannotTrain.
    """
    found = read(file, names, text=text, category=category, weight=1.0 if alone else OWN_WEIGHT)
    say(f"读到 {len(found.examples)} 件有分类的来信。")
    if alone or not names:
        trained = train(found.examples, recipe="office", now=now, threshold=threshold)
    else:
        invented = recipe.letters("all", invented_each, "learn", names.values())
        if not found.examples:
            raise CannotTrain("文件里没有可用的来信。")
        learn, check = keep_back(list(dict.fromkeys(found.examples)))
        say(f"另加 {len(invented)} 件虚构来信，正在训练……")
        trained = train(
            found.examples + invented,
            recipe=f"office with {recipe.NAME}",
            now=now,
            threshold=threshold,
            check=check,
            without_check=learn + invented,
            more={"own_letters": len(found.examples)},
        )
    write(trained.model, into)
    return trained, found


def told(quality: Quality) -> list[str]:
    """The figures of a model in words for the person who trained it."""
    return [
        f"检验来信 {quality.letters} 件（训练时没有见过）",
        f"第一个建议正确 {quality.accuracy:.1%}，前三个中有正确的 {quality.top_three:.1%}",
        f"各分类平均 F1 {quality.macro_f1:.1%}",
        f"把握不低于 {quality.threshold:g} 的占 {quality.coverage:.1%}，其中正确 {quality.precision:.1%}",
        f"把握与实际正确率平均相差 {quality.calibration_error:.1%}",
    ]
