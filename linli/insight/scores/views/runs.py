"""The list of runs, one run with its units, its sheets, and the same run calculated again."""

from collections import Counter
from fractions import Fraction
from typing import Any
from zoneinfo import ZoneInfo

from django.contrib import messages
from django.db.models import Count, Exists, OuterRef, Q, QuerySet
from django.http import Http404, HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from linli.base.clockwork import now
from linli.base.pages import actor_of, page
from linli.base.ui.downloads import TYPES, sheet
from linli.base.ui.paging import numbered
from linli.base.ui.refused import beside
from linli.insight.scores import commands, publishing, queries, sheets
from linli.insight.scores.forms import RunFilter, RunForm, YearForm, places
from linli.insight.scores.models import Appeal, Publication, ScoreRun, ScoreUnit
from linli.insight.scores.rules import RuleError, number_text
from linli.insight.scores.rules.arithmetic import restored
from linli.insight.scores.rules.periods import last_complete, year_of
from linli.insight.scores.rules.shapes import AVERAGES, UNIT_KINDS, Rule

PLACE = ZoneInfo("Asia/Shanghai")
SORTS = {
    "label": ("label", "pk"),
    "-label": ("-label", "-pk"),
    "frozen": ("frozen_at", "pk"),
    "-frozen": ("-frozen_at", "-pk"),
}
TREND_MONTHS = 6
EXPORT_MOST = 20_000
TONES = {"优": "good", "良": "info", "达标": "neutral", "待改进": "warn"}


def today() -> Any:
    return now().astimezone(PLACE).date()


def _found(request: HttpRequest) -> tuple[RunFilter, "QuerySet[Any]", str]:
    rows: QuerySet[Any] = queries.visible_to(actor_of(request))
    known = list(rows.order_by("code").values_list("code", "rule__name").distinct())
    years = sorted({label[:4] for label in rows.values_list("label", flat=True).distinct()}, reverse=True)
    bar = RunFilter(request.GET, rules=list(dict(known).items()), years=years)
    published = Publication.objects.filter(run=OuterRef("pk"), withdrawn_at=None)
    rows = rows.annotate(
        published=Exists(published),
        scored=Count("units", distinct=True),
        waiting=Count("units__appeals", filter=Q(units__appeals__status=Appeal.Status.FILED), distinct=True),
    ).select_related("rule", "replaced_by")
    if words := bar.said("q"):
        rows = rows.filter(Q(rule__name__icontains=words) | Q(label__startswith=words) | Q(note__icontains=words))
    if code := bar.said("rule"):
        rows = rows.filter(code=code)
    if year := bar.said("year"):
        rows = rows.filter(label__startswith=year)
    states = {
        "open": Q(published=False, replaced_by=None),
        "published": Q(published=True),
        "replaced": Q(replaced_by__isnull=False),
    }
    if state := states.get(bar.said("state")):
        rows = rows.filter(state)
    sort = request.GET.get("sort", "")
    sort = sort if sort in SORTS else "-label"
    return bar, rows.order_by(*SORTS[sort]), sort


def _state(row: Any) -> tuple[str, str]:
    if getattr(row, "replaced_by", None) is not None:
        return _("已被替代"), "off"
    return (_("已公布"), "good") if row.published else (_("未公布"), "neutral")


@page("scores.view")
@require_safe
def listing(request: HttpRequest) -> HttpResponse:
    """Every run of the places the actor works in."""
    bar, rows, sort = _found(request)
    shown = numbered(rows, request)
    actor = actor_of(request)
    return render(
        request,
        "scores/list.html",
        {
            "filter": bar,
            "sort": sort,
            "page": shown,
            "rows": [(row, place_name(row.region_code), *_state(row)) for row in shown.rows],
            "may": {right: actor.may(f"scores.{right}") for right in ("run", "try", "appeal", "decide")},
            "may_edit": actor.may("policies.view"),
        },
    )


def place_name(code: str) -> str:
    from linli.places.regions import locating

    return locating.index().names.get(code, code).split()[-1]


@page("scores.view")
@require_safe
def export_list(request: HttpRequest) -> HttpResponseBase:
    """The list as a sheet, under the same filters."""
    _bar, rows, _sort = _found(request)
    head = [
        _("考核期"),
        _("规则"),
        _("版本"),
        _("第一天"),
        _("最后一天"),
        _("范围"),
        _("单位"),
        _("待裁定申诉"),
        _("状态"),
        _("冻结时间"),
        _("办理人"),
    ]
    lines = (
        [
            row.label,
            row.rule.name,
            row.rule.version,
            row.first,
            row.last,
            place_name(row.region_code),
            row.scored,
            row.waiting,
            _state(row)[0],
            row.frozen_at,
            row.frozen_by,
        ]
        for row in rows[:EXPORT_MOST]
    )
    return sheet(_("评分"), head, lines)


