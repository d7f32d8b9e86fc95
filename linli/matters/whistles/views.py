"""Pages of whistles: the list, a new one, one with everything that may be done to it, the figures."""

from collections.abc import Iterator, Mapping
from typing import Any

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from linli.base import policies
from linli.base.clockwork import now
from linli.base.commands import Refused
from linli.base.files.commands import receive
from linli.base.files.models import StoredFile
from linli.base.files.queries import waiting
from linli.base.files.uploading import too_large
from linli.base.pages import actor_of, page
from linli.base.ui.downloads import conditions, marked, sheet
from linli.base.ui.fields import filter_views
from linli.matters.cases.listing import place_name
from linli.matters.cases.queries import visible_to as visible_cases
from linli.matters.whistles import commands, counting, queries, rules, sheets, words
from linli.matters.whistles.commands.exporting import FORMS
from linli.matters.whistles.forms import ACT_FORMS, ActForm, FiguresFilter, WhistleFilter, WhistleForm
from linli.matters.whistles.showing import PART_RIGHTS, Shown, shown
from linli.people.organisations.queries import directory
from linli.procedures.definitions import definition
from linli.procedures.models import Proceeding
from linli.procedures.paging import PAGE_SIZE, ordered, page_of

FILES_MOST = 9
PRINTED_MOST = 500


@page("whistles.view")
@require_safe
def listing(request: HttpRequest) -> HttpResponse:
    """What waits for this organisation first; then what is late, what runs, what is closed. `print=1` for paper."""
    actor, moment = actor_of(request), now()
    bar = WhistleFilter(request.GET, actor=actor)
    chosen, tab = bar.chosen, queries.tab_of(request.GET.get("tab", ""))
    printing = request.GET.get("print") == "1"
    sort = request.GET.get("sort", "")
    found = page_of(
        queries.filtered(queries.listed(actor, tab, moment), chosen, moment),
        queries.COLUMNS,
        queries.order_of(tab, sort),
        after=request.GET.get("after", ""),
        before=request.GET.get("before", ""),
        size=PRINTED_MOST if printing else PAGE_SIZE,
    )
    counts = queries.counts(actor, moment)
    context = {
        "tab": tab,
        "tabs": [(one, counts.get(one.code, 0)) for one in queries.TABS],
        "filter": filter_views(bar),
        "narrowed": bool(set(chosen) - {"tab"}),
        "sort": sort or tab.order,
        "page": found,
        "rows": _rows(found.rows, queries.called([row["id"] for row in found.rows], moment)),
        "outcomes": words.OUTCOMES,
        "moment": moment,
        "printing": printing,
        "may_whistle": actor.may("whistles.whistle"),
        "may_export": actor.may("whistles.export"),
    }
    return render(request, "whistles/list.html", context)


def _rows(found: list[dict[str, Any]], called: Mapping[int, list[queries.Called]]) -> list[dict[str, Any]]:
    shape = definition(policies.load("procedure.whistle").id)
    label = directory().label
    rows = []
    for row in found:
        step = shape.steps[row["step"]]
        departments = called.get(row["id"], [])
        rows.append(
            {
                **row,
                "kind": shape.classes.get(row["service_class"], ""),
                "urgent": row["service_class"] == "emergency",
                "step_name": step.name,
                "tone": words.TONES.get(step.tone, "neutral"),
                "where": place_name(row["region_code"]),
                "place": row["whistle__place_text"],
                "whistler": label(row["holder_id"]),
                "departments": [(label(one.department), one.outcome) for one in departments],
                "late": any(one.outcome == "missed" for one in departments) and row["closed_at"] is None,
                "clock": shape.clocks[row["due_clock"]].name if row["due_clock"] in shape.clocks else "",
                "result": shape.results[row["whistle__result"]].name if row["whistle__result"] else "",
            }
        )
    return rows


