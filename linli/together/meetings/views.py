"""Pages of dispatch meetings: the list, one meeting from agenda to minutes, what was decided, who came."""

from datetime import timedelta
from typing import Any

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from linli.base.actor import Actor
from linli.base.calendar.queries import current_calendar
from linli.base.clockwork import now
from linli.base.commands import Refused
from linli.base.pages import actor_of, page
from linli.base.ui.downloads import conditions, marked, sheet
from linli.base.ui.fields import filter_views
from linli.base.ui.paging import numbered
from linli.base.ui.refused import beside
from linli.matters.cases.queries import visible_to as visible_cases
from linli.matters.cases.rules import clean_number
from linli.people.accounts.models import Post
from linli.people.organisations.queries import directory
from linli.together.meetings import commands, queries, rules
from linli.together.meetings.forms import (
    ACT_NAMES,
    REASON_NAMES,
    CloseForm,
    DecideForm,
    DecisionFilter,
    MeetingFilter,
    PrepareForm,
    PresenceFilter,
)
from linli.together.meetings.models import Attendance, Decision, DispatchMeeting

FORM = ["GET", "HEAD", "POST"]
ROWS_MOST = 5000
PERIOD_DAYS = 30


def _street(actor: Actor) -> str:
    if actor.regions:
        return actor.regions[0][:9]
    own = directory().by_id.get(actor.organisation_id or 0)
    return own.region_code[:9] if own else ""


@page("meetings.view")
@require_safe
def listing(request: HttpRequest) -> HttpResponse:
    bar, rows, sort = _meetings(request)
    context = {
        "filter": filter_views(bar),
        "page": numbered(rows, request),
        "sort": sort,
        "narrowed": bool(bar.chosen),
        "may_hold": actor_of(request).may("meetings.hold"),
        "may_export": actor_of(request).may("meetings.export"),
    }
    return render(request, "meetings/list.html", context)


def _meetings(request: HttpRequest) -> tuple[MeetingFilter, Any, str]:
    bar = MeetingFilter(request.GET)
    sort = request.GET.get("sort", "")
    sort = sort if sort in queries.ORDERS else "-held"
    return bar, queries.listed(actor_of(request), bar.chosen).order_by(*queries.ORDERS[sort]), sort


@page("meetings.export")
@require_safe
def export(request: HttpRequest) -> HttpResponseBase:
    bar, rows, _sort = _meetings(request)
    head = [_("日期"), _("主持人"), _("议程件数"), _("决定"), _("没完成"), _("到会"), _("应到")]
    lines = [[r.held_on, r.chair, r.cases, r.decided, r.undone, r.present, r.noted] for r in rows[:ROWS_MOST]]
    return _sheet(actor_of(request), _("案卷调度"), head, lines, bar)


def _sheet(actor: Actor, title: str, head: list[str], lines: list[list[Any]], bar: Any = ()) -> HttpResponseBase:
    under = conditions(title, bar)
    commands.export(actor, what=title, conditions=under)
    return sheet(title, head, marked(lines, actor, under))


@page("meetings.hold")
@require_http_methods(FORM)
def prepare(request: HttpRequest) -> HttpResponse:
    """Open the meeting of a day; its agenda is drawn at once."""
    form = PrepareForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        with beside(form):
            meeting = commands.prepare(actor_of(request), **form.cleaned_data)
            return redirect("meetings:detail", pk=meeting.pk)
    return render(request, "meetings/new.html", {"form": form}, status=422 if form.errors else 200)


def _find(request: HttpRequest, pk: int) -> DispatchMeeting:
    meeting = queries.visible_to(actor_of(request)).filter(pk=pk).first()
    if meeting is None:
        raise Http404
    return meeting


@page("meetings.view")
@require_safe
def detail(request: HttpRequest, pk: int) -> HttpResponse:
    return _show(request, _find(request, pk))


def _context(request: HttpRequest, meeting: DispatchMeeting) -> dict[str, Any]:
    actor = actor_of(request)
    noted = {one.post_id: one for one in meeting.attendance.select_related("post__account")}
    leaders = queries.leadership(meeting.region_code, meeting.held_on)
    return {
        "meeting": meeting,
        "items": queries.items(actor, meeting),
        "decisions": list(meeting.decisions.select_related("case__proceeding")),
        "attendance": [(post, noted.get(post.pk)) for post in leaders]
        + [(one.post, one) for key, one in noted.items() if key not in {p.pk for p in leaders}],
        "states": Attendance.State.choices,
        "label": directory().label,
        "reason_names": REASON_NAMES,
        "act_names": ACT_NAMES,
        "today": commands.today(),
        "now": now(),
    }


