"""Appeals and what is decided of them; publishing a run and taking it back."""

from django.contrib import messages
from django.db.models import Q
from django.http import Http404, HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from linli.base.commands import Refused
from linli.base.pages import actor_of, page
from linli.base.ui.downloads import sheet
from linli.base.ui.paging import numbered
from linli.base.ui.refused import beside
from linli.insight.scores import commands, publishing, queries
from linli.insight.scores.forms import AppealForm, DecideForm, PublishForm, WithdrawForm
from linli.insight.scores.models import Appeal, CounterEntry, Publication
from linli.insight.scores.views.runs import EXPORT_MOST, place_name, today, whole_run
from linli.insight.scores.views.units import unit_of

STATUS_TONES = {"filed": "open", "granted": "good", "refused": "off"}


@page("scores.appeal")
@require_http_methods(["GET", "HEAD", "POST"])
def appeal(request: HttpRequest, pk: int) -> HttpResponse:
    """A unit's own people appeal against a case or a number of their score."""
    row, actor = unit_of(request, pk), actor_of(request)
    rule = queries.rule_of(row.run)
    inputs = [
        (code, f"{one.name}（{row.numbers.get(code)}）")
        for code, one in rule.inputs.items()
        if code in row.numbers and not one.constant
    ]
    initial = {"kind": "case", "number": request.GET.get("number", "")[:40]}
    form = AppealForm(request.POST or None, inputs=inputs, initial=initial)
    if request.method == "POST" and form.is_valid():
        with beside(form):
            made = commands.appeal(actor, row.pk, **form.cleaned_data)
            messages.success(request, _("已提出，等待裁定。"))
            return redirect("scores:decide", made.pk)
    return render(
        request, "scores/appeal.html", {"form": form, "row": row, "run": row.run}, status=422 if form.errors else 200
    )


def _appeals(request: HttpRequest):  # type: ignore[no-untyped-def]
    rows = queries.appeals_of(actor_of(request)).order_by("-id")
    status = request.GET.get("status", "")
    if status in Appeal.Status.values:
        rows = rows.filter(status=status)
    if words := request.GET.get("q", "").strip()[:60]:
        rows = rows.filter(Q(unit__name__icontains=words) | Q(number__icontains=words) | Q(reason__icontains=words))
    return rows, status


@page("scores.view")
@require_safe
def appeals(request: HttpRequest) -> HttpResponse:
    """Appeals of the units the actor answers for."""
    rows, status = _appeals(request)
    shown = numbered(rows, request)
    choices = [("", _("全部")), *Appeal.Status.choices]
    context = {
        "page": shown,
        "fields": [{"name": "status", "label": _("状态"), "kind": "select", "value": status, "choices": choices}],
        "tones": STATUS_TONES,
    }
    return render(request, "scores/appeals.html", context)


@page("scores.view")
@require_safe
def export_appeals(request: HttpRequest) -> HttpResponseBase:
    """The appeals as a sheet, under the same filters."""
    rows, _status = _appeals(request)
    head = [
        _("考核期"),
        _("规则"),
        _("单位"),
        _("事由"),
        _("诉求编号"),
        _("输入项"),
        _("应为"),
        _("理由"),
        _("状态"),
        _("提出时间"),
        _("裁定说明"),
        _("裁定时间"),
    ]
    lines = (
        [
            one.unit.run.label,
            one.unit.run.rule.name,
            one.unit.name,
            one.get_kind_display(),
            one.number,
            one.input,
            one.claimed,
            one.reason,
            one.get_status_display(),
            one.filed_at,
            one.decision,
            one.decided_at,
        ]
        for one in rows[:EXPORT_MOST]
    )
    return sheet(_("评分申诉"), head, lines)


@page("scores.view")
@require_http_methods(["GET", "HEAD", "POST"])
def decide(request: HttpRequest, pk: int) -> HttpResponse:
    """One appeal, and for whoever rules on it the form to do so."""
    actor = actor_of(request)
    row = queries.appeals_of(actor).filter(pk=pk).first()
    if row is None:
        raise Http404
    if request.method == "POST" and not actor.may("scores.decide"):
        raise Http404
    form = DecideForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        with beside(form):
            commands.decide(actor, row.pk, grant=form.cleaned_data["grant"] == "yes", note=form.cleaned_data["note"])
            messages.success(request, _("已裁定。原评分不变，冲正另记一笔。"))
            return redirect("scores:decide", row.pk)
    rule = queries.rule_of(row.unit.run)
    context = {
        "row": row,
        "run": row.unit.run,
        "form": form if actor.may("scores.decide") and row.status == Appeal.Status.FILED else None,
        "entries": [
            (rule.inputs[one.input].name, one.amount) for one in CounterEntry.objects.filter(appeal=row).order_by("id")
        ],
        "input_name": rule.inputs[row.input].name if row.input in rule.inputs else "",
        "tones": STATUS_TONES,
    }
    return render(request, "scores/appeal_one.html", context, status=422 if form.errors else 200)


@page("scores.publish")
@require_http_methods(["GET", "HEAD", "POST"])
def publish(request: HttpRequest, pk: int) -> HttpResponse:
    """Show a run to its units: tiers or trends; ranks only with a basis."""
    run = whole_run(request, pk)
    rule = queries.rule_of(run)
    form = PublishForm(request.POST or None, initial={"form": rule.publish})
    if request.method == "POST" and form.is_valid():
        with beside(form):
            commands.publish(actor_of(request), run.pk, **form.cleaned_data)
            messages.success(request, _("已公布。"))
            return redirect("scores:detail", run.pk)
    past = list(Publication.objects.filter(run=run).order_by("-id"))
    shown = next((one for one in past if one.withdrawn_at is None), None)
    context = {
        "run": run,
        "form": form,
        "shown": shown,
        "rows": publishing.visible_rows(shown, today()) if shown else [],
        "trend_names": publishing.TRENDS,
        "past": past,
        "withdraw": WithdrawForm(),
        "place": place_name(run.region_code),
        "waiting": Appeal.objects.filter(unit__run=run, status=Appeal.Status.FILED).count(),
    }
    return render(request, "scores/publish.html", context, status=422 if form.errors else 200)


@page("scores.publish")
@require_POST
def withdraw(request: HttpRequest, pk: int) -> HttpResponse:
    """Take the publication of a run back."""
    run = whole_run(request, pk)
    form, found = WithdrawForm(request.POST), queries.publication_of(run)
    if found is None or not form.is_valid():
        messages.error(request, _("请写明撤下的原因。"))
        return redirect("scores:publish", run.pk)
    try:
        commands.withdraw(actor_of(request), found.pk, reason=form.cleaned_data["reason"])
    except Refused as refused:
        messages.error(request, refused.message)
    else:
        messages.success(request, _("已撤下。"))
    return redirect("scores:publish", run.pk)
