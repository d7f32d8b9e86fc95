"""What grid workers find on patrol: one short form for the telephone, and the list of what was found."""

from datetime import timedelta
from typing import Any

from django.contrib import messages
from django.db.models import Q
from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from linli.base import masks, policies
from linli.base.commands import Refused
from linli.base.files.commands import receive
from linli.base.files.uploading import too_large
from linli.base.pages import actor_of, page
from linli.base.ui.downloads import sheet
from linli.base.ui.words import local
from linli.matters.cases import commands as cases
from linli.matters.cases.queries import category_map
from linli.matters.prevention.forms import FindForm, FindingFilter
from linli.matters.prevention.queries import place_words, today
from linli.people.organisations.queries import directory
from linli.procedures import queries as procedures
from linli.procedures.definitions import definition
from linli.procedures.paging import Order, ordered, page_of

PHOTOS_MOST, EXPORT_MOST = 4, 20_000
COLUMNS = ("id", "number", "title", "step", "region_code", "holder_id", "opened_at", "closed_at", "case__category")
ORDERS = {"-opened": Order("opened_at", descending=True), "opened": Order("opened_at")}


@page("prevention.find")
@require_http_methods(["GET", "HEAD", "POST"])
def find(request: HttpRequest) -> HttpResponse:
    """File what was found; it is handled like any case and counted apart from complaints. A link may name the place."""
    actor = actor_of(request)
    known = {name: request.GET.get(name, "")[:60] for name in ("place", "where")}
    form = FindForm(request.POST or None, request.FILES or None, actor=actor, initial=known)
    status = 200
    if request.method == "POST":
        status = 422
        if form.is_valid():
            try:
                number = _file(request, form)
            except Refused as refused:
                fields = {"region_code": "place", "compound_id": "place", "place_text": "where"}
                field = fields.get(refused.field or "", refused.field)
                form.add_error(field if field in form.fields else None, refused.message)
                status = refused.status
            else:
                messages.success(request, _("已登记 %(number)s，谢谢您先看到。") % {"number": number})
                return redirect("prevention:find")
    return render(request, "prevention/find.html", {"form": form}, status=status)


def _file(request: HttpRequest, form: FindForm) -> str:
    actor, said = actor_of(request), form.cleaned_data
    if dropped := too_large(request):
        raise Refused(_("“%(name)s”太大了，请压缩或者换一张。") % {"name": dropped[0]}, field="photos")
    uploads = said["photos"]
    if len(uploads) > PHOTOS_MOST:
        raise Refused(_("最多 %(most)d 张照片。") % {"most": PHOTOS_MOST}, field="photos")
    kept = [receive(actor, upload).pk for upload in uploads]
    filed: dict[str, Any] = cases.file(
        actor, text=said["text"], channel="patrol", kind="report", category=said["category"], proactive=True,
        anonymous=True, place_text=said["where"], files=kept, **form.arguments(),
    )  # fmt: skip
    return str(filed["number"])


def _found(request: HttpRequest) -> tuple[FindingFilter, Any, str]:
    bar = FindingFilter(request.GET)
    rows = procedures.visible_to(actor_of(request)).filter(kind="case", case__proactive=True)
    chosen = bar.cleaned_data
    span = chosen.get("span") or "90"
    if span != "all":
        rows = rows.filter(case__filed_on__gte=today() - timedelta(days=int(span)))
    if top := chosen.get("category"):
        rows = rows.filter(Q(case__category=top) | Q(case__category__startswith=f"{top}."))
    if words := chosen.get("q", "").strip():
        rows = rows.filter(Q(title__icontains=words) | Q(number__icontains=words))
    sort = request.GET.get("sort", "")
    return bar, rows, sort if sort in ORDERS else "-opened"


def _dressed(row: dict[str, Any]) -> dict[str, Any]:
    category = category_map().get(row["case__category"])
    step = definition(policies.load("procedure.case").id).steps.get(row["step"])
    return {
        **row,
        "title": masks.scrub(row["title"]),
        "category": str(category["name"]) if category else "",
        "step_name": step.name if step else row["step"],
        "closed": row["closed_at"] is not None,
        "place": place_words([row["region_code"]]),
        "holder": directory().label(row["holder_id"]),
    }


@page("prevention.view")
@require_safe
def findings(request: HttpRequest) -> HttpResponse:
    """What was found on patrol, in the places the actor may see. Each opens its record."""
    bar, rows, sort = _found(request)
    shown = page_of(
        rows, COLUMNS, ORDERS[sort], after=request.GET.get("after", ""), before=request.GET.get("before", "")
    )
    context = {
        "filter": bar,
        "sort": sort,
        "page": shown,
        "rows": [_dressed(row) for row in shown.rows],
        "may_find": actor_of(request).may("prevention.find"),
    }
    return render(request, "prevention/findings.html", context)


@page("prevention.view")
@require_safe
def export(request: HttpRequest) -> HttpResponseBase:
    """The list as a sheet, under the same filters."""
    _bar, rows, sort = _found(request)
    head = [_("编号"), _("事项"), _("分类"), _("地点"), _("环节"), _("承办"), _("登记")]
    lines = [
        [
            row["number"], row["title"], row["category"], row["place"], row["step_name"], row["holder"],
            f"{local(row['opened_at']):%Y-%m-%d %H:%M}",
        ]
        for row in map(_dressed, ordered(rows, ORDERS[sort]).values(*COLUMNS)[:EXPORT_MOST])
    ]  # fmt: skip
    return sheet(_("主动发现"), head, lines)
