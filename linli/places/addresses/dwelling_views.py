"""One building and its dwellings; finding an address; compounds that nobody manages."""

from collections import Counter
from dataclasses import replace
from typing import Any

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from linli.base.actor import Actor
from linli.base.clockwork import now
from linli.base.pages import page
from linli.base.ui import panels
from linli.base.ui.downloads import conditions, form_of, sheet
from linli.base.ui.paging import numbered
from linli.base.ui.refused import beside
from linli.places.addresses import commands, queries, showing
from linli.places.addresses.dwelling_forms import (
    DWELLING_SORTS,
    DoorsForm,
    DwellingFilter,
    DwellingForm,
    FindForm,
    GridsForm,
)
from linli.places.addresses.forms import DayForm
from linli.places.addresses.models import Building, Dwelling
from linli.places.addresses.moves import grids_of
from linli.places.addresses.placing import CloseForm
from linli.places.addresses.rules import in_reach

FORM = ["GET", "HEAD", "POST"]
WHY_OPEN = "names and places of compounds and buildings are public facts; dwellings are shown to those who may see them"
# More rows than a sheet program opens without complaint.
EXPORT_MOST = 100_000


def _actor(request: HttpRequest) -> Actor:
    return request.actor  # type: ignore[attr-defined]


# --- a building -----------------------------------------------------------------------------------------------------


@page.signed_in(WHY_OPEN)
@require_safe
def building(request: HttpRequest, building: int) -> HttpResponse:
    """One building: its dwellings as they stand, unit by unit, and how all this came to be."""
    return _building_page(request, _building(building))


def _building(key: int) -> Building:
    return get_object_or_404(Building.objects.select_related("compound"), pk=key)


def _building_page(request: HttpRequest, row: Building, status: int = 200, **more: Any) -> HttpResponse:
    actor = _actor(request)
    may_view = actor.may("addresses.view")
    dwellings = list(queries.dwellings_in(actor, row)) if may_view else []
    _grid, elsewhere = grids_of(row)
    place = queries.place_names({row.region_code, *elsewhere.values(), *(one.region_code for one in dwellings)})
    uses = Counter(one.get_use_display() for one in dwellings)
    context = {
        "building": row,
        "place": place(row.region_code),
        "place_of": place,
        "elsewhere": "；".join(f"{unit.upper()}单元 {place(code)}" for unit, code in elsewhere.items()),
        "unseen": not all(in_reach(actor.regions, code) for code in (row.region_code, *elsewhere.values())),
        "gates": showing.plan_of(dwellings),
        "dwelling_count": len(dwellings),
        "uses": uses.most_common(),
        "tones": showing.TONES,
        "may_view": may_view,
        "may_enter": row.valid_to is None and queries.may_enter(actor, row),
        "may_edit": row.valid_to is None and queries.may_edit(actor, row.compound),
        "history": showing.history([("building", row.pk)]),
        "panels": panels.of("building", actor, row.pk),
        "doors_form": DoorsForm(),
        **more,
    }
    return render(request, "addresses/building.html", context, status=status)


@page("addresses.enter")
@require_POST
def enter(request: HttpRequest, building: int) -> HttpResponse:
    """Many doors of a building in one act."""
    row, form = _building(building), DoorsForm(request.POST)
    if row.valid_to is not None or not queries.may_enter(_actor(request), row):
        raise Http404
    if form.is_valid():
        new = form.dwellings(row)
        with beside(form):
            before = queries.dwellings_in(_actor(request), row).count()
            commands.enter_dwellings(_actor(request), dwellings=new, given=form.given)
            count = queries.dwellings_in(_actor(request), row).count() - before
            words = _("已登记 %(count)d 套，%(there)d 套早已登记。") if count < len(new) else _("已登记 %(count)d 套。")
            messages.success(request, words % {"count": count, "there": len(new) - count})
            return redirect("addresses:building", row.pk)
    return _building_page(request, row, status=422, doors_form=form)


