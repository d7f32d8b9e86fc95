"""The register of firms, shops, social organisations, owners' committees and partner units; terms that run out."""

from collections.abc import Callable
from typing import Any

from django import forms
from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from linli.base.actor import Actor
from linli.base.commands import Refused
from linli.base.pages import actor_of, page
from linli.base.ui.downloads import conditions, form_of, sheet
from linli.base.ui.paging import numbered
from linli.people.organisations import commands, queries, term_list
from linli.people.organisations.commands.checking import today
from linli.people.organisations.commands.contacts import PURPOSES
from linli.people.organisations.models import Organisation, Service
from linli.people.organisations.register_forms import (
    BeginTermForm,
    ContactForm,
    CorrectForm,
    ElectForm,
    EnterForm,
    LeaveForm,
    PostponeForm,
    RegisterFilter,
    ServeForm,
)
from linli.people.organisations.showing import as_on, dated, form_page, page_of, tabs
from linli.places.addresses.models import Compound
from linli.places.addresses.queries import place_names
from linli.places.regions.queries import in_subtrees

FORM = ["GET", "HEAD", "POST"]
KINDS = Organisation.Kind
EXPORT_MOST = 20_000


def kept(request: HttpRequest, pk: int) -> Organisation:
    """A unit of the register in being that this person keeps; others have no such page."""
    found = queries.register(actor_of(request)).filter(pk=pk, valid_to=None).select_related("compound").first()
    if found is None:
        raise Http404
    return found


def _sort(request: HttpRequest) -> str:
    asked = request.GET.get("sort", "")
    return asked if asked in queries.SORTS else "place"


@page("organisations.view")
@require_safe
def register(request: HttpRequest) -> HttpResponse:
    """Every unit of the register where this person works."""
    actor = actor_of(request)
    bar, sort = RegisterFilter(request.GET, actor), _sort(request)
    rows = queries.found_in(queries.register(actor), bar.chosen).order_by(*queries.SORTS[sort])
    shown, on = numbered(rows.select_related("parent"), request), bar.chosen.get("on")
    place = place_names({row.region_code for row in shown.rows})
    context = {
        "filter": bar,
        "on": on,
        "rows": [(row, called.name, place(row.region_code)) for row, called in as_on(shown.rows, on)],
        "page": shown,
        "sort": sort,
        "narrowed": bool(bar.chosen),
        "tabs": tabs(actor, "register"),
        "may_enter": actor.may("organisations.register"),
    }
    return render(request, "organisations/register.html", context)


@page("organisations.view")
@require_safe
def export(request: HttpRequest) -> HttpResponseBase:
    """The filtered register as a sheet. Contacts are not in it: they are somebody's own."""
    actor = actor_of(request)
    bar = RegisterFilter(request.GET, actor)
    rows, on = queries.found_in(queries.register(actor), bar.chosen), bar.chosen.get("on")
    found = list(rows.select_related("compound", "parent").order_by(*queries.SORTS[_sort(request)])[:EXPORT_MOST])
    place = place_names({row.region_code for row in found})
    head = [
        _("名称"), _("简称"), _("类别"), _("统一社会信用代码"), _("所在区划"), _("区划代码"), _("小区"), _("地址"), _("服务电话"),
        _("成立日期"), _("注销日期"), _("来源"), _("截至日期"), _("核实人"),
    ]  # fmt: skip
    lines = (
        (
            called.name,
            row.short_name,
            KINDS(row.kind).label,
            row.unified_code,
            place(row.region_code),
            row.region_code,
            row.compound.name if row.compound else "",
            row.address,
            row.service_phone,
            row.valid_from,
            row.valid_to,
            row.source,
            row.as_of,
            row.verified_by,
        )
        for row, called in as_on(found, on)
    )
    name = dated(_("单位台账"), on or today())
    return sheet(name, head, lines, form_of(request), maker=actor.name, under=conditions(_("单位台账"), bar))


@page("organisations.register")
@require_http_methods(FORM)
def enter(request: HttpRequest) -> HttpResponse:
    """One more unit."""
    actor = actor_of(request)
    form = EnterForm(request.POST or None, actor=actor)
    return form_page(
        request,
        form,
        lambda: commands.enter(actor, **form.values, given=form.given),
        title=_("登记单位"),
        crumbs=[(_("单位台账"), reverse("organisations:register"))],
    )


@page("organisations.register")
@require_http_methods(FORM)
def correct(request: HttpRequest, pk: int) -> HttpResponse:
    """Facts that were wrong or have changed: with the reason and the source."""
    row, actor = kept(request, pk), actor_of(request)
    facts = ("unified_code", "address", "service_phone", "region_code", "valid_from")
    initial = {name: getattr(row, name) for name in facts}
    initial |= {"compound": row.compound_id or "", "building": row.building_id or ""}
    form = CorrectForm(request.POST or None, actor=actor, row=row, initial=initial)
    return form_page(
        request,
        form,
        lambda: commands.correct(actor, row, given=form.given, **form.values),
        title=_("更正"),
        crumbs=[
            (_("单位台账"), reverse("organisations:register")),
            (row.name, reverse("organisations:page", args=[pk])),
        ],
    )


