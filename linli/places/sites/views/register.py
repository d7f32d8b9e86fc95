"""The pages of the three registers for staff: a list, its sheet, one row, entering, correcting, closing. One way for all."""

from collections.abc import Callable
from typing import Any

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import URLPattern, path, reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from linli.base.clockwork import now
from linli.base.commands import Refused
from linli.base.files.commands import receive
from linli.base.pages import actor_of, page
from linli.base.ui import panels
from linli.base.ui.downloads import form_of, sheet
from linli.base.ui.paging import numbered
from linli.places.addresses.placing import CloseForm
from linli.places.addresses.queries import place_names
from linli.places.sites import commands, queries, showing
from linli.places.sites.forms import PHOTOS_MOST, SORTS, ExceptionForm, RemoveForm
from linli.places.sites.models import HoursException
from linli.places.sites.views.parts import PARTS, SITE, Part

FORM = ["GET", "HEAD", "POST"]
View = Callable[..., HttpResponseBase]


def _rows(part: Part, request: HttpRequest, wanted: dict[str, Any]) -> tuple[Any, str]:
    """(rows under the filters, in the order asked for; the name of that order)."""
    rows = queries.within(part.visible(actor_of(request)), wanted.get("place") or "")
    rows = part.narrow(queries.search(rows, wanted.get("q") or "", *part.searched), wanted)
    rows = rows if wanted.get("closed") else rows.filter(valid_to=None)
    sort, names = request.GET.get("sort", ""), {field.name for field in rows.model._meta.get_fields()}
    if sort not in SORTS or sort.lstrip("-") not in {"place", *names}:
        sort = "place"
    return rows.order_by(*SORTS[sort]), sort


def _one(part: Part, request: HttpRequest, key: int) -> Any:
    return get_object_or_404(part.visible(actor_of(request)), pk=key)


def _kept(part: Part, request: HttpRequest, key: int) -> Any:
    """A row in use that this person keeps; others have no such page."""
    row = _one(part, request, key)
    if row.valid_to is not None or not queries.may_edit(actor_of(request), row, part.right):
        raise Http404
    return row


def tried(form: Any, act: Callable[[], Any]) -> Any:
    """The answer of an act; None when it was refused, which then stands beside its field."""
    try:
        return act()
    except Refused as refused:
        form.add_error(refused.field if refused.field in form.fields else None, refused.message)
        return None


def _received(request: HttpRequest, form: Any) -> list[int]:
    uploads = form.cleaned_data["photos"] or []
    if len(uploads) > PHOTOS_MOST:
        raise Refused(_("最多 %(most)d 张照片。") % {"most": PHOTOS_MOST}, field="photos")
    return [receive(actor_of(request), upload).pk for upload in uploads]


def _form_page(
    request: HttpRequest, form: Any, title: str, back: str, danger: str = "", photo: Any = None
) -> HttpResponse:
    row = getattr(form, "row", None)
    region = row.region_code if row is not None else next(iter(actor_of(request).regions), "")
    street = region[:9] if len(region) >= 9 and not danger else ""
    context = {"form": form, "title": title, "back": back, "street": street, "danger": danger, "photo": photo}
    return render(request, "sites/form.html", context, status=422 if form.errors else 200)


def _row_page(part: Part, request: HttpRequest, row: Any, status: int = 200, **more: Any) -> HttpResponse:
    context = {
        part.code: row,
        "place": place_names({row.region_code})(row.region_code),
        "photos": showing.photos(part.code, [row], queries.may_edit(actor_of(request), row, part.right)).get(
            row.pk, []
        ),
        "may_edit": row.valid_to is None and queries.may_edit(actor_of(request), row, part.right),
        "history": showing.history(part.code, row.pk),
        "panels": panels.of(part.code, actor_of(request), row.pk),
        **part.about(row, timezone.localtime(now())),
        **more,
    }
    return render(request, f"sites/{part.code}.html", context, status=status)


def _saved(request: HttpRequest, part: Part, key: int) -> HttpResponse:
    messages.success(request, _("已保存。"))
    return redirect(f"sites:{part.code}", key)


def _lists(part: Part) -> dict[str, View]:
    @page("sites.view")
    @require_safe
    def listed(request: HttpRequest) -> HttpResponse:
        bar = part.bar(request.GET, actor_of(request))
        rows, sort = _rows(part, request, bar.cleaned_data)
        found = numbered(rows, request)
        context = {
            "filter": bar,
            "page": found,
            "sort": sort,
            "place": place_names({row.region_code for row in found.rows}),
            "narrowed": any(bar.cleaned_data.get(name) for name in bar.fields if name != "closed"),
            "may_edit": actor_of(request).may(part.right),
            **part.more(timezone.localdate(now())),
        }
        return render(request, f"sites/{part.code}s.html", context)

    @page("sites.view")
    @require_safe
    def one(request: HttpRequest, **key: int) -> HttpResponse:
        return _row_page(part, request, _one(part, request, key[part.code]))

    return {"list": listed, "one": one}


def _exported(part: Part) -> View:
    @page("sites.view")
    @require_safe
    def export(request: HttpRequest) -> HttpResponseBase:
        rows = list(_rows(part, request, part.bar(request.GET, actor_of(request)).cleaned_data)[0])
        place, day = place_names({row.region_code for row in rows}), timezone.localdate(now())
        lines = (part.line(row, place, day) for row in rows)
        return sheet(str(part.name), part.head, lines, form_of(request), maker=actor_of(request).name)

    return export


