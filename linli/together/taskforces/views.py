"""Pages of task forces: the list with what each solved, one force with its people and cases, what was solved."""

from collections.abc import Iterable
from typing import Any

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from linli.base.actor import Actor
from linli.base.commands import Refused
from linli.base.pages import actor_of, page
from linli.base.ui.downloads import conditions, marked, sheet
from linli.base.ui.fields import filter_views
from linli.base.ui.paging import numbered
from linli.base.ui.refused import beside
from linli.matters.cases.queries import visible_to as visible_cases
from linli.matters.cases.rules import clean_number
from linli.people.organisations.queries import directory
from linli.together.taskforces import commands, queries
from linli.together.taskforces.forms import CarryForm, EnlistForm, ForceFilter, FoundForm, SolvedFilter
from linli.together.taskforces.models import TaskForce

FORM = ["GET", "HEAD", "POST"]


def _street(actor: Actor) -> str:
    return next((prefix[:9] for prefix in actor.regions if len(prefix) >= 9), "")


@page("taskforces.view")
@require_safe
def listing(request: HttpRequest) -> HttpResponse:
    """Forces with how many they are, what they carry and what they solved in the period asked for."""
    actor = actor_of(request)
    bar = ForceFilter(request.GET)
    chosen = bar.chosen
    sort = request.GET.get("sort", "")
    sort = sort if sort in queries.ORDERS else "-starts"
    found = numbered(queries.listed(actor, chosen, commands.today()).order_by(*queries.ORDERS[sort]), request)
    context = {
        "filter": filter_views(bar),
        "page": found,
        "sort": sort,
        "narrowed": bool(chosen),
        "period": {name: request.GET[name] for name in ("since", "until") if request.GET.get(name)},
        "may_found": actor.may("taskforces.found") and bool(_street(actor)),
        "may_export": actor.may("taskforces.export"),
    }
    return render(request, "taskforces/list.html", context)


@page("taskforces.export")
@require_safe
def export(request: HttpRequest) -> HttpResponseBase:
    actor = actor_of(request)
    bar = ForceFilter(request.GET)
    rows = queries.listed(actor, bar.chosen, commands.today()).order_by(*queries.ORDERS["-starts"])
    head = [_("名称"), _("任务"), _("成立日"), _("撤销日"), _("现有成员"), _("在攻坚"), _("已解决")]
    lines = [[r.name, r.purpose, r.starts, r.ends, r.now_members, r.now_carried, r.solved] for r in rows[:5000]]  # type: ignore[attr-defined]
    return _sheet(actor, _("攻坚专班"), head, lines, bar)


def _sheet(actor: Actor, title: str, head: list[str], lines: list[list[Any]], bar: Any) -> HttpResponseBase:
    under = conditions(title, bar)
    commands.export(actor, what=title, conditions=under)
    return sheet(title, head, marked(lines, actor, under))


@page("taskforces.found")
@require_http_methods(FORM)
def found(request: HttpRequest) -> HttpResponse:
    actor = actor_of(request)
    street = _street(actor)
    form = FoundForm(request.POST or None, street=street)
    if request.method == "POST" and form.is_valid():
        with beside(form):
            force = commands.found(actor, **form.cleaned_data)
            messages.success(request, _("专班已成立。"))
            return redirect("taskforces:detail", pk=force.pk)
    return render(request, "taskforces/new.html", {"form": form}, status=422 if form.errors else 200)


def _find(request: HttpRequest, pk: int) -> TaskForce:
    force = queries.visible_to(actor_of(request)).filter(pk=pk).first()
    if force is None:
        raise Http404
    return force


@page("taskforces.view")
@require_safe
def detail(request: HttpRequest, pk: int) -> HttpResponse:
    return _show(request, _find(request, pk))


def _show(request: HttpRequest, force: TaskForce, status: int = 200, **forms: Any) -> HttpResponse:
    actor = actor_of(request)
    carried = list(
        queries.seen_cases(actor)
        .filter(force=force)
        .select_related("case__proceeding")
        .order_by("ends", "-starts", "-id")[:200]
    )
    done = set(queries.solved(actor, {"force": force.pk}).values_list("pk", flat=True))
    may_edit = actor.may("taskforces.edit") and force.ends is None
    street = force.region_code
    context = {
        "force": force,
        "members": list(
            force.members.select_related("post__account", "organisation").order_by("-role", "starts", "id")
        ),
        "carried": carried,
        "solved": done,
        "today": commands.today(),
        "label": directory().label,
        "may_edit": may_edit,
        "enlist": forms.get("enlist") or (EnlistForm(street=street) if may_edit else None),
        "carry": forms.get("carry") or (CarryForm() if may_edit else None),
        "difficult": queries.difficult(actor, street) if may_edit else [],
    }
    return render(request, "taskforces/detail.html", context, status=status)


