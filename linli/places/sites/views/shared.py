"""What the pages of the three registers have in common."""

from collections.abc import Callable
from typing import Any

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _

from linli.base.actor import Actor
from linli.base.commands import Refused
from linli.base.ui.paging import numbered
from linli.places.addresses.placing import CloseForm
from linli.places.addresses.queries import place_names
from linli.places.sites import queries
from linli.places.sites.forms import SORTS
from linli.places.sites.models import Placed

FORM = ["GET", "HEAD", "POST"]


def actor_of(request: HttpRequest) -> Actor:
    return request.actor  # type: ignore[attr-defined]


def sorted_by(request: HttpRequest, rows: Any) -> tuple[Any, str]:
    sort = request.GET.get("sort", "")
    names = {field.name for field in rows.model._meta.get_fields()}
    if sort not in SORTS or sort.lstrip("-") not in {"place", *names}:
        sort = "place"
    return rows.order_by(*SORTS[sort]), sort


def narrowed(request: HttpRequest, rows: Any, wanted: dict[str, Any], *names: str) -> Any:
    rows = queries.search(queries.within(rows, wanted.get("place") or ""), wanted.get("q") or "", *names)
    return rows if wanted.get("closed") else rows.filter(valid_to=None)


def list_page(request: HttpRequest, template: str, bar: Any, rows: Any, **more: Any) -> HttpResponse:
    rows, sort = sorted_by(request, rows)
    found = numbered(rows, request)
    place = place_names({row.region_code for row in found.rows})
    narrowed = any(bar.cleaned_data.get(name) for name in bar.fields if name != "closed")
    context = {"filter": bar, "page": found, "sort": sort, "place": place, "narrowed": narrowed, **more}
    return render(request, template, context)


def form_page(request: HttpRequest, form: Any, title: str, back: str, danger: bool = False) -> HttpResponse:
    row = getattr(form, "row", None)
    region = row.region_code if row is not None else next(iter(actor_of(request).regions), "")
    street = region[:9] if len(region) >= 9 and not danger else ""
    context = {"form": form, "title": title, "back": back, "street": street, "danger": danger}
    return render(request, "sites/form.html", context, status=422 if form.errors else 200)


def tried(form: Any, act: Callable[[], Any]) -> Any:
    """The answer of an act; None when it was refused, which then stands beside its field."""
    try:
        return act()
    except Refused as refused:
        form.add_error(refused.field if refused.field in form.fields else None, refused.message)
        return None


def closing(
    request: HttpRequest, row: Placed, right: str, act: Callable[..., Any], back: str, away: str
) -> HttpResponse:
    if row.valid_to is not None or not queries.may_edit(actor_of(request), row, right):
        raise Http404
    form = CloseForm(request.POST or None)
    if (
        request.method == "POST"
        and form.is_valid()
        and tried(form, lambda: act(actor_of(request), row, **form.cleaned_data))
    ):
        messages.success(request, _("%(name)s已停用。") % {"name": row.name})
        return redirect(away)
    return form_page(request, form, _("停用%(name)s") % {"name": row.name}, back, danger=True)
