"""Who answers for this door: from an address, from the page of a building; who is named; where nobody is."""

from collections.abc import Callable
from typing import Any

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from linli.base.actor import Actor
from linli.base.commands import Refused
from linli.base.pages import page
from linli.base.ui.downloads import sheet
from linli.base.ui.paging import numbered
from linli.people.answering import commands, queries, rules
from linli.people.answering.forms import ChargeFilter, ChargeForm, EndForm
from linli.people.answering.models import Charge
from linli.people.answering.queries import Place
from linli.people.organisations.commands.checking import today
from linli.places.addresses.finding import Found, find_addresses
from linli.places.addresses.models import Building, Compound, Dwelling
from linli.places.addresses.queries import place_names
from linli.places.addresses.queries import visible_to as visible_compounds

FORM = ["GET", "HEAD", "POST"]
FOUND_MOST, EXPORT_MOST = 20, 10_000


def _actor(request: HttpRequest) -> Actor:
    return request.actor  # type: ignore[attr-defined]


def tabs(actor: Actor, current: str) -> list[dict[str, Any]]:
    """The pages of this room."""
    shown = [("find", _("查一个门")), ("charges", _("指派")), ("gaps", _("还没有人管的"))]
    return [{"label": label, "url": reverse(f"answering:{name}"), "current": name == current} for name, label in shown]


def _purposes() -> list[tuple[str, str]]:
    return [(row["code"], row["name"]) for row in queries.policy()["purposes"]]


@page("answering.view")
@require_safe
def find(request: HttpRequest) -> HttpResponse:
    """One field for an address as people write it; one building found opens at once."""
    actor = _actor(request)
    words = " ".join(request.GET.get("q", "").replace("\x00", "").split())[:60]
    found = find_addresses(actor, words, FOUND_MOST) if words else []
    if len(found) == 1 and (address := _address(found[0])):
        return redirect(address)
    place = place_names({one.region_code for one in found})
    context = {
        "query": words,
        "found": [(one, _address(one), place(one.region_code)) for one in found],
        "tabs": tabs(actor, "find"),
    }
    return render(request, "answering/find.html", context)


def _address(found: Found) -> str:
    """Where a find leads: a dwelling to the door of its unit, a building to its door, a compound to its buildings."""
    if found.kind == "building":
        return reverse("answering:door", args=[found.id])
    if found.kind == "dwelling":
        row = Dwelling.objects.filter(pk=found.id).values_list("building_id", "unit_name").first()
        if row is None:
            return ""
        return reverse("answering:door", args=[row[0]], query={"unit": row[1]} if row[1] else None)
    return reverse("addresses:compound", args=[found.id])


def _building(request: HttpRequest, pk: int) -> Building:
    compounds = visible_compounds(_actor(request))
    return get_object_or_404(Building.objects.select_related("compound"), pk=pk, compound__in=compounds)


def _within(actor: Actor, code: str) -> bool:
    return actor.everything or any(code.startswith(prefix) for prefix in actor.regions)


@page("answering.view")
@require_safe
def door(request: HttpRequest, building: int) -> HttpResponse:
    """Everybody who answers for one building, or for one of its units."""
    actor, row = _actor(request), _building(request, building)
    unit = request.GET.get("unit", "")[:12]
    place = queries.place_of(row, unit)
    units = sorted(set(row.dwellings.exclude(unit_name="").values_list("unit_name", flat=True)))
    context = {
        "building": row,
        "unit": unit,
        "unit_words": queries.unit_words(unit),
        "units": [(name, queries.unit_words(name)) for name in units],
        "place": place_names({place.region_code})(place.region_code),
        "may_charge": actor.may("answering.charge") and _within(actor, place.region_code),
        **_shown(actor, place),
    }
    return render(request, "answering/door.html", context)


def _shown(actor: Actor, place: Place) -> dict[str, Any]:
    return {
        "answers": queries.answers(actor, place, today()),
        "may_reveal": actor.may("answering.reveal") and _within(actor, place.region_code),
        "linked": actor.may("organisations.view"),
        "purposes": _purposes(),
    }


