"""One unit of a run: every line with its steps, the cases behind every number, and what-if beside the official result."""

from fractions import Fraction
from typing import Any

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from linli.base import masks, policies
from linli.base.pages import actor_of, page
from linli.base.policies.models import PolicyVersion
from linli.insight.scores import freezing, policy, queries
from linli.insight.scores.forms import WhatIfForm
from linli.insight.scores.models import Appeal, CounterEntry, ScoreRun, ScoreUnit
from linli.insight.scores.rules import Input, Measure, Rule, RuleError, UnitScore, number_text
from linli.insight.scores.rules.arithmetic import restored
from linli.insight.scores.rules.counting import counts
from linli.insight.scores.views.runs import TONES, TREND_MONTHS, place_name, today, total_of, whole_run
from linli.procedures import queries as procedures

CASES_ON_A_PAGE = 50


def unit_of(request: HttpRequest, pk: int) -> ScoreUnit:
    row = queries.units_of(actor_of(request)).select_related("run", "run__rule").filter(pk=pk).first()
    if row is None:
        raise Http404
    return row


def parts_of(measure: Measure, rule: Rule) -> list[Input]:
    """The inputs a measure is made of."""
    names: set[str] = set()
    for formula in (measure.numerator, measure.denominator, measure.exclude, measure.value, measure.points):
        names |= formula.names if formula is not None else set()
    return [one for code, one in rule.inputs.items() if code in names]


@page("scores.view")
@require_safe
def unit(request: HttpRequest, pk: int) -> HttpResponse:
    """Every line: numerator, denominator, points and why; every number opens the cases behind it."""
    row, actor = unit_of(request, pk), actor_of(request)
    run = row.run
    rule = queries.rule_of(run)
    group = rule.group_of(row.group) or rule.groups[0]
    measures = {measure.code: measure for measure in group.measures}
    lines = [(line, _parts(row, measures[line["code"]], rule)) for line in row.lines["lines"]]
    entries = list(CounterEntry.objects.filter(unit=row).select_related("appeal").order_by("id"))
    context: dict[str, Any] = {
        "run": run,
        "row": row,
        "rule": rule,
        "lines": lines,
        "total": number_text(total_of(row), rule.total.digits if row.total is not None else None),
        "full": number_text(restored(row.lines["full"])),
        "scored": any(line["points"] is not None for line, _parts_ in lines),
        "place": place_name(run.region_code),
        "entries": [(entry, rule.inputs[entry.input].name, number_text(Fraction(entry.amount))) for entry in entries],
        "after": _after(run, row, rule) if entries else None,
        "every": _every(run, row, rule) if row.all_numbers and row.all_numbers != row.numbers else None,
        "appeals": Appeal.objects.filter(unit=row).order_by("-id"),
        "tones": TONES,
        "may_appeal": actor.may("scores.appeal") and not ScoreRun.objects.filter(replaces=run).exists(),
        "from_cases": run.source == ScoreRun.Source.CASES,
        "may_rank": queries.answers_for(actor, run),
    }
    runs = [*queries.before(run, TREND_MONTHS - 1), run]
    history = queries.totals(runs, row.key).get(row.key, {})
    context["trend_labels"] = [one.label for one in runs if one.pk in history]
    totals = [history[one.pk].total for one in runs if one.pk in history]
    context["trend_values"] = [None if total is None else float(total) for total in totals]
    return render(request, "scores/unit.html", context)


def _parts(row: ScoreUnit, measure: Measure, rule: Rule) -> list[tuple[str, str, str]]:
    """(code, name, number) of what a line is made of; the code is empty for what is not counted of cases."""
    return [
        (
            "" if one.constant or not one.measure else one.code,
            one.name,
            number_text(restored(row.numbers.get(one.code))),
        )
        for one in parts_of(measure, rule)
    ]


def _after(run: ScoreRun, row: ScoreUnit, rule: Rule) -> dict[str, Any]:
    """The unit with its counter-entries. Alone it has no rank: that needs the others."""
    from linli.insight.scores.rules import score

    one = score(rule, [queries.as_unit(row, queries.corrections(run).get(row.pk))]).scores[0]
    return {"score": one, "total": number_text(one.total, rule.total.digits)}


def _every(run: ScoreRun, row: ScoreUnit, rule: Rule) -> dict[str, Any] | None:
    from linli.insight.scores.rules import score

    try:
        one = score(rule, [queries.as_unit(row, every=True)]).scores[0]
    except RuleError:
        return None
    return {"score": one, "total": number_text(one.total, rule.total.digits)}


