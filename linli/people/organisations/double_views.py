"""Units that may be on the register twice: found, looked at side by side, merged, or known to be two."""

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from linli.base.facts.noting import Given, said
from linli.base.pages import actor_of, page
from linli.base.ui.refused import beside
from linli.people.organisations import commands, queries
from linli.people.organisations.commands.merging import TAKEN
from linli.people.organisations.models import Organisation
from linli.people.organisations.register_forms import MergeForm
from linli.people.organisations.register_views import FORM, kept
from linli.people.organisations.showing import FACTS
from linli.places.addresses.queries import place_names

MOST = 100


@page("organisations.register")
@require_safe
def listing(request: HttpRequest) -> HttpResponse:
    """Pairs that may be one unit, with why."""
    rows = queries.doubles(actor_of(request), MOST)
    place = place_names({row.region_code for pair in rows for row in pair[:2]})
    context = {
        "rows": [(one, place(one.region_code), other, place(other.region_code), why) for one, other, why in rows],
        "full": len(rows) == MOST,
    }
    return render(request, "organisations/doubles.html", context)


@page("organisations.register")
@require_http_methods(FORM)
def compare(request: HttpRequest, first: int, second: int) -> HttpResponse:
    """Two records side by side; merge them into one, or note that they are two."""
    actor, left, right = actor_of(request), kept(request, first), kept(request, second)
    if left.pk == right.pk:
        raise Http404
    form = MergeForm(request.POST or None, choices=[(str(left.pk), left.name), (str(right.pk), right.name)])
    with beside(form):
        if request.POST.get("act") == "apart":
            commands.keep_apart(actor, left, other=right.pk)
            messages.success(request, _("已记下不是同一家，不再提示。"))
            return redirect("organisations:doubles")
        if request.method == "POST" and form.is_valid():
            stays, goes = (left, right) if form.cleaned_data["keep"] == str(left.pk) else (right, left)
            commands.merge_double(actor, stays, other=goes.pk, given=Given(reason=form.cleaned_data["reason"]))
            messages.success(request, _("已合并，两份的来历都在。"))
            return redirect("organisations:page", stays.pk)
    lines = [(str(FACTS.get(name, name)), _told(left, name), _told(right, name)) for name in ("name", *TAKEN)]
    context = {"left": left, "right": right, "lines": lines, "form": form}
    return render(request, "organisations/compare.html", context, status=422 if form.errors else 200)


def _told(row: Organisation, name: str) -> str:
    return said(row, name, getattr(row, name)) or "—"
