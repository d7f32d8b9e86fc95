"""The engine's own pages, the same for every kind of matter: what a procedure is, and why it is due then."""

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_safe

from linli.base import policies
from linli.base.actor import system
from linli.base.clockwork import now
from linli.base.masks import scrub
from linli.base.pages import actor_of, page
from linli.base.scope import scope
from linli.people.organisations.queries import directory
from linli.procedures import queries
from linli.procedures.chains import check
from linli.procedures.definitions import Act, ClockRule, Definition, definition
from linli.procedures.diagram import draw
from linli.procedures.models import Proceeding

CHECKED_MOST = 300


@page("procedures.view")
@require_safe
def catalogue(request: HttpRequest) -> HttpResponse:
    """Every procedure in force."""
    rows = [(policy, definition(policy.id)) for policy in queries.procedures_in_force()]
    return render(request, "procedures/list.html", {"rows": rows})


@page("procedures.view")
@require_safe
def procedure(request: HttpRequest, code: str) -> HttpResponse:
    """One procedure: drawn from its definition, with its acts, time limits and lists."""
    try:
        policy = policies.load(f"procedure.{code}")
    except LookupError as error:
        raise Http404 from error
    shape = definition(policy.id)
    return render(
        request,
        "procedures/procedure.html",
        {
            "policy": policy,
            "shape": shape,
            "drawing": draw(shape),
            "names_of": lambda codes: [shape.steps[code].name for code in codes],
            "words_of": lambda words, codes: [words[code] for code in codes],
            "class_columns": [{"label": name} for name in shape.classes.values()],
            "limit_words": _limit_words,
            "list_titles": [(row["name"], shape.lists[row["code"]]) for row in shape.raw.get("lists", [])],
            "clock_words": lambda act: _clock_words(shape, act),
        },
    )


@page.signed_in("whoever may see a proceeding may see why it is due when it is")
@require_safe
def why(request: HttpRequest, number: str) -> HttpResponse:
    """Every clock of a proceeding, replayed from stored facts, line by line."""
    row = _find(request, number)
    return render(
        request,
        "procedures/why.html",
        {
            "row": row,
            "shape": queries.definition_of(row),
            "clocks": queries.explain(row),
            "now": now(),
        },
    )


@page.signed_in("whoever may see a proceeding may see its record")
@require_safe
def record(request: HttpRequest, number: str) -> HttpResponse:
    """The record from the first entry to the last, for paper, with the check of its chain."""
    row = _find(request, number)
    answer = render(
        request,
        "procedures/record.html",
        {
            "row": row,
            "shape": queries.definition_of(row),
            "entries": queries.timeline(row),
            "broken": queries.broken_links(row),
            "label": directory().label,
            "scrub": scrub,
            "printed_at": now(),
        },
    )
    answer["Cache-Control"] = "private, no-store"
    return answer


@page("audit.view")
@require_safe
def chains(request: HttpRequest) -> HttpResponse:
    """Records recomputed from their first entry, with the system's eyes: the latest, or one by number. Shows numbers."""
    number = request.GET.get("number", "").strip()[:40]
    with scope(system("chain check")):
        rows = Proceeding.objects.order_by("-pk")
        rows = rows.filter(number=number) if number else rows[:CHECKED_MOST]
        checked = check(list(rows))
        every = Proceeding.objects.count() if not number else 0
    broken = [one for one in checked if one.problems]
    context = {"number": number, "checked": checked, "broken": broken, "every": every}
    return render(request, "procedures/chains.html", context)


_UNITS = {
    "minutes": _("%(amount)s 分钟"),
    "hours": _("%(amount)s 小时"),
    "working_hours": _("%(amount)s 个工作小时"),
    "days": _("%(amount)s 天"),
    "working_days": _("%(amount)s 个工作日"),
    "months": _("%(amount)s 个月"),
}


def _clock_words(shape: Definition, act: Act) -> str:
    """What an act does to the time limits: `完成 派单；开始 签收、联系诉求人`."""
    done = (
        (_("开始"), act.start),
        (_("完成"), act.meet),
        (_("中止"), act.stop),
        (_("暂停"), act.pause),
        (_("恢复"), act.resume),
        (_("延长"), (act.extend,) if act.extend else ()),
    )
    return "；".join(f"{word} {'、'.join(shape.clocks[code].name for code in codes)}" for word, codes in done if codes)


def _limit_words(clock: ClockRule, service_class: str) -> str:
    """`2 个工作日`."""
    if service_class not in clock.limits:
        return ""
    amount, unit = clock.limits[service_class]
    return str(_UNITS.get(unit, "%(amount)s")) % {"amount": amount}


def _find(request: HttpRequest, number: str) -> Proceeding:
    row = queries.visible_to(actor_of(request)).filter(number=number).select_related("procedure").first()
    if row is None:
        raise Http404
    return row
