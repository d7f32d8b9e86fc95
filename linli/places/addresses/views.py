"""The register of compounds and buildings: list, one compound with its buildings, and what writes them."""

from collections.abc import Callable
from typing import Any

from django.contrib import messages
from django.db.models import Count
from django.http import Http404, HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from linli.base.actor import Actor
from linli.base.clockwork import now
from linli.base.commands import Refused
from linli.base.facts.asking import given_of
from linli.base.pages import page
from linli.base.ui import panels
from linli.base.ui.downloads import conditions, form_of, sheet
from linli.base.ui.paging import numbered
from linli.base.ui.refused import beside
from linli.places.addresses import commands, queries, showing
from linli.places.addresses.forms import SORTS, BuildingForm, BuildingsForm, CompoundFilter, CompoundForm
from linli.places.addresses.models import Building, Compound
from linli.places.addresses.placing import CloseForm

FORM = ["GET", "HEAD", "POST"]
WHY_OPEN = "names and places of compounds are public facts; the register is for staff"


def _actor(request: HttpRequest) -> Actor:
    return request.actor  # type: ignore[attr-defined]


def _filtered(request: HttpRequest, bar: CompoundFilter) -> Any:
    wanted = bar.cleaned_data
    found = queries.counted(queries.within(queries.visible_to(_actor(request)), wanted.get("place") or ""))
    found = queries.search(found, wanted.get("q") or "", closed=bool(wanted.get("closed") or wanted.get("day")))
    rows: Any = queries.with_manager(found, wanted.get("day") or timezone.localdate(now()))
    if wanted.get("day"):
        rows = rows.filter(queries.stood(wanted["day"]))
    if wanted.get("kind"):
        rows = rows.filter(kind=wanted["kind"])
    if wanted.get("managed"):
        rows = rows.filter(manager__isnull=wanted["managed"] == "no")
    return rows.order_by(*SORTS.get(request.GET.get("sort", ""), SORTS["place"]))


@page.signed_in(WHY_OPEN)
@require_safe
def register(request: HttpRequest) -> HttpResponse:
    """The list, with search, filters, order, pages."""
    bar = CompoundFilter(request.GET, _actor(request))
    shown = numbered(_filtered(request, bar), request)
    place = queries.place_names({row.region_code for row in shown.rows})
    sort = request.GET.get("sort", "")
    return render(
        request,
        "addresses/list.html",
        {
            "filter": bar,
            "rows": [(row, place(row.region_code)) for row in shown.rows],
            "page": shown,
            "sort": sort if sort in SORTS else "place",
            "narrowed": any(bar.cleaned_data.get(name) for name in ("q", "kind", "managed", "place", "day")),
        },
    )


@page.signed_in(WHY_OPEN)
@require_safe
def export(request: HttpRequest) -> HttpResponseBase:
    """The filtered list as a sheet."""
    rows = list(_filtered(request, CompoundFilter(request.GET, _actor(request))))
    place = queries.place_names({row.region_code for row in rows})
    head = ("名称", "类别", "所在网格", "区划代码", "楼栋数", "物业企业", "经度", "纬度", "停用日期")
    lines = (
        (
            row.name,
            row.get_kind_display(),
            place(row.region_code),
            row.region_code,
            row.building_count,
            row.manager or "",
            row.longitude,
            row.latitude,
            row.valid_to,
        )
        for row in rows
    )
    return sheet("小区", head, lines, form_of(request), maker=_actor(request).name)


@page.signed_in(WHY_OPEN)
@require_safe
def export_buildings(request: HttpRequest) -> HttpResponseBase:
    """The buildings of the filtered compounds as a ledger: what is known of each, and how many dwellings one may see there."""
    actor, bar = _actor(request), CompoundFilter(request.GET, _actor(request))
    found = Building.objects.filter(compound__in=_filtered(request, bar).order_by().values("pk"))
    if not bar.cleaned_data.get("closed"):
        found = found.filter(valid_to=None)
    rows = found.select_related("compound").order_by("compound__region_code", "compound__name", "order", "id")
    homes = dict(
        queries.dwellings_visible_to(actor)
        .filter(valid_to=None, building__in=found.order_by().values("pk"))
        .order_by()
        .values_list("building")
        .annotate(number=Count("pk"))
    )
    place = queries.place_names(set(found.order_by().values_list("region_code", flat=True).distinct()))
    head = ("小区", "楼栋", "建成年份", "地上层数", "房屋", "所在网格", "区划代码", "来源", "截至日期", "核实人", "停用日期")  # fmt: skip
    lines = (
        (
            row.compound.name, row.name, row.built_in, row.floors, homes.get(row.pk), place(row.region_code), row.region_code,
            row.source, row.as_of, row.verified_by, row.valid_to,
        )
        for row in rows
    )  # fmt: skip
    return sheet("楼栋台账", head, lines, form_of(request), maker=actor.name, under=conditions("楼栋台账", bar))


@page.signed_in(WHY_OPEN)
@require_safe
def compound(request: HttpRequest, pk: int) -> HttpResponse:
    """One compound with its buildings."""
    return _page(request, _compound(request, pk))


def _compound(request: HttpRequest, pk: int) -> Compound:
    rows = queries.with_manager(queries.visible_to(_actor(request)), timezone.localdate(now()))
    return get_object_or_404(rows, pk=pk)


def _kept(request: HttpRequest, pk: int) -> Compound:
    """A compound in use that this person keeps; others have no such page."""
    row = _compound(request, pk)
    if row.valid_to is not None or not queries.may_edit(_actor(request), row):
        raise Http404
    return row


