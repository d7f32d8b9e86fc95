"""Reading scores: runs and units that an actor may see, rules by name and by time, and every way of scoring a run again."""

import hashlib
import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from fractions import Fraction
from typing import Any

from django.db.models import Q, QuerySet

from linli.base.actor import Actor
from linli.base.policies.models import PolicyVersion
from linli.insight.scores import freezing
from linli.insight.scores.models import Appeal, CounterEntry, Publication, ScoreRun, ScoreUnit
from linli.insight.scores.rules import Result, Rule, Unit, UnitScore, number_text, parse, rounded, score
from linli.insight.scores.rules.arithmetic import restored, stored
from linli.insight.scores.rules.counting import COUNTED, numbers
from linli.people.organisations.models import Organisation
from linli.people.organisations.queries import directory
from linli.places.regions.models import Region

FAMILY = "score."


def visible_to(actor: Actor) -> QuerySet[ScoreRun]:
    """Runs of the places the actor works in: those that lie within, and those that hold, a region of theirs."""
    rows = ScoreRun.objects.select_related("rule")
    if actor.everything:
        return rows
    seen = Q(pk__in=[])
    for prefix in actor.regions:
        above = [prefix[:length] for length in range(2, len(prefix) + 1)]
        seen |= Q(region_code__startswith=prefix) | Q(region_code__in=above)
    if actor.organisation_ids:
        seen |= Q(units__in=units_of(actor))
    return rows.filter(pk__in=ScoreRun.objects.filter(seen).values("pk"))


def units_of(actor: Actor) -> QuerySet[ScoreUnit]:
    """Units the actor answers for: by region, or because it is their own organisation."""
    rows = ScoreUnit.objects.all()
    if actor.everything:
        return rows
    seen = Q(organisation_id__in=actor.organisation_ids)
    for prefix in actor.regions:
        seen |= Q(region_code__startswith=prefix)
    return rows.filter(seen)


def answers_for(actor: Actor, run: ScoreRun) -> bool:
    """Whether the whole place of a run is the actor's, so that they see every unit of it."""
    return actor.everything or any(run.region_code.startswith(prefix) for prefix in actor.regions)


def rule_named(name: str) -> PolicyVersion:
    """`ningguo`, `score.ningguo`, `score.ningguo@2`: the version in force, else the latest draft. Raises LookupError."""
    code, _at, number = name.partition("@")
    code = code if code.startswith(FAMILY) else FAMILY + code
    rows = PolicyVersion.objects.filter(code=code)
    if number:
        found = rows.filter(version=int(number)).first() if number.isascii() and number.isdigit() else None
    else:
        found = rows.filter(status=PolicyVersion.Status.PUBLISHED).first() or rows.order_by("-version").first()
    if found is None:
        known = (
            PolicyVersion.objects.filter(code__startswith=FAMILY)
            .values_list("code", flat=True)
            .distinct()
            .order_by("code")
        )
        raise LookupError(f"没有名为“{name}”的评分规则；有：{'、'.join(known) or '一个也没有'}")
    return found


def rule_in_force(code: str, moment: datetime) -> PolicyVersion | None:
    """The version that was in force then; where none was yet, the first that ever was. None: never published."""
    rows = PolicyVersion.objects.filter(code=code, valid_from__isnull=False)
    then = (
        rows.filter(Q(valid_to__isnull=True) | Q(valid_to__gt=moment), valid_from__lte=moment)
        .order_by("-version")
        .first()
    )
    return then or rows.order_by("valid_from", "version").first()


def rules(source: str = "") -> list[PolicyVersion]:
    """Rules in force, by name; source: `cases` or `table`."""
    rows = PolicyVersion.objects.filter(code__startswith=FAMILY, status=PolicyVersion.Status.PUBLISHED).order_by("name")
    return [row for row in rows if not source or row.data.get("source", "table") == source]


# -- a run as values ---------------------------------------------------------------------------------------------------


def rule_of(run: ScoreRun) -> Rule:
    """The rule as it was when the run was frozen, with the figures pinned then."""
    return parse(run.rule.data, run.pinned.get("figures", {}), COUNTED)


def constants_of(run: ScoreRun) -> dict[str, Fraction]:
    return {code: Fraction(number) for code, number in run.pinned.get("constants", {}).items()}


def as_unit(row: ScoreUnit, extra: Mapping[str, Fraction] | None = None, *, every: bool = False) -> Unit:
    """A stored unit with its frozen numbers, and what counter-entries add to them. every: with what was exempted."""
    kept = row.all_numbers if every else row.numbers
    found = {code: restored(text) for code, text in kept.items()}
    for code, amount in (extra or {}).items():
        found[code] = (found.get(code) or Fraction(0)) + amount
    return Unit(row.key, row.name, found, row.group)


def units(run: ScoreRun) -> list[ScoreUnit]:
    return list(ScoreUnit.objects.filter(run=run).order_by("group", "key"))