@page("whistles.export")
@require_safe
def export(request: HttpRequest, form: str) -> HttpResponseBase:
    """The list under its filters, one line for each called department."""
    if form not in FORMS:
        raise Http404
    actor, moment = actor_of(request), now()
    bar = WhistleFilter(request.GET, actor=actor)
    tab = queries.tab_of(request.GET.get("tab", ""))
    chosen = bar.chosen
    order = queries.order_of(tab, request.GET.get("sort", ""))
    found = ordered(queries.filtered(queries.listed(actor, tab, moment), chosen, moment), order)
    under = conditions(str(tab.label), bar)
    commands.export(actor, what=tab.code, form=form, conditions=under)
    shape = definition(policies.load("procedure.whistle").id)
    return sheet(_("吹哨报到"), sheets.header(), marked(sheets.rows(found, shape, moment), actor, under), form)


@page("whistles.whistle")
@require_http_methods(["GET", "HEAD", "POST"])
def new(request: HttpRequest) -> HttpResponse:
    """Blow the whistle; `?case=<number>` starts from a case and stays linked to it."""
    actor = actor_of(request)
    number = request.GET.get("case", "")
    case = visible_cases(actor).filter(proceeding__number=number).first() if number else None
    if number and case is None:
        raise Http404
    if request.method != "POST":
        return render(request, "whistles/new.html", {"form": WhistleForm(actor=actor, case=case), "case": case})
    form = WhistleForm(request.POST, request.FILES, actor=actor, case=case)
    kept: list[StoredFile] = []
    if form.is_valid():
        try:
            kept = _take_in(request, form)
            made = form.perform(actor, files=[file.pk for file in kept])
        except Refused as refused:
            form.add_error(form.field_of(refused.field), refused.message)
        else:
            messages.success(request, _("已吹哨，到场时限从现在开始算。"))
            return redirect("whistles:detail", number=made["number"])
    context = {"form": form, "case": case, "kept": kept or _kept(request)}
    return render(request, "whistles/new.html", context, status=422)


@page("whistles.view")
@require_safe
def detail(request: HttpRequest, number: str) -> HttpResponse:
    """One whistle; `?act=` opens the form of another act than the first."""
    return _show(request, _find(request, number), asked=request.GET.get("act", ""))


def _find(request: HttpRequest, number: str) -> Shown:
    found = shown(actor_of(request), number)
    if found is None:
        raise Http404
    return found


def _show(
    request: HttpRequest, it: Shown, *, asked: str = "", form: ActForm | None = None, status: int = 200, **more: Any
) -> HttpResponse:
    actor = actor_of(request)
    if form is None and it.acts:
        form = ACT_FORMS[asked if asked in it.acts else it.acts[0]](actor=actor, shown=it)
    shape = it.handling.definition
    due, code = it.handling.due
    context = {
        "it": it,
        "form": form,
        "acts": [(one, shape.acts[one].name) for one in it.acts],
        "kind": shape.classes.get(it.handling.service_class, ""),
        "whistler": directory().label(it.handling.state.holder),
        "result": shape.results[it.whistle.result].name if it.whistle.result else "",
        "due": due,
        "clock": shape.clocks[code].name if code else "",
        "label": directory().label,
        "tones": words.TONES,
        "outcomes": words.OUTCOMES,
        "statuses": words.STATUSES,
        "icons": words.ICONS,
        "act_tones": words.ACT_TONES,
        "score_most": rules.SCORE_MOST,
        **more,
    }
    answer = render(request, "whistles/detail.html", context, status=status)
    answer["Cache-Control"] = "private, no-store"
    return answer


@page("whistles.view")
@require_POST
def act(request: HttpRequest, number: str, act: str) -> HttpResponse:
    """One act. The procedure, the rights and the command decide; this only carries."""
    if act not in ACT_FORMS:
        raise Http404
    it = _find(request, number)
    form = ACT_FORMS[act](request.POST, request.FILES, actor=actor_of(request), shown=it)
    if not form.is_valid():
        return _show(request, it, form=form, status=422, kept=_kept(request))
    kept: list[StoredFile] = []
    more: dict[str, Any] = {"seen": form.cleaned_data.get("seen")}
    try:
        if "photos" in form.fields:
            kept = _take_in(request, form)
            more["files"] = [file.pk for file in kept]
        form.perform(actor_of(request), it.whistle.pk, **more)
    except Refused as refused:
        if refused.rule == "idempotency":
            messages.info(request, _("这张表单已经提交过了。"))
            return redirect("whistles:detail", number=number)
        form.add_error(form.field_of(refused.field), refused.message)
        missed = it.since(more["seen"] or 0) if refused.rule == "stale" else []
        if missed:
            data = request.POST.copy()
            data["seen"] = str(it.seen)
            form.data = data
        return _show(request, it, form=form, status=refused.status, missed=missed, kept=kept or _kept(request))
    messages.success(request, _("已记录：%(act)s") % {"act": form.title})
    return redirect("whistles:detail", number=number)