@page("addresses.edit")
@require_http_methods(FORM)
def grids(request: HttpRequest, building: int) -> HttpResponse:
    """In which grids a building lies, unit by unit."""
    row, actor = _building(building), _actor(request)
    if row.valid_to is not None or not queries.may_edit(actor, row.compound):
        raise Http404
    form = GridsForm(request.POST or None, actor=actor, building=row, units=queries.units_of(row))
    if request.method == "POST" and form.is_valid():
        with beside(form):
            commands.set_grids(actor, row, grid=form.cleaned_data["grid"], units=form.parts, given=form.given)
            messages.success(request, _("已保存。"))
            return redirect("addresses:building", row.pk)
    return _form_page(
        request, form, _("%(name)s所在网格") % {"name": row}, reverse("addresses:building", args=[row.pk])
    )


def _form_page(request: HttpRequest, form: Any, title: str, back: str, danger: bool = False) -> HttpResponse:
    context = {"form": form, "title": title, "back": back, "street": "", "danger": danger}
    return render(request, "addresses/form.html", context, status=422 if form.errors else 200)


# --- a dwelling -----------------------------------------------------------------------------------------------------


def _dwelling(request: HttpRequest, key: int) -> Dwelling:
    rows = queries.dwellings_visible_to(_actor(request)).select_related("building__compound")
    return get_object_or_404(rows, pk=key)


@page("addresses.view")
@require_safe
def dwelling(request: HttpRequest, dwelling: int) -> HttpResponse:
    """One dwelling, what other rooms know of it, and how it came to be."""
    row, actor = _dwelling(request, dwelling), _actor(request)
    context = {
        "dwelling": row,
        "building": row.building,
        "place": queries.place_names({row.region_code})(row.region_code),
        "tone": showing.TONES[row.use],
        "floor": showing.floor_name(row.floor),
        "may_enter": row.valid_to is None and queries.may_enter(actor, row.building),
        "history": showing.history([("dwelling", row.pk), ("building", row.building_id)]),
        "panels": panels.of("dwelling", actor, row.pk),
        "close_form": CloseForm(),
    }
    return render(request, "addresses/dwelling.html", context)


@page("addresses.enter")
@require_http_methods(FORM)
def edit_dwelling(request: HttpRequest, dwelling: int) -> HttpResponse:
    """Correct one dwelling, or say that it still holds."""
    row = _dwelling(request, dwelling)
    if row.valid_to is not None:
        raise Http404
    form = DwellingForm(request.POST or None, dwelling=row)
    if request.method == "POST" and form.is_valid():
        with beside(form):
            commands.edit_dwelling(_actor(request), row, changed=form.changed, given=form.given)
            messages.success(request, _("已保存。"))
            return redirect("addresses:dwelling", row.pk)
    return _form_page(request, form, _("更正%(name)s") % {"name": row}, reverse("addresses:dwelling", args=[dwelling]))


@page("addresses.enter")
@require_http_methods(FORM)
def close_dwelling(request: HttpRequest, dwelling: int) -> HttpResponse:
    """The dwelling is no more."""
    row = _dwelling(request, dwelling)
    if row.valid_to is not None:
        raise Http404
    form = CloseForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        with beside(form):
            commands.close_dwelling(_actor(request), row, **form.cleaned_data)
            messages.success(request, _("%(name)s已停用。") % {"name": row})
            return redirect("addresses:building", row.building_id)
    return _form_page(
        request,
        form,
        _("停用%(name)s") % {"name": row},
        reverse("addresses:dwelling", args=[dwelling]),
        danger=True,
    )


# --- the register of dwellings --------------------------------------------------------------------------------------


def _filtered(request: HttpRequest, bar: DwellingFilter) -> Any:
    wanted, actor = bar.cleaned_data, _actor(request)
    rows = queries.dwellings_visible_to(actor).select_related("building__compound")
    rows = queries.search_dwellings(actor, rows, wanted.get("q") or "", wanted.get("place") or "")
    if not wanted.get("closed"):
        rows = rows.filter(valid_to=None)
    if wanted.get("use"):
        rows = rows.filter(use=wanted["use"])
    return rows.order_by(*DWELLING_SORTS.get(request.GET.get("sort", ""), DWELLING_SORTS["place"]))


@page("addresses.view")
@require_safe
def dwellings(request: HttpRequest) -> HttpResponse:
    """The register of dwellings."""
    bar = DwellingFilter(request.GET, _actor(request))
    shown = numbered(_filtered(request, bar), request)
    place = queries.place_names({row.region_code for row in shown.rows})
    sort = request.GET.get("sort", "")
    context = {
        "filter": bar,
        "rows": [(row, place(row.region_code)) for row in shown.rows],
        "page": shown,
        "sort": sort if sort in DWELLING_SORTS else "place",
        "narrowed": any(bar.cleaned_data.get(name) for name in ("q", "use", "place")),
        "tones": showing.TONES,
    }
    return render(request, "addresses/dwellings.html", context)


