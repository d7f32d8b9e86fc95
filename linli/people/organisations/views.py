"""The register of organisations: the tree, one organisation with its posts and regions, and what changes them."""

from collections.abc import Callable, Iterable
from typing import Any

from django import forms
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from linli.base.commands import Refused
from linli.base.pages import page
from linli.base.ui.downloads import form_of, sheet
from linli.people.organisations import commands
from linli.people.organisations.commands.checking import today
from linli.people.organisations.forms import AssignForm, CloseForm, FoundForm, MoveForm, RenameForm, TreeFilter
from linli.people.organisations.models import Organisation, Responsibility
from linli.people.organisations.queries import Directory, Listing, directory, directory_on
from linli.people.organisations.showing import dated, form_page, page_of, tabs
from linli.places.regions import locating

FORM = ["GET", "HEAD", "POST"]
KINDS = Organisation.Kind
# The four trees that stand beside each other.
TREES: tuple[tuple[Any, tuple[str, ...]], ...] = (
    (_("党的组织"), (KINDS.PARTY_COMMITTEE, KINDS.GENERAL_BRANCH, KINDS.GRID_BRANCH, KINDS.BRANCH, KINDS.PARTY_GROUP)),
    (_("街道、部门与社区"), (KINDS.SUB_DISTRICT_OFFICE, KINDS.DESK, KINDS.DEPARTMENT, KINDS.COMMUNITY)),
    (_("物业企业"), (KINDS.PROPERTY_FIRM,)),
    (_("共建单位"), (KINDS.PARTNER_UNIT,)),
)


@page("organisations.view")
@require_safe
def tree(request: HttpRequest) -> HttpResponse:
    """All organisations as trees, now or as they were on a day; a search or a kind gives a plain list."""
    bar = TreeFilter(request.GET)
    listed = _chosen(bar)
    on = bar.cleaned_data.get("on")
    narrowed = bool(bar.cleaned_data.get("q") or bar.cleaned_data.get("kind"))
    context: dict[str, Any] = {"filter": bar, "count": len(listed), "found": None, "trees": [], "on": on}
    context["tabs"] = tabs(request.actor, "tree")  # type: ignore[attr-defined]
    if narrowed:
        context["found"] = [
            (one, KINDS(one.kind).label, locating.index().names.get(one.region_code, "")) for one in listed[:200]
        ]
    else:
        context["trees"] = [(title, nodes) for title, kinds in TREES if (nodes := _nodes(listed, kinds))]
    return render(request, "organisations/tree.html", context)


def _chosen(bar: TreeFilter) -> list[Listing]:
    bar.is_valid()
    chosen = bar.cleaned_data
    words, place, kind = chosen.get("q", ""), chosen.get("place", ""), chosen.get("kind", "")
    rows: Iterable[Listing] = _of_day(bar).by_id.values()
    rows = (one for one in rows if one.region_code.startswith(place) and (not kind or one.kind == kind))
    rows = (one for one in rows if not words or words in one.name or words in one.short_name)
    return sorted(rows, key=lambda one: (one.region_code, one.kind, one.id))


def _of_day(bar: TreeFilter) -> Directory:
    """The organisations of the day asked for, those of now without one."""
    day = bar.cleaned_data.get("on")
    return directory_on(day) if day else directory()


def _nodes(listed: list[Listing], kinds: tuple[str, ...]) -> list[dict[str, Any]]:
    """The organisations of one tree as nested nodes; one whose parent is not shown stands on top."""
    inside = {one.id: one for one in listed if one.kind in kinds}
    below: dict[int | None, list[Listing]] = {}
    for one in inside.values():
        below.setdefault(one.parent_id if one.parent_id in inside else None, []).append(one)

    def node(one: Listing, depth: int) -> dict[str, Any]:
        children = [node(child, depth + 1) for child in below.get(one.id, ())]
        return {
            "label": one.label,
            "url": reverse("organisations:page", args=[one.id]),
            "children": children,
            "open": depth < 1,
            "current": False,
            "meta": KINDS(one.kind).label,
            "lazy": "",
        }

    return [node(one, 0) for one in below.get(None, ())]


