"""The worklist: which cases a tab holds for whom, and a page of them as plain rows.

Every tab is a condition that an index serves (holder, sub-district or community, each with the due time), and every
list starts from what the actor may see. The counts beside the tabs are capped, so that they cost the same at any size.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from functools import lru_cache
from typing import Any

from django.core.exceptions import EmptyResultSet
from django.db import connection
from django.db.models import Q, QuerySet
from django.utils.translation import gettext_lazy as _

from linli.base.actor import Actor
from linli.people.organisations.queries import directory
from linli.places.regions import locating
from linli.procedures import queries as procedures
from linli.procedures.models import Assignment, Proceeding
from linli.procedures.paging import ORDERS, Order, Page, page_of

SOON = timedelta(hours=24)
COUNT_MOST = 99
DESK_STEPS = ("filed",)
RETURN_STEPS = ("returned", "deliberating")
OPEN_SUPPORT = ("offered", "accepted")
PRESSED = {"remind": 1, "supervise": 2}

COLUMNS = (
    "id",
    "number",
    "title",
    "step",
    "round",
    "service_class",
    "region_code",
    "holder_id",
    "lead_id",
    "post_id",
    "opened_at",
    "closed_at",
    "due_at",
    "due_clock",
    "paused",
    "procedure_id",
    "case__category",
    "case__kind",
    "case__channel",
    "case__place_text",
    "case__proactive",
    "case__pressed",
    "case__exempted",
    "case__cluster_id",
    "case__satisfaction",
    "case__resolved",
)


@dataclass(frozen=True, slots=True)
class Tab:
    """One tab of the worklist. `right`: who is shown it; `order`: how it is sorted unless the reader chooses."""

    code: str
    label: Any
    empty: Any
    hint: Any
    condition: Callable[[Actor, datetime], Q]
    right: str = "cases.view"
    order: str = "due"
    counted: bool = True


def realm(actor: Actor) -> Q:
    """What the actor answers for: the region of the post; without one, what the organisation has a hand in.

    The second is narrowed by the organisation's own region first, which an index can start from.
    """
    if actor.everything:
        return Q()
    if actor.regions:
        found = Q(pk__in=[])
        for prefix in actor.regions:
            found |= procedures.within(prefix)
        return found
    listing = directory().by_id.get(actor.organisation_id or 0)
    if listing is None:
        return Q(pk__in=[])
    return procedures.within(listing.region_code[:9]) & Q(involved__contains=[listing.id])


def _open(condition: Q) -> Q:
    return condition & Q(closed_at=None)


def _held(actor: Actor, *steps: str) -> Q:
    return _open(Q(holder_id=actor.organisation_id or 0, step__in=steps))


def _asked_to_speak(actor: Actor) -> Q:
    asked = Assignment.objects.filter(organisation_id=actor.organisation_id or 0, role="party", status="offered")
    return _open(Q(pk__in=asked.values("proceeding_id"), step="deliberating"))


def _supporting(actor: Actor) -> Q:
    asked = Assignment.objects.filter(
        organisation_id=actor.organisation_id or 0, role="support", status__in=OPEN_SUPPORT
    )
    return _open(Q(pk__in=asked.values("proceeding_id")))


TABS: dict[str, Tab] = {
    tab.code: tab
    for tab in (
        Tab(
            "mine",
            _("要我办的"),
            _("现在没有要您办的"),
            _("新的诉求派到您这里，会出现在这个列表。"),
            lambda a, n: procedures.mine(a),
        ),
        Tab(
            "dispatch",
            _("待派单"),
            _("没有等着派单的"),
            _("规则派不了的诉求会停在这里，附着原因。"),
            lambda a, n: _held(a, *DESK_STEPS),
            right="cases.dispatch",
        ),
        Tab(
            "returned",
            _("退单与会商"),
            _("没有退单和异议"),
            _("承办单位退单或者提出异议时，在这里核定由谁办。"),
            lambda a, n: _held(a, *RETURN_STEPS),
            right="cases.refuse_return",
        ),
        Tab(
            "callback",
            _("待回访"),
            _("没有等着回访的"),
            _("承办单位答复以后，诉求会到这里等回访。"),
            lambda a, n: _held(a, "answered"),
            right="cases.callback",
        ),
        Tab(
            "party",
            _("请我会商"),
            _("没有请您会商的"),
            _("派单台请您的单位说明意见时，会出现在这里。"),
            lambda a, n: _asked_to_speak(a),
            right="cases.speak",
        ),
        Tab(
            "pressed",
            _("催办督办"),
            _("没有被催办、督办的"),
            _("快到期、超期、多次退回的，会自动催办督办；领导督办的也在这里。"),
            lambda a, n: _open(
                (procedures.mine(a) if not a.may("procedures.supervise") else realm(a)) & Q(case__pressed__gt=0)
            ),
        ),
        Tab(
            "support",
            _("协办"),
            _("没有请您协办的"),
            _("别的单位请您一起办的，会出现在这里。"),
            lambda a, n: _supporting(a),
            right="cases.support_done",
        ),
        Tab(
            "soon",
            _("快到期"),
            _("24 小时内没有到期的"),
            _("离期限不到 24 小时的会出现在这里。"),
            lambda a, n: _open(realm(a) & Q(due_at__gte=n, due_at__lt=n + SOON)),
        ),
        Tab(
            "overdue",
            _("已超期"),
            _("没有超期的"),
            _("过了期限还没有办的会出现在这里。"),
            lambda a, n: _open(realm(a) & Q(due_at__lt=n)),
        ),
        Tab(
            "hung",
            _("挂账"),
            _("没有挂账的"),
            _("一时办不成、答应了日期的会在这里；不算办结，也不算超期。"),
            lambda a, n: _open(realm(a) & Q(step="hung_up")),
            order="opened",
            counted=False,
        ),
        Tab(
            "open",
            _("全部在办"),
            _("没有在办的诉求"),
            _("登记一件，或者换一个条件再看。"),
            lambda a, n: _open(realm(a)),
            counted=False,
        ),
        Tab(
            "closed",
            _("已结案"),
            _("还没有结案的诉求"),
            _("回访结案以后会出现在这里。"),
            lambda a, n: realm(a) & Q(closed_at__isnull=False),
            order="-opened",
            counted=False,
        ),
    )
}


# Names under which other pages link to a tab.
ALIASES = {"all": "open", "desk": "mine"}


def tab_of(actor: Actor, code: str) -> Tab:
    """The tab asked for, or the first one of this actor."""
    tabs = tabs_for(actor)
    code = ALIASES.get(code, code)
    return next((tab for tab in tabs if tab.code == code), tabs[0])


def tabs_for(actor: Actor) -> list[Tab]:
    """The tabs this actor is shown, in order."""
    return [tab for tab in TABS.values() if actor.may(tab.right)]


def cases(actor: Actor, tab: Tab, now: datetime) -> QuerySet[Proceeding]:
    """Every case of a tab that the actor may see."""
    return procedures.visible_to(actor).filter(tab.condition(actor, now), kind="case")


# Stand for the two moments in statements that are compiled once and used again.
MARKED_NOW, MARKED_THEN = datetime(1, 1, 1, tzinfo=UTC), datetime(1, 1, 1, tzinfo=UTC) + SOON


def moments_of(now: datetime) -> dict[datetime, datetime]:
    """What the marks stand for at this moment."""
    return {MARKED_NOW: now, MARKED_THEN: now + SOON}


def counts(actor: Actor, tabs: list[Tab], now: datetime) -> dict[str, int]:
    """How many cases wait in each counted tab, up to COUNT_MOST + 1; one statement."""
    listing = directory().by_id.get(actor.organisation_id or 0)
    codes = tuple(tab.code for tab in tabs if tab.counted)
    counted, sql, params = _counting(actor, codes, listing.region_code if listing else "", COUNT_MOST + 1)
    if not counted:
        return {}
    moments = moments_of(now)
    with connection.cursor() as cursor:
        cursor.execute(sql, [moments.get(value, value) if isinstance(value, datetime) else value for value in params])
        found = cursor.fetchone() or ()
    return dict(zip(counted, found, strict=True))


@lru_cache(maxsize=512)
def _counting(
    actor: Actor, codes: tuple[str, ...], _region: str, most: int
) -> tuple[tuple[str, ...], str, tuple[Any, ...]]:
    """(tabs counted, statement, parameters) for one actor. Making it costs more than running it, so it is kept."""
    parts, params, counted = [], [], []
    for code in codes:
        rows = cases(actor, TABS[code], MARKED_NOW).order_by().values("id")[:most]
        try:
            sql, given = rows.query.get_compiler(connection=connection).as_sql()
        except EmptyResultSet:
            continue
        parts.append(f"(SELECT count(*) FROM ({sql}) counted)")  # noqa: S608  as the ORM compiled it
        params += given
        counted.append(code)
    statement = f"SELECT {', '.join(parts)}"
    return tuple(counted), statement, tuple(params)


def filtered(rows: QuerySet[Proceeding], chosen: Mapping[str, Any], now: datetime) -> QuerySet[Proceeding]:
    """Narrow a list by what the filter bar holds; `chosen` is cleaned, empty values do not narrow."""
    if due := chosen.get("due"):
        rows = rows.filter(due_at__lt=now) if due == "over" else rows.filter(due_at__gte=now, due_at__lt=now + SOON)
    plain = {"step": "step", "service_class": "service_class", "kind": "case__kind", "channel": "case__channel"}
    for name, column in plain.items():
        if chosen.get(name):
            rows = rows.filter(**{column: chosen[name]})
    if press := chosen.get("press"):
        rows = rows.filter(case__pressed=PRESSED[press])
    if chosen.get("exempted"):
        rows = rows.filter(case__exempted=chosen["exempted"] == "yes")
    if top := chosen.get("category"):
        rows = rows.filter(Q(case__category=top) | Q(case__category__startswith=f"{top}."))
    if region := chosen.get("region"):
        rows = rows.filter(procedures.within(region))
    if since := chosen.get("since"):
        rows = rows.filter(opened_at__gte=since)
    if until := chosen.get("until"):
        rows = rows.filter(opened_at__lt=until)
    if chosen.get("ids") is not None:
        rows = rows.filter(pk__in=chosen["ids"])
    return rows


def page(
    rows: QuerySet[Proceeding], tab: Tab, *, sort: str = "", after: str = "", before: str = "", size: int = 50
) -> Page:
    """One page of a tab, sorted as asked or as the tab has it; rows as dicts of COLUMNS."""
    return page_of(rows, COLUMNS, order_of(tab, sort), after=after, before=before, size=size)


def sort_shown(tab: Tab, sort: str) -> str:
    """The code of the order a tab is read in. Finished cases have no due time to sort by."""
    if tab.code == "closed" and sort == "due":
        return tab.order
    return sort if sort in ORDERS else tab.order


def order_of(tab: Tab, sort: str) -> Order:
    return ORDERS[sort_shown(tab, sort)]


def place_name(code: str) -> str:
    """Short names of community and grid, or of what is known of the place."""
    names = locating.index().names
    parts = [names[code[:length]] for length in (12, len(code)) if length <= len(code) and code[:length] in names]
    if len(parts) == 2 and parts[1].startswith(parts[0]):
        parts = parts[1:]
    return " ".join(dict.fromkeys(parts)) or names.get(code[:9], code)
