"""The working calendar: a year at a glance, and deciding one day otherwise."""

from datetime import date

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from linli.base.calendar import commands, queries
from linli.base.calendar.forms import OverrideForm
from linli.base.calendar.grid import WEEKDAYS, special_days, working_days, year_grid
from linli.base.clockwork import now
from linli.base.commands import Refused
from linli.base.pages import actor_of, page
from linli.base.ui.refused import beside


@page("calendar.view")
@require_safe
def show(request: HttpRequest) -> HttpResponse:
    """One year: twelve months, its special days, and the notice they come from."""
    calendar = queries.current_calendar()
    present = calendar.local(now()).year
    years = sorted({*calendar.published, *(day.year for day in calendar.specials), present, present + 1})
    asked = request.GET.get("year", "")
    year = int(asked) if asked.isascii() and asked.isdigit() and int(asked) in years else present
    overrides = queries.overrides(year)
    return render(
        request,
        "calendar/year.html",
        {
            "year": year,
            "tabs": [
                {"label": _("%(year)s年") % {"year": each}, "url": f"?year={each}", "current": each == year}
                for each in years
            ],
            "published": year in calendar.published,
            "source": calendar.sources.get(year, ""),
            "office_hours": "、".join(f"{opens:%H:%M}—{closes:%H:%M}" for opens, closes in calendar.office_hours),
            "months": year_grid(calendar, year, overrides),
            "weekdays": WEEKDAYS,
            "stretches": special_days(calendar, year, overrides),
            "overrides": overrides,
            "working_days": working_days(calendar, year),
            "today": calendar.local(now()).date(),
            "may_edit": actor_of(request).may("calendar.override"),
        },
    )


@page("calendar.override")
@require_http_methods(["GET", "POST"])
def day(request: HttpRequest, year: int, month: int, number: int) -> HttpResponse:
    """Decide one day otherwise than the published calendar."""
    wanted = _date(year, month, number)
    override = queries.overrides(wanted.year).get(str(wanted))
    initial = {name: getattr(override, name) for name in OverrideForm.base_fields} if override else {}
    form = OverrideForm(request.POST or None, initial=initial)
    if request.method == "POST" and form.is_valid():
        with beside(form):
            commands.override(actor_of(request), date=wanted, **form.cleaned_data)
            messages.success(request, _("%(day)s 已调整，新算的时限从现在起按此计算。") % {"day": wanted})
            return _to_year(wanted)
    status = queries.published_calendar().status(wanted)
    return render(
        request,
        "calendar/day.html",
        {"day": wanted, "form": form, "override": override, "published": status, "weekday": WEEKDAYS[wanted.weekday()]},
        status=422 if form.errors else 200,
    )


@page("calendar.clear_override")
@require_POST
def clear(request: HttpRequest, year: int, month: int, number: int) -> HttpResponse:
    """Let the published calendar decide the day again."""
    wanted = _date(year, month, number)
    override = queries.overrides(wanted.year).get(str(wanted))
    if override is None:
        messages.info(request, _("这一天没有调整。"))
        return _to_year(wanted)
    try:
        commands.clear_override(actor_of(request), override)
    except Refused as refused:
        messages.error(request, refused.message)
    else:
        messages.success(request, _("%(day)s 的调整已撤销。") % {"day": wanted})
    return _to_year(wanted)


def _date(year: int, month: int, number: int) -> date:
    try:
        return date(year, month, number)
    except (ValueError, OverflowError):
        raise Http404 from None


def _to_year(day: date) -> HttpResponse:
    return redirect(f"{reverse('calendar:list')}?year={day.year}")