def _show(
    request: HttpRequest, meeting: DispatchMeeting, status: int = 200, problem: str = "", **forms: Any
) -> HttpResponse:
    actor = actor_of(request)
    context = _context(request, meeting)
    may = actor.may("meetings.hold") and meeting.closed_at is None
    on = [
        (item.case_id, f"{item.case.proceeding.number} {item.case.proceeding.title}")
        for item in context["items"]
        if not item.taken_off and item.case.proceeding.closed_at is None
    ]
    context |= {
        "may_hold": may,
        "may_export": actor.may("meetings.export"),
        "may_report": actor.may("meetings.follow"),
        "decide": forms.get("decide") or (DecideForm(cases=on, street=meeting.region_code) if may and on else None),
        "close": forms.get("close") or (CloseForm() if may else None),
        "problem": problem,
    }
    return render(request, "meetings/detail.html", context, status=status)


@page("meetings.view")
@require_safe
def minutes(request: HttpRequest, pk: int) -> HttpResponse:
    """The minutes for paper."""
    return render(request, "meetings/minutes.html", _context(request, _find(request, pk)))


@page("meetings.export")
@require_safe
def export_minutes(request: HttpRequest, pk: int) -> HttpResponseBase:
    """Agenda and decisions of one meeting as a sheet."""
    context = _context(request, _find(request, pk))
    meeting, label = context["meeting"], directory().label
    lines: list[list[Any]] = []
    for item in context["items"]:
        why = "、".join(str(REASON_NAMES[code]) for code in item.reasons) or _("会上增加")
        mine = [one for one in context["decisions"] if one.case_id == item.case_id]
        head = [item.case.proceeding.number, item.case.proceeding.title, why, item.taken_off]
        lines += [
            [*head, str(ACT_NAMES[d.act]), d.text, label(d.owner_id), d.due_on, d.done_on, d.done_note] for d in mine
        ] or [head]
    columns = [
        _("编号"), _("事项"), _("为什么上会"), _("撤下原因"), _("怎么办"), _("决定"), _("责任单位"), _("期限"), _("完成日"), _("完成情况"),
    ]  # fmt: skip
    return _sheet(actor_of(request), f"{_('案卷调度')}{meeting.held_on}", columns, lines)


@page("meetings.hold")
@require_POST
def agenda(request: HttpRequest, pk: int) -> HttpResponse:
    """Add a case by its number, or take one off."""
    meeting, actor = _find(request, pk), actor_of(request)
    key = request.POST.get("item", "")
    try:
        if key.isascii() and key.isdigit() and len(key) < 18:
            commands.take_off(actor, int(key), note=request.POST.get("note", "")[:200])
        else:
            number = clean_number(request.POST.get("number", ""))
            case = visible_cases(actor).filter(proceeding__number=number).first()
            if case is None:
                return _show(request, meeting, status=422, problem=_("没有找到这件诉求，或者它不在您的工作范围内。"))
            commands.add(actor, pk, case=case.pk)
    except Refused as refused:
        return _show(request, meeting, status=refused.status, problem=refused.message)
    return redirect("meetings:detail", pk=pk)


@page("meetings.hold")
@require_POST
def attend(request: HttpRequest, pk: int) -> HttpResponse:
    """Attendance of everybody in one form: `post-<id>` holds the state."""
    meeting, actor = _find(request, pk), actor_of(request)
    try:
        for post in queries.leadership(meeting.region_code, meeting.held_on):
            if state := request.POST.get(f"post-{post.pk}", ""):
                commands.attend(actor, pk, post=post.pk, state=state)
    except Refused as refused:
        return _show(request, meeting, status=refused.status, problem=refused.message)
    messages.success(request, _("到会情况已记录。"))
    return redirect("meetings:detail", pk=pk)


@page("meetings.hold")
@require_POST
def decide(request: HttpRequest, pk: int) -> HttpResponse:
    meeting, actor = _find(request, pk), actor_of(request)
    on = [(one.case_id, one.case.proceeding.number) for one in queries.items(actor, meeting) if not one.taken_off]
    form = DecideForm(request.POST, cases=on, street=meeting.region_code)
    if form.is_valid():
        with beside(form):
            commands.decide(actor, pk, **form.cleaned_data)
            messages.success(request, _("决定已写进诉求的办理记录。"))
            return redirect("meetings:detail", pk=pk)
    return _show(request, meeting, status=422, decide=form)


@page("meetings.hold")
@require_POST
def close(request: HttpRequest, pk: int) -> HttpResponse:
    meeting = _find(request, pk)
    form = CloseForm(request.POST)
    if form.is_valid():
        with beside(form):
            commands.close(actor_of(request), pk, **form.cleaned_data)
            messages.success(request, _("调度会已结束。"))
            return redirect("meetings:detail", pk=pk)
    return _show(request, meeting, status=422, close=form)


