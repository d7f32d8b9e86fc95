"""What staff prepare for everybody: months to be released, with what residents would see; solved examples."""

from datetime import date, timedelta
from typing import Any

from django.contrib import messages
from django.db.models import Q
from django.http import Http404, HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from linli.base import policies
from linli.base.commands import Refused
from linli.base.pages import actor_of, page
from linli.base.ui.downloads import sheet
from linli.base.ui.paging import numbered
from linli.base.ui.refused import beside
from linli.insight.openness import commands, queries, rules, showing
from linli.insight.openness.forms import ExampleFilter, ExampleForm, ReasonForm, ReleaseFilter, ReleaseForm
from linli.matters.prevention.queries import place_words, today
from linli.places.regions import locating

MONTHS = 24
EXAMPLE_SORTS = {"written": ("written_at", "pk"), "-written": ("-written_at", "-pk")}


def _street(request: HttpRequest) -> str:
    """The sub-district whose months are told: that of the actor's post."""
    regions = actor_of(request).regions
    return str(regions[0][:9]) if regions and len(regions[0]) >= 9 else ""


def _months(request: HttpRequest) -> list[dict[str, Any]]:
    bar = ReleaseFilter(request.GET)
    bar.is_valid()
    wanted, words = bar.cleaned_data.get("state", ""), bar.cleaned_data.get("q", "").strip()
    street = _street(request)
    told = {row.month: row for row in queries.releases_visible_to(actor_of(request)).filter(region_code=street)}
    wait = policies.load("openness").data["wait_days"]
    rows, month = [], today().replace(day=1)
    for _back in range(MONTHS):
        month = (month - timedelta(days=1)).replace(day=1)
        row = told.get(month)
        state = "open" if row is None else "withdrawn" if row.withdrawn_at else "told"
        name = f"{month:%Y-%m}"
        if (not wanted or state == wanted) and words in name:
            wait_until = rules.may_release(month, today(), wait) if row is None else ""
            rows.append({"month": month, "name": name, "row": row, "state": state, "wait": wait_until})
    return rows if request.GET.get("sort") != "month" else rows[::-1]


@page("openness.view")
@require_safe
def listing(request: HttpRequest) -> HttpResponse:
    """The last two years by month: told, not told yet, taken back."""
    bar = ReleaseFilter(request.GET)
    bar.is_valid()
    street = _street(request)
    context = {
        "filter": bar,
        "rows": _months(request) if street else [],
        "sort": "month" if request.GET.get("sort") == "month" else "-month",
        "place": locating.index().names.get(street, ""),
        "street": street,
    }
    return render(request, "openness/list.html", context)


@page("openness.view")
@require_safe
def export(request: HttpRequest) -> HttpResponseBase:
    """The months as a sheet, under the same filters."""
    words = {"open": _("未公开"), "told": _("已公开"), "withdrawn": _("已撤下")}
    lines = [
        [row["name"], words[row["state"]], row["row"].by if row["row"] else "", str(row["row"].at)[:16] if row["row"] else ""]
        for row in _months(request)
    ]  # fmt: skip
    return sheet(_("公开月份"), [_("月份"), _("状态"), _("公开人"), _("公开时间")], lines)


@page("openness.view")
@require_http_methods(["GET", "HEAD", "POST"])
def month(request: HttpRequest, year: int, month: int) -> HttpResponse:
    """One month as residents see it or would see it; telling it, or taking it back."""
    actor, street = actor_of(request), _street(request)
    try:
        first = date(year, month, 1)
    except ValueError:
        raise Http404 from None
    if not street or first >= today():
        raise Http404
    row = queries.releases_visible_to(actor).filter(region_code=street, month=first).first()
    may = actor.may("openness.release")
    form: Any = None
    if may and (row is None or row.withdrawn_at is None):
        form = (ReleaseForm if row is None else ReasonForm)(request.POST or None)
    status = 200
    if request.method == "POST":
        if form is None:
            raise Http404
        status = 422
        if form.is_valid():
            try:
                if row is None:
                    commands.release(actor, region_code=street, month=first, **form.cleaned_data)
                    messages.success(request, _("已公开，居民现在就能看到。"))
                else:
                    commands.withdraw(actor, row.pk, **form.cleaned_data)
                    messages.success(request, _("已撤下。"))
                return redirect("openness:month", year, month)
            except Refused as refused:
                form.add_error(refused.field if refused.field in form.fields else None, refused.message)
                status = refused.status
    told = row.tables if row is not None else queries.prepared(street, first)
    context = {
        "row": row,
        "form": form,
        "wait": rules.may_release(first, today(), policies.load("openness").data["wait_days"]),
        "name": f"{first:%Y-%m}",
        "place": locating.index().names.get(street, street),
        "street": street,
        "first": first,
        **showing.told(told),
    }
    return render(request, "openness/month.html", context, status=status)