@page("answering.view")
@require_safe
def of_building(request: HttpRequest, building: int) -> HttpResponse:
    """On the page of a building: who answers for it."""
    row = _building(request, building)
    context = _shown(_actor(request), queries.place_of(row)) | {"more": reverse("answering:door", args=[row.pk])}
    return render(request, "answering/_answers.html", context)


@page("answering.view")
@require_safe
def of_dwelling(request: HttpRequest, dwelling: int) -> HttpResponse:
    """On the page of a dwelling: who answers for its unit."""
    row = Dwelling.objects.filter(pk=dwelling).select_related("building__compound").first()
    if row is None or not _within(_actor(request), row.region_code):
        raise Http404
    place = Place(row.region_code, row.building.compound, row.building, row.unit_name)
    more = reverse("answering:door", args=[row.building_id], query={"unit": row.unit_name} if row.unit_name else None)
    return render(request, "answering/_answers.html", _shown(_actor(request), place) | {"more": more})


@page("answering.view")
@require_safe
def of_compound(request: HttpRequest, compound: int) -> HttpResponse:
    """On the page of a compound: who answers for it as a whole."""
    row = get_object_or_404(visible_compounds(_actor(request)), pk=compound)
    context = _shown(_actor(request), Place(row.region_code, row)) | {"more": ""}
    return render(request, "answering/_answers.html", context)


@page("answering.view")
@require_safe
def charges(request: HttpRequest) -> HttpResponse:
    """Who is named for which place."""
    actor, bar = _actor(request), ChargeFilter(request.GET, _actor(request))
    shown = numbered(queries.listed(actor, bar.chosen, today()).order_by("region_code", "role", "pk"), request)
    place, names = place_names({row.region_code for row in shown.rows}), dict(rules.named(queries.policy()))
    context = {
        "filter": bar,
        "rows": [(row, queries.holder(row), names.get(row.role, row.role), _where(row, place)) for row in shown.rows],
        "page": shown,
        "narrowed": bool(bar.chosen),
        "tabs": tabs(actor, "charges"),
        "may_charge": actor.may("answering.charge"),
        "may_reveal": actor.may("answering.reveal"),
        "purposes": _purposes(),
        "today": today(),
    }
    return render(request, "answering/charges.html", context)


def _where(row: Charge, place: Callable[[str], str]) -> str:
    """The place of a charge in words."""
    if row.building is not None:
        return f"{row.building}{queries.unit_words(row.unit_name)}"
    return row.compound.name if row.compound else place(row.region_code)


@page("answering.view")
@require_safe
def export(request: HttpRequest) -> HttpResponseBase:
    """The filtered charges as a sheet. Names and numbers of people who are not staff stay masked."""
    actor, bar = _actor(request), ChargeFilter(request.GET, _actor(request))
    rows = list(queries.listed(actor, bar.chosen, today()).order_by("region_code", "role", "pk")[:EXPORT_MOST])
    place, names = place_names({row.region_code for row in rows}), dict(rules.named(queries.policy()))
    head = [_("角色"), _("管哪里"), _("区划代码"), _("姓名"), _("单位"), _("服务电话"), _("依据"), _("从"), _("到")]
    lines = []
    for row in rows:
        held = queries.holder(row)
        lines.append(
            (names.get(row.role, row.role), _where(row, place), row.region_code, held.label, held.note, held.phone, row.basis, row.starts, row.ends)
        )  # fmt: skip
    return sheet(_("包联指派"), head, lines)


def _form_page(request: HttpRequest, form: Any, perform: Callable[[], Any], *, title: str, back: str) -> HttpResponse:
    if request.method == "POST" and form.is_valid():
        try:
            perform()
        except Refused as refused:
            form.add_error(refused.field if refused.field in form.fields else None, str(refused))
        else:
            messages.success(request, _("已保存。"))
            return redirect(back)
    context = {"form": form, "title": title, "back": back}
    return render(request, "answering/form.html", context, status=422 if form.errors else 200)


