"""A code on a wall, scanned by somebody who works here: what one may do with this place, instead of the residents' form."""

from typing import Any

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from linli.base.actor import Actor
from linli.base.pages import page
from linli.doors.portal import labels
from linli.people.answering.queries import works_at
from linli.places.addresses.models import Building
from linli.places.sites import queries as sites
from linli.places.sites.models import Site

# (words, icon, address)
Way = tuple[str, str, str]


@page.signed_in("a code names what stands on the wall")
@require_safe
def scanned(request: HttpRequest, code: str) -> HttpResponse:
    """The ways that are this person's, the likeliest first; the residents' form is always one of them."""
    actor: Actor = request.actor  # type: ignore[attr-defined]
    kind, key = labels.read_code(code) or ("", 0)
    _known, name, _key = labels.about(code)
    if not name:
        raise Http404
    report = reverse("portal:report", query={"at": labels.code_of(kind, key)})
    ways = [*_ways(actor, kind, key), (_("按居民的方式反映"), "message", report)]
    return render(request, "portal/scanned.html", {"name": name, "ways": ways})


def _ways(actor: Actor, kind: str, key: int) -> list[Way]:
    if kind == "thing":
        seen = actor.may("sites.view") and sites.things_visible_to(actor).filter(pk=key).exists()
        return [(_("看部件台账，改状态"), "clipboard", reverse("sites:thing", args=[key]))] if seen else []
    row: Any = (
        Building.objects.select_related("compound").get(pk=key) if kind == "building" else Site.objects.get(pk=key)
    )
    code = row.region_code or row.compound.region_code
    found: list[Way] = []
    if actor.may("prevention.find") and works_at(actor, code):
        place = f"compound:{row.compound_id}" if kind == "building" else f"region:{code}"
        query = {"place": place, "where": row.name}
        found.append((_("随手报这里的问题"), "camera", reverse("prevention:find", query=query)))
    if kind == "building":
        if actor.may("answering.view"):
            found.append((_("谁管这个门"), "door", reverse("answering:door", args=[key])))
        found.append((_("楼栋台账"), "building", reverse("addresses:building", args=[key])))
    elif actor.may("sites.view"):
        found.append((_("服务阵地台账"), "building-community", reverse("sites:site", args=[key])))
    return found