@page("organisations.view")
@require_safe
def export(request: HttpRequest) -> HttpResponseBase:
    """The filtered organisations as a sheet."""
    bar = TreeFilter(request.GET)
    listed, names = _chosen(bar), locating.index().names
    labels = _of_day(bar)
    head = [_("编号"), _("名称"), _("简称"), _("类别"), _("上级"), _("所在区划"), _("区划名称"), _("责任区")]
    rows = [
        (
            one.id,
            one.name,
            one.short_name,
            KINDS(one.kind).label,
            labels.label(one.parent_id) if one.parent_id else "",
            one.region_code,
            names.get(one.region_code, ""),
            "、".join(one.answers_for),
        )
        for one in listed
    ]
    return sheet(dated(_("组织"), bar.cleaned_data.get("on") or today()), head, rows, form_of(request))


@page("organisations.view")
@require_safe
def organisation(request: HttpRequest, pk: int) -> HttpResponse:
    """One organisation: who works there (names only), what it answers for, what stands below."""
    return page_of(request, _organisation(pk))


def _organisation(pk: int) -> Organisation:
    return get_object_or_404(Organisation.objects.select_related("parent"), pk=pk)


def _crumbs(*more: tuple[str, str]) -> list[tuple[str, str]]:
    return [(_("组织机构"), reverse("organisations:tree")), *more]


@page("organisations.edit")
@require_http_methods(FORM)
def found(request: HttpRequest) -> HttpResponse:
    """A new organisation."""
    form = FoundForm(request.POST or None)
    actor = request.actor  # type: ignore[attr-defined]
    perform = lambda: commands.found(actor, **form.cleaned_data)  # noqa: E731
    return form_page(request, form, perform, title=_("新设组织"), crumbs=_crumbs())


@page("organisations.edit")
@require_http_methods(FORM)
def rename(request: HttpRequest, pk: int) -> HttpResponse:
    """Another name, short name or telephone."""
    row = _organisation(pk)
    initial = {"name": row.name, "short_name": row.short_name, "service_phone": row.service_phone}
    form = RenameForm(request.POST or None, initial=initial)
    actor = request.actor  # type: ignore[attr-defined]
    perform = lambda: commands.rename(actor, row, **form.cleaned_data)  # noqa: E731
    here = (row.name, reverse("organisations:page", args=[pk]))
    return form_page(request, form, perform, title=_("更名"), crumbs=_crumbs(here))


@page("organisations.edit")
@require_http_methods(FORM)
def move(request: HttpRequest, pk: int) -> HttpResponse:
    """Another parent."""
    row = _organisation(pk)
    form = MoveForm(request.POST or None, initial={"parent": row.parent_id})
    actor = request.actor  # type: ignore[attr-defined]
    perform = lambda: commands.move(actor, row, **form.cleaned_data)  # noqa: E731
    here = (row.name, reverse("organisations:page", args=[pk]))
    return form_page(request, form, perform, title=_("调整上级"), crumbs=_crumbs(here))


@page("organisations.edit")
@require_POST
def close(request: HttpRequest, pk: int) -> HttpResponse:
    """Dissolve it."""
    row, form = _organisation(pk), CloseForm(request.POST)
    return _act(request, row, form, lambda values: commands.close(request.actor, row, **values), "close_form")  # type: ignore[attr-defined]


@page("organisations.edit")
@require_POST
def assign_region(request: HttpRequest, pk: int) -> HttpResponse:
    """A region it answers for."""
    row, form = _organisation(pk), AssignForm(request.POST)
    return _act(request, row, form, lambda values: commands.assign_region(request.actor, row, **values), "assign_form")  # type: ignore[attr-defined]


@page("organisations.edit")
@require_POST
def end_region(request: HttpRequest, pk: int) -> HttpResponse:
    """It no longer answers for a region."""
    found = get_object_or_404(Responsibility.objects.select_related("organisation"), pk=pk)
    row = found.organisation
    return _act(request, row, forms.Form(request.POST), lambda values: commands.end_region(request.actor, found), "")  # type: ignore[attr-defined]


def _act(
    request: HttpRequest, row: Organisation, form: forms.Form, perform: Callable[[dict[str, Any]], Any], place: str
) -> HttpResponse:
    """An act from the organisation's own page, and back to it."""
    problem = ""
    if form.is_valid():
        try:
            perform(form.cleaned_data)
        except Refused as refused:
            if refused.field in form.fields:
                form.add_error(refused.field, str(refused))
            problem = str(refused)
        else:
            messages.success(request, _("已保存。"))
            return redirect("organisations:page", row.pk)
    row.refresh_from_db()
    more = {place: form} if place else {}
    return page_of(request, row, status=422, problem=problem or _("请检查填写的内容。"), **more)
