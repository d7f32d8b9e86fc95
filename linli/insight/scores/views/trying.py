"""A table under a rule, with the calculation line by line; and new rules, begun as drafts of the policy pages."""

import tempfile
from pathlib import Path
from typing import Any

from django.contrib import messages
from django.core import signing
from django.core.files.uploadedfile import UploadedFile
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from linli.base.commands import Refused
from linli.base.pages import actor_of, page
from linli.base.policies import commands as policies
from linli.base.policies import registry, writing
from linli.base.policies.models import PolicyVersion
from linli.insight.scores import commands, policy, queries, sheets
from linli.insight.scores.forms import SHEETS, KeepForm, RuleForm, TryForm
from linli.insight.scores.rules import Result, Rule, RuleError, number_text, score
from linli.insight.scores.rules.arithmetic import stored
from linli.insight.scores.rules.shapes import AVERAGES
from linli.insight.scores.rules.tables import hints
from linli.insight.scores.views.runs import heads

SALT = "linli.scores.table"
SHOWN_PROBLEMS = 100
STARTING_RULE = "score.two_groups"


@page("scores.try")
@require_http_methods(["GET", "HEAD", "POST"])
def attempt(request: HttpRequest) -> HttpResponse:
    """Compute a table under a rule; nothing is stored unless somebody keeps it as an official run afterwards."""
    actor = actor_of(request)
    if request.method == "POST" and "table" in request.POST:
        return _keep(request)
    form = TryForm(request.POST or None, request.FILES or None)
    if request.method == "GET" and request.GET.get("rule"):
        form.initial["rule"] = request.GET["rule"][:80]
    context: dict[str, Any] = {"form": form, "may_keep": actor.may("scores.run")}
    if request.method == "POST" and form.is_valid():
        context |= _attempt(request, form)
    status = 422 if form.errors or context.get("problems") else 200
    return render(request, "scores/try.html", context, status=status)


def _attempt(request: HttpRequest, form: TryForm) -> dict[str, Any]:
    said = form.cleaned_data
    try:
        rule, version = _rule(said)
    except (RuleError, writing.Unreadable, LookupError) as error:
        form.add_error("source" if said["source"].strip() else "rule", str(error))
        return {}
    try:
        table = _read(rule, said["file"], said["tab"])
    except sheets.SheetError as error:
        form.add_error("file", str(error))
        return {}
    if table.problems or not table.units:
        shown = [(problem.row, problem.column, problem.reason) for problem in table.problems[:SHOWN_PROBLEMS]]
        return {"problems": shown or [(0, "", _("表里没有可以计算的单位。"))], "problem_count": len(table.problems)}
    try:
        result = score(rule, table.units)
    except RuleError as error:
        return {"problems": [(0, "", str(error))], "problem_count": 1}
    context = shown_result(rule, result) | {
        "unused": table.unused,
        "hints": hints(rule, table.units),
        "skipped": table.skipped,
        "rule": rule,
        "version": version,
    }
    if version is not None and version.status == PolicyVersion.Status.PUBLISHED and rule.source == "table":
        rows = [
            {
                "name": unit.name,
                "group": unit.group,
                "numbers": {code: stored(number) for code, number in unit.numbers.items()},
            }
            for unit in table.units
        ]
        packed = signing.dumps({"rule": version.code, "rows": rows}, salt=SALT, compress=True)
        context["keep"] = KeepForm(actor=actor_of(request), table=packed)
    return context


def _rule(said: dict[str, Any]) -> tuple[Rule, PolicyVersion | None]:
    """The rule that was written into the field, else the chosen version."""
    if said["source"].strip():
        return policy.read(writing.read(said["source"])), None
    version = queries.rule_named(said["rule"])
    return policy.read(version.data), version


def _read(rule: Rule, upload: UploadedFile, tab: str) -> sheets.Table:
    suffix = Path(upload.name or "").suffix.lower()
    if suffix not in SHEETS.split(","):
        raise sheets.SheetError(_("请上传 CSV 或 XLSX 表格。"))
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / f"table{suffix}"
        with path.open("wb") as sink:
            for piece in upload.chunks():
                sink.write(piece)
        return sheets.read_file(rule, path, tab or None)