@page("scores.run")
@require_http_methods(["GET", "HEAD", "POST"])
def new(request: HttpRequest) -> HttpResponse:
    """Score a period that has ended."""
    actor = actor_of(request)
    form = RunForm(request.POST or None, actor=actor, last=last_complete(today()))
    if request.method == "POST" and form.is_valid():
        with beside(form):
            row = commands.run(actor, **form.cleaned_data)
            messages.success(request, _("已评分并冻结。各单位可以查看自己的分项，提出申诉。"))
            return redirect("scores:detail", row.pk)
    return render(request, "scores/new.html", {"form": form}, status=422 if form.errors else 200)


def run_of(request: HttpRequest, pk: int) -> ScoreRun:
    row = queries.visible_to(actor_of(request)).filter(pk=pk).first()
    if row is None:
        raise Http404
    return row


def whole_run(request: HttpRequest, pk: int) -> ScoreRun:
    """A run of which the actor sees every unit."""
    row = run_of(request, pk)
    if not queries.answers_for(actor_of(request), row):
        raise Http404
    return row


@page("scores.view")
@require_safe
def detail(request: HttpRequest, pk: int) -> HttpResponse:
    """A run: whoever answers for the whole place sees every unit, others their own and what was published."""
    actor, row = actor_of(request), run_of(request, pk)
    rule, whole = queries.rule_of(row), queries.answers_for(actor, row)
    units = list(queries.units_of(actor).filter(run=row).order_by("group", "key"))
    publication = queries.publication_of(row)
    waiting = Appeal.objects.filter(unit__run=row, status=Appeal.Status.FILED).count()
    context: dict[str, Any] = {
        "run": row,
        "rule": rule,
        "place": place_name(row.region_code),
        "whole": whole,
        "facts": _facts(row, rule),
        "publication": publication,
        "published": publishing.visible_rows(publication, today()) if publication and not whole else [],
        "ranks_shown": publication is not None and publishing.ranks_are_shown(publication, today()),
        "trend_names": publishing.TRENDS,
        "replaced": ScoreRun.objects.filter(replaces=row).first(),
        "waiting": waiting,
        "tones": TONES,
        "heads": heads(rule),
        "average": AVERAGES[rule.average],
        "may": {right: actor.may(f"scores.{right}") for right in ("run", "appeal", "decide", "publish", "export")},
    }
    context |= (
        _whole(row, rule, units, request.GET.get("sort", ""))
        if whole
        else {"units": [_shown(unit, None, None, rule) for unit in units]}
    )
    return render(request, "scores/run.html", context)


def heads(rule: Rule) -> list[dict[str, str]]:
    """Columns of a table, one for each measure of the rule."""
    return [{"label": measure.name, "kind": "number"} for measure in rule.measures]


def _facts(row: ScoreRun, rule: Rule) -> list[tuple[str, str]]:
    return [
        (_("考核期"), f"{row.first} 至 {row.last}"),
        (_("规则"), f"{row.rule.name} 第 {row.rule.version} 版"),
        (_("对象"), UNIT_KINDS[rule.unit_kind]),
        (_("数据来源"), row.get_source_display() + (f"：{row.note}" if row.note else "")),
        (_("汇总行"), AVERAGES[rule.average]),
        (_("冻结"), f"{row.frozen_at.astimezone(PLACE):%Y-%m-%d %H:%M} {row.frozen_by}"),
        (_("封存摘要"), row.digest[:16]),
    ]


def _shown(unit: ScoreUnit, after: Any, going: str | None, rule: Rule) -> dict[str, Any]:
    lines = {line["code"]: line for line in unit.lines["lines"]}
    return {
        "unit": unit,
        "total": number_text(total_of(unit), rule.total.digits if unit.total is not None else None),
        "full": number_text(restored(unit.lines["full"])),
        "lines": lines,
        "after": after
        if after is not None and ((after.total if after.scored else None) != total_of(unit) or after.rank != unit.rank)
        else None,
        "after_total": number_text(after.total, rule.total.digits) if after is not None else "",
        "going": going,
        "scored": unit.total is not None,
    }


def total_of(unit: ScoreUnit) -> Fraction | None:
    """The kept total as a fraction: six digits, as frozen; None where nothing was scored."""
    return None if unit.total is None else Fraction(unit.total)