@page("answering.charge")
@require_http_methods(FORM)
def charge(request: HttpRequest) -> HttpResponse:
    """Somebody for a compound or a region."""
    actor = _actor(request)
    form = ChargeForm(request.POST or None, actor=actor)
    perform = lambda: commands.charge(actor, **form.values)  # noqa: E731
    return _form_page(request, form, perform, title=_("指派"), back=reverse("answering:charges"))


@page("answering.charge")
@require_http_methods(FORM)
def charge_building(request: HttpRequest, building: int) -> HttpResponse:
    """Somebody for a building or one of its units."""
    actor, row = _actor(request), _building(request, building)
    if not _within(actor, row.region_code or row.compound.region_code):
        raise Http404
    form = ChargeForm(request.POST or None, actor=actor, building=row)
    perform = lambda: commands.charge(actor, **form.values)  # noqa: E731
    title = _("%(building)s：指派") % {"building": row}
    return _form_page(request, form, perform, title=title, back=reverse("answering:door", args=[building]))


def _charge(request: HttpRequest, pk: int) -> Charge:
    return get_object_or_404(queries.visible_to(_actor(request)), pk=pk)


@page("answering.charge")
@require_http_methods(FORM)
def end(request: HttpRequest, pk: int) -> HttpResponse:
    """They answer for it no longer."""
    row, form = _charge(request, pk), EndForm(request.POST or None, label_suffix="")
    perform = lambda: commands.discharge(_actor(request), row, **form.cleaned_data)  # noqa: E731
    return _form_page(request, form, perform, title=_("结束指派"), back=reverse("answering:charges"))


@page("answering.reveal")
@require_POST
def reveal(request: HttpRequest, pk: int) -> HttpResponse:
    """Somebody's name and own number, once, for a stated purpose; the log row is written first."""
    row = _charge(request, pk)
    told, problem, status = None, "", 200
    try:
        told = commands.reveal(_actor(request), row, purpose=request.POST.get("purpose", ""))
    except Refused as refused:
        problem, status = refused.message, refused.status
    context = {
        "words": " ".join(part for part in told.values() if part) if told else "",
        "holder": queries.holder(row),
        "problem": problem,
        "purposes": _purposes(),
    }
    answer = render(request, "answering/_revealed.html", context, status=status)
    answer["Cache-Control"] = "no-store"
    return answer


@page("answering.view")
@require_safe
def gaps(request: HttpRequest) -> HttpResponse:
    """For each role that a place should have: how many have nobody."""
    actor = _actor(request)
    counted = [(row, queries.gaps(actor, row["code"], today()).count()) for row in queries.gap_roles()]
    return render(request, "answering/gaps.html", {"rows": counted, "tabs": tabs(actor, "gaps")})


@page("answering.view")
@require_safe
def gap(request: HttpRequest, code: str) -> HttpResponse:
    """The buildings or compounds without somebody in one role."""
    actor = _actor(request)
    role = next((row for row in queries.gap_roles() if row["code"] == code), None)
    if role is None:
        raise Http404
    words = " ".join(request.GET.get("q", "").split())[:40]
    rows: Any = queries.gaps(actor, code, today(), words)
    shown: Any = numbered(rows, request)
    place = place_names({row.region_code for row in shown.rows})
    context = {
        "role": role,
        "filter": [{"name": "q", "label": _("小区"), "kind": "text", "value": words, "choices": ()}],
        "rows": [(row, place(row.region_code), _gap_address(row)) for row in shown.rows],
        "page": shown,
        "narrowed": bool(words),
    }
    return render(request, "answering/gap.html", context)


def _gap_address(row: Building | Compound) -> str:
    if isinstance(row, Building):
        return reverse("answering:door", args=[row.pk])
    return reverse("addresses:compound", args=[row.pk])