@page("addresses.view")
@require_safe
def export_dwellings(request: HttpRequest) -> HttpResponseBase:
    """The filtered list as a sheet or a ledger for Word, up to EXPORT_MOST rows, read while it is sent."""
    actor, bar = _actor(request), DwellingFilter(request.GET, _actor(request))
    rows, uses = _filtered(request, bar), dict(Dwelling.Use.choices)
    place = queries.place_names(set(rows.order_by().values_list("region_code", flat=True).distinct()))
    head = ("小区", "楼栋", "单元", "楼层", "房号", "用途", "所在网格", "区划代码", "来源", "截至日期", "核实人", "停用日期")  # fmt: skip
    found = rows.values_list(
        "building__compound__name", "building__name", "unit_name", "floor", "room_name", "use", "region_code", "source", "as_of",
        "verified_by", "valid_to",
    )[:EXPORT_MOST].iterator(chunk_size=2000)  # fmt: skip
    lines = ((*row[:5], uses.get(row[5], ""), place(row[6]), *row[6:]) for row in found)
    under = conditions(str(_("房屋台账")), bar)
    return sheet(str(_("房屋台账")), head, lines, form_of(request), seen_by=actor, maker=actor.name, under=under)


# --- finding --------------------------------------------------------------------------------------------------------


@page.signed_in(WHY_OPEN)
@require_safe
def find(request: HttpRequest) -> HttpResponse:
    """One line for any address; a single hit is still shown as a list, since the address may have been meant otherwise."""
    bar = FindForm(request.GET)
    text = (bar.cleaned_data.get("q") or "") if bar.is_valid() else ""
    actor = _actor(request)
    # Whoever may not see dwellings is led to the building.
    seeker = actor if actor.may("addresses.view") else replace(actor, regions=())
    found = queries.find_addresses(seeker, text, limit=50) if text else []
    place = queries.place_names({one.region_code for one in found})
    addresses = {"compound": "addresses:compound", "building": "addresses:building", "dwelling": "addresses:dwelling"}
    context = {
        "filter": bar,
        "text": text,
        "found": [(one, place(one.region_code), reverse(addresses[one.kind], args=[one.id])) for one in found],
        "kinds": {"compound": _("小区"), "building": _("楼栋"), "dwelling": _("房屋")},
    }
    return render(request, "addresses/find.html", context)


@page("addresses.view")
@require_POST
def options(request: HttpRequest) -> HttpResponse:
    """Dwellings for a field that is typed into and chosen from; `typed` is what stands in it."""
    found = queries.find_addresses(_actor(request), request.POST.get("typed", "")[:120], limit=12)
    place = queries.place_names({one.region_code for one in found})
    shown = [
        {
            "value": str(one.id),
            "text": one.label,
            "note": f"{_('相近') if one.guessed else ''} {place(one.region_code)}".strip(),
        }
        for one in found
        if one.kind == "dwelling"
    ]
    answer = render(request, "ui/_options.html", {"options": shown})
    answer["Cache-Control"] = "no-store"
    return answer


# --- compounds that nobody manages ----------------------------------------------------------------------------------


@page.signed_in(WHY_OPEN)
@require_safe
def unmanaged(request: HttpRequest) -> HttpResponse:
    """Compounds without a manager today or on another day, counted by community, the largest first."""
    actor, bar = _actor(request), DayForm(request.GET)
    asked = bar.cleaned_data.get("day")
    day = asked or timezone.localdate(now())
    counts = queries.unmanaged_by_community(actor, day)
    place = queries.place_names({row["community"] for row in counts})
    context = {
        "rows": [(row, place(row["community"])) for row in counts],
        "total": sum(row["compounds"] for row in counts),
        "buildings": sum(row["buildings"] for row in counts),
        "all": queries.within_regions(queries.visible_to(actor), actor).filter(queries.stood(day)).count(),
        "filter": bar,
        "day": asked.isoformat() if asked else None,
    }
    return render(request, "addresses/unmanaged.html", context)