def _whole(row: ScoreRun, rule: Rule, units: list[ScoreUnit], sort: str) -> dict[str, Any]:
    earlier = queries.before(row, TREND_MONTHS - 1)
    result = queries.corrected(row, units)
    after = {one.unit.key: one for one in result.scores}
    history = queries.totals([*earlier, row])
    going = _going(history, earlier, row)
    rows = [_shown(unit, after[unit.key], going.get(unit.key), rule) for unit in units]
    keys = {
        "name": lambda one: one["unit"].name,
        "total": lambda one: (one["unit"].total is not None, one["unit"].total or 0),
        "rank": lambda one: (one["unit"].rank is None, one["unit"].rank or 0),
    }
    asked = sort.removeprefix("-")
    if asked in keys:
        rows.sort(key=keys[asked], reverse=sort.startswith("-"))
    tiers = Counter(unit.tier for unit in units)
    labels = [one.label for one in [*earlier, row]]
    means = [_mean([each[run.pk] for each in history.values() if run.pk in each]) for run in [*earlier, row]]
    first = []
    if rule.publish == "ranks" or any(one.rank for one in result.scores):
        first = queries.first_of_month(row)
    return {
        "units": rows,
        "grouped": [
            (name, [one for one in rows if one["unit"].group == name])
            for name in dict.fromkeys(one["unit"].group for one in rows)
        ],
        "summaries": {one.group: (one, queries.short(one.total)) for one in result.summaries},
        "summary_values": {
            one.group: {code: queries.short(value) for code, value in one.values.items()} for one in result.summaries
        },
        "tier_counts": [(tier.name, tiers[tier.name]) for tier in rule.tiers],
        "trend_labels": labels,
        "trend_values": means,
        "first_three": [(one, number_text(one.total)) for one in first],
        "corrected": any(one["after"] for one in rows),
        "sort": sort,
    }


def _mean(rows: list[ScoreUnit]) -> float | None:
    known = [row.total for row in rows if row.total is not None]
    return float(sum(known) / len(known)) if known else None


def _going(history: dict[str, dict[int, ScoreUnit]], earlier: list[ScoreRun], row: ScoreRun) -> dict[str, str]:
    if not earlier:
        return {}
    last, found = earlier[-1].pk, {}
    for key, by_run in history.items():
        if last in by_run and row.pk in by_run:
            before, here = by_run[last].total, by_run[row.pk].total
            if before is None or here is None:
                continue
            found[key] = "same" if before == here else "up" if here > before else "down"
    return found


@page("scores.export")
@require_safe
def export(request: HttpRequest, pk: int, form: str) -> HttpResponseBase:
    """Every unit with every line as a sheet, counter-entries included; the frozen totals stand beside."""
    if form not in TYPES:
        raise Http404
    row = whole_run(request, pk)
    rule, units = queries.rule_of(row), queries.units(row)
    result = queries.corrected(row, units)
    head = [*sheets.header(rule), _("冻结时总分"), _("冻结时档次")]
    kept = {unit.key: ["" if unit.total is None else unit.total.normalize(), unit.tier] for unit in units}
    lines = [
        [*line, *(kept[result.scores[place].unit.key] if place < len(result.scores) else ["", ""])]
        for place, line in enumerate(sheets.rows(rule, result))
    ]
    return sheet(f"{row.label} {row.rule.name}", head, lines, form)


@page("scores.view")
@require_safe
def replay(request: HttpRequest, pk: int) -> HttpResponse:
    """The frozen cases counted again under the pinned rule: the same figures, or what differs."""
    row = whole_run(request, pk)
    units = queries.units(row)
    try:
        differs = queries.replay(row, units)
    except RuleError as error:
        differs = [str(error)]
    context = {"run": row, "units": units, "differs": differs, "place": place_name(row.region_code)}
    return render(request, "scores/replay.html", context)


@page("scores.run")
@require_safe
def year(request: HttpRequest) -> HttpResponse:
    """The first three of a year, made from the official runs of its months."""
    actor = actor_of(request)
    runs = queries.official(queries.visible_to(actor))
    codes = dict(runs.order_by("code").values_list("code", "rule__name").distinct())
    years = sorted(
        {str(int(label[:4]) + ahead) for label in runs.values_list("label", flat=True).distinct() for ahead in (0, 1)},
        reverse=True,
    )
    years = [one for one in years if int(one) <= today().year + 1]
    form = YearForm(request.GET, rules=list(codes.items()), regions=places(actor), years=years)
    said = form.cleaned_data
    placed: list[queries.Placed] = []
    months, labels = 0, list[str]()
    if said.get("rule") and said.get("year") and said.get("region"):
        last = runs.filter(code=said["rule"]).order_by("-label").first()
        labels = year_of(int(said["year"]), queries.rule_of(last).year_first_month if last else 1)
        placed, months = queries.first_of_year(said["rule"], said["region"], labels)
    context = {
        "filter": form,
        "placed": [(one, number_text(one.total)) for one in placed],
        "months": months,
        "labels": labels,
    }
    return render(request, "scores/year.html", context)
