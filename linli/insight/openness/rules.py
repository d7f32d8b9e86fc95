"""What may be told to everybody: counts, and which of them are kept back so that nobody can be worked out. Pure.

Everything public is a **star**: one whole and its parts, which add up to it. Stars that split the same whole in different
ways (by community, by category) are never crossed with each other, no whole over several months or several places is
told, and a month is told once. Therefore what can be worked out of a part that is kept back comes from its own star
alone: it lies between nought and the whole less the parts that are shown. `protect` keeps back so many parts that this
range begins at nought and reaches the threshold at least. tests/insight/openness attacks the result with linear programming.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from fractions import Fraction
from typing import Any

from linli.base import masks

SEPARATORS = "，。；、,;：:（）() \n"


@dataclass(frozen=True, slots=True)
class Star:
    """whole and parts as they may be shown; None is kept back."""

    whole: int | None
    parts: Mapping[str, int | None]


def protect(whole: int, parts: Mapping[str, int], threshold: int) -> Star:
    """Keep back what is under the threshold, then the smallest others until at least two are kept back that add up to it."""
    assert sum(parts.values()) == whole, "the parts add up to the whole"
    if whole < threshold:
        return Star(None, dict.fromkeys(parts))
    kept = {key for key, number in parts.items() if number < threshold}
    shown = sorted((number, key) for key, number in parts.items() if key not in kept)
    while kept and shown and (len(kept) < 2 or sum(parts[key] for key in kept) < threshold):
        kept.add(shown.pop(0)[1])
    return Star(whole, {key: None if key in kept else number for key, number in parts.items()})


# star -> (measure of the whole, its parts as (code, measures added, measures taken away))
SPLITS: dict[str, tuple[str, tuple[tuple[str, tuple[str, ...], tuple[str, ...]], ...]]] = {
    "answering": ("answered", (("on_time", ("answered",), ("answered_late",)), ("late", ("answered_late",), ()))),
    "contact": ("reachable", (("contacted", ("contacted",), ()), ("not_contacted", ("reachable",), ("contacted",)))),
    "resolution": ("reachable", (("resolved", ("resolved",), ()), ("not_resolved", ("reachable",), ("resolved",)))),
    "satisfaction": (
        "reachable",
        (("satisfied", ("satisfied",), ()), ("basic", ("basic",), ()), ("dissatisfied", ("dissatisfied",), ())),
    ),
}


def tables(
    communities: Mapping[str, int], categories: Mapping[str, int], measures: Mapping[str, int], threshold: int
) -> dict[str, Any]:
    """Everything that is told of one sub-district and month: star -> {"whole", "parts"}.

    communities, categories: complaints filed, each adding up to measures["filed"].
    """
    stars = {
        "communities": protect(measures["filed"], communities, threshold),
        "categories": protect(measures["filed"], categories, threshold),
        "proactive": Star(measures["proactive"] if measures["proactive"] >= threshold else None, {}),
    }
    for name, (whole, parts) in SPLITS.items():
        split = {
            code: sum(measures[one] for one in added) - sum(measures[one] for one in taken)
            for code, added, taken in parts
        }
        if (rest := measures[whole] - sum(split.values())) > 0:
            # Brought in from elsewhere without an answer: a part of its own, so that the parts add up.
            split["unstated"] = rest
        stars[name] = protect(measures[whole], split, threshold)
    return {name: {"whole": star.whole, "parts": dict(star.parts)} for name, star in stars.items()}


def share(told: Mapping[str, Any], name: str, part: str) -> Fraction | None:
    """A rate, made of nothing but what is shown; None where either is kept back."""
    star = told[name]
    number, whole = star["parts"].get(part), star["whole"]
    return Fraction(number, whole) if number is not None and whole else None


def satisfaction(told: Mapping[str, Any], weight: Fraction) -> Fraction | None:
    """Satisfied plus the weighted basically satisfied, of all reached; None where any of the three is kept back."""
    star = told["satisfaction"]
    satisfied, basic, whole = star["parts"]["satisfied"], star["parts"]["basic"], star["whole"]
    if satisfied is None or basic is None or not whole:
        return None
    return (satisfied + weight * basic) / whole


def may_release(month: date, today: date, wait_days: int) -> str:
    """Why this month cannot be told yet; empty when it can. month: its first day."""
    end = (month + timedelta(days=32)).replace(day=1)
    return (
        ""
        if today >= end + timedelta(days=wait_days)
        else f"这个月要到 {end + timedelta(days=wait_days)} 以后才能公开。"
    )


def conceal(text: str) -> str:
    """Free text for everybody: numbers of people and doors masked, piece by piece. Applying it twice changes nothing more."""
    told, piece = [], ""
    for sign in masks.scrub(text):
        if sign in SEPARATORS:
            told += [_concealed(piece), sign]
            piece = ""
        else:
            piece += sign
    return "".join([*told, _concealed(piece)])


def _concealed(piece: str) -> str:
    # A bare number at the end is a year or a sum here; with 号 behind it, it is a door.
    if piece[-1:].isdigit():
        return masks.address(f"{piece}处").removesuffix("处")
    return masks.address(piece)


def problems(data: Mapping[str, Any]) -> list[str]:
    """What is wrong with the policy, in the editor's words."""
    found = []
    for key, least, most in (("threshold", 5, 1000), ("wait_days", 0, 60)):
        value = data.get(key)
        if not isinstance(value, int) or isinstance(value, bool) or not least <= value <= most:
            found.append(f"“{key}”要写 {least} 到 {most} 之间的整数")
    return found


def answer(data: Mapping[str, Any], given: Mapping[str, Any]) -> Sequence[str]:
    """What is shown of a whole and its parts."""
    star = protect(given["whole"], {str(i): n for i, n in enumerate(given["parts"])}, data["threshold"])
    return ["—" if number is None else str(number) for number in (star.whole, *star.parts.values())]