@page("taskforces.edit")
@require_POST
def enlist(request: HttpRequest, pk: int) -> HttpResponse:
    force = _find(request, pk)
    form = EnlistForm(request.POST, street=force.region_code)
    if form.is_valid():
        with beside(form):
            commands.enlist(actor_of(request), pk, **form.cleaned_data)
            messages.success(request, _("已抽调。"))
            return redirect("taskforces:detail", pk=pk)
    return _show(request, force, status=422, enlist=form)


@page("taskforces.edit")
@require_POST
def carry(request: HttpRequest, pk: int) -> HttpResponse:
    force, actor = _find(request, pk), actor_of(request)
    form = CarryForm(request.POST)
    if form.is_valid():
        number = clean_number(form.cleaned_data["number"])
        case = visible_cases(actor).filter(proceeding__number=number).first()
        if case is None:
            form.add_error("number", _("没有找到这件诉求，或者它不在您的工作范围内。"))
        else:
            try:
                commands.carry(actor, pk, case=case.pk, starts=form.cleaned_data["starts"])
            except Refused as refused:
                form.add_error("starts" if refused.field == "starts" else "number", refused.message)
            else:
                messages.success(request, _("已交给专班。"))
                return redirect("taskforces:detail", pk=pk)
    return _show(request, force, status=422, carry=form)


@page("taskforces.edit")
@require_POST
def end(request: HttpRequest, pk: int) -> HttpResponse:
    """End something of a force: a member's time, a case, the force itself."""
    _find(request, pk)
    actor, asked = actor_of(request), request.POST
    key = asked.get("key", "")
    number = int(key) if key.isascii() and key.isdigit() and len(key) < 18 else 0
    try:
        if asked.get("what") == "member":
            commands.release(actor, number)
        elif asked.get("what") == "carried":
            commands.hand_back(actor, number, note=asked.get("note", "")[:500])
        elif asked.get("what") == "force":
            commands.dissolve(actor, pk)
        else:
            raise Http404
    except Refused as refused:
        messages.error(request, refused.message)
    else:
        messages.success(request, _("已记录。"))
    return redirect("taskforces:detail", pk=pk)


def _solved(request: HttpRequest) -> tuple[SolvedFilter, Any, str]:
    actor = actor_of(request)
    bar = SolvedFilter(request.GET, forces=list(queries.visible_to(actor).order_by("name")[:200]))
    sort = request.GET.get("sort", "")
    sort = sort if sort in queries.SOLVED_ORDERS else "-settled"
    return bar, queries.solved(actor, bar.chosen).order_by(*queries.SOLVED_ORDERS[sort]), sort


@page("taskforces.view")
@require_safe
def solved(request: HttpRequest) -> HttpResponse:
    """The cases behind the number of solved ones."""
    bar, rows, sort = _solved(request)
    context = {
        "filter": filter_views(bar),
        "page": numbered(rows, request),
        "sort": sort,
        "narrowed": bool(bar.chosen),
        "label": directory().label,
        "may_export": actor_of(request).may("taskforces.export"),
    }
    return render(request, "taskforces/solved.html", context)


@page("taskforces.export")
@require_safe
def export_solved(request: HttpRequest) -> HttpResponseBase:
    bar, rows, _sort = _solved(request)
    head = [_("编号"), _("事项"), _("专班"), _("从"), _("到"), _("回访日"), _("现在由")]
    return _sheet(actor_of(request), _("专班解决的诉求"), head, list(_lines(rows[:5000])), bar)


def _lines(rows: Iterable[Any]) -> Iterable[list[Any]]:
    label = directory().label
    for row in rows:
        it = row.case.proceeding
        yield [it.number, it.title, row.force.name, row.starts, row.ends, row.case.settled_on, label(it.holder_id)]


@page("taskforces.view")
@require_safe
def of_case(request: HttpRequest, pk: int) -> HttpResponse:
    """Forces that carry or carried a case, for the slot on its page."""
    actor = actor_of(request)
    if not visible_cases(actor).filter(pk=pk).exists():
        raise Http404
    seen = set(queries.visible_to(actor).values_list("pk", flat=True))
    return render(request, "taskforces/_of_case.html", {"rows": queries.of_case(actor, pk), "seen": seen})
