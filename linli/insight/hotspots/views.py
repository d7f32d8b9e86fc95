"""Hot spots: the list of the latest search, one of them with everything behind it, and what a search looked at."""

from datetime import date, timedelta
from typing import Any

from django.contrib import messages
from django.db.models import Q
from django.http import Http404, HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from linli.base import masks
from linli.base.commands import Refused
from linli.base.pages import actor_of, page
from linli.base.ui.downloads import sheet
from linli.base.ui.paging import numbered
from linli.insight.hotspots import commands, queries, scan, seasons
from linli.insight.hotspots.forms import DismissForm, HotspotFilter, PlanForm, RunForm
from linli.insight.hotspots.models import Hotspot, HotspotRun
from linli.matters.prevention.queries import owners, place_words, today
from linli.people.organisations.queries import directory
from linli.places.regions import locating
from linli.procedures import queries as procedures
from linli.procedures.paging import Order, page_of

SORTS = {
    "p": ("p", "-cases", "pk"),
    "cases": ("cases", "pk"),
    "-cases": ("-cases", "pk"),
    "last": ("last", "pk"),
    "-last": ("-last", "pk"),
}
RUNS_SHOWN, EXPORT_MOST = 12, 10_000
COLUMNS = ("id", "number", "title", "holder_id", "opened_at", "closed_at", "region_code")
LATEST = Order("opened_at", descending=True)
BUSY = (HotspotRun.State.WAITING, HotspotRun.State.RUNNING)


def _found(request: HttpRequest) -> tuple[HotspotFilter, Any, str, HotspotRun | None, list[HotspotRun]]:
    actor = actor_of(request)
    runs = list(queries.runs_visible_to(actor)[:RUNS_SHOWN])
    finished = [one for one in runs if one.state == HotspotRun.State.DONE]
    bar = HotspotFilter(request.GET, runs=finished)
    chosen = bar.cleaned_data
    run = next((one for one in finished if str(one.pk) == chosen.get("run")), finished[0] if finished else None)
    rows = queries.visible_to(actor).filter(run=run)
    for name in ("kind", "state"):
        if chosen.get(name):
            rows = rows.filter(**{name: chosen[name]})
    if top := chosen.get("category"):
        rows = rows.filter(Q(category=top) | Q(category__startswith=f"{top}."))
    if words := chosen.get("q", "").strip():
        names = locating.index().names
        codes = [code for code, name in names.items() if words in name]
        topics = [code for code, row in queries.category_map().items() if words in str(row["name"])]
        rows = rows.filter(Q(category__in=topics) | Q(region_codes__overlap=codes))
    sort = request.GET.get("sort", "")
    sort = sort if sort in SORTS else "p"
    return bar, rows.order_by(*SORTS[sort]), sort, run, runs


def _row(one: Hotspot) -> dict[str, Any]:
    return {
        "pk": one.pk,
        "topic": queries.topic(one.category),
        "place": place_words(one.region_codes),
        "kind": one.kind,
        "kind_name": one.get_kind_display(),
        "when": queries.when(one),
        "cases": one.cases,
        "expected": f"{one.expected:.1f}",
        "p": f"{one.p:.3f}" if one.p >= 0.0005 else "<0.001",
        "state": one.state,
        "state_name": one.get_state_display(),
    }


@page("hotspots.view")
@require_http_methods(["GET", "HEAD", "POST"])
def listing(request: HttpRequest) -> HttpResponse:
    """The hot spots and seasons of the latest search the actor may see; asking for another."""
    actor = actor_of(request)
    form = RunForm(request.POST or None, actor=actor)
    if request.method == "POST":
        if not actor.may("hotspots.run"):
            raise Http404
        if form.is_valid():
            try:
                commands.run(actor, region_code=form.cleaned_data["region"])
            except Refused as refused:
                form.add_error("region" if refused.field == "region_code" else None, refused.message)
            else:
                return redirect("hotspots:list")
    bar, rows, sort, run, runs = _found(request)
    shown = numbered(rows, request)
    context = {
        "form": form,
        "filter": bar,
        "sort": sort,
        "page": shown,
        "rows": [_row(one) for one in shown.rows],
        "run": run,
        "busy": [one for one in runs if one.state in BUSY],
        "failed": next((one for one in runs[:1] if one.state == HotspotRun.State.FAILED), None),
        "place": locating.index().names.get(run.region_code, "") if run else "",
        "may_run": actor.may("hotspots.run"),
    }
    return render(request, "hotspots/list.html", context, status=422 if form.errors else 200)


@page("hotspots.view")
@require_safe
def export(request: HttpRequest) -> HttpResponseBase:
    """The list as a sheet, under the same filters."""
    _bar, rows, _sort, _run, _runs = _found(request)
    head = [_("分类"), _("类型"), _("地点"), _("时间"), _("件数"), _("预期件数"), "p", _("研判")]
    lines = [
        [row["topic"], row["kind_name"], row["place"], row["when"], str(row["cases"]), str(row["expected"]), row["p"], row["state_name"]]
        for row in map(_row, rows[:EXPORT_MOST])
    ]  # fmt: skip
    return sheet(_("热点"), head, lines)


