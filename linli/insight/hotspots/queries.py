"""Reading hot spots and the cases behind them. Every list starts from what the actor may see."""

from datetime import date, timedelta
from typing import Any

from django.db.models import Q, QuerySet

from linli.base.actor import Actor, system
from linli.base.scope import scope
from linli.insight.hotspots import effect, seasons
from linli.insight.hotspots.models import Hotspot, HotspotRun
from linli.insight.indicators.queries import Period, raised
from linli.matters.cases.models import Case
from linli.matters.cases.queries import category_map
from linli.matters.cases.queries import visible_to as cases_visible_to
from linli.matters.prevention.models import Prevention
from linli.matters.prevention.queries import place_words, today
from linli.places.regions.models import Region
from linli.places.regions.queries import in_subtree, in_subtrees
from linli.places.regions.rules import Level
from linli.procedures import queries as procedures

__all__ = ["category_map", "runs_visible_to", "visible_to"]


def runs_visible_to(actor: Actor) -> QuerySet[HotspotRun]:
    """Runs over the actor's regions, or over a place they lie in: a community sees that its street was searched."""
    rows = HotspotRun.objects.order_by("-id")
    if actor.everything:
        return rows
    above = {prefix[:length] for prefix in actor.regions for length in (9, 12)}
    return rows.filter(in_subtrees(actor.regions, "region_code") | Q(region_code__in=above))


def visible_to(actor: Actor) -> QuerySet[Hotspot]:
    """Hot spots that lie in the actor's regions as a whole."""
    rows = Hotspot.objects.select_related("run")
    return rows if actor.everything else rows.filter(in_subtrees(actor.regions, "region_code"))


def topic(code: str) -> str:
    """The name of a category, or its code when it was retired."""
    row = category_map().get(code)
    return str(row["name"]) if row else code


def season_of(row: Hotspot) -> seasons.Arc:
    return seasons.Arc(row.month or 1, row.months or 1, row.cases, row.cases, 1.0, row.p, row.years, row.returned)


def when(row: Hotspot) -> str:
    """`2026-03-02 至 2026-03-15` or `11月至1月`."""
    return season_of(row).text if row.kind == Hotspot.Kind.SEASON else f"{row.first} 至 {row.last}"


def evidence(row: Hotspot) -> str:
    """One sentence that says why: it goes into the task."""
    times = row.cases / row.expected if row.expected else 0
    place = place_words(row.region_codes)
    if row.kind == Hotspot.Kind.SEASON:
        return f"{place}的“{topic(row.category)}”集中在{when(row)}：{row.years} 年共 {row.cases} 件，是平均月份的 {times:.1f} 倍"
    return f"{place}的“{topic(row.category)}”在 {when(row)} 有 {row.cases} 件，通常约 {row.expected:.1f} 件（p = {row.p:.3f}）"


def cases_behind(actor: Actor, row: Hotspot) -> QuerySet[Case]:
    """The complaints that make up a hot spot, as far as the actor may see them: the same condition that counted them."""
    within = Q(pk__in=[])
    for code in row.region_codes:
        within |= procedures.within(code)
    rows = cases_visible_to(actor).filter(
        proactive=False, category=row.category, filed_on__range=(row.first, row.last),
        proceeding__in=procedures.visible_to(actor).filter(within),
    )  # fmt: skip
    if row.kind == Hotspot.Kind.SEASON:
        rows = rows.filter(filed_on__month__in=season_of(row).months)
    return rows


def compounds_behind(actor: Actor, row: Hotspot, most: int = 5) -> list[tuple[str, int]]:
    """The compounds named most often in the cases behind a hot spot."""
    from django.db.models import Count

    rows = cases_behind(actor, row).filter(compound__isnull=False).order_by().values("compound__name")
    counted = rows.annotate(cases=Count("pk")).order_by("-cases", "compound__name")[:most]
    return [(one["compound__name"], one["cases"]) for one in counted]


def windows(row: Hotspot, task: Prevention, weeks: int, day: date) -> tuple[Period, Period] | date | None:
    """(before, after); the day from which a comparison is possible; or None while the work is not finished.

    A hot spot: so many weeks before the task was planned and after it was finished. A season: the first season that
    begins after the work was finished, and the same months a year earlier.
    """
    if task.finished_on is None:
        return None
    if row.kind == Hotspot.Kind.SEASON:
        arc = season_of(row)
        start = seasons.next_start(arc, task.finished_on)
        end = _month_after(start, arc.length) - timedelta(days=1)
        if end >= day:
            return end + timedelta(days=1)
        earlier = date(start.year - 1, start.month, 1)
        return Period(earlier, _month_after(earlier, arc.length) - timedelta(days=1)), Period(start, end)
    span = timedelta(weeks=weeks)
    after = Period(task.finished_on + timedelta(days=1), task.finished_on + span)
    if after.last >= day:
        return after.last + timedelta(days=1)
    return Period(task.planned_on - span, task.planned_on - timedelta(days=1)), after


def _month_after(start: date, months: int) -> date:
    number = start.year * 12 + start.month - 1 + months
    return date(number // 12, number % 12 + 1, 1)


def effect_of(row: Hotspot) -> dict[str, Any] | None:
    """What the task of a hot spot changed: periods and the comparison, or from when there will be one; None without a task.

    Counted over the whole sub-district from the kept days, for whoever may see the hot spot: numbers of grids, no case.
    """
    if row.task is None:
        return None
    rule = row.run.parameters["effect"]
    found = windows(row, row.task, rule["weeks"], today())
    if found is None or isinstance(found, date):
        return {"from": found, "told": None}
    before, after = found
    # Comparable grids lie in other communities too: only their numbers are read, and none of them is shown by name.
    with scope(system("hotspots")):
        return {"from": None, "told": _compared(row, before, after), "before": before, "after": after}


def _compared(row: Hotspot, before: Period, after: Period) -> effect.Effect:
    rule = row.run.parameters["effect"]
    street = row.region_code[:9]
    digits = 12 if row.kind == Hotspot.Kind.SEASON else 24
    level = {"level": Level.COMMUNITY} if digits == 12 else {"level__gte": Level.GRID}
    rows = Region.objects.filter(in_subtree(street), valid_to=None, **level)
    candidates = set(rows.values_list("code", flat=True))
    others = Prevention.objects.filter(category=row.category, planned_on__lte=after.last).exclude(pk=row.task_id)
    touched: set[str] = set()
    for codes in others.filter(region_codes__overlap=list(candidates)).values_list("region_codes", flat=True):
        touched.update(codes)
    return effect.compare(
        _by_place(street, before, row.category, digits),
        _by_place(street, after, row.category, digits),
        row.region_codes,
        candidates - touched,
        tolerance=rule["tolerance"],
        least_grids=rule["least_grids"],
    )


def _by_place(street: str, period: Period, category: str, digits: int) -> dict[str, int]:
    found: dict[str, int] = {}
    for place, code, _step, number in raised(street, period, step="week", digits=digits):
        if code == category:
            found[place] = found.get(place, 0) + number
    return found