def _page(request: HttpRequest, row: Compound, status: int = 200, **more: Any) -> HttpResponse:
    closed = request.GET.get("closed") == "1"
    buildings = row.buildings.all() if closed else row.buildings.filter(valid_to=None)
    context = {
        "compound": row,
        "kind": row.get_kind_display(),
        "place": queries.place_names({row.region_code})(row.region_code),
        "buildings": list(buildings),
        "closed": closed,
        "may_edit": row.valid_to is None and queries.may_edit(_actor(request), row),
        "history": showing.history([("compound", row.pk)]),
        "panels": panels.of("compound", _actor(request), row.pk),
        "buildings_form": BuildingsForm(),
        "close_form": CloseForm(),
        "problem": "",
        **more,
    }
    return render(request, "addresses/compound.html", context, status=status)


@page("addresses.edit")
@require_http_methods(FORM)
def add(request: HttpRequest) -> HttpResponse:
    """A new compound."""
    form = CompoundForm(request.POST or None, actor=_actor(request))
    given = request.GET.get("place", "")
    region = given if given.isascii() and given.isdigit() else next(iter(_actor(request).regions), "")
    return _form_page(
        request,
        form,
        lambda: commands.add_compound(_actor(request), compound=form.new, given=given_of(form.cleaned_data)),
        title=_("新增小区"),
        back=reverse("addresses:list"),
        street=region[:9],
    )


@page("addresses.edit")
@require_http_methods(FORM)
def edit(request: HttpRequest, pk: int) -> HttpResponse:
    """Another name, kind or place."""
    row = _kept(request, pk)
    form = CompoundForm(request.POST or None, actor=_actor(request), compound=row)
    return _form_page(
        request,
        form,
        lambda: commands.edit_compound(_actor(request), row, changed=form.new, given=given_of(form.cleaned_data)),
        title=_("修改%(name)s") % {"name": row.name},
        back=reverse("addresses:compound", args=[pk]),
        street=row.region_code[:9],
    )


@page("addresses.edit")
@require_http_methods(FORM)
def edit_building(request: HttpRequest, pk: int) -> HttpResponse:
    """Another number or place of a building."""
    row = _building(request, pk)
    form = BuildingForm(request.POST or None, building=row)
    return _form_page(
        request,
        form,
        lambda: commands.edit_building(_actor(request), row, changed=form.changed, given=given_of(form.cleaned_data)),
        title=_("修改%(name)s") % {"name": row},
        back=reverse("addresses:building", args=[pk]),
        street=row.compound.region_code[:9],
    )


def _building(request: HttpRequest, pk: int) -> Building:
    """A building in use that this person keeps."""
    row = get_object_or_404(Building.objects.select_related("compound"), pk=pk, valid_to=None)
    _kept(request, row.compound_id)
    return row


def _form_page(
    request: HttpRequest,
    form: Any,
    perform: Callable[[], Compound | Building],
    *,
    title: str,
    back: str,
    street: str = "",
    danger: bool = False,
) -> HttpResponse:
    if request.method == "POST" and form.is_valid():
        with beside(form):
            row = perform()
            messages.success(request, _("已保存。"))
            return redirect("addresses:building" if isinstance(row, Building) else "addresses:compound", row.pk)
    context = {
        "form": form,
        "title": title,
        "back": back,
        "street": street if len(street) == 9 else "",
        "danger": danger,
    }
    return render(request, "addresses/form.html", context, status=422 if form.errors else 200)


@page("addresses.edit")
@require_POST
def add_buildings(request: HttpRequest, pk: int) -> HttpResponse:
    """More buildings of a compound."""
    row, form = _kept(request, pk), BuildingsForm(request.POST)

    def perform() -> str:
        count = commands.add_buildings(_actor(request), row, buildings=form.buildings(row))
        return _("已新增 %(count)d 栋。") % {"count": count}

    return _act(request, row, form, perform, "buildings_form")


@page("addresses.edit")
@require_POST
def close(request: HttpRequest, pk: int) -> HttpResponse:
    """The compound and its buildings are not offered any more."""
    row, form = _kept(request, pk), CloseForm(request.POST)

    def perform() -> str:
        commands.close_compound(_actor(request), row, **form.cleaned_data)
        return _("%(name)s已停用。") % {"name": row.name}

    return _act(request, row, form, perform, "close_form")


@page("addresses.edit")
@require_http_methods(FORM)
def close_building(request: HttpRequest, pk: int) -> HttpResponse:
    """The building is not offered any more."""
    row, form = _building(request, pk), CloseForm(request.POST or None)
    return _form_page(
        request,
        form,
        lambda: commands.close_building(_actor(request), row, **form.cleaned_data).compound,
        title=_("停用%(name)s") % {"name": row},
        back=reverse("addresses:compound", args=[row.compound_id]),
        danger=True,
    )


def _act(request: HttpRequest, row: Compound, form: Any, perform: Callable[[], str], place: str) -> HttpResponse:
    """An act from the compound's own page, and back to it."""
    if form.is_valid():
        try:
            done = perform()
        except Refused as refused:
            fields = list(form.fields)
            form.add_error(refused.field if refused.field in fields else fields[0], refused.message)
        else:
            messages.success(request, done)
            return redirect("addresses:compound", row.pk)
    row.refresh_from_db()
    problem = next(iter(form.errors.values()))[0]
    return _page(request, row, status=422, problem=problem, **{place: form})
