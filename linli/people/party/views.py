"""Party organisations: the list, one with its family, what changed, what wants attention, elections, figures."""

from collections.abc import Callable, Iterator
from typing import Any

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from linli.base import policies
from linli.base.actor import Actor
from linli.base.commands import Refused
from linli.base.pages import actor_of, page
from linli.base.ui.downloads import conditions, form_of, sheet
from linli.base.ui.paging import numbered
from linli.people.organisations.commands import note_reminder
from linli.people.organisations.models import Organisation, TermReminder
from linli.people.organisations.queries import HELD
from linli.people.organisations.rules import stage
from linli.people.organisations.showing import as_on, dated
from linli.people.party import acts, commands, preview, queries, rules
from linli.people.party.commands.common import today
from linli.people.party.filters import ListFilter
from linli.people.party.forms import FoundForm, homes
from linli.people.party.models import Change, Coverage
from linli.places.addresses.queries import place_names

FORM = ["GET", "HEAD", "POST"]
EXPORT_MOST = 10_000


def tabs(actor: Actor, current: str) -> list[dict[str, Any]]:
    """The pages of this room."""
    shown = [
        ("list", _("党组织")),
        ("changes", _("变动")),
        ("elections", _("换届")),
        ("checks", _("预警")),
        ("figures", _("统计")),
    ]
    if actor.may("party.cards"):
        shown.append(("cards", _("党员名册")))
    return [{"label": label, "url": reverse(f"party:{name}"), "current": name == current} for name, label in shown]


def sorted_by(request: HttpRequest, sorts: dict[str, Any], first: str) -> str:
    asked = request.GET.get("sort", "")
    return asked if asked in sorts else first


def domain_names() -> dict[str, str]:
    return dict(rules.domains(policies.load("party").data))


def form_words(row: Organisation) -> tuple[str, str]:
    """(form, field of work) of one party organisation in words."""
    kept = getattr(row, "party", None)
    if kept is None:
        return "", domain_names().get("community", "")
    return ("" if kept.form == "ordinary" else kept.get_form_display()), domain_names().get(kept.domain, kept.domain)


@page("party.view")
@require_safe
def listing(request: HttpRequest) -> HttpResponse:
    """Every party organisation where one works and above, with its numbers and its next election."""
    actor = actor_of(request)
    bar, sort = ListFilter(request.GET, actor), sorted_by(request, queries.SORTS, "place")
    on = bar.chosen.get("on")
    shown = numbered(queries.listed(actor, bar.chosen, on or today()).order_by(*queries.SORTS[sort]), request)
    place, names = place_names({row.region_code for row in shown.rows}), domain_names()
    context = {
        "filter": bar,
        "on": on,
        "rows": [(row, called, place(row.region_code)) for row, called in as_on(shown.rows, on)],
        "domains": names,
        "page": shown,
        "sort": sort,
        "narrowed": bool(bar.chosen),
        "tabs": tabs(actor, "list"),
        "today": today(),
        "may_act": actor.may("party.act"),
        "shapes": FoundForm.SHAPES,
    }
    return render(request, "party/list.html", context)


@page("party.view")
@require_safe
def export(request: HttpRequest) -> HttpResponseBase:
    """The filtered list as a sheet."""
    actor = actor_of(request)
    bar, sort = ListFilter(request.GET, actor), sorted_by(request, queries.SORTS, "place")
    on = bar.chosen.get("on")
    rows = list(queries.listed(actor, bar.chosen, on or today()).order_by(*queries.SORTS[sort])[:EXPORT_MOST])
    place, names = place_names({row.region_code for row in rows}), domain_names()
    head = [
        _("名称"), _("类别"), _("组建形式"), _("领域"), _("上级"), _("所在区划"), _("区划代码"), _("党员数"), _("正式党员数"), _("成立日期"),
        _("届满日"),
    ]  # fmt: skip
    lines = [
        (
            called.name,
            row.get_kind_display(),
            row.party.get_form_display() if hasattr(row, "party") else "",
            names.get(row.party.domain, "") if hasattr(row, "party") else "",
            called.above,
            place(row.region_code),
            row.region_code,
            row.members,  # type: ignore[attr-defined]
            row.formal,  # type: ignore[attr-defined]
            row.valid_from,
            row.due,  # type: ignore[attr-defined]
        )
        for row, called in as_on(rows, on)
    ]
    name = dated(_("党组织台账"), on or today())
    return sheet(name, head, lines, form_of(request), maker=actor.name, under=conditions(_("党组织"), bar))


def one(request: HttpRequest, pk: int) -> Organisation:
    found = queries.visible_to(actor_of(request)).select_related("party", "parent").filter(pk=pk).first()
    if found is None:
        raise Http404
    return found