# What the page of a unit does in place: the act -> (its form, what it calls). The form stands on the page it came from.
def _acts(actor: Actor, row: Organisation, act: str, data: Any) -> tuple[Any, str, Callable[[dict[str, Any]], Any]]:
    if act == "contact":
        return ContactForm(data), "contact_form", lambda given: commands.add_contact(actor, row, **given)
    if act == "serve":
        return ServeForm(data, actor=actor), "serve_form", lambda given: commands.serve(actor, row, **given)
    if act == "begin_term":
        return BeginTermForm(data), "begin_form", lambda given: commands.begin_term(actor, row, **given)
    if act == "elect":
        return ElectForm(data), "elect_form", lambda given: commands.elect(actor, row, **given)
    if act == "postpone":
        return PostponeForm(data), "postpone_form", lambda given: commands.postpone(actor, row, **given)
    if act == "leave":
        return LeaveForm(data), "leave_form", lambda given: commands.leave(actor, row, **given)
    if act == "end_contact" and (contact := queries.contact(actor, row.pk, data.get("key", ""))) is not None:
        return forms.Form(data), "", lambda _given: commands.end_contact(actor, contact)
    if act == "end_service" and (service := _service(row, data.get("key", ""))) is not None:
        return forms.Form(data), "", lambda _given: commands.end_service(actor, service)
    if act == "lead_service" and (service := _service(row, data.get("key", ""))) is not None:
        return forms.Form(data), "", lambda _given: commands.lead_service(actor, service)
    raise Http404


def _service(row: Organisation, key: str) -> Service | None:
    return row.services.select_related("compound").filter(pk=int(key) if key.isdigit() else 0).first()


@page("organisations.register")
@require_POST
def act(request: HttpRequest, pk: int) -> HttpResponse:
    """One act from the page of a unit, and back to it."""
    row = kept(request, pk)
    form, place, perform = _acts(actor_of(request), row, request.POST.get("act", ""), request.POST)
    problem = _("请检查填写的内容。")
    if form.is_valid():
        try:
            perform(form.cleaned_data)
        except Refused as refused:
            form.add_error(refused.field if refused.field in form.fields else None, str(refused))
            problem = str(refused)
        else:
            messages.success(request, _("已保存。"))
            return redirect("organisations:page", row.pk)
    row.refresh_from_db()
    return page_of(request, row, status=422, problem=problem, **({place: form} if place else {}))


@page("organisations.reveal")
@require_POST
def reveal(request: HttpRequest, pk: int) -> HttpResponse:
    """A contact's name and number, once, for a stated purpose; the log row is written first."""
    found = queries.contact(actor_of(request), pk, request.POST.get("key", ""))
    if found is None:
        raise Http404
    told, problem, status = None, "", 200
    try:
        told = commands.reveal_contact(actor_of(request), found, purpose=request.POST.get("purpose", ""))
    except Refused as refused:
        problem, status = refused.message, refused.status
    context = {
        "words": " ".join(part for part in (told["name"], told["phone"]) if part) if told else "",
        "contact": found,
        "problem": problem,
        "purposes": list(PURPOSES.items()),
    }
    answer = render(request, "organisations/_revealed.html", context, status=status)
    answer["Cache-Control"] = "no-store"
    return answer


@page("organisations.view")
@require_safe
def terms(request: HttpRequest) -> HttpResponse:
    """Owners' committees by the day their term runs out, and how many compounds have none."""
    missing = _without(actor_of(request))
    context = {
        "title": _("业委会换届"),
        "tabs": tabs(actor_of(request), "terms"),
        "missing": _("有 %(count)d 个小区还没有登记业主委员会。") % {"count": missing} if missing else "",
        "missing_url": "",
        "to": "organisations:unit",
        "empty": _("在单位台账里登记业主委员会，再登记本届从哪天到哪天。"),
    }
    return term_list.shown(request, [KINDS.OWNERS_COMMITTEE], context)


def _without(actor: Actor) -> int:
    """How many compounds in use where the actor works have no owners' committee."""
    rows = Compound.objects.filter(valid_to=None)
    rows = rows if actor.everything else rows.filter(in_subtrees(actor.regions, "region_code"))
    elected = Organisation.objects.filter(kind=KINDS.OWNERS_COMMITTEE, valid_to=None).exclude(compound=None)
    return rows.exclude(pk__in=elected.values("compound_id")).count()
