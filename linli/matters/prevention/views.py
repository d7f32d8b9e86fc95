"""Preventive tasks: the list, one task with what can be done to it now, and planning a new one."""

from typing import Any

from django.contrib import messages
from django.db.models import Q
from django.http import Http404, HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from linli.base import masks, policies
from linli.base.clockwork import now
from linli.base.commands import Refused
from linli.base.pages import actor_of, page
from linli.base.ui.downloads import sheet
from linli.base.ui.paging import numbered
from linli.matters.prevention import commands
from linli.matters.prevention.forms import NoteForm, PlanForm, TaskFilter
from linli.matters.prevention.models import Prevention
from linli.matters.prevention.queries import KIND, place_words, visible_to
from linli.matters.prevention.showing import Shown, shown
from linli.people.organisations.queries import directory
from linli.procedures.definitions import Definition, definition

SORTS = {
    "until": ("until", "pk"),
    "-until": ("-until", "-pk"),
    "planned": ("planned_on", "pk"),
    "-planned": ("-planned_on", "-pk"),
}
EXPORT_MOST = 20_000
RUN = {
    "accept": commands.accept,
    "redirect": commands.redirect,
    "measure": commands.measure,
    "carry_out": commands.carry_out,
    "check": commands.check,
    "redo": commands.redo,
    "call_off": commands.call_off,
}


def _shape() -> Definition:
    return definition(policies.load(f"procedure.{KIND}").id)


def _found(request: HttpRequest) -> tuple[TaskFilter, Any, str]:
    shape = _shape()
    bar = TaskFilter(
        request.GET,
        steps=[(step.code, step.name) for step in shape.steps.values()],
        origins=list(Prevention.Origin.choices),
    )
    rows = visible_to(actor_of(request))
    chosen = bar.cleaned_data
    if words := chosen.get("q", "").strip():
        rows = rows.filter(Q(proceeding__title__icontains=words) | Q(proceeding__number__icontains=words))
    if step := chosen.get("step"):
        rows = rows.filter(proceeding__step=step)
    if origin := chosen.get("origin"):
        rows = rows.filter(origin=origin)
    sort = request.GET.get("sort", "")
    sort = sort if sort in SORTS else "-planned"
    return bar, rows.order_by(*SORTS[sort]), sort


@page("prevention.view")
@require_safe
def listing(request: HttpRequest) -> HttpResponse:
    """Every task the actor may see."""
    bar, rows, sort = _found(request)
    shown_page = numbered(rows, request)
    context = {
        "filter": bar,
        "sort": sort,
        "page": shown_page,
        "rows": [_row(task) for task in shown_page.rows],
        "may_plan": actor_of(request).may("prevention.plan"),
    }
    return render(request, "prevention/list.html", context)


def _row(task: Prevention) -> dict[str, Any]:
    row = task.proceeding
    step = _shape().steps.get(row.step)
    return {
        "number": row.number,
        "title": masks.scrub(row.title),
        "step": step,
        "owner": directory().label(row.lead_id),
        "place": place_words(task.region_codes),
        "origin": task.get_origin_display(),
        "due": row.due_at,
        "over": row.due_at is not None and row.due_at < now(),
        "until": task.until,
        "planned_on": task.planned_on,
        "finished_on": task.finished_on,
    }


@page("prevention.view")
@require_safe
def export(request: HttpRequest) -> HttpResponseBase:
    """The list as a sheet, under the same filters."""
    _bar, rows, _sort = _found(request)
    head = [_("编号"), _("事项"), _("环节"), _("责任单位"), _("地点"), _("由来"), _("立项"), _("完成日期"), _("办完")]
    lines = [
        [
            row["number"], row["title"], row["step"].name if row["step"] else "", row["owner"], row["place"],
            row["origin"], str(row["planned_on"]), str(row["until"]), str(row["finished_on"] or ""),
        ]
        for row in map(_row, rows[:EXPORT_MOST])
    ]  # fmt: skip
    return sheet(_("治理任务"), head, lines)


@page("prevention.plan")
@require_http_methods(["GET", "HEAD", "POST"])
def plan(request: HttpRequest) -> HttpResponse:
    """Plan a task of one's own accord; from a hot spot it is planned on the page of the hot spot."""
    actor = actor_of(request)
    form = PlanForm(request.POST or None, actor=actor)
    if request.method == "POST" and form.is_valid():
        said = form.cleaned_data
        try:
            task = commands.plan(
                actor, title=said["title"], text=said["text"], region_codes=[said["region"]], owner=said["owner"],
                until=said["until"], category=said["category"],
            )  # fmt: skip
        except Refused as refused:
            field = "region" if refused.field == "region_codes" else refused.field
            form.add_error(field if field in form.fields else None, refused.message)
        else:
            messages.success(request, _("已立项，派给责任单位。"))
            return redirect("prevention:task", visible_to(actor).get(pk=task).proceeding.number)
    return render(request, "prevention/plan.html", {"form": form}, status=422 if form.errors else 200)


@page("prevention.view")
@require_http_methods(["GET", "HEAD", "POST"])
def task(request: HttpRequest, number: str) -> HttpResponse:
    """One task: what, where, by when, what was done, and what can be done now."""
    actor = actor_of(request)
    it = shown(actor, number)
    if it is None:
        raise Http404
    status, sent = 200, None
    if request.method == "POST":
        sent, status = _act(request, it)
        if sent is None:
            return redirect("prevention:task", number)
    forms = [
        (act, sent if sent is not None and sent["act"].value() == act.code else _form(it, act.code)) for act in it.acts
    ]
    return render(request, "prevention/task.html", {"it": it, "forms": forms, "sent": sent}, status=status)


def _form(it: Shown, act: str, data: Any = None) -> NoteForm:
    return NoteForm(data, act=act, seen=it.handling.stored, region_code=it.handling.region_code)


def _act(request: HttpRequest, it: Shown) -> tuple[NoteForm | None, int]:
    """(None, …) when it was done; else the form as it was sent, with what is wrong, and the status of the answer."""
    act = request.POST.get("act", "")
    if act not in RUN:
        raise Http404
    form = _form(it, act, request.POST)
    if not form.is_valid():
        return form, 422
    said = {key: value for key, value in form.cleaned_data.items() if key != "act"}
    try:
        RUN[act](actor_of(request), it.task.pk, **said)
    except Refused as refused:
        form.add_error(refused.field if refused.field in form.fields else None, refused.message)
        return form, refused.status
    return None, 200
