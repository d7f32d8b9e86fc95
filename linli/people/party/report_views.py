"""Party organisations over time: what changed, whose term runs out, what wants attention, figures."""

from typing import Any

from django.http import Http404, HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from linli.base import policies
from linli.base.pages import actor_of, page
from linli.base.ui.downloads import form_of, sheet
from linli.base.ui.paging import numbered
from linli.people.organisations import term_list
from linli.people.organisations.rules import PARTY
from linli.people.party import checking, commands, preview, queries, rules
from linli.people.party.commands.common import today
from linli.people.party.filters import ChangeFilter, YearFilter
from linli.people.party.forms import UndoForm
from linli.people.party.models import Change
from linli.people.party.views import EXPORT_MOST, FORM, form_page, sorted_by, tabs

CHANGE_SORTS = {"-on": ("-on", "-id"), "on": ("on", "id")}


@page("party.view")
@require_safe
def changes(request: HttpRequest) -> HttpResponse:
    """Every change with its document and what came of what."""
    actor, bar = actor_of(request), ChangeFilter(request.GET, label_suffix="")
    sort = sorted_by(request, CHANGE_SORTS, "-on")
    shown = numbered(queries.changes(actor, bar.chosen).order_by(*CHANGE_SORTS[sort]), request)
    context = {
        "filter": bar,
        "rows": [(change, *_sides(change)) for change in shown.rows],
        "seen": queries.seen(actor, shown.rows),
        "page": shown,
        "sort": sort,
        "narrowed": bool(bar.chosen),
        "tabs": tabs(actor, "changes"),
    }
    return render(request, "party/changes.html", context)


def _sides(change: Change) -> tuple[list[Any], list[Any]]:
    parts = list(change.parts.all())
    return [one for one in parts if one.role == "source"], [one for one in parts if one.role == "result"]


def _change(request: HttpRequest, pk: int) -> Change:
    return get_object_or_404(queries.changes(actor_of(request), {}), pk=pk)


@page("party.view")
@require_safe
def change(request: HttpRequest, pk: int) -> HttpResponse:
    """One change: its document, what it did row by row, and whether it was taken back."""
    actor, row = actor_of(request), _change(request, pk)
    undone = Change.objects.filter(undoes=row).first()
    context = {
        "row": row,
        "effects": preview.told(actor, row),
        "undone": undone,
        "seen": queries.seen(actor, [row]),
        "may_undo": actor.may("party.act") and undone is None and row.kind != Change.Kind.UNDO,
    }
    return render(request, "party/change.html", context)


@page("party.act")
@require_http_methods(FORM)
def undo(request: HttpRequest, pk: int) -> HttpResponse:
    """Take back an act that was entered wrongly, after a look at what that does."""
    row, form = _change(request, pk), UndoForm(request.POST or None, label_suffix="")
    here = reverse("party:change", args=[pk])
    return form_page(
        request,
        form,
        lambda: commands.undo(actor_of(request), row, **form.cleaned_data),
        title=_("撤回登记"),
        crumbs=[(_("变动"), reverse("party:changes")), (row.get_kind_display(), here)],
        lead=_("登记错了才撤回：一切恢复到办理之前，这次变动和撤回都留在记录里。之后又有别的变动的不能撤回。"),
        back=here,
        previewed=True,
    )


@page("party.view")
@require_safe
def export_changes(request: HttpRequest) -> HttpResponseBase:
    """The filtered changes as a sheet."""
    actor, bar = actor_of(request), ChangeFilter(request.GET, label_suffix="")
    rows = list(queries.changes(actor, bar.chosen).order_by("-on", "-id")[:EXPORT_MOST])
    head = [_("生效日"), _("变动"), _("变动前"), _("变动后"), _("批准文件"), _("例外理由"), _("登记人")]
    lines = [
        (
            row.on,
            row.get_kind_display(),
            *("、".join(one.name for one in side) for side in _sides(row)),
            row.basis,
            row.exception,
            row.by_name,
        )
        for row in rows
    ]
    return sheet(_("党组织变动"), head, lines, form_of(request), maker=actor.name)


@page("party.view")
@require_safe
def elections(request: HttpRequest) -> HttpResponse:
    """Running terms by the day they run out, the reminders that nobody has noted, and what has no term on record."""
    missing = checking.without_term(actor_of(request), today()).count()
    context = {
        "title": _("党组织换届"),
        "tabs": tabs(actor_of(request), "elections"),
        "missing": _("有 %(count)d 个党组织还没有登记本届，到期不会提醒。") % {"count": missing} if missing else "",
        "missing_url": reverse("party:check", args=["no_term"]),
        "to": "party:page",
        "empty": _("在党组织的页面里登记本届，届满日会算出来。"),
    }
    return term_list.shown(request, PARTY, context)


@page("party.view")
@require_safe
def checks(request: HttpRequest) -> HttpResponse:
    """What wants attention, each with its count, its rule and where the rule comes from."""
    actor = actor_of(request)
    context = {"checks": checking.counted(actor, today()), "tabs": tabs(actor, "checks")}
    return render(request, "party/checks.html", context)


@page("party.view")
@require_safe
def check(request: HttpRequest, code: str) -> HttpResponse:
    """The list behind one check."""
    actor = actor_of(request)
    found = checking.CHECKS.get(code)
    if found is None:
        raise Http404
    words = " ".join(request.GET.get("q", "").split())[:60]
    shown = numbered(found.rows(actor, today(), words), request)
    context = {
        "check": found.said(policies.load("party").data),
        "filter": [{"name": "q", "label": _("名称"), "kind": "text", "value": words, "choices": ()}],
        "rows": [(found.line(row), found.after(row)) for row in shown.rows],
        "may": actor.may(found.right),
        "page": shown,
        "narrowed": bool(words),
        "tabs": tabs(actor, "checks"),
    }
    return render(request, "party/check.html", context)


@page("party.view")
@require_safe
def figures(request: HttpRequest) -> HttpResponse:
    """What there is on a day and what changed in a period, each number with the records behind it."""
    actor, bar = actor_of(request), YearFilter(request.GET, label_suffix="")
    since, until = bar.period
    held, in_time = queries.elected(actor, since, until)
    branches_held, branches_in_time = queries.elected(actor, since, until, rules.BRANCHES)
    grids = queries.grids_without(actor, until).count()
    context = {
        "filter": bar,
        "since": since,
        "until": until,
        "stock": queries.stock(actor, until),
        "figures": queries.figures(actor, since, until),
        "held": held,
        "in_time": in_time,
        "branches_held": branches_held,
        "branches_in_time": branches_in_time,
        "grids_without": grids,
        "tabs": tabs(actor, "figures"),
    }
    return render(request, "party/figures.html", context)