def _examples(request: HttpRequest) -> tuple[ExampleFilter, Any, str]:
    bar = ExampleFilter(request.GET)
    bar.is_valid()
    rows = queries.visible_to(actor_of(request))
    if state := bar.cleaned_data.get("state"):
        rows = rows.filter(state=state)
    if words := bar.cleaned_data.get("q", "").strip():
        rows = rows.filter(Q(title__icontains=words) | Q(case__proceeding__number__icontains=words))
    sort = request.GET.get("sort", "")
    sort = sort if sort in EXAMPLE_SORTS else "-written"
    return bar, rows.order_by(*EXAMPLE_SORTS[sort]), sort


@page("openness.view")
@require_safe
def examples(request: HttpRequest) -> HttpResponse:
    """Examples at every state."""
    bar, rows, sort = _examples(request)
    shown = numbered(rows, request)
    context = {
        "filter": bar,
        "sort": sort,
        "page": shown,
        "rows": [
            {
                "pk": one.pk,
                "title": one.title,
                "number": one.case.proceeding.number,
                "place": place_words([one.region_code]),
                "state": one.state,
                "state_name": one.get_state_display(),
                "editor": one.editor,
                "written_at": one.written_at,
            }
            for one in shown.rows
        ],
        "may_write": actor_of(request).may("openness.write"),
    }
    return render(request, "openness/examples.html", context)


@page("openness.view")
@require_safe
def examples_export(request: HttpRequest) -> HttpResponseBase:
    """The list as a sheet, under the same filters."""
    _bar, rows, _sort = _examples(request)
    head = [_("标题"), _("编号"), _("状态"), _("编写人"), _("审核人"), _("同意方式"), _("同意日期")]
    lines = [
        [one.title, one.case.proceeding.number, one.get_state_display(), one.editor, one.approver, one.get_consent_display(), str(one.consented_on)]
        for one in rows[:10_000]
    ]  # fmt: skip
    return sheet(_("公开案例"), head, lines)


@page("openness.write")
@require_http_methods(["GET", "HEAD", "POST"])
def write(request: HttpRequest) -> HttpResponse:
    """Write an example of a solved case."""
    actor = actor_of(request)
    number = request.GET.get("number", "")[:40]
    willing = queries.willing(actor)
    # Whoever agreed on the page has answered what the form asks.
    how = "page" if number and any(one["number"] == number for one in willing) else ""
    form = ExampleForm(request.POST or None, initial={"number": number, "consented_on": today(), "consent": how})
    if request.method == "POST" and form.is_valid():
        said = dict(form.cleaned_data)
        with beside(form):
            row = commands.write(actor, commands.numbered(actor, said.pop("number")), **said)
            messages.success(request, _("已写好，等另一个人审核。"))
            return redirect("openness:example", row.pk)
    context = {"form": form, "willing": [one for one in willing if one["number"] != number]}
    return render(request, "openness/write.html", context, status=422 if form.errors else 200)


@page("openness.view")
@require_http_methods(["GET", "HEAD", "POST"])
def example(request: HttpRequest, example: int) -> HttpResponse:
    """One example as everybody reads it or would read it; approving it, or taking it down."""
    actor = actor_of(request)
    row = queries.visible_to(actor).filter(pk=example).first()
    if row is None:
        raise Http404
    form, status = ReasonForm(), 200
    if request.method == "POST":
        try:
            if request.POST.get("act") == "approve":
                commands.approve(actor, row.pk)
                return redirect("openness:example", row.pk)
            form = ReasonForm(request.POST)
            if form.is_valid():
                commands.take_down(actor, row.pk, reason=form.cleaned_data["reason"])
                return redirect("openness:example", row.pk)
            status = 422
        except Refused as refused:
            form.add_error(None, refused.message) if form.is_bound else messages.error(request, refused.message)
            status = refused.status
    context = {
        "row": row,
        "form": form,
        "place": place_words([row.region_code]),
        "may_approve": actor.may("openness.approve")
        and row.state == "written"
        and actor.account_id != row.editor_account,
    }
    return render(request, "openness/example.html", context, status=status)
