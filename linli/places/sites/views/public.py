"""The sites for residents: where one may go, whether it is open now, what is offered."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.views.decorators.http import require_safe

from linli.base.pages import page
from linli.base.ui.paging import numbered
from linli.places.addresses.queries import place_names
from linli.places.sites import queries, showing
from linli.places.sites.forms import PublicFilter

WHY_OPEN = "sites are kept open to everybody"
# Enough for a district; the points of the map are small.
POINTS_MOST = 500


@page.public(WHY_OPEN)
@require_safe
def sites(request: HttpRequest) -> HttpResponse:
    """All sites, those that are open now marked."""
    actor = request.actor  # type: ignore[attr-defined]
    bar = PublicFilter(request.GET, actor)
    wanted = bar.cleaned_data
    rows = queries.within(queries.visible_to(actor).filter(valid_to=None), wanted.get("place") or "")
    rows = queries.search(rows, wanted.get("q") or "")
    if wanted.get("service"):
        rows = rows.filter(services__service=wanted["service"])
    rows = rows.prefetch_related("services", "exceptions").order_by("region_code", "name", "id")
    everything = showing.shown(rows[:POINTS_MOST])
    if wanted.get("open"):
        everything = [one for one in everything if one.open]
        rows = rows.filter(pk__in=[one.site.pk for one in everything])
    found = numbered(rows, request, size=20)
    place = place_names({row.region_code for row in found.rows})
    points = [
        {
            "lon": one.site.longitude,
            "lat": one.site.latitude,
            "label": f"{one.site.name}：{one.state}",
            "url": reverse("sites:public_site", args=[one.site.pk]),
        }
        for one in everything
    ]
    context = {
        "filter": bar,
        "page": found,
        "shown": showing.shown(found.rows),
        "photos": showing.photos("site", found.rows),
        "place": place,
        "points": points,
        "narrowed": any(wanted.get(name) for name in ("q", "place", "service", "open")),
    }
    return render(request, "sites/public.html", context)


@page.public(WHY_OPEN)
@require_safe
def site(request: HttpRequest, site: int) -> HttpResponse:
    """One site: open now, the next seven days, what is offered, where it is."""
    actor = request.actor  # type: ignore[attr-defined]
    rows = queries.visible_to(actor).filter(valid_to=None).prefetch_related("services", "exceptions")
    row = get_object_or_404(rows, pk=site)
    context = {
        "site": row,
        "shown": showing.shown([row])[0],
        "place": place_names({row.region_code[:12]})(row.region_code[:12]),
        "week": showing.week_ahead(row),
        "photos": showing.photos("site", [row]).get(row.pk, []),
        "points": [{"lon": row.longitude, "lat": row.latitude, "label": row.name, "url": ""}],
    }
    return render(request, "sites/public_site.html", context)
