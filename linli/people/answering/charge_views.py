"""Who is named for which place or unit: the list, one with the homes called at, naming, ending, opening a number."""

from collections.abc import Callable, Mapping
from datetime import date
from typing import Any

from django.contrib import messages
from django.db.models import Count
from django.http import Http404, HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from linli.base.commands import Refused
from linli.base.pages import actor_of, page
from linli.base.privacy.exports import Leaving, Told, leave
from linli.base.ui.downloads import conditions, form_of
from linli.base.ui.paging import numbered
from linli.base.ui.refused import beside
from linli.people.answering import commands, queries, rules
from linli.people.answering.forms import CallForm, ChargeFilter, ChargeForm, EndForm
from linli.people.answering.models import Charge
from linli.people.answering.queries import works_at
from linli.people.answering.views import building_of, purposes, tabs
from linli.people.organisations.commands.checking import today
from linli.people.organisations.models import Organisation
from linli.people.organisations.queries import names_on
from linli.places.addresses.queries import place_names
from linli.places.sites.models import ConstructionSite

FORM = ["GET", "HEAD", "POST"]
EXPORT_MOST, CALLS_SHOWN = 10_000, 50
SORTS = {
    "place": ("region_code", "role", "pk"),
    "-place": ("-region_code", "role", "pk"),
    "since": ("starts", "pk"),
    "-since": ("-starts", "-pk"),
}


@page("answering.view")
@require_safe
def charges(request: HttpRequest) -> HttpResponse:
    """Who is named for which place or unit."""
    actor, bar = actor_of(request), ChargeFilter(request.GET, actor_of(request))
    rows, sort = _chosen(request, bar)
    shown = numbered(rows, request)
    context = {
        "filter": bar,
        "rows": _lines(shown.rows, bar.chosen.get("on")),
        "page": shown,
        "sort": sort,
        "narrowed": bool(bar.chosen),
        "tabs": tabs(actor, "charges"),
        "may_charge": actor.may("answering.charge"),
        "may_reveal": actor.may("answering.reveal"),
        "purposes": purposes(),
    }
    return render(request, "answering/charges.html", context)


def _chosen(request: HttpRequest, bar: ChargeFilter) -> tuple[Any, str]:
    sort = request.GET.get("sort", "")
    sort = sort if sort in SORTS else "place"
    return queries.listed(actor_of(request), bar.chosen, today()).order_by(*SORTS[sort]), sort


def _lines(rows: list[Charge], on: date | None = None) -> list[tuple[Charge, queries.Holder, str, str, str]]:
    """(charge, who, role, where in words, its page) of each; units by their names of that day."""
    place, names = place_names({row.region_code for row in rows}), dict(rules.named(queries.policy()))
    then = names_on({row.serves_id for row in rows if row.serves_id}, on) if on else {}
    called = {key: one.name for key, one in then.items()}
    return [(row, queries.holder(row), names.get(row.role, row.role), *_where(row, place, called)) for row in rows]


def _where(row: Charge, place: Callable[[str], str], called: Mapping[int, str]) -> tuple[str, str]:
    """The place of a charge in words, and its page."""
    if row.serves is not None:
        name = called.get(row.serves.pk, row.serves.name)
        return name, reverse("organisations:page", args=[row.serves.pk])
    if row.construction is not None:
        return row.construction.name, reverse("sites:construction", args=[row.construction_id])
    if row.building is not None:
        return f"{row.building}{queries.unit_words(row.unit_name)}", reverse("answering:door", args=[row.building_id])
    if row.compound is not None:
        return row.compound.name, reverse("addresses:compound", args=[row.compound_id])
    return place(row.region_code), ""


@page("answering.view")
@require_safe
def export(request: HttpRequest) -> HttpResponseBase:
    """The filtered charges as a sheet. Names and numbers of people who are not staff stay masked; each of them is noted."""
    bar = ChargeFilter(request.GET, actor_of(request))
    rows, _sort = _chosen(request, bar)
    under = conditions(str(_("包联指派")), bar)
    named = rows.filter(name__isnull=False).values_list("pk", flat=True)
    told = Told("answering.charge", named, ("answering.charge.name", "answering.charge.phone"))
    leaving = leave(
        request, what=str(_("包联指派")), under=under, rows=rows.count(), told=told, most=EXPORT_MOST, always=True
    )
    if not isinstance(leaving, Leaving):
        return leaving
    head = [
        _("角色"),
        _("管哪里"),
        _("区划代码"),
        _("姓名"),
        _("身份和单位"),
        _("服务电话"),
        _("依据"),
        _("从"),
        _("到"),
    ]
    lines = [
        (role, where, row.region_code, who.label, who.note, who.phone, row.basis, row.starts, row.ends)
        for row, who, role, where, _address in _lines(list(rows[:EXPORT_MOST]), bar.chosen.get("on"))
    ]
    return leaving.sheet(_("包联指派"), head, lines, form_of(request))


def _form_page(
    request: HttpRequest, form: Any, perform: Callable[[], Any], *, title: str, back: str, lead: str = ""
) -> HttpResponse:
    if request.method == "POST" and form.is_valid():
        with beside(form):
            perform()
            messages.success(request, _("已保存。"))
            return redirect(back)
    context = {"form": form, "title": title, "back": back, "lead": lead}
    return render(request, "answering/form.html", context, status=422 if form.errors else 200)


