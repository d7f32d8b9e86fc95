"""The register of sites, for staff."""

from typing import Any

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from linli.base.clockwork import now
from linli.base.pages import page
from linli.base.ui import panels
from linli.base.ui.downloads import form_of, sheet
from linli.places.addresses.queries import place_names
from linli.places.sites import commands, queries, showing
from linli.places.sites.forms import (
    ExceptionForm,
    SiteFilter,
    SiteForm,
)
from linli.places.sites.models import HoursException, Site
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


def _sites(request: HttpRequest, bar: SiteFilter) -> Any:
    wanted = bar.cleaned_data
    rows = narrowed(request, queries.visible_to(actor_of(request)), wanted, "service_phone")
    if wanted.get("kind"):
        rows = rows.filter(kind=wanted["kind"])
    if wanted.get("service"):
        rows = rows.filter(services__service=wanted["service"])
    return rows.prefetch_related("services", "exceptions")


@page("sites.view")
@require_safe
def register(request: HttpRequest) -> HttpResponse:
    """The sites, open now or not."""
    bar = SiteFilter(request.GET, actor_of(request))
    rows = _sites(request, bar)
    return list_page(request, "sites/list.html", bar, rows, shown=showing.shown)


@page("sites.view")
@require_safe
def export(request: HttpRequest) -> HttpResponseBase:
    """The filtered sites as a sheet."""
    rows = showing.shown(sorted_by(request, _sites(request, SiteFilter(request.GET, actor_of(request))))[0])
    place = place_names({one.site.region_code for one in rows})
    head = (
        "名称",
        "类别",
        "所在网格",
        "区划代码",
        "具体位置",
        "联系电话",
        "开放时间",
        "服务",
        "经度",
        "纬度",
        "来源",
        "停用日期",
    )
    lines = (
        (
            one.site.name, one.kind, place(one.site.region_code), one.site.region_code, one.site.address,
            one.site.service_phone, one.hours, "、".join(one.services), one.site.longitude, one.site.latitude, one.site.source,
            one.site.valid_to,
        )
        for one in rows
    )  # fmt: skip
    return sheet("服务阵地", head, lines, form_of(request), maker=actor_of(request).name)


def _site(request: HttpRequest, key: int) -> Site:
    rows = queries.visible_to(actor_of(request)).prefetch_related("services", "exceptions")
    return get_object_or_404(rows, pk=key)


@page("sites.view")
@require_safe
def site(request: HttpRequest, site: int) -> HttpResponse:
    """One site, its hours and how they came to be."""
    return _site_page(request, _site(request, site), ExceptionForm())


def _site_page(request: HttpRequest, row: Site, form: ExceptionForm, status: int = 200) -> HttpResponse:
    today = timezone.localdate(now())
    context = {
        "site": row,
        "shown": showing.shown([row])[0],
        "place": place_names({row.region_code})(row.region_code),
        "week": showing.week_ahead(row),
        "exceptions": [one for one in row.exceptions.all() if one.ends >= today],
        "said_day": showing.hours.said_day,
        "may_edit": row.valid_to is None and queries.may_edit(actor_of(request), row),
        "history": showing.history("site", row.pk),
        "panels": panels.of("site", actor_of(request), row.pk),
        "exception_form": form,
    }
    return render(request, "sites/site.html", context, status=status)


@page("sites.edit")
@require_http_methods(FORM)
def add(request: HttpRequest) -> HttpResponse:
    """A new site."""
    form = SiteForm(request.POST or None, actor=actor_of(request))
    if request.method == "POST" and form.is_valid():
        keys = tried(form, lambda: commands.open_sites(actor_of(request), sites=[form.new], given=form.given))
        if keys:
            messages.success(request, _("已保存。"))
            return redirect("sites:site", keys[0])
    return form_page(request, form, _("新增服务阵地"), reverse("sites:list"))


@page("sites.edit")
@require_http_methods(FORM)
def edit(request: HttpRequest, site: int) -> HttpResponse:
    """Correct a site."""
    row = _site(request, site)
    if row.valid_to is not None or not queries.may_edit(actor_of(request), row):
        raise Http404
    form = SiteForm(request.POST or None, actor=actor_of(request), row=row)
    if (
        request.method == "POST"
        and form.is_valid()
        and tried(form, lambda: commands.edit_site(actor_of(request), row, changed=form.new, given=form.given))
    ):
        messages.success(request, _("已保存。"))
        return redirect("sites:site", site)
    return form_page(request, form, _("修改%(name)s") % {"name": row.name}, reverse("sites:site", args=[site]))


@page("sites.edit")
@require_http_methods(FORM)
def close(request: HttpRequest, site: int) -> HttpResponse:
    """A site is closed for good."""
    row = _site(request, site)
    here = reverse("sites:site", args=[site])
    return closing(request, row, "sites.edit", commands.close_site, here, here)


@page("sites.edit")
@require_POST
def add_exception(request: HttpRequest, site: int) -> HttpResponse:
    """Days with other hours, or none."""
    row, form = _site(request, site), ExceptionForm(request.POST)
    if row.valid_to is not None or not queries.may_edit(actor_of(request), row):
        raise Http404
    if form.is_valid():
        said = form.cleaned_data
        done = tried(
            form,
            lambda: commands.set_exception(
                actor_of(request), row, starts=said["starts"], ends=said["ends"] or said["starts"], spans=said["spans"],
                note_=said["note"],
            ),
        )  # fmt: skip
        if done:
            messages.success(request, _("已保存。"))
            return redirect("sites:site", site)
    return _site_page(request, row, form, status=422)


@page("sites.edit")
@require_POST
def clear_exception(request: HttpRequest, site: int, exception: int) -> HttpResponse:
    """The ordinary hours hold again."""
    row = get_object_or_404(HoursException.objects.select_related("site"), pk=exception, site_id=site)
    if row.site.valid_to is not None or not queries.may_edit(actor_of(request), row.site):
        raise Http404
    commands.clear_exception(actor_of(request), row)
    messages.success(request, _("已取消，这几天照平常开放。"))
    return redirect("sites:site", site)