def again(run: ScoreRun, rows: Iterable[ScoreUnit]) -> Result:
    """The run from its frozen numbers under its own rule."""
    return score(rule_of(run), [as_unit(row) for row in rows])


def corrections(run: ScoreRun) -> dict[int, dict[str, Fraction]]:
    """What granted appeals add to the frozen numbers, by unit and input."""
    found: dict[int, dict[str, Fraction]] = {}
    for unit, code, amount in CounterEntry.objects.filter(unit__run=run).values_list("unit_id", "input", "amount"):
        at = found.setdefault(unit, {})
        at[code] = at.get(code, Fraction(0)) + Fraction(amount)
    return found


def corrected(run: ScoreRun, rows: list[ScoreUnit]) -> Result:
    """The run with its counter-entries: what rewards and publications go by. The frozen run stays beside it."""
    extra = corrections(run)
    return score(rule_of(run), [as_unit(row, extra.get(row.pk)) for row in rows])


def every_case(run: ScoreRun, rows: list[ScoreUnit]) -> Result:
    """The same rule over all cases, those left out of the assessment included."""
    return score(rule_of(run), [as_unit(row, every=True) for row in rows])


def what_if(run: ScoreRun, rows: list[ScoreUnit], *, rule: Rule | None = None, without: Iterable[int] = ()) -> Result:
    """The frozen run under another rule, or with some cases dropped. Nothing is stored. Raises RuleError."""
    used, gone = rule or rule_of(run), tuple(without)
    if run.source == ScoreRun.Source.TABLE:
        wanted = [as_unit(row) for row in rows]
        plain = [
            Unit(one.key, one.name, {code: one.numbers.get(code) for code in used.inputs}, one.group) for one in wanted
        ]
        return score(used, [_regrouped(used, one) for one in plain])
    counted, known = freezing.sorts(run.pk, without=gone), constants_of(run)
    found = [Unit(row.key, row.name, numbers(used, counted.get(row.key, []), known), row.group) for row in rows]
    return score(used, [_regrouped(used, one) for one in found])


def _regrouped(rule: Rule, unit: Unit) -> Unit:
    """A unit in the group that another rule puts it into."""
    if not rule.named_groups or rule.group_of(unit.group):
        return unit
    group = next((one.name for one in rule.groups if unit.name in one.members), rule.groups[0].name)
    return Unit(unit.key, unit.name, unit.numbers, group)


def replay(run: ScoreRun, rows: list[ScoreUnit]) -> list[str]:
    """Count the frozen cases again and apply the pinned rule again: what differs from what was frozen; empty is good."""
    rule, found = rule_of(run), []
    if run.source == ScoreRun.Source.CASES:
        counted, known = freezing.sorts(run.pk), constants_of(run)
        for row in rows:
            fresh = {code: stored(number) for code, number in numbers(rule, counted.get(row.key, []), known).items()}
            found += [
                f"{row.name}的“{rule.inputs[code].name}”冻结为 {row.numbers.get(code)}，重数为 {text}"
                for code, text in fresh.items()
                if row.numbers.get(code) != text
            ]
    for row, one in zip(rows, score(rule, [as_unit(row) for row in rows]).scores, strict=True):
        if (row.total, row.tier, row.rank) != (total_of(one), one.tier, one.rank) or row.lines != told(one):
            found.append(f"{row.name}冻结为 {row.total} 分{row.tier}，复算为 {total_of(one)} 分{one.tier}")
    if seal(run, rows) != run.digest:
        found.append("冻结的内容与封存时的摘要不同")
    return found


def seal(run: ScoreRun, rows: Iterable[ScoreUnit]) -> str:
    """One hash over rule, numbers, results and cases of a run."""
    parts = [
        [row.key, row.name, row.group, row.numbers, row.all_numbers, str(row.total), row.tier, row.rank]
        for row in sorted(rows, key=lambda row: row.key)
    ]
    text = json.dumps(
        [run.code, run.rule.digest, run.label, run.region_code, run.pinned, parts, freezing.mark_of(run.pk)],
        sort_keys=True,
        ensure_ascii=False,
    )
    return hashlib.sha256(text.encode()).hexdigest()


def total_of(one: UnitScore) -> Decimal | None:
    """The total as the table keeps it: six digits are enough to sort by; the exact one is made again at need."""
    if not one.scored:
        return None
    six = rounded(one.total, 6)
    return (Decimal(six.numerator) / Decimal(six.denominator)).quantize(Decimal("0.000001"))


def short(number: Fraction | None, percent: bool = False) -> str:
    """A number for a narrow cell: at most two digits after the point; the page of the unit has the exact one."""
    if number is None:
        return "—"
    return number_text(rounded(number, 2)) + ("%" if percent else "")


