"""Where nobody is named yet, and figures about who looks after what; each number opens the records behind it."""

from typing import Any

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_safe

from linli.base.pages import actor_of, page
from linli.base.ui.paging import numbered
from linli.people.accounts.models import Post
from linli.people.answering import counting, queries, rules
from linli.people.answering.models import HouseCall
from linli.people.answering.views import tabs
from linli.people.organisations.commands.checking import today
from linli.people.organisations.models import Organisation
from linli.people.organisations.register_forms import PeriodFilter
from linli.places.addresses.models import Building
from linli.places.addresses.queries import place_names

# Lists of what is missing that belong to no single role: code -> (name, what to do, rows).
MORE: dict[str, tuple[Any, Any, Any]] = {
    "unmanaged": (
        gettext_lazy("没有物业、也没有包联干部的小区"),
        gettext_lazy("无主管楼院每处至少要有一名干部分包。"),
        counting.unmanaged_without,
    ),
    "uncharged": (
        gettext_lazy("还没有包联任务的干部"),
        gettext_lazy("领导班子和机关干部都包驻小区、楼栋；给他们指派一处。"),
        counting.without_charge,
    ),
}


@page("answering.view")
@require_safe
def gaps(request: HttpRequest) -> HttpResponse:
    """For each role that a place should have: how many have nobody."""
    actor = actor_of(request)
    rows = [
        (row["code"], _("还没有%(role)s的") % {"role": row["name"]}, queries.gaps(actor, row["code"], today()).count())
        for row in queries.gap_roles()
    ]
    rows += [(code, name, found(actor, today()).count()) for code, (name, _why, found) in MORE.items()]
    return render(request, "answering/gaps.html", {"rows": rows, "tabs": tabs(actor, "gaps")})


@page("answering.view")
@require_safe
def gap(request: HttpRequest, code: str) -> HttpResponse:
    """The places, units or people behind one of those numbers, with where to go next."""
    actor = actor_of(request)
    role = next((row for row in queries.gap_roles() if row["code"] == code), None)
    words = " ".join(request.GET.get("q", "").split())[:40]
    rows: Any
    if role is not None:
        name, why = _("还没有%(role)s的") % {"role": role["name"]}, ""
        rows = queries.gaps(actor, code, today(), words)
    elif code in MORE:
        name, why, found = MORE[code]
        rows = found(actor, today())
        rows = rows.filter(**{"account__name__contains" if code == "uncharged" else "name__contains": words})
    else:
        raise Http404
    shown: Any = numbered(rows, request)
    place = place_names({_region(row) for row in shown.rows})
    context = {
        "code": code,
        "name": name,
        "why": why,
        "filter": [{"name": "q", "label": _("名称"), "kind": "text", "value": words, "choices": ()}],
        "rows": [(*_shown(row), place(_region(row))) for row in shown.rows],
        "page": shown,
        "narrowed": bool(words),
        "may_charge": actor.may("answering.charge"),
    }
    return render(request, "answering/gap.html", context)


def _region(row: Any) -> str:
    return row.organisation.region_code if isinstance(row, Post) else row.region_code


def _shown(row: Any) -> tuple[str, str, str]:
    """(name, its page, where somebody can be named for it) of a building, a compound, a unit or a post."""
    new = reverse("answering:charge")
    if isinstance(row, Building):
        return str(row), reverse("answering:door", args=[row.pk]), reverse("answering:charge_building", args=[row.pk])
    if isinstance(row, Organisation):
        return row.name, reverse("organisations:page", args=[row.pk]), f"{new}?serves={row.pk}"
    if isinstance(row, Post):
        words = " · ".join(part for part in (row.account.name, row.title, row.organisation.name) if part)
        return words, "", f"{new}?post={row.pk}"
    return row.name, reverse("addresses:compound", args=[row.pk]), f"{new}?compound={row.pk}"


@page("answering.view")
@require_safe
def figures(request: HttpRequest) -> HttpResponse:
    """Who looks after what in a period, by role and standing, and posts held across by community."""
    actor, bar = actor_of(request), PeriodFilter(request.GET, label_suffix="")
    since, until = bar.period
    data = queries.policy()
    names = dict(rules.named(data))
    standings = {row["code"]: row["name"] for row in data["standings"]}
    rows = counting.figures(actor, since, until)
    across = counting.across(actor, until)
    context = {
        "filter": bar,
        "since": since,
        "until": until,
        "rows": [(row, names.get(row.role, row.role), standings.get(row.standing, "")) for row in rows],
        "across": across,
        "covered": sum(one.state in ("both", "one") for one in across),
        "both": sum(one.state == "both" for one in across),
        "should": sum(bool(one.firms) for one in across),
        "kinds": {"serves": _("单位"), "construction": _("工地"), "building": _("楼栋"), "compound": _("小区"), "region_code": _("社区或网格")},
        "tabs": tabs(actor, "figures"),
    }  # fmt: skip
    return render(request, "answering/figures.html", context)


CALL_SORTS = {"-on": ("-on", "-pk"), "on": ("on", "pk")}


@page("answering.view")
@require_safe
def calls(request: HttpRequest) -> HttpResponse:
    """The homes called at in a period, by role and standing: the records behind a number."""
    actor, bar = actor_of(request), PeriodFilter(request.GET, label_suffix="")
    since, until = bar.period
    role, standing = request.GET.get("role", ""), request.GET.get("standing", "")
    found = queries.visible_to(actor)
    found = found.filter(role=role) if role else found
    if standing:
        found = found.filter(standing="" if standing == "none" else standing)
    sort = request.GET.get("sort", "")
    sort = sort if sort in CALL_SORTS else "-on"
    rows = HouseCall.objects.filter(charge__in=found.values("pk"), on__gte=since, on__lte=until)
    related = [f"charge__{name}" for name in queries.SHOWN]
    shown = numbered(rows.select_related("dwelling__building__compound", *related).order_by(*CALL_SORTS[sort]), request)
    names = dict(rules.named(queries.policy()))
    context = {
        "filter": bar,
        "rows": [(row, queries.holder(row.charge), names.get(row.charge.role, row.charge.role)) for row in shown.rows],
        "page": shown,
        "sort": sort,
    }
    return render(request, "answering/calls.html", context)
