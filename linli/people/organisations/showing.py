"""What the page of an organisation shows, whichever act it comes back from."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _

from linli.base.actor import Actor
from linli.base.clockwork import now
from linli.base.facts import noting
from linli.base.pages import actor_of
from linli.base.ui import panels
from linli.base.ui.refused import beside
from linli.people.organisations import queries, rules
from linli.people.organisations.commands.contacts import PURPOSES
from linli.people.organisations.forms import AssignForm, CloseForm
from linli.people.organisations.models import Organisation
from linli.people.organisations.register_forms import (
    BeginTermForm,
    ContactForm,
    ElectForm,
    LeaveForm,
    PostponeForm,
    ServeForm,
)
from linli.places.regions import locating

KINDS = Organisation.Kind
FACTS = {
    "": _("登记"),
    "name": _("名称"),
    "short_name": _("简称"),
    "merged": _("并入了"),
    "merged_into": _("并入"),
    "unified_code": _("统一社会信用代码"),
    "address": _("地址"),
    "service_phone": _("服务电话"),
    "compound": _("小区"),
    "building": _("楼栋"),
    "region_code": _("所在区划"),
    "valid_from": _("成立日期"),
    "valid_to": _("注销"),
}


def tabs(actor: Actor, current: str) -> list[dict[str, Any]]:
    """The pages of this room."""
    shown = [
        ("tree", _("组织机构")),
        ("register", _("单位台账")),
        ("services", _("物业服务")),
        ("terms", _("业委会换届")),
    ]
    return [
        {"label": label, "url": reverse(f"organisations:{name}"), "current": name == current} for name, label in shown
    ]


@dataclass(frozen=True, slots=True)
class Called:
    """How an organisation was called on a day, and what stood above it, by the name of then."""

    name: str
    above: str


def as_on(rows: Sequence[Organisation], day: date | None) -> list[tuple[Organisation, Called]]:
    """Each with its names of that day; of now without one. Rows with their parents."""
    then = queries.names_on([row.pk for row in rows], day) if day is not None else {}
    return [
        (
            row,
            Called(then[row.pk].name, then[row.pk].above or "")  # type: ignore[attr-defined]
            if row.pk in then
            else Called(row.name, row.parent.name if row.parent else ""),
        )
        for row in rows
    ]


def dated(name: str, day: date) -> str:
    """The name of a sheet that shows how things stood on a day."""
    return _("%(name)s（截至 %(day)s）") % {"name": name, "day": day.isoformat()}


def page_of(request: HttpRequest, row: Organisation, status: int = 200, **more: Any) -> HttpResponse:
    """The page of one organisation, with the forms of what this person may do."""
    names, actor = locating.index().names, request.actor  # type: ignore[attr-defined]
    context = {
        "organisation": row,
        "kind": KINDS(row.kind).label,
        "region": names.get(row.region_code, row.region_code),
        "people": queries.people_of(row, timezone.localdate(now())),
        "regions": [
            (one, names.get(one.region_code, "")) for one in row.responsibilities.order_by("ends", "region_code")
        ],
        "children": row.children.filter(valid_to=None).order_by("region_code", "id"),
        "panels": panels.of("organisation", actor, row.pk),
        "may_edit": actor.may("organisations.edit") and row.valid_to is None,
        "assign_form": AssignForm(),
        "close_form": CloseForm(),
        "problem": "",
        **extras(request, row),
        **more,
    }
    return render(request, "organisations/page.html", context, status=status)


def extras(request: HttpRequest, row: Organisation) -> dict[str, Any]:
    """What the page of a unit of the register shows beside what every organisation has."""
    actor = actor_of(request)
    within = actor.everything or any(row.region_code.startswith(prefix) for prefix in actor.regions)
    registered = row.kind in rules.REGISTERED
    mine = registered and within and actor.may("organisations.register") and row.valid_to is None
    services = row.services.select_related("compound").order_by("-starts") if row.kind == KINDS.PROPERTY_FIRM else ()
    term = row.terms.filter(held_on=None).first() if row.kind == KINDS.OWNERS_COMMITTEE else None
    found: dict[str, Any] = {
        "registered": registered,
        "may_keep": mine,
        "services": services,
        "firm": row.kind == KINDS.PROPERTY_FIRM,
        "elected": row.kind == KINDS.OWNERS_COMMITTEE,
        "contacts": queries.contacts_of(actor, row) if registered else [],
        "may_reveal": actor.may("organisations.reveal") and within,
        "purposes": list(PURPOSES.items()),
        "terms": row.terms.order_by("-starts") if row.kind == KINDS.OWNERS_COMMITTEE else (),
        "term": term,
        "standings": list(row.standings.filter(queries.HELD).select_related("parent").order_by("-id")),
        "facts": noting.timeline([("organisation", row.pk)], lambda _kind, field: str(FACTS.get(field, field)))
        if registered
        else [],
    }
    if mine:
        found |= {"contact_form": ContactForm(label_suffix=""), "leave_form": LeaveForm(label_suffix="")}
        if row.kind == KINDS.PROPERTY_FIRM:
            found["serve_form"] = ServeForm(actor=actor)
        if row.kind == KINDS.OWNERS_COMMITTEE:
            found |= (
                {"elect_form": ElectForm(label_suffix=""), "postpone_form": PostponeForm(label_suffix="")}
                if term
                else {"begin_form": BeginTermForm(label_suffix="")}
            )
    return found


def form_page(
    request: HttpRequest, form: Any, perform: Callable[[], Any], *, title: str, crumbs: list[tuple[str, str]]
) -> HttpResponse:
    """A form that calls one command; a refusal stands beside its field, with everything typed."""
    if request.method == "POST" and form.is_valid():
        with beside(form):
            row = perform()
            messages.success(request, _("已保存。"))
            return redirect("organisations:page", row.pk)
    context = {"form": form, "title": title, "back": crumbs[-1][1], "crumbs": [*crumbs, (title, "")]}
    return render(request, "organisations/form.html", context, status=422 if form.errors else 200)