@page("party.view")
@require_safe
def detail(request: HttpRequest, pk: int) -> HttpResponse:
    """One party organisation: its numbers, whom it stands for, its terms, its family before and after."""
    actor, row = actor_of(request), one(request, pk)
    within = actor.everything or any(row.region_code.startswith(prefix) for prefix in actor.regions)
    numbers = queries.counted(Organisation.objects.filter(pk=pk), today()).get()
    form, domain = form_words(row)
    covers = Coverage.objects.filter(organisation=row, until=None).select_related("unit", "building__compound")
    term = row.terms.filter(held_on=None).first()
    mine = within and row.valid_to is None
    before, after = (queries.lineage(actor, pk, back=back) for back in (True, False))
    seen = queries.seen(actor, [*_changes_of(before), *_changes_of(after)])
    context = {
        "row": row,
        "form": form,
        "domain": domain,
        "region": place_names({row.region_code})(row.region_code),
        "numbers": numbers,
        "branch": row.kind in rules.BRANCHES,
        "covers": covers.order_by("unit__name", "building__compound_id", "building__order"),
        "terms": row.terms.order_by("-starts"),
        "stage": stage(term.postponed_to or term.due_on, policies.load("terms").data["reminders"], today())
        if term
        else "",
        "term": term,
        "told": queries.told_about(term) if term else [],
        "reminders": TermReminder.objects.filter(term=term, noted_on=None).count() if term else 0,
        "may_note": mine and actor.may("organisations.note_reminder"),
        "standings": list(row.standings.filter(HELD).select_related("parent").order_by("-id")),
        "back": _tree(before, seen),
        "on": _tree(after, seen),
        "acts": acts.offered(actor, row) if mine else [],
        "may_act": mine and actor.may("party.act"),
        "may_cards": within and actor.may("party.cards") and row.kind in rules.BRANCHES,
        "children": queries.visible_to(actor).filter(parent=row, valid_to=None).order_by("region_code", "id"),
        "today": today(),
    }
    return render(request, "party/detail.html", context)


def _changes_of(nodes: list[dict[str, Any]]) -> Iterator[Change]:
    """Every change of a family."""
    for node in nodes:
        yield node["change"]
        for part in node["parts"]:
            yield from _changes_of(part["children"])


def _tree(nodes: list[dict[str, Any]], seen: set[int]) -> list[dict[str, Any]]:
    """A family as the nodes of `ui.tree`: a change, below it the organisations, below them what came before or after."""
    return [
        {
            "label": f"{node['change'].on:%Y-%m-%d} {node['change'].get_kind_display()}",
            "url": "",
            "meta": node["change"].basis,
            "open": True,
            "current": False,
            "lazy": "",
            "children": [
                {
                    "label": part["name"],
                    "url": reverse("party:page", args=[part["organisation"]]) if part["organisation"] in seen else "",
                    "meta": _("%(count)d 名党员") % {"count": part["members"]} if part["members"] else "",
                    "open": True,
                    "current": False,
                    "lazy": "",
                    "children": _tree(part["children"], seen),
                }
                for part in node["parts"]
            ],
        }
        for node in nodes
    ]


def form_page(
    request: HttpRequest,
    form: Any,
    perform: Callable[[], Any],
    *,
    title: str,
    crumbs: list[tuple[str, str]],
    lead: str = "",
    back: str = "",
    sources: list[dict[str, Any]] | None = None,
    previewed: bool = False,
) -> HttpResponse:
    """A form that calls one command; the rule that forbids it stands beside its field, with everything typed.

    previewed: what it would do is shown first, and done only when that was confirmed.
    """
    if request.method == "POST" and form.is_valid() and "edit" not in request.POST:
        try:
            if previewed and "sure" not in request.POST:
                effects = preview.rehearsed(actor_of(request), perform)
                return _preview(request, effects, title=title, crumbs=crumbs)
            done = perform()
        except Refused as refused:
            words = (
                f"{refused}（{_('依据')}：{refused.rule}）"
                if refused.rule and ":" not in refused.rule
                else str(refused)
            )
            form.add_error(refused.field if refused.field in form.fields else None, words)
        else:
            messages.success(request, _("已保存。"))
            target = done.pk if isinstance(done, Organisation) else None
            return redirect(reverse("party:page", args=[target]) if target else back or crumbs[-1][1])
    context = {"form": form, "title": title, "lead": lead, "crumbs": [*crumbs, (title, "")], "back": crumbs[-1][1]}
    context["sources"] = sources or []
    return render(request, "party/form.html", context, status=422 if form.errors else 200)


# What a form sends beside what was typed.
OWN = ("csrfmiddlewaretoken", "_nonce", "sure", "edit")


def _preview(
    request: HttpRequest, effects: list[preview.Effect], *, title: str, crumbs: list[tuple[str, str]]
) -> HttpResponse:
    """What would happen, with everything typed kept for the confirmation."""
    typed = [(name, value) for name, values in request.POST.lists() if name not in OWN for value in values]
    context = {"effects": effects, "typed": typed, "title": title, "crumbs": [*crumbs, (title, "")]}
    return render(request, "party/preview.html", context)