def _run_of(request: HttpRequest, key: int) -> HotspotRun:
    row = queries.runs_visible_to(actor_of(request)).filter(pk=key).first()
    if row is None:
        raise Http404
    return row


@page("hotspots.view")
@require_safe
def progress(request: HttpRequest, hotspot_run: int) -> HttpResponse:
    """The fragment that tells how far a search is; htmx asks for it again until it is done."""
    return render(request, "hotspots/_progress.html", {"run": _run_of(request, hotspot_run)})


@page("hotspots.view")
@require_safe
def run_page(request: HttpRequest, hotspot_run: int) -> HttpResponse:
    """What a search looked at and how: place, days, parameters, statistic, digest of its inputs."""
    run = _run_of(request, hotspot_run)
    # A community sees that its street was searched, not how many complaints its neighbours have.
    whole = run.region_code.startswith(tuple(actor_of(request).regions or ("-",)))
    return render(
        request,
        "hotspots/run.html",
        {
            "run": run,
            "place": locating.index().names.get(run.region_code, run.region_code),
            "busy": run.state in BUSY,
            "whole": whole,
            "alarms": scan.FALSE_ALARMS,
        },
    )


@page("hotspots.view")
@require_http_methods(["GET", "HEAD", "POST"])
def hotspot_page(request: HttpRequest, hotspot: int) -> HttpResponse:
    """One hot spot: map, weeks, the cases behind it, and what is done about it."""
    actor = actor_of(request)
    it = queries.visible_to(actor).select_related("task__proceeding").filter(pk=hotspot).first()
    if it is None:
        raise Http404
    decide = it.state == Hotspot.State.OPEN
    plan_form = (
        PlanForm(owners=owners(it.region_code), initial=_suggested(it))
        if decide and actor.may("prevention.plan")
        else None
    )
    dismiss_form = DismissForm() if decide and actor.may("hotspots.dismiss") else None
    status = 200
    if request.method == "POST":
        try:
            if request.POST.get("act") == "plan" and plan_form is not None:
                plan_form = PlanForm(request.POST, owners=owners(it.region_code))
                if plan_form.is_valid():
                    task = commands.plan(actor, it.pk, **plan_form.cleaned_data)
                    messages.success(request, _("已立项，派给责任单位。"))
                    number = procedures.visible_to(actor).values_list("number", flat=True).get(pk=task)
                    return redirect("prevention:task", number)
            elif request.POST.get("act") == "dismiss" and dismiss_form is not None:
                dismiss_form = DismissForm(request.POST)
                if dismiss_form.is_valid():
                    commands.dismiss(actor, it.pk, reason=dismiss_form.cleaned_data["reason"])
                    return redirect("hotspots:hotspot", it.pk)
            else:
                raise Http404
            status = 422
        except Refused as refused:
            form = plan_form if request.POST.get("act") == "plan" else dismiss_form
            assert form is not None
            form.add_error(refused.field if refused.field in form.fields else None, refused.message)
            status = refused.status
    context = {
        "it": it,
        "row": _row(it),
        "place": place_words(it.region_codes),
        "evidence": queries.evidence(it),
        "street": it.region_code[:9],
        "plan_form": plan_form,
        "dismiss_form": dismiss_form,
        "effect": queries.effect_of(it),
        "chart": _chart(it),
        **_behind(request, it),
    }
    return render(request, "hotspots/hotspot.html", context, status=status)


def _suggested(it: Hotspot) -> dict[str, Any]:
    """A first proposal: before the next season begins, or in two weeks."""
    until = today() + timedelta(days=14)
    if it.kind == Hotspot.Kind.SEASON:
        until = max(until, seasons.next_start(queries.season_of(it), today()) - timedelta(days=1))
    place = place_words(it.region_codes[:1]).split()[0]
    return {
        "title": _("预防%(place)s的“%(topic)s”问题") % {"place": place, "topic": queries.topic(it.category)},
        "until": until,
    }


def _chart(it: Hotspot) -> dict[str, Any]:
    """Complaints of the place by week, or by month of the year."""
    if it.kind == Hotspot.Kind.SEASON:
        return {"labels": [_("%(month)s月") % {"month": month} for month in range(1, 13)], "values": it.counts}
    first: date = it.run.first
    starts = [first + timedelta(days=7 * number) for number in range(len(it.counts))]
    return {"labels": [f"{start.month}/{start.day}" for start in starts], "values": it.counts}


def _behind(request: HttpRequest, it: Hotspot) -> dict[str, Any]:
    actor = actor_of(request)
    if not actor.may("cases.view"):
        return {"opens": False, "cases": [], "page": None, "compounds": []}
    found = queries.cases_behind(actor, it).order_by().values("pk")
    rows = procedures.visible_to(actor).filter(pk__in=found)
    shown = page_of(rows, COLUMNS, LATEST, after=request.GET.get("after", ""), before=request.GET.get("before", ""))
    for row in shown.rows:
        row["title"] = masks.scrub(row["title"])
        row["holder"] = directory().label(row["holder_id"])
        row["where"] = place_words([row["region_code"]])
        row["url"] = reverse("cases:detail", args=[row["number"]])
    return {"opens": True, "cases": shown.rows, "page": shown, "compounds": queries.compounds_behind(actor, it)}
