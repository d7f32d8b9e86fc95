"""The register of things, for staff."""

from typing import Any

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from linli.base.commands import Refused
from linli.base.files import queries as files
from linli.base.files.commands import receive
from linli.base.pages import page
from linli.base.ui import panels
from linli.base.ui.downloads import form_of, sheet
from linli.places.addresses.queries import place_names
from linli.places.sites import commands, policy, queries, showing
from linli.places.sites.forms import (
    PHOTOS_MOST,
    ThingFilter,
    ThingForm,
)
from linli.places.sites.models import Thing
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


def _things(request: HttpRequest, bar: ThingFilter) -> Any:
    wanted = bar.cleaned_data
    rows = narrowed(request, queries.things_visible_to(actor_of(request)), wanted, "kind", "mark", "keeper")
    if wanted.get("kind"):
        kinds = dict(policy.thing_kinds()).get(wanted["kind"], [])
        rows = rows.filter(kind__in=[name for name, _label in kinds])
    if wanted.get("state"):
        rows = rows.filter(state=wanted["state"])
    return rows


@page("sites.view")
@require_safe
def things(request: HttpRequest) -> HttpResponse:
    """The things that stand about."""
    bar = ThingFilter(request.GET, actor_of(request))
    more = {"class_of": policy.class_of, "tones": showing.STATES, "may_enter": actor_of(request).may("sites.enter")}
    return list_page(request, "sites/things.html", bar, _things(request, bar), **more)


@page("sites.view")
@require_safe
def export_things(request: HttpRequest) -> HttpResponseBase:
    """The filtered things as a sheet."""
    rows = list(sorted_by(request, _things(request, ThingFilter(request.GET, actor_of(request))))[0])
    place = place_names({row.region_code for row in rows})
    head = (
        "名称",
        "大类",
        "类别",
        "标识码",
        "状态",
        "养护单位",
        "所在网格",
        "区划代码",
        "具体位置",
        "经度",
        "纬度",
        "来源",
        "截至日期",
        "停用日期",
    )
    lines = (
        (
            row.name, policy.class_of(row.kind), row.kind, row.mark, row.get_state_display(), row.keeper,
            place(row.region_code), row.region_code, row.address, row.longitude, row.latitude, row.source, row.as_of,
            row.valid_to,
        )
        for row in rows
    )  # fmt: skip
    return sheet("部件", head, lines, form_of(request), maker=actor_of(request).name)


def _thing(request: HttpRequest, key: int) -> Thing:
    return get_object_or_404(queries.things_visible_to(actor_of(request)), pk=key)


@page("sites.view")
@require_safe
def thing(request: HttpRequest, thing: int) -> HttpResponse:
    """One thing with its photos."""
    row = _thing(request, thing)
    photos = [
        {
            "url": reverse("files:show", args=[one.pk]),
            "thumb": reverse("files:thumbnail", args=[one.pk]),
            "alt": _("%(name)s的照片") % {"name": row.name},
            "note": "",
        }
        for one in files.of("thing", row.pk)
        if one.is_image
    ]
    context = {
        "thing": row,
        "class_name": policy.class_of(row.kind),
        "tone": showing.STATES[row.state],
        "place": place_names({row.region_code})(row.region_code),
        "photos": photos,
        "may_enter": row.valid_to is None and queries.may_edit(actor_of(request), row, "sites.enter"),
        "history": showing.history("thing", row.pk),
        "panels": panels.of("thing", actor_of(request), row.pk),
    }
    return render(request, "sites/thing.html", context)


def _received(request: HttpRequest, form: ThingForm) -> list[int]:
    uploads = form.cleaned_data["photos"] or []
    if len(uploads) > PHOTOS_MOST:
        raise Refused(_("最多 %(most)d 张照片。") % {"most": PHOTOS_MOST}, field="photos")
    return [receive(actor_of(request), upload).pk for upload in uploads]


@page("sites.enter")
@require_http_methods(FORM)
def add_thing(request: HttpRequest) -> HttpResponse:
    """A new thing."""
    form = ThingForm(request.POST or None, request.FILES or None, actor=actor_of(request))
    if request.method == "POST" and form.is_valid():
        keys = tried(
            form,
            lambda: commands.enter_things(
                actor_of(request), things=[form.new], given=form.given, photos=_received(request, form)
            ),
        )
        if keys:
            messages.success(request, _("已保存。"))
            return redirect("sites:thing", keys[0])
    return form_page(request, form, _("新增部件"), reverse("sites:things"))


@page("sites.enter")
@require_http_methods(FORM)
def edit_thing(request: HttpRequest, thing: int) -> HttpResponse:
    """Correct a thing or its state."""
    row = _thing(request, thing)
    if row.valid_to is not None or not queries.may_edit(actor_of(request), row, "sites.enter"):
        raise Http404
    form = ThingForm(request.POST or None, request.FILES or None, actor=actor_of(request), row=row)
    if (
        request.method == "POST"
        and form.is_valid()
        and tried(
            form,
            lambda: commands.edit_thing(
                actor_of(request), row, changed=form.new, given=form.given, photos=_received(request, form)
            ),
        )
    ):
        messages.success(request, _("已保存。"))
        return redirect("sites:thing", thing)
    return form_page(request, form, _("更正%(name)s") % {"name": row.name}, reverse("sites:thing", args=[thing]))


@page("sites.enter")
@require_http_methods(FORM)
def close_thing(request: HttpRequest, thing: int) -> HttpResponse:
    """A thing is gone."""
    row = _thing(request, thing)
    here = reverse("sites:thing", args=[thing])
    return closing(request, row, "sites.enter", commands.close_thing, here, here)
