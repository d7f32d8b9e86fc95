"""One [[measures]] of a rule, read and checked."""

from collections.abc import Mapping
from fractions import Fraction
from typing import TYPE_CHECKING, Any

from linli.insight.scores.rules.arithmetic import MODES
from linli.insight.scores.rules.shapes import KINDS, METHODS, MISSING, OWN, STEPS, Band, Measure, RuleError

if TYPE_CHECKING:
    from linli.insight.scores.rules.definition import _Reader


def measure(
    reader: "_Reader", part: Mapping[str, Any], where: str, names: tuple[str, ...], above: tuple[str, ...]
) -> Measure:
    """names: inputs; above: codes of the measures before this one, whose values a formula may use. Raises RuleError."""
    code = reader.text(part, "code", where)
    if not code.isidentifier() or code in OWN:
        raise RuleError(f"{where}的 code“{code}”要写成没有空格和符号的词，不能是 {'、'.join(OWN)}")
    if code in above:
        raise RuleError(f"两项的 code 都是“{code}”")
    if code in names:
        raise RuleError(f"{where}的 code“{code}”与输入项重名")
    part = dict(part)
    if "figure" in part:
        figure = reader.figures.get(str(part["figure"]))
        if figure is None:
            raise RuleError(
                f"{where}的 figure“{part['figure']}”不在指标口径里：{'、'.join(reader.figures) or '没有指标'}"
            )
        part = {
            "numerator": figure["numerator"],
            "denominator": figure.get("denominator"),
            "meaning": figure.get("meaning", ""),
        } | part
        if part["denominator"] is None:
            part["value"] = part.pop("numerator")
            part.pop("denominator")
    known = (*names, *above)
    numerator, denominator = (reader.formula(part, key, where, known) for key in ("numerator", "denominator"))
    value = reader.formula(part, "value", where, known)
    if (numerator is None) != (denominator is None):
        raise RuleError(f"{where}的 numerator（分子）和 denominator（分母）要一起写")
    if (value is None) == (numerator is None):
        raise RuleError(f"{where}要写 numerator 和 denominator，或者只写 value")
    method = _method(reader, part, where)
    percent = (
        reader.choice(part, "unit", where, ("percent", "number"), "percent" if numerator else "number") == "percent"
    )
    kind = reader.choice(part, "kind", where, KINDS, "base")
    floor = part.get("floor", "none" if kind != "base" or method != "deduct" else 0)
    missing, missing_value = _missing(reader, part, where)
    return Measure(
        code=code,
        name=reader.text(part, "name", where, code),
        meaning=reader.text(part, "meaning", where),
        kind=kind,
        percent=percent,
        numerator=numerator,
        denominator=denominator,
        exclude=reader.formula(part, "exclude", where, known),
        exclude_both=reader.choice(part, "exclude_from", where, ("denominator", "both"), "denominator") == "both",
        value=value,
        cap=reader.number(part, "cap", where),
        least=reader.number(part, "least", where),
        digits=reader.digits(part, "digits", where),
        mode=reader.choice(part, "rounding", where, MODES, "half_up"),
        weight=reader.sure(part, "weight", where, 0),
        method=method,
        of=reader.sure(part, "of", where, 100),
        threshold=reader.number(part, "threshold", where),
        low=reader.choice(part, "better", where, ("high", "low"), "high") == "low",
        per=reader.sure(part, "per", where, 1),
        deduct=reader.sure(part, "deduct", where, 0),
        add=reader.sure(part, "add", where, 0),
        steps=reader.choice(part, "steps", where, STEPS, "exact"),
        each=reader.sure(part, "each", where, 0),
        bands=_bands(reader, part, where),
        points=reader.formula(part, "points", where, (*known, *OWN)),
        floor=None if floor == "none" else reader.number({"floor": floor}, "floor", where),
        ceiling=reader.number(part, "ceiling", where),
        points_digits=reader.digits(part, "points_digits", where),
        points_mode=reader.choice(part, "points_rounding", where, MODES, "half_up"),
        missing=missing,
        missing_value=missing_value,
        published=reader.text(part, "published", where),
        published_points=reader.text(part, "published_points", where),
    )


def _method(reader: "_Reader", part: Mapping[str, Any], where: str) -> str:
    """What the rule says, or what its other words imply; then whether the method has what it needs."""
    implied = next(
        (
            method
            for key, method in (("points", "formula"), ("bands", "bands"), ("each", "each"), ("threshold", "deduct"))
            if key in part
        ),
        "share" if part.get("weight") else "none",
    )
    method = reader.choice(part, "method", where, METHODS, implied)
    needs = {
        "share": ("weight",), "deduct": ("weight", "threshold", "deduct"), "bands": ("bands",), "each": ("each",), "formula": ("points",),
    }.get(method, ())  # fmt: skip
    light = part.get("kind", "base") != "base"  # a bonus or a malus has no full marks of its own
    excused = {"deduct": "add" in part, "weight": light}
    if missing := [key for key in needs if key not in part and not excused.get(key)]:
        raise RuleError(f"{where}是“{METHODS[method]}”，还要写 {'、'.join(missing)}")
    number = reader.sure(part, "per", where, 1)
    if number <= 0 or reader.sure(part, "of", where, 100) <= 0:
        raise RuleError(f"{where}的 per 和 of 要大于 0")
    return method


def _missing(reader: "_Reader", part: Mapping[str, Any], where: str) -> tuple[str, Fraction | None]:
    word = part.get("missing", "error")
    if isinstance(word, int | float) and not isinstance(word, bool):
        return "value", reader.number(part, "missing", where)
    if word not in MISSING:
        raise RuleError(f"{where}的 missing 要写 {'、'.join(MISSING)} 之一，或者写一个数，写的是“{word}”")
    return str(word), None


def _bands(reader: "_Reader", part: Mapping[str, Any], where: str) -> tuple[Band, ...]:
    found = []
    for row in part.get("bands", []):
        if not isinstance(row, Mapping) or set(row) - {"from", "points"} or "points" not in row:
            raise RuleError(f"{where}的 bands 每段要写 from 和 points")
        found.append(Band(reader.number(row, "from", where), reader.sure(row, "points", where, 0)))
    starts = [one.start for one in found]
    if any(start is None for start in starts[:-1]):
        raise RuleError(f"{where}的 bands 里只有最后一段可以不写 from")
    known = [start for start in starts if start is not None]
    if known != sorted(known, reverse=True):
        raise RuleError(f"{where}的 bands 要从高到低写")
    return tuple(found)
