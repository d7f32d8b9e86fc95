"""What everybody may know: figures by sub-district and month as they were released, what is hung up, solved examples."""

from datetime import date
from typing import Any

from django.http import Http404, HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from linli.base.actor import system
from linli.base.pages import page
from linli.base.scope import scope
from linli.base.ui.downloads import sheet
from linli.base.ui.paging import numbered
from linli.doors.portal.views.showing import show
from linli.insight.openness import queries, showing
from linli.insight.openness.models import Release
from linli.matters.cases.queries import category_map
from linli.places.regions import locating

MONTHS_MOST, EXAMPLES_SIZE = 60, 20
WHY = "figures that somebody released for everybody"


def _month(text: str) -> date:
    try:
        return date.fromisoformat(f"{text}-01")
    except ValueError:
        raise Http404 from None


def _months() -> list[date]:
    found = queries.public_releases().order_by("-month").values_list("month", flat=True).distinct()
    return list(found[:MONTHS_MOST])


def _street(row: Release) -> dict[str, Any]:
    told = showing.told(row.tables)
    return {"code": row.region_code, "name": locating.index().names.get(row.region_code, row.region_code), **told}


@page.public(WHY)
@require_safe
def months(request: HttpRequest) -> HttpResponse:
    """One released month by sub-district; the latest unless another is asked for."""
    known = _months()
    asked = request.GET.get("month", "")
    month = _month(asked) if asked else (known[0] if known else None)
    if month is not None and month not in known:
        raise Http404
    rows = [_street(row) for row in queries.public_releases().filter(month=month)] if month else []
    choices = [{"label": f"{one:%Y-%m}", "url": f"?month={one:%Y-%m}", "current": one == month} for one in known[:12]]
    return show(request, "portal/open.html", rows=rows, month=month, months=choices)


@page.public(WHY)
@require_safe
def months_sheet(request: HttpRequest) -> HttpResponseBase:
    """The same month as a sheet."""
    month = _month(request.GET.get("month", ""))
    rows = [_street(row) for row in queries.public_releases().filter(month=month)]
    head = [_("月份"), _("街道"), _("受理"), _("按期答复率"), _("响应率"), _("解决率"), _("满意率"), _("主动发现")]
    lines = [
        [
            f"{month:%Y-%m}", row["name"], row["filed"], row["rates"]["on_time"], row["rates"]["response"],
            row["rates"]["resolution"], row["rates"]["satisfaction"], row["proactive"],
        ]
        for row in rows
    ]  # fmt: skip
    return sheet(f"{_('公开')}-{month:%Y-%m}", head, lines)


def _release(region: str, month: str) -> Release:
    row = queries.public_releases().filter(region_code=region, month=_month(month)).first()
    if row is None:
        raise Http404
    return row


@page.public(WHY)
@require_safe
def month(request: HttpRequest, region: str, month: str) -> HttpResponse:
    """One sub-district in one month."""
    row = _release(region, month)
    name = locating.index().names.get(region, region)
    return show(
        request, "portal/open_month.html", row=row, place=name, name=month, region=region, **showing.told(row.tables)
    )


@page.public(WHY)
@require_safe
def month_sheet(request: HttpRequest, region: str, month: str) -> HttpResponseBase:
    """The same as a sheet."""
    row = _release(region, month)
    return sheet(f"{_('公开')}-{region}-{month}", [_("表"), _("项目"), _("数")], showing.lines(row.tables))


@page.public("a public list: no number, no reporter, no place finer than a community")
@require_safe
def hang_ups(request: HttpRequest) -> HttpResponse:
    """What cannot be done yet, why, and what is promised by when."""
    rows, streets, street = _hung(request)
    return show(request, "portal/open_hang_ups.html", rows=rows, streets=streets, street=street)


@page.public("the same public list as a sheet")
@require_safe
def hang_ups_sheet(request: HttpRequest) -> HttpResponseBase:
    rows, *_choice = _hung(request)
    head = [_("街道"), _("社区"), _("分类"), _("原因"), _("答应做到"), _("下一个日期"), _("已复核")]
    lines = [
        [
            row["street_name"], row["community"], row["topic"], row["reason"], row["promise"], str(row["promised_on"]),
            str(row["reviews"]),
        ]
        for row in rows
    ]  # fmt: skip
    return sheet(_("挂账清单"), head, lines)


def _hung(request: HttpRequest) -> tuple[list[dict[str, Any]], list[tuple[str, str]], str]:
    # Nobody in particular asks: only what this list says of each is read, and nothing else leaves.
    with scope(system("public list of hang-ups")):
        rows = queries.hang_ups()
    streets = sorted({(row["street"], row["street_name"]) for row in rows})
    street = request.GET.get("street", "")
    street = street if street in dict(streets) else ""
    return [row for row in rows if not street or row["street"] == street], streets, street


@page.public("written by an editor with the reporter's consent, approved by somebody else")
@require_safe
def examples(request: HttpRequest) -> HttpResponse:
    """Solved examples, newest first."""
    shown = numbered(queries.public_examples(), request, EXAMPLES_SIZE)
    names, topics = locating.index().names, category_map()
    rows = [
        {
            "title": one.title,
            "raised": one.raised,
            "done": one.done,
            "place": names.get(one.region_code, ""),
            "topic": str(topics[one.category]["name"]) if one.category in topics else "",
        }
        for one in shown.rows
    ]
    return show(request, "portal/open_examples.html", rows=rows, page=shown)