def _decisions(request: HttpRequest) -> tuple[DecisionFilter, Any, str]:
    actor = actor_of(request)
    bar = DecisionFilter(request.GET, street=_street(actor))
    sort = request.GET.get("sort", "")
    sort = sort if sort in queries.DECISION_ORDERS else "due"
    rows = queries.filtered_decisions(queries.decisions(actor), bar.chosen, commands.today())
    return bar, rows.order_by(*queries.DECISION_ORDERS[sort]), sort


@page("meetings.follow")
@require_safe
def decisions(request: HttpRequest) -> HttpResponse:
    """What was decided and by when; whoever must do it says here that it is done."""
    bar, rows, sort = _decisions(request)
    return _follow(request, bar, rows, sort)


def _follow(
    request: HttpRequest, bar: DecisionFilter, rows: Any, sort: str, problem: str = "", status: int = 200
) -> HttpResponse:
    actor = actor_of(request)
    context = {
        "filter": filter_views(bar),
        "page": numbered(rows, request),
        "sort": sort,
        "narrowed": bool(bar.chosen),
        "label": directory().label,
        "act_names": ACT_NAMES,
        "today": commands.today(),
        "mine": actor.organisation_id,
        "holds": actor.may("meetings.hold"),
        "may_view": actor.may("meetings.view"),
        "may_export": actor.may("meetings.export"),
        "problem": problem,
    }
    return render(request, "meetings/decisions.html", context, status=status)


@page("meetings.export")
@require_safe
def export_decisions(request: HttpRequest) -> HttpResponseBase:
    bar, rows, _sort = _decisions(request)
    label = directory().label
    head = [
        _("调度日期"),
        _("编号"),
        _("事项"),
        _("怎么办"),
        _("决定"),
        _("责任单位"),
        _("期限"),
        _("完成日"),
        _("完成情况"),
    ]
    lines = [
        [d.held_on, d.case.proceeding.number, d.case.proceeding.title, str(ACT_NAMES[d.act]), d.text, label(d.owner_id), d.due_on, d.done_on, d.done_note]
        for d in rows[:ROWS_MOST]
    ]  # fmt: skip
    return _sheet(actor_of(request), _("调度决定"), head, lines, bar)


@page("meetings.follow")
@require_POST
def report(request: HttpRequest, pk: int) -> HttpResponse:
    """The owner says that a decision has been carried out."""
    try:
        commands.report(actor_of(request), pk, note=request.POST.get("note", "")[:500])
    except Refused as refused:
        if refused.status == 404:
            raise Http404 from refused
        bar, rows, sort = _decisions(request)
        return _follow(request, bar, rows, sort, problem=refused.message, status=refused.status)
    messages.success(request, _("已报完成。"))
    return redirect("meetings:decisions")


@page("meetings.view")
@require_safe
def attendance(request: HttpRequest) -> HttpResponse:
    """How often each of the leadership came, and the working days without a meeting; each number opens its meetings."""
    actor = actor_of(request)
    bar = PresenceFilter(request.GET)
    until = bar.chosen.get("until") or commands.today()
    since = bar.chosen.get("since") or until - timedelta(days=PERIOD_DAYS)
    since = max(since, until - timedelta(days=400))
    held = list(queries.visible_to(actor).filter(held_on__gte=since, held_on__lte=until).values_list("pk", "held_on"))
    noted = Attendance.objects.filter(meeting_id__in=[key for key, _day in held]).values_list("post_id", "state")
    found = rules.presence(noted)
    posts = {
        p.pk: p
        for p in Post.objects.filter(pk__in=[one.post for one in found]).select_related("account", "organisation")
    }
    calendar = current_calendar()
    days = [since + timedelta(days=n) for n in range((until - since).days + 1)]
    working = [one for one in days if calendar.status(one).working and one <= commands.today()]
    context = {
        "filter": filter_views(bar),
        "rows": [(one, posts[one.post]) for one in found if one.post in posts],
        "held": len(held),
        "working": len(working),
        "missing": rules.missing_days(working, [d for _key, d in held]),
        "since": since,
        "until": until,
        "period": {"since": since.isoformat(), "until": until.isoformat()},
    }
    return render(request, "meetings/attendance.html", context)


@page("meetings.follow")
@require_safe
def of_case(request: HttpRequest, pk: int) -> HttpResponse:
    """Decisions about a case, for the slot on its page."""
    actor = actor_of(request)
    if not visible_cases(actor).filter(pk=pk).exists():
        raise Http404
    rows: list[Decision] = queries.of_case(actor, pk)
    context = {
        "rows": rows,
        "label": directory().label,
        "act_names": ACT_NAMES,
        "today": commands.today(),
        "may_view": actor.may("meetings.view"),
    }
    return render(request, "meetings/_of_case.html", context)