@page("party.act")
@require_http_methods(FORM)
def found(request: HttpRequest, act: str) -> HttpResponse:
    """Set one up: founded, joint, provisional, an alliance, or one that was there before."""
    titles = dict(FoundForm.SHAPES)
    if act not in titles:
        raise Http404
    actor = actor_of(request)
    here = next(iter(actor.regions), "")
    initial: dict[str, Any] = {"region_code": here, "kind": "branch", "domain": "community"}
    # A check leads here with what it knows.
    initial |= {name: request.GET[name] for name in ("kind", "region_code", "domain") if name in request.GET}
    initial |= {name: request.GET.getlist(name) for name in ("units", "buildings") if name in request.GET}
    form = FoundForm(request.POST or None, actor=actor, shape=act, source=_source(request), initial=initial)
    perform = acts.FOUNDING[act]
    return form_page(
        request,
        form,
        lambda: perform(actor, **form.values),
        title=str(titles[act]),
        crumbs=[(_("党组织"), reverse("party:list"))],
        sources=_sources(request, 0) if "cards" in form.fields else None,
        previewed=True,
    )


def _source(request: HttpRequest) -> int | None:
    """The branch whose members are chosen from, as the address says."""
    given = request.GET.get("from", "")
    return int(given) if given.isascii() and given.isdigit() and len(given) < 12 else None


def _sources(request: HttpRequest, without: int) -> list[dict[str, Any]] | None:
    """The field above a form that asks for that branch; none for those who do not keep the rolls."""
    actor = actor_of(request)
    if not actor.may("party.cards"):
        return None
    choices = [("", _("请选择")), *homes(actor, without=without)]
    label = _("党员从哪个支部来") if not without else _("另一个支部")
    return [
        {"name": "from", "label": label, "kind": "select", "value": str(_source(request) or ""), "choices": choices}
    ]


@page("party.view")
@require_http_methods(FORM)
def do(request: HttpRequest, pk: int, act: str) -> HttpResponse:
    """One act on one party organisation."""
    actor, row = actor_of(request), one(request, pk)
    chosen = next((each for each in acts.offered(actor, row) if each.code == act), None)
    if chosen is None or row.valid_to is not None:
        raise Http404
    form = chosen.form(request.POST or None, actor, row, _source(request))
    crumbs = [(_("党组织"), reverse("party:list")), (row.name, reverse("party:page", args=[pk]))]
    return form_page(
        request,
        form,
        lambda: chosen.perform(actor, row, form),
        title=str(chosen.label),
        crumbs=crumbs,
        lead=str(chosen.lead),
        sources=_sources(request, pk) if getattr(form, "ASKS", False) else None,
        previewed=chosen.previewed,
    )


@page("party.act")
@require_POST
def uncover(request: HttpRequest, pk: int) -> HttpResponse:
    """It stands for a unit or a building no longer."""
    row, key = one(request, pk), request.POST.get("key", "")
    try:
        commands.uncover(actor_of(request), row, coverage=int(key) if key.isascii() and key.isdigit() else 0)
    except Refused as refused:
        messages.error(request, str(refused))
    else:
        messages.success(request, _("已保存。"))
    return redirect("party:page", pk)


@page("organisations.note_reminder")
@require_POST
def note(request: HttpRequest, pk: int) -> HttpResponse:
    """Somebody has taken note that the term runs out."""
    row = one(request, pk)
    try:
        note_reminder(actor_of(request), row)
    except Refused as refused:
        messages.error(request, str(refused))
    else:
        messages.success(request, _("已记下。"))
    return redirect("party:page", pk)


@page("party.view")
@require_safe
def of_organisation(request: HttpRequest, pk: int) -> HttpResponse:
    """On the page of a unit: which party organisations stand for it; on that of a party organisation: its own page."""
    actor = actor_of(request)
    own = queries.visible_to(actor).filter(pk=pk).first()
    covers = Coverage.objects.filter(unit=pk, until=None, organisation__in=queries.visible_to(actor))
    survey = None
    unit = Organisation.objects.filter(queries.below(actor), pk=pk, kind__in=queries.UNIT_KINDS, valid_to=None).first()
    if unit is not None:
        survey = unit.party_surveys.order_by("-on").first()
    context = {
        "own": own,
        "covers": covers.select_related("organisation").order_by("starts"),
        "unit": unit,
        "survey": survey,
        "may_survey": actor.may("party.act") and unit is not None,
    }
    return render(request, "party/_of_organisation.html", context)


@page("party.act")
@require_http_methods(FORM)
def survey(request: HttpRequest, pk: int) -> HttpResponse:
    """How many formal members a unit has, as found on a day."""
    actor = actor_of(request)
    unit = Organisation.objects.filter(queries.below(actor), pk=pk, kind__in=queries.UNIT_KINDS, valid_to=None).first()
    if unit is None:
        raise Http404
    form = acts.survey_form(request.POST or None)
    return form_page(
        request,
        form,
        lambda: acts.surveyed(actor, unit, form),
        title=_("登记两新摸排"),
        crumbs=[(unit.name, reverse("organisations:page", args=[pk]))],
        back=reverse("organisations:page", args=[pk]),
        lead=_("只记人数，不记是谁。"),
    )
