"""Which property firm serves which compound on a day, and which of them under 党建引领 (红色物业)."""

from datetime import date
from typing import Any

from django.db.models import Count, Q, QuerySet
from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from linli.base.actor import Actor
from linli.base.pages import actor_of, page
from linli.base.ui.downloads import conditions, form_of, sheet
from linli.base.ui.paging import numbered
from linli.people.organisations import queries
from linli.people.organisations.commands.checking import today
from linli.people.organisations.models import Service
from linli.people.organisations.register_forms import ServiceFilter
from linli.people.organisations.showing import dated, tabs
from linli.places.addresses.queries import place_names
from linli.places.regions.queries import in_subtree

SORTS = {
    "place": ("compound__region_code", "compound__search_name", "pk"),
    "firm": ("firm__name", "compound__search_name", "pk"),
    "since": ("starts", "pk"),
    "-since": ("-starts", "-pk"),
}
EXPORT_MOST = 20_000


def _found(request: HttpRequest, actor: Actor, chosen: dict[str, Any], day: date) -> QuerySet[Service]:
    rows = queries.services_on(actor, day)
    if words := chosen.get("q"):
        rows = rows.filter(Q(compound__name__contains=words) | Q(firm__name__contains=words))
    if place := chosen.get("place"):
        rows = rows.filter(in_subtree(place, "compound__region_code"))
    if led := chosen.get("led"):
        rows = rows.filter(queries.led_on(day) if led == "yes" else ~queries.led_on(day))
    return rows.order_by(*SORTS.get(request.GET.get("sort", ""), SORTS["place"]))


@page("organisations.view")
@require_safe
def listing(request: HttpRequest) -> HttpResponse:
    """Compounds and their firms on a day, with how many are served and how many of these under 党建引领."""
    actor = actor_of(request)
    bar = ServiceFilter(request.GET, actor)
    chosen = bar.chosen
    day = chosen.get("on") or today()
    rows = _found(request, actor, chosen, day)
    shown, sort = numbered(rows, request), request.GET.get("sort", "")
    place = place_names({row.compound.region_code for row in shown.rows})
    counts = rows.order_by().aggregate(
        compounds=Count("compound", distinct=True),
        led=Count("compound", distinct=True, filter=queries.led_on(day)),
        firms=Count("firm", distinct=True),
    )
    context = {
        "filter": bar,
        "day": day,
        "rows": [(row, place(row.compound.region_code)) for row in shown.rows],
        "page": shown,
        "counts": counts,
        "sort": sort if sort in SORTS else "place",
        "narrowed": bool(chosen),
        "tabs": tabs(actor, "services"),
    }
    return render(request, "organisations/services.html", context)


@page("organisations.view")
@require_safe
def export(request: HttpRequest) -> HttpResponseBase:
    """The same list as a sheet."""
    actor = actor_of(request)
    bar = ServiceFilter(request.GET, actor)
    day = bar.chosen.get("on") or today()
    found = list(_found(request, actor, bar.chosen, day)[:EXPORT_MOST])
    place = place_names({row.compound.region_code for row in found})
    head = [_("小区"), _("所在网格"), _("区划代码"), _("物业企业"), _("从"), _("到"), _("合同或依据"), _("党建引领从")]
    lines = (
        (
            row.compound.name,
            place(row.compound.region_code),
            row.compound.region_code,
            row.firm.name,
            row.starts,
            row.ends,
            row.basis,
            row.party_led_since,
        )
        for row in found
    )
    name = dated(_("物业服务"), day)
    return sheet(name, head, lines, form_of(request), maker=actor.name, under=conditions(_("物业服务"), bar))