@page("scores.view")
@require_safe
def cases(request: HttpRequest, pk: int) -> HttpResponse:
    """The frozen cases behind one number of a unit; their titles for whoever may see cases, their numbers for auditors."""
    row, actor = unit_of(request, pk), actor_of(request)
    rule = queries.rule_of(row.run)
    code = request.GET.get("input", "")
    if code and (code not in rule.inputs or rule.inputs[code].constant):
        raise Http404
    every = request.GET.get("every") == "1"
    words = request.GET.get("q", "").strip()[:40]
    found = []
    for key, facts, mark in freezing.frozen(row.run_id, row.key):
        counted = counts(rule, facts, mark, every=every)
        if not code or code in counted:
            found.append((key, counted))
    if words:
        known = set(
            procedures.visible_to(actor)
            .filter(pk__in=[key for key, _c in found], number__icontains=words)
            .values_list("pk", flat=True)
        )
        found = [one for one in found if one[0] in known]
    asked = request.GET.get("page", "")
    at = max(1, int(asked)) if asked.isascii() and asked.isdigit() and len(asked) < 6 else 1
    here = found[(at - 1) * CASES_ON_A_PAGE : at * CASES_ON_A_PAGE]
    names = {one.code: one.name for one in rule.inputs.values()}
    seen = {
        proceeding.pk: proceeding
        for proceeding in procedures.visible_to(actor)
        .filter(pk__in=[key for key, _c in here])
        .only("id", "number", "title", "step", "opened_at")
    }
    opens = actor.may("cases.view")
    rows = [
        {
            "number": seen[key].number if key in seen else "",
            "title": masks.scrub(seen[key].title) if key in seen and opens else "",
            "opened": seen[key].opened_at if key in seen else None,
            "counted": "、".join(names[one] for one in counted),
        }
        for key, counted in here
    ]
    context = {
        "row": row,
        "run": row.run,
        "rule": rule,
        "rows": rows,
        "count": len(found),
        "code": code,
        "name": names.get(code, ""),
        "every": every,
        "opens": opens,
        "fields": [
            {
                "name": "input",
                "label": _("计入"),
                "kind": "select",
                "value": code,
                "choices": [("", _("全部"))]
                + [(one.code, names[one.code]) for one in rule.inputs.values() if not one.constant],
            },
            {"name": "every", "label": _("全口径：连同已剔除的"), "kind": "checkbox", "value": "1" if every else ""},
        ],
        "before": at - 1 if at > 1 else None,
        "after": at + 1 if at * CASES_ON_A_PAGE < len(found) else None,
        "may_appeal": actor.may("scores.appeal"),
    }
    return render(request, "scores/cases.html", context)


@page("scores.view")
@require_safe
def what_if(request: HttpRequest, pk: int) -> HttpResponse:
    """Another rule, or some cases dropped, beside the official run. Nothing is stored."""
    run = whole_run(request, pk)
    versions = list(
        PolicyVersion.objects.filter(code__startswith=queries.FAMILY)
        .exclude(pk=run.rule_id)
        .defer("source")
        .order_by("name", "-version")
    )
    form = WhatIfForm(request.GET, versions)
    units = queries.units(run)
    chosen = next((one for one in versions if str(one.pk) == form.cleaned_data.get("rule")), None)
    numbers, problem, result = form.numbers, "", None
    actor = actor_of(request)
    seen = procedures.visible_to(actor).filter(number__in=numbers).values_list("number", "pk") if numbers else ()
    known = dict(seen)
    try:
        if chosen is None and not numbers and form.cleaned_data.get("every"):
            result = queries.every_case(run, units)
        elif chosen is not None or numbers:
            result = queries.what_if(
                run, units, rule=policy.read(chosen.data) if chosen else None, without=known.values()
            )
    except RuleError as error:
        problem = str(error)
    context = {
        "run": run,
        "place": place_name(run.region_code),
        "filter": form,
        "rows": _beside(units, result.scores if result else ()),
        "asked": result is not None or bool(problem),
        "problem": problem,
        "unknown": [number for number in numbers if number not in known],
        "chosen": chosen,
        "policy": policies.version(chosen.pk).label if chosen else "",
        "today": today(),
    }
    return render(request, "scores/what_if.html", context)


def _beside(units: list[ScoreUnit], scores: tuple[UnitScore, ...]) -> list[dict[str, Any]]:
    """Official and supposed results of each unit, and the difference."""
    supposed = {one.unit.key: one for one in scores}
    found = []
    for row in units:
        one = supposed.get(row.key)
        change = one.total - (total_of(row) or 0) if one else Fraction(0)
        found.append(
            {
                "unit": row,
                "total": number_text(total_of(row)),
                "then": number_text(one.total) if one else "",
                "tier": one.tier if one else "",
                "rank": one.rank if one else None,
                "change": f"{'+' if change > 0 else ''}{number_text(change)}" if one else "",
                "moved": bool(one and (change or one.tier != row.tier or one.rank != row.rank)),
            }
        )
    return found