def shown_result(rule: Rule, result: Result) -> dict[str, Any]:
    """A result as templates need it: one entry for each unit with its lines in words."""
    scored = any(line.points is not None for one in result.scores for line in one.lines)
    return {
        "scored": scored,
        "results": [
            {
                "one": one,
                "total": number_text(one.total, rule.total.digits) if one.scored else "—",
                "full": number_text(one.full),
                "told": sheets.told(rule, one)[1:],
                "lines": {line.measure.code: line for line in one.lines},
                "wrong": one.disagreements,
            }
            for one in result.scores
        ],
        "measures": rule.measures,
        "heads": heads(rule),
        "short": queries.short,
        "grouped": rule.named_groups or any(one.group for one in result.scores),
        "summaries": [
            {
                "group": one.group,
                "units": one.units,
                "values": {code: queries.short(value) for code, value in one.values.items()},
                "total": queries.short(one.total),
            }
            for one in result.summaries
        ],
        "average": AVERAGES[rule.average],
        "compared": sum(len(line.said) for one in result.scores for line in one.lines)
        + sum(len(one.said) for one in result.scores),
        "wrong": sum(len(one.disagreements) for one in result.scores),
    }


def _keep(request: HttpRequest) -> HttpResponse:
    """Keep a tried table as an official run."""
    actor = actor_of(request)
    form = KeepForm(request.POST, actor=actor)
    if form.is_valid():
        try:
            packed = signing.loads(form.cleaned_data["table"], salt=SALT, max_age=3600)
            said = form.cleaned_data
            row = commands.run_table(
                actor, rule=packed["rule"], label=said["label"], region=said["region"], rows=packed["rows"], note=said["note"], reason=said["reason"]
            )  # fmt: skip
        except signing.BadSignature:
            form.add_error(None, _("这张表放得太久了，请重新上传。"))
        except Refused as refused:
            form.add_error(refused.field if refused.field in form.fields else None, refused.message)
        else:
            messages.success(request, _("已存为正式评分并冻结。"))
            return redirect("scores:detail", row.pk)
    return render(request, "scores/keep.html", {"form": form}, status=422)


@page("policies.view")
@require_safe
def rules(request: HttpRequest) -> HttpResponse:
    """Every score rule with its version in force, drafts without one included."""
    words = request.GET.get("q", "").strip()[:60].casefold()
    known: dict[str, list[PolicyVersion]] = {}
    for row in (
        PolicyVersion.objects.filter(code__startswith=queries.FAMILY).defer("source").order_by("code", "-version")
    ):
        known.setdefault(row.code, []).append(row)
    rows = []
    for code, versions in known.items():
        force = next((one for one in versions if one.status == PolicyVersion.Status.PUBLISHED), None)
        shown = force or versions[0]
        if words and words not in f"{shown.name} {code} {shown.basis}".casefold():
            continue
        drafts = sum(
            one.status == PolicyVersion.Status.DRAFT and (force is None or one.version > force.version)
            for one in versions
        )
        rows.append(
            {"code": code, "row": shown, "force": force, "drafts": drafts, "cases": shown.data.get("source") == "cases"}
        )
    actor = actor_of(request)
    context = {"rows": rows, "may_draft": actor.may("policies.draft"), "may_try": actor.may("scores.try")}
    return render(request, "scores/rules.html", context)


@page("policies.draft")
@require_http_methods(["GET", "HEAD", "POST"])
def new_rule(request: HttpRequest) -> HttpResponse:
    """Begin a rule with a code of its own, from the text of another."""
    start = request.GET.get("from", STARTING_RULE)[:60]
    base = PolicyVersion.objects.filter(code=start, code__startswith=queries.FAMILY).order_by("-version").first()
    source = writing.shown(base.source, base.data) if base else registry.shipped_sources()[STARTING_RULE]
    form = RuleForm(request.POST or None, initial={"source": source})
    problems: list[str] = []
    if request.method == "POST" and form.is_valid():
        made, problems = _draft(request, form)
        if made is not None:
            messages.success(request, _("已存为草稿。试过例子，发布以后才能用于正式评分。"))
            return redirect("policies:version", made.code, made.version)
    return render(
        request, "scores/new_rule.html", {"form": form, "problems": problems}, status=422 if form.errors else 200
    )


def _draft(request: HttpRequest, form: RuleForm) -> tuple[PolicyVersion | None, list[str]]:
    code, source = queries.FAMILY + form.cleaned_data["code"], form.cleaned_data["source"].replace("\r\n", "\n")
    if PolicyVersion.objects.filter(code=code).exists():
        form.add_error("code", _("已经有这个代码的规则，请到它的页面上起草新版。"))
        return None, []
    try:
        data = writing.read(source)
    except writing.Unreadable as error:
        form.add_error("source", str(error))
        return None, []
    tool = registry.checker(code)
    if tool is not None and (problems := list(tool.problems(data))):
        form.add_error("source", _("有 %(count)s 处不对，改好才能存。") % {"count": len(problems)})
        return None, problems
    try:
        actor = actor_of(request)
        return policies.draft(actor, code=code, data=data, basis=form.cleaned_data["basis"], source=source), []
    except Refused as refused:
        form.add_error(refused.field if refused.field in form.fields else None, refused.message)
        return None, []
