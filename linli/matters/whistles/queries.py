"""Reading whistles: every list starts from what the actor may see."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db.models import Exists, F, OuterRef, Q, QuerySet
from django.utils.translation import gettext_lazy as _

from linli.base.actor import Actor
from linli.matters.cases.listing import realm
from linli.matters.whistles import rules
from linli.matters.whistles.models import Rating, Whistle
from linli.people.organisations.models import Organisation
from linli.people.organisations.queries import Listing, directory
from linli.procedures import queries as procedures
from linli.procedures.models import Assignment, Clock, Proceeding
from linli.procedures.paging import ORDERS, Order

KIND = "whistle"
PART_KIND = "whistle_part"
ARRIVAL = "arrival"
SIDES = ("department", "whistler")
FIGURES = ("called", "in_time", "late", "missed", "waiting", "concluded", "solved", "rated")
DUE = F("due_at")
CALLED_STEPS = ("called", "on_site")
COLUMNS = (
    "id",
    "number",
    "title",
    "step",
    "service_class",
    "region_code",
    "holder_id",
    "opened_at",
    "closed_at",
    "due_at",
    "due_clock",
    "whistle__place_text",
    "whistle__result",
)


def visible_to(actor: Actor) -> QuerySet[Whistle]:
    """Whistles this actor may see, each with its proceeding."""
    return Whistle.objects.filter(proceeding__in=procedures.visible_to(actor)).select_related("proceeding")


@dataclass(frozen=True, slots=True)
class Tab:
    code: str
    label: Any
    empty: Any
    hint: Any
    order: str = "due"


TABS: tuple[Tab, ...] = (
    Tab("todo", _("要我办的"), _("现在没有要您办的"), _("有人吹哨叫到您的单位，或者等您确认、互评时，会出现在这里。")),
    Tab("overdue", _("逾期未到"), _("没有逾期未到的"), _("过了到场时限还没有到的部门会出现在这里。")),
    Tab("open", _("在办"), _("没有在办的吹哨"), _("吹哨以后、结案以前都在这里。"), "-opened"),
    Tab("closed", _("已结案"), _("还没有结案的吹哨"), _("确认并互评以后会出现在这里。"), "-opened"),
    Tab("all", _("全部"), _("还没有吹过哨"), _("社区遇到自己解决不了的事，可以吹哨叫部门到现场。"), "-opened"),
)


def tab_of(code: str) -> Tab:
    return next((tab for tab in TABS if tab.code == code), TABS[0])


def order_of(tab: Tab, sort: str) -> Order:
    return ORDERS[sort if sort in ORDERS else tab.order]


def _late(at: datetime) -> Q:
    """Proceedings in which somebody called has not come in time and is still awaited."""
    clocks = Clock.objects.filter(
        proceeding_id=OuterRef("pk"), code=ARRIVAL, met_at=None, stopped_at=None, due_at__lt=at
    )
    return Q(Exists(clocks))


def waiting_for(actor: Actor) -> Q:
    """What this organisation must do now: come, finish, confirm, rate."""
    mine = actor.organisation_id or 0
    calls = Assignment.objects.filter(proceeding_id=OuterRef("pk"), role="whistled").exclude(status="withdrawn")
    given = Rating.objects.filter(whistle_id=OuterRef("pk"), by_id=mine)
    given_to_it = Rating.objects.filter(
        whistle_id=OuterRef("proceeding_id"), by_id=mine, of_id=OuterRef("organisation")
    )
    called = calls.filter(organisation_id=mine)
    unrated = calls.filter(~Exists(given_to_it))
    parts = Proceeding.objects.filter(parent_id=OuterRef("pk"), kind=PART_KIND, holder_id=mine, closed_at=None)
    return (
        Q(Exists(called.filter(status__in=("offered", "accepted"))), step__in=CALLED_STEPS)
        | Q(holder_id=mine, step="confirming")
        | Q(Exists(parts))
        | Q(Exists(called.filter(status__in=("accepted", "done"))) & ~Exists(given), step="rating")
        | Q(Exists(unrated), holder_id=mine, step="rating")
    )


def listed(actor: Actor, tab: Tab, at: datetime) -> QuerySet[Proceeding]:
    """The whistles of a tab as proceedings, so that they page by key."""
    rows = procedures.visible_to(actor).filter(kind=KIND)
    if tab.code == "todo":
        return rows.filter(waiting_for(actor), closed_at=None)
    if tab.code == "overdue":
        return rows.filter(_late(at), closed_at=None).filter(
            realm(actor) | Q(involved__contains=[actor.organisation_id or 0])
        )
    if tab.code == "open":
        return rows.filter(closed_at=None)
    return rows.filter(closed_at__isnull=False) if tab.code == "closed" else rows


def filtered(rows: QuerySet[Proceeding], chosen: Mapping[str, Any], at: datetime) -> QuerySet[Proceeding]:
    """Narrow a list by what the filter bar holds; `figure` keeps exactly the whistles a figure counted (see counting.py)."""
    if words := chosen.get("q"):
        rows = rows.filter(
            Q(title__contains=words)
            | Q(number=words.upper())
            | Q(whistle__place_text__contains=words)
            | Q(whistle__text__contains=words)
        )
    if kind := chosen.get("kind"):
        rows = rows.filter(service_class=kind)
    if step := chosen.get("step"):
        rows = rows.filter(step=step)
    if region := chosen.get("region"):
        rows = rows.filter(procedures.within(region))
    if since := chosen.get("since"):
        rows = rows.filter(opened_at__gte=since)
    if until := chosen.get("until"):
        rows = rows.filter(opened_at__lt=until)
    if unit := chosen.get("unit"):
        asked = Assignment.objects.filter(proceeding_id=OuterRef("pk"), role="whistled", organisation_id=unit)
        rows = rows.filter(Q(Exists(asked.exclude(status="withdrawn"))) | Q(holder_id=unit))
    if figure := chosen.get("figure"):
        rows = rows.filter(opened(figure, at))
    return rows


def counts(actor: Actor, at: datetime) -> dict[str, int]:
    """How many whistles wait in the tabs that ask for something."""
    return {code: listed(actor, tab_of(code), at).count() for code in ("todo", "overdue")}


@dataclass(frozen=True, slots=True)
class Called:
    """One department of one whistle, for a row of a list."""

    department: int
    status: str
    due_at: datetime | None
    arrived_at: datetime | None
    outcome: str


def called(ids: Iterable[int], at: datetime) -> dict[int, list[Called]]:
    """Who was called by each of these whistles, and how it went; two statements."""
    found: dict[int, list[Called]] = {}
    clocks = _arrivals(list(ids))
    for row in _offers(clocks.keys()):
        call = clocks[row["proceeding_id"]].get(row["seq"])
        if call is not None and row["status"] != "withdrawn":
            made = _call(row, call, "", 0)
            found.setdefault(row["proceeding_id"], []).append(
                Called(row["organisation_id"], row["status"], made.due_at, made.arrived_at, rules.outcome(made, at))
            )
    return found


def _arrivals(ids: list[int]) -> dict[int, dict[int, dict[str, Any]]]:
    names = ("proceeding_id", "seq", "started_at", "due_at", "met_at", "stopped_at")
    found: dict[int, dict[int, dict[str, Any]]] = {key: {} for key in ids}
    for clock in Clock.objects.filter(proceeding_id__in=ids, code=ARRIVAL).values(*names):
        found[clock["proceeding_id"]][clock["seq"]] = clock
    return found


def _offers(ids: Iterable[int]) -> list[dict[str, Any]]:
    rows = Assignment.objects.filter(proceeding_id__in=list(ids), role="whistled").order_by("proceeding_id", "seq")
    return [dict(row) for row in rows.values("proceeding_id", "seq", "organisation_id", "status")]


def _call(offer: Mapping[str, Any], clock: Mapping[str, Any], result: str, whistler: int) -> rules.Call:
    return rules.Call(
        offer["proceeding_id"], whistler, offer["organisation_id"], clock["started_at"], clock["due_at"],
        clock["met_at"], clock["stopped_at"], result,
    )  # fmt: skip


def opened(figure: str, at: datetime) -> Q:
    """The whistles behind one figure of one organisation, as a condition on proceedings: `<side>.<figure>.<organisation>`."""
    side, _one, rest = figure.partition(".")
    code, _two, key = rest.partition(".")
    if side not in SIDES or code not in FIGURES or not (key.isascii() and key.isdigit() and len(key) < 19):
        return Q(pk__in=[])
    unit = int(key)
    if code == "rated":
        return Q(Exists(Rating.objects.filter(whistle_id=OuterRef("pk"), of_id=unit)))
    clocks = Clock.objects.filter(proceeding_id=OuterRef("proceeding_id"), seq=OuterRef("seq"), code=ARRIVAL)
    calls = Assignment.objects.filter(proceeding_id=OuterRef("pk"), role="whistled")
    calls = calls.filter(Exists(clocks.filter(_ended(code, at))))
    found = Q(Exists(calls.filter(organisation_id=unit))) if side == "department" else Q(Exists(calls), holder_id=unit)
    if code == "concluded":
        return found & ~Q(whistle__result="")
    return found & Q(whistle__result="solved") if code == "solved" else found


def _ended(code: str, at: datetime) -> Q:
    """Clocks of calls that ended so; for figures that count by whistle, of all calls that were not taken back in time."""
    came, missed = Q(met_at__isnull=False), Q(met_at=None) & (Q(stopped_at__gt=DUE) | Q(stopped_at=None, due_at__lt=at))
    if code == "in_time":
        return came & (Q(due_at=None) | Q(met_at__lte=DUE))
    if code == "late":
        return came & Q(met_at__gt=DUE)
    if code == "missed":
        return missed
    waiting = Q(met_at=None, stopped_at=None) & (Q(due_at=None) | Q(due_at__gte=at))
    return waiting if code == "waiting" else came | missed | waiting


def may_be_called(region_code: str, *, without: int | None = None) -> list[Listing]:
    """Departments and the office of the street and above that answer for a place."""
    kinds = (Organisation.Kind.DEPARTMENT, Organisation.Kind.SUB_DISTRICT_OFFICE)
    street = region_code[:9]
    found = [
        one
        for one in directory().by_id.values()
        if one.kind in kinds and street.startswith(one.region_code[:9]) and one.id != without
    ]
    return sorted(found, key=lambda one: (-len(one.region_code), one.kind, one.id))


WHISTLERS = (Organisation.Kind.COMMUNITY, Organisation.Kind.SUB_DISTRICT_OFFICE, Organisation.Kind.DESK)


def of_case(actor: Actor, case: int) -> list[Whistle]:
    """Whistles that came from a case, latest first."""
    return list(visible_to(actor).filter(case_id=case).order_by("-pk")[:20])


def parts_of(whistle: int) -> list[Proceeding]:
    """The tasks the work was split into, oldest first."""
    return list(Proceeding.objects.filter(parent_id=whistle, kind=PART_KIND).order_by("pk"))


def unrated(at: datetime) -> list[int]:
    """Whistles whose time for mutual rating has run out."""
    rows = Proceeding.objects.filter(kind=KIND, step="rating", closed_at=None, due_at__lt=at).order_by("pk")
    return list(rows.values_list("pk", flat=True)[:500])
