"""The register of construction sites, for staff."""

from typing import Any

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from linli.base.clockwork import now
from linli.base.pages import page
from linli.base.ui import panels
from linli.base.ui.downloads import form_of, sheet
from linli.places.addresses.queries import place_names
from linli.places.sites import commands, queries, showing
from linli.places.sites.forms import (
    ConstructionFilter,
    ConstructionForm,
)
from linli.places.sites.models import ConstructionSite
from linli.places.sites.views.shared import (
    FORM,
    actor_of,
    closing,
    form_page,
    list_page,
    narrowed,
    sorted_by,
    tried,
)


def _constructions(request: HttpRequest, bar: ConstructionFilter) -> Any:
    wanted, today = bar.cleaned_data, timezone.localdate(now())
    rows = narrowed(request, queries.constructions_visible_to(actor_of(request)), wanted, "builder")
    if wanted.get("stage") == "now":
        rows = rows.filter(starts__lte=today)
    elif wanted.get("stage") == "soon":
        rows = rows.filter(starts__gt=today)
    elif wanted.get("stage") == "late":
        rows = rows.filter(ends__lt=today)
    return rows


@page("sites.view")
@require_safe
def constructions(request: HttpRequest) -> HttpResponse:
    """Where somebody builds."""
    bar = ConstructionFilter(request.GET, actor_of(request))
    today = timezone.localdate(now())
    more = {"stage": lambda row: showing.stage(row, today), "may_edit": actor_of(request).may("sites.edit")}
    return list_page(request, "sites/constructions.html", bar, _constructions(request, bar), **more)


@page("sites.view")
@require_safe
def export_constructions(request: HttpRequest) -> HttpResponseBase:
    """The filtered construction sites as a sheet."""
    bar = ConstructionFilter(request.GET, actor_of(request))
    rows = list(sorted_by(request, _constructions(request, bar))[0])
    place, today = place_names({row.region_code for row in rows}), timezone.localdate(now())
    head = (
        "名称",
        "施工单位",
        "联系电话",
        "进度",
        "开工",
        "计划完工",
        "允许施工时间",
        "所在网格",
        "区划代码",
        "具体位置",
        "来源",
    )
    lines = (
        (
            row.name, row.builder, row.service_phone, showing.stage(row, today)[0], row.starts, row.ends,
            f"{row.work_from:%H:%M}-{row.work_to:%H:%M}", place(row.region_code), row.region_code, row.address,
            row.source,
        )
        for row in rows
    )  # fmt: skip
    return sheet("工地", head, lines, form_of(request), maker=actor_of(request).name)


def _construction(request: HttpRequest, key: int) -> ConstructionSite:
    return get_object_or_404(queries.constructions_visible_to(actor_of(request)), pk=key)


@page("sites.view")
@require_safe
def construction(request: HttpRequest, construction: int) -> HttpResponse:
    """One construction site."""
    row = _construction(request, construction)
    moment = timezone.localtime(now())
    context = {
        "construction": row,
        "stage": showing.stage(row, moment.date()),
        "permitted": row.work_from <= moment.time() < row.work_to,
        "place": place_names({row.region_code})(row.region_code),
        "may_edit": row.valid_to is None and queries.may_edit(actor_of(request), row),
        "history": showing.history("construction", row.pk),
        "panels": panels.of("construction", actor_of(request), row.pk),
    }
    return render(request, "sites/construction.html", context)


@page("sites.edit")
@require_http_methods(FORM)
def add_construction(request: HttpRequest) -> HttpResponse:
    """A new construction site."""
    form = ConstructionForm(request.POST or None, actor=actor_of(request))
    if request.method == "POST" and form.is_valid():
        keys = tried(
            form,
            lambda: commands.open_constructions(actor_of(request), constructions=[form.new], given=form.given),
        )
        if keys:
            messages.success(request, _("已保存。"))
            return redirect("sites:construction", keys[0])
    return form_page(request, form, _("新增工地"), reverse("sites:constructions"))


@page("sites.edit")
@require_http_methods(FORM)
def edit_construction(request: HttpRequest, construction: int) -> HttpResponse:
    """Correct a construction site."""
    row = _construction(request, construction)
    if row.valid_to is not None or not queries.may_edit(actor_of(request), row):
        raise Http404
    form = ConstructionForm(request.POST or None, actor=actor_of(request), row=row)
    if (
        request.method == "POST"
        and form.is_valid()
        and tried(form, lambda: commands.edit_construction(actor_of(request), row, changed=form.new, given=form.given))
    ):
        messages.success(request, _("已保存。"))
        return redirect("sites:construction", construction)
    here = reverse("sites:construction", args=[construction])
    return form_page(request, form, _("更正%(name)s") % {"name": row.name}, here)


@page("sites.edit")
@require_http_methods(FORM)
def close_construction(request: HttpRequest, construction: int) -> HttpResponse:
    """Building is over."""
    row = _construction(request, construction)
    here = reverse("sites:construction", args=[construction])
    return closing(request, row, "sites.edit", commands.close_construction, here, here)