def _acts(part: Part) -> dict[str, View]:
    @page(part.right)
    @require_http_methods(FORM)
    def add(request: HttpRequest) -> HttpResponse:
        form = part.form(request.POST or None, request.FILES or None, actor=actor_of(request))
        if request.method == "POST" and form.is_valid():
            given: dict[str, Any] = {"given": form.given}
            keys = tried(
                form, lambda: part.enter(actor_of(request), form.new, photos=_received(request, form), **given)
            )
            if keys:
                return _saved(request, part, keys[0])
        return _form_page(request, form, _("新增%(what)s") % {"what": part.name}, reverse(f"sites:{part.code}s"))

    @page(part.right)
    @require_http_methods(FORM)
    def edit(request: HttpRequest, **key: int) -> HttpResponse:
        row = _kept(part, request, key[part.code])
        form = part.form(request.POST or None, request.FILES or None, actor=actor_of(request), row=row)
        if request.method == "POST" and form.is_valid():
            given: dict[str, Any] = {"changed": form.new, "given": form.given}
            if tried(form, lambda: part.edit(actor_of(request), row, photos=_received(request, form), **given)):
                return _saved(request, part, row.pk)
        here = reverse(f"sites:{part.code}", args=[row.pk])
        return _form_page(request, form, _("更正%(name)s") % {"name": row.name}, here)

    @page(part.right)
    @require_http_methods(FORM)
    def close(request: HttpRequest, **key: int) -> HttpResponse:
        row, form = _kept(part, request, key[part.code]), CloseForm(request.POST or None)
        here = reverse(f"sites:{part.code}", args=[row.pk])
        act = lambda: part.close(actor_of(request), row, **form.cleaned_data)  # noqa: E731
        if request.method == "POST" and form.is_valid() and tried(form, act):
            messages.success(request, _("%(name)s已停用。") % {"name": row.name})
            return redirect(here)
        return _form_page(request, form, _("停用%(name)s") % {"name": row.name}, here, danger=_("停用"))

    @page(part.right)
    @require_http_methods(FORM)
    def remove_photo(request: HttpRequest, photo: int, **key: int) -> HttpResponse:
        row, form = _one(part, request, key[part.code]), RemoveForm(request.POST or None)
        shown = showing.photos(part.code, [row], remove=True).get(row.pk, [])
        one = next((one for one in shown if one["remove"] == request.path), None)
        if one is None or not queries.may_edit(actor_of(request), row, part.right):
            raise Http404
        here = reverse(f"sites:{part.code}", args=[row.pk])
        act = lambda: part.remove_photo(actor_of(request), row, photo=photo, **form.cleaned_data)  # noqa: E731
        if request.method == "POST" and form.is_valid() and tried(form, act):
            messages.success(request, _("照片已经移除，原图也删掉了。"))
            return redirect(here)
        return _form_page(
            request, form, _("移除%(name)s的照片") % {"name": row.name}, here, danger=_("移除"), photo=one
        )

    return {"add": add, "edit": edit, "close": close, "remove_photo": remove_photo}


def addresses() -> list[URLPattern]:
    """The addresses of all registers: /things/, /things/export.csv, /things/<thing>/, /things/<thing>/edit/ …"""
    found = []
    for part in PARTS:
        views, at, key = {**_lists(part), **_acts(part)}, part.at, f"<int:{part.code}>"
        names = f"{part.code}s"
        found += [
            path(f"{at}/", views["list"], name=names),
            path(f"{at}/export.csv", _exported(part), name=f"export_{names}"),
            path(f"{at}/new/", views["add"], name=f"add_{part.code}"),
            path(f"{at}/{key}/", views["one"], name=part.code),
            path(f"{at}/{key}/edit/", views["edit"], name=f"edit_{part.code}"),
            path(f"{at}/{key}/close/", views["close"], name=f"close_{part.code}"),
            path(f"{at}/{key}/photos/<int:photo>/remove/", views["remove_photo"], name=f"remove_{part.code}_photo"),
        ]
    return found


@page("sites.edit")
@require_POST
def add_exception(request: HttpRequest, site: int) -> HttpResponse:
    """Days with other hours, or none."""
    row, form = _kept(SITE, request, site), ExceptionForm(request.POST)
    if form.is_valid():
        said = {**form.cleaned_data, "ends": form.cleaned_data["ends"] or form.cleaned_data["starts"]}
        said["note_"] = said.pop("note")
        if tried(form, lambda: commands.set_exception(actor_of(request), row, **said)):
            return _saved(request, SITE, row.pk)
    return _row_page(SITE, request, row, status=422, exception_form=form)


@page("sites.edit")
@require_POST
def clear_exception(request: HttpRequest, site: int, exception: int) -> HttpResponse:
    """The ordinary hours hold again."""
    row = get_object_or_404(HoursException, pk=exception, site=_kept(SITE, request, site))
    commands.clear_exception(actor_of(request), row)
    messages.success(request, _("已取消，这几天照平常开放。"))
    return redirect("sites:site", site)