def told(one: UnitScore) -> dict[str, Any]:
    """The calculation as it is kept: every line with its steps in words."""
    return {
        "lines": [
            {
                "code": line.measure.code,
                "name": line.measure.name,
                "kind": line.measure.kind,
                "weight": stored(line.measure.weight),
                "numerator": stored(line.numerator),
                "denominator": stored(line.denominator),
                "value": line.value_text,
                "short": short(line.value, line.measure.percent),
                "short_points": short(line.points),
                "points": None if line.points is None else line.points_text,
                "missing": line.missing,
                "steps": list(line.steps),
                "remarks": list(line.remarks),
            }
            for line in one.lines
        ],
        "full": stored(one.full),
        "steps": list(one.steps),
    }


# -- what comes of runs ------------------------------------------------------------------------------------------------


def official(rows: QuerySet[ScoreRun]) -> QuerySet[ScoreRun]:
    """Runs that no other has replaced."""
    return rows.filter(replaced_by__isnull=True)


def before(run: ScoreRun, count: int = 5) -> list[ScoreRun]:
    """The official runs of the periods before this one, oldest first."""
    rows = official(ScoreRun.objects.filter(code=run.code, region_code=run.region_code, label__lt=run.label))
    return list(rows.order_by("-label")[:count])[::-1]


def totals(runs: list[ScoreRun], key: str = "") -> dict[str, dict[int, ScoreUnit]]:
    """Units of some runs by key and run, for trends; one statement."""
    rows = ScoreUnit.objects.filter(run__in=[run.pk for run in runs]).defer("lines", "numbers", "all_numbers")
    found: dict[str, dict[int, ScoreUnit]] = {}
    for row in rows.filter(key=key) if key else rows:
        found.setdefault(row.key, {})[row.run_id] = row
    return found


@dataclass(frozen=True, slots=True)
class Placed:
    """One of the first of a month or a year, for whoever pays the reward. total as text: exact."""

    key: str
    name: str
    organisation_id: int | None
    group: str
    rank: int
    total: Fraction


def first_of_month(run: ScoreRun, most: int = 3) -> list[Placed]:
    """The first three of a run with its counter-entries, ties and all; per group where the rule ranks per group."""
    rows = units(run)
    known = {row.key: row for row in rows}
    scores = [one for one in corrected(run, rows).scores if one.rank is not None and one.rank <= most]
    scores.sort(key=lambda one: (one.group, one.rank, one.unit.name))
    return [
        Placed(one.unit.key, one.unit.name, known[one.unit.key].organisation_id, one.group, one.rank or 0, one.total)
        for one in scores
    ]


def first_of_year(code: str, region: str, labels: list[str], most: int = 3) -> tuple[list[Placed], int]:
    """The first three of a year by the mean (or sum) of their months, and how many of its months have an official run.

    A unit takes part with the months in which it was scored; ties share a place.
    """
    runs = list(official(ScoreRun.objects.filter(code=code, region_code=region, label__in=labels)).order_by("label"))
    sums: dict[str, list[Fraction]] = {}
    named: dict[str, ScoreUnit] = {}
    for run in runs:
        rows = units(run)
        named |= {row.key: row for row in rows}
        for one in (one for one in corrected(run, rows).scores if one.scored):
            sums.setdefault(one.unit.key, []).append(one.total)
    if not runs:
        return [], 0
    mean = rule_of(runs[-1]).year_average == "mean"
    found = {key: sum(each, Fraction(0)) / (len(each) if mean else 1) for key, each in sums.items()}
    placed = [
        Placed(key, named[key].name, named[key].organisation_id, named[key].group, 1 + sum(
            other > total for one, other in found.items() if named[one].group == named[key].group), total)
        for key, total in found.items()
    ]  # fmt: skip
    return sorted((one for one in placed if one.rank <= most), key=lambda one: (one.group, one.rank, one.name)), len(
        runs
    )


def appeals_of(actor: Actor) -> QuerySet[Appeal]:
    """Appeals of the units the actor answers for."""
    return Appeal.objects.filter(unit__in=units_of(actor)).select_related("unit", "unit__run", "unit__run__rule")


def publication_of(run: ScoreRun) -> Publication | None:
    return Publication.objects.filter(run=run, withdrawn_at=None).first()


def unit_places(rule: Rule, region: str) -> dict[str, tuple[str, str, int | None]]:
    """The units a rule scores in a place: (name, region, organisation) by key. Those without a case are units too."""
    if rule.unit_kind == "organisation":
        kinds = rule.organisation_kinds or (Organisation.Kind.DEPARTMENT,)
        return {str(one.id): (one.label, one.region_code, one.id) for one in directory().within(region, *kinds)}
    street = rule.unit_kind == "sub_district"
    kind = Organisation.Kind.SUB_DISTRICT_OFFICE if street else Organisation.Kind.COMMUNITY
    owners = {one.region_code: one.id for one in directory().within(region, kind)}
    rows = Region.objects.filter(code__startswith=region, level=4 if street else 5, valid_to=None).order_by("code")
    return {code: (name, code, owners.get(code)) for code, name in rows.values_list("code", "short_name")}