@page("whistles.view")
@require_POST
def part(request: HttpRequest, number: str, act: str) -> HttpResponse:
    """One act on a task that the work was split into; `part` names the task by number."""
    if act not in PART_RIGHTS:
        raise Http404
    it = _find(request, number)
    one = next((p for p in it.parts if p.row.number == request.POST.get("part", "")), None)
    if one is None:
        raise Http404
    note = " ".join(request.POST.get("note", "").split())[:2000]
    try:
        getattr(commands, act)(actor_of(request), one.row.pk, note=note)
    except Refused as refused:
        messages.error(request, refused.message)
    else:
        messages.success(request, _("已记录。"))
    return redirect("whistles:detail", number=number)


@page("whistles.view")
@require_safe
def of_case(request: HttpRequest, pk: int) -> HttpResponse:
    """Whistles that grew out of a case, for the slot on its page."""
    actor = actor_of(request)
    if not visible_cases(actor).filter(pk=pk).exists():
        raise Http404
    rows = queries.of_case(actor, pk)
    shape = definition(policies.load("procedure.whistle").id)
    number = Proceeding.objects.values_list("number", flat=True).get(pk=pk)
    context = {
        "rows": [(row, shape.steps[row.proceeding.step]) for row in rows],
        "tones": words.TONES,
        "number": number if actor.may("whistles.whistle") else "",
    }
    return render(request, "whistles/_of_case.html", context)


@page("whistles.view")
@require_safe
def figures(request: HttpRequest) -> HttpResponse:
    """Both sides in figures; every number opens the whistles it counted."""
    actor, moment = actor_of(request), now()
    bar = FiguresFilter(request.GET, actor=actor)
    found = counting.figures(actor, bar.chosen, moment)
    kept = {name: request.GET[name] for name in ("since", "until", "kind", "region") if request.GET.get(name)}
    context = {
        "filter": filter_views(bar),
        "departments": found["department"],
        "whistlers": found["whistler"],
        "label": directory().label,
        "kept": kept,
        "may_export": actor.may("whistles.export"),
    }
    return render(request, "whistles/figures.html", context)


@page("whistles.export")
@require_safe
def export_figures(request: HttpRequest) -> HttpResponseBase:
    actor, moment = actor_of(request), now()
    bar = FiguresFilter(request.GET, actor=actor)
    found = counting.figures(actor, bar.chosen, moment)
    under = conditions(_("吹哨数据"), bar)
    commands.export(actor, what="figures", form="csv", conditions=under)

    def lines() -> Iterator[list[Any]]:
        yield from sheets.figures_rows(_("部门"), found["department"])
        yield from sheets.figures_rows(_("吹哨方"), found["whistler"])

    return sheet(_("吹哨数据"), sheets.figures_header(), marked(lines(), actor, under))


def _take_in(request: HttpRequest, form: Any) -> list[StoredFile]:
    """Photos of this try and of an earlier one that was refused. Raises Refused beside `photos`."""
    if dropped := too_large(request):
        raise Refused(_("“%(name)s”太大了，请压缩或者换一张。") % {"name": dropped[0]}, field="photos")
    held, given = _kept(request), form.cleaned_data["photos"]
    if len(held) + len(given) > FILES_MOST:
        raise Refused(_("一次最多 %(most)d 个文件。") % {"most": FILES_MOST}, field="photos")
    return held + [receive(actor_of(request), upload) for upload in given]


def _kept(request: HttpRequest) -> list[StoredFile]:
    tickets = request.POST.getlist("ticket")
    return waiting(actor_of(request), tickets) if tickets else []
