"""The pages of deletion: what is over, the second person, and what must be kept for now."""

from collections.abc import Iterable

from django.contrib import messages
from django.db.models import F
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from linli.base.actor import Actor
from linli.base.commands import Refused
from linli.base.pages import actor_of, page
from linli.base.privacy import commands, holdings, queries
from linli.base.privacy.commands.retention import ASKED
from linli.base.privacy.forms import HoldForm, ItemFilter
from linli.base.privacy.models import RetentionItem, RetentionRun
from linli.base.privacy.policy import periods, protection
from linli.base.privacy.views import FORM, done, tabs
from linli.base.ui.fields import filter_views
from linli.base.ui.paging import numbered
from linli.base.ui.query import encode
from linli.base.ui.refused import beside


def _periods() -> dict[str, str]:
    return {one["code"]: one["name"] for one in periods().data["retention"]} | {ASKED: _("本人要求，已同意")}


@page("privacy.retain")
@require_http_methods(FORM)
def retention(request: HttpRequest) -> HttpResponse:
    """Runs of deletion; a new one only lists what would go."""
    actor = actor_of(request)
    if request.method == "POST":
        try:
            run = commands.draft(actor)
        except Refused as refused:
            messages.error(request, refused.message)
            return redirect("privacy:retention")
        return redirect("privacy:run", run)
    rows = queries.runs(actor).order_by("-id")
    context = {
        "tabs": tabs(actor, "retention"),
        "page": numbered(rows, request),
        "periods": periods().data["retention"],
    }
    return render(request, "privacy/retention.html", context)


def _run(request: HttpRequest, pk: int) -> RetentionRun:
    row = queries.runs(actor_of(request)).filter(pk=pk).first()
    if row is None:
        raise Http404
    return row


@page("privacy.retain")
@require_safe
def run(request: HttpRequest, pk: int) -> HttpResponse:
    """What a run would delete or has deleted, by kind and reason, and each thing without a name."""
    actor, row, names = actor_of(request), _run(request, pk), _periods()
    bar = ItemFilter(
        request.GET,
        kinds={kind: holdings.named(kind) for kind, _rule, _count in row.report},
        rules={rule: names.get(rule, rule) for _kind, rule, _count in row.report},
    )
    chosen = bar.chosen
    shown = numbered(
        row.items.filter(**chosen | ({"result": ""} if chosen.get("result") == "waiting" else {})).order_by("id"),
        request,
    )
    context = {
        "row": row,
        "report": [
            (holdings.named(kind), names.get(rule, rule), count, encode({"kind": kind, "rule": rule}))
            for kind, rule, count in row.report
        ],
        "filter": filter_views(bar),
        "narrowed": bool(chosen),
        "page": shown,
        "pages": _pages(actor, shown.rows),
        "named": holdings.named,
        "periods": names,
        "own": row.drafted_by == actor.account_id,
        "may_approve": actor.may("privacy.approve"),
        "rotates": protection()["rotate_after_retention"],
    }
    return render(request, "privacy/run.html", context)


def _pages(actor: Actor, items: Iterable[RetentionItem]) -> dict[tuple[str, int], str]:
    """(kind, id) -> address of the record behind each item, for those that this actor may open."""
    wanted: dict[str, list[int]] = {}
    for one in items:
        wanted.setdefault(one.kind, []).append(one.subject_id)
    found: dict[tuple[str, int], str] = {}
    for kind, ids in wanted.items():
        holding = holdings.of(kind)
        found |= {(kind, key): address for key, address in (holding.pages(actor, ids) if holding else {}).items()}
    return found


@page("privacy.retain")
@require_http_methods(FORM)
def holds(request: HttpRequest) -> HttpResponse:
    """What no run may delete for now, and on what that rests; and the form for one more."""
    actor = actor_of(request)
    form = HoldForm(request.POST or None, kinds=[(one.kind, str(one.name)) for one in holdings.every()])
    if request.method == "POST" and form.is_valid():
        with beside(form):
            commands.hold(actor, **form.cleaned_data)
            messages.success(request, _("已经暂缓，解除以前不会删除。"))
            return redirect("privacy:holds")
    context = {
        "tabs": tabs(actor, "holds"),
        "form": form,
        "page": numbered(
            queries.holds(actor).order_by(F("lifted_at").desc(nulls_first=True), "review_on", "id"), request
        ),
        "day": queries.today(),
        "named": holdings.named,
    }
    return render(request, "privacy/holds.html", context, status=422 if form.errors else 200)


@page("privacy.retain")
@require_POST
def lift_hold(request: HttpRequest, pk: int) -> HttpResponse:
    return done(request, lambda: commands.lift_hold(actor_of(request), pk), _("已经解除。"), "privacy:holds")


@page("privacy.approve")
@require_POST
def approve(request: HttpRequest, pk: int) -> HttpResponse:
    _run(request, pk)
    return done(
        request, lambda: commands.approve(actor_of(request), pk), _("已经复核，后台正在删除。"), "privacy:run", pk
    )


@page("privacy.retain")
@require_POST
def cancel(request: HttpRequest, pk: int) -> HttpResponse:
    _run(request, pk)
    return done(
        request, lambda: commands.cancel(actor_of(request), pk), _("已经取消，什么都没有删除。"), "privacy:run", pk
    )