def _target(request: HttpRequest) -> tuple[dict[str, Any], str]:
    """What somebody is to be named for, as the address says, and the page to come back to."""
    actor = actor_of(request)
    for name, rows, page_name in (
        ("serves", Organisation.objects.all(), "organisations:page"),
        ("construction", ConstructionSite.objects.all(), "sites:construction"),
    ):
        key = request.GET.get(name, "")
        if key:
            number = int(key) if key.isascii() and key.isdigit() and len(key) < 12 else 0
            row: Any = get_object_or_404(rows, pk=number, valid_to=None)
            if not works_at(actor, row.region_code):
                raise Http404
            return {name: row}, reverse(page_name, args=[row.pk])
    return {}, reverse("answering:charges")


@page("answering.charge")
@require_http_methods(FORM)
def charge(request: HttpRequest) -> HttpResponse:
    """Somebody for a compound or a region, or for the unit or the building site that the address names."""
    actor, (target, back) = actor_of(request), _target(request)
    initial = {name: request.GET.get(name, "") for name in ("post", "compound")}
    form = ChargeForm(request.POST or None, actor=actor, target=target, initial=initial)
    perform = lambda: commands.charge(actor, **form.values)  # noqa: E731
    named = next(iter(target.values()), None)
    title = _("%(building)s：指派") % {"building": named.name} if named else _("指派")
    return _form_page(request, form, perform, title=title, back=back)


@page("answering.charge")
@require_http_methods(FORM)
def charge_building(request: HttpRequest, building: int) -> HttpResponse:
    """Somebody for a building or one of its units."""
    actor, row = actor_of(request), building_of(request, building)
    if not works_at(actor, row.region_code or row.compound.region_code):
        raise Http404
    form = ChargeForm(request.POST or None, actor=actor, target={"building": row})
    perform = lambda: commands.charge(actor, **form.values)  # noqa: E731
    title = _("%(building)s：指派") % {"building": row}
    return _form_page(request, form, perform, title=title, back=reverse("answering:door", args=[building]))


def _charge(request: HttpRequest, pk: int) -> Charge:
    return get_object_or_404(queries.visible_to(actor_of(request)).select_related(*queries.SHOWN), pk=pk)


@page("answering.view")
@require_safe
def one(request: HttpRequest, pk: int) -> HttpResponse:
    """One charge: who, for what, how long, and the homes where they were."""
    actor, row = actor_of(request), _charge(request, pk)
    [(_row, who, role, where, address)] = _lines([row])
    calls = row.calls.select_related("dwelling__building__compound").order_by("-on", "-pk")
    context = {
        "row": row,
        "who": who,
        "role": role,
        "where": where,
        "address": address,
        "calls": calls[:CALLS_SHOWN],
        "homes": row.calls.aggregate(homes=Count("dwelling", distinct=True))["homes"],
        "may_charge": actor.may("answering.charge"),
        "may_call": actor.may("answering.note_calls") and _called_at(row),
        "may_reveal": actor.may("answering.reveal"),
        "purposes": purposes(),
        "visits": _called_at(row),
    }
    return render(request, "answering/charge.html", context)


def _called_at(row: Charge) -> bool:
    """Whether there are homes at the place of a charge."""
    return row.serves_id is None and row.construction_id is None


@page("answering.note_calls")
@require_http_methods(FORM)
def call(request: HttpRequest, pk: int) -> HttpResponse:
    """At which homes they were."""
    row = _charge(request, pk)
    if not _called_at(row):
        raise Http404
    form = CallForm(request.POST or None, row=row)
    perform = lambda: commands.note_calls(  # noqa: E731
        actor_of(request),
        row,
        dwellings=[int(key) for key in form.cleaned_data["dwellings"]],
        on=form.cleaned_data["on"],
    )
    lead = _("只记去过，不记谈了什么；要办的事另外登记诉求。")
    return _form_page(request, form, perform, title=_("登记入户"), back=reverse("answering:one", args=[pk]), lead=lead)


@page("answering.charge")
@require_http_methods(FORM)
def end(request: HttpRequest, pk: int) -> HttpResponse:
    """They answer for it no longer."""
    row, form = _charge(request, pk), EndForm(request.POST or None, label_suffix="")
    perform = lambda: commands.discharge(actor_of(request), row, **form.cleaned_data)  # noqa: E731
    return _form_page(request, form, perform, title=_("结束指派"), back=reverse("answering:charges"))


@page("answering.reveal")
@require_POST
def reveal(request: HttpRequest, pk: int) -> HttpResponse:
    """Somebody's name and own number, once, for a stated purpose; the log row is written first."""
    row = _charge(request, pk)
    told, problem, status = None, "", 200
    try:
        told = commands.reveal(actor_of(request), row, purpose=request.POST.get("purpose", ""))
    except Refused as refused:
        problem, status = refused.message, refused.status
    context = {
        "words": " ".join(part for part in told.values() if part) if told else "",
        "holder": queries.holder(row),
        "problem": problem,
        "purposes": purposes(),
    }
    answer = render(request, "answering/_revealed.html", context, status=status)
    answer["Cache-Control"] = "no-store"
    return answer


@page("answering.view")
@require_safe
def of_organisation(request: HttpRequest, pk: int) -> HttpResponse:
    """On the page of an organisation: who is sent to it, or holds a post there from elsewhere."""
    actor = actor_of(request)
    row = get_object_or_404(Organisation, pk=pk)
    rows = queries.listed(actor, {}, today()).filter(serves=row).order_by("starts", "pk")
    offered = rules.offered(queries.policy(), "serves", row.kind)
    may = actor.may("answering.charge") and works_at(actor, row.region_code) and row.valid_to is None
    context = {
        "rows": _lines(list(rows)),
        "organisation": row,
        "offered": offered,
        "may_charge": may and bool(offered),
        "may_reveal": actor.may("answering.reveal"),
        "purposes": purposes(),
    }
    return render(request, "answering/_of_organisation.html", context)
