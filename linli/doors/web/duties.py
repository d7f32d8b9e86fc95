"""What asks for this person now, as figures that open: each room's own, for whoever has the right to do it."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

from django.urls import NoReverseMatch, reverse
from django.utils import timezone
from django.utils.translation import gettext as _

from linli.base.actor import Actor
from linli.base.privacy import queries as privacy
from linli.base.ui.query import encode
from linli.doors.web import queries
from linli.matters.cases import listing, parts
from linli.matters.whistles import queries as whistles
from linli.people.organisations.models import Organisation
from linli.people.organisations.rules import PARTY
from linli.people.party.queries import told_of

SOON_MONTHS = 3


@dataclass(frozen=True, slots=True)
class Duty:
    """One figure that asks for something: `tone` is bad only for what is overdue."""

    label: str
    value: str
    href: str
    tone: str = ""


def link(name: str, *args: Any, **query: Any) -> str:
    """The address of a page, "" when this deployment has no such page."""
    try:
        return reverse(name, args=args or None) + encode(query)
    except NoReverseMatch:
        return ""


def duties(actor: Actor, moment: datetime) -> list[Duty]:
    """What has already gone wrong comes first, then what waits for this person, room by room."""
    found = [duty for right, told in _ROOMS if actor.may(right) for duty in told(actor, moment)]
    return sorted(found, key=lambda duty: duty.tone != "bad")


def _duty(label: str, count: int, name: str, *args: Any, bad: bool = False, most: int = 0, **query: Any) -> Duty:
    """Nothing to do leads nowhere. most: where counting stopped."""
    shown = f"{most}+" if most and count > most else str(count)
    return Duty(label, shown, link(name, *args, **query) if count else "", "bad" if bad and count else "")


def _cases(actor: Actor, moment: datetime) -> Iterator[Duty]:
    """The counted tabs of the worklist: each figure opens exactly the rows it counts."""
    tabs = [tab for tab in listing.tabs_for(actor) if tab.counted]
    counts = listing.counts(actor, tabs, moment)
    for tab in tabs:
        late = tab.code == "overdue"
        count = counts.get(tab.code, 0)
        yield _duty(str(tab.label), count, "cases:worklist", bad=late, most=listing.COUNT_MOST, tab=tab.code)


def _whistles(actor: Actor, moment: datetime) -> Iterator[Duty]:
    counted = whistles.counts(actor, moment)
    yield _duty(_("吹哨：要我办的"), counted["todo"], "whistles:list", tab="todo")
    if late := counted["overdue"]:
        yield _duty(_("吹哨：逾期未到"), late, "whistles:list", bad=True, tab="overdue")


def _parts(actor: Actor, moment: datetime) -> Iterator[Duty]:
    if shares := parts.waiting(actor):
        yield _duty(_("分办"), shares, "cases:parts")


def _visits(actor: Actor, moment: datetime) -> Iterator[Duty]:
    if due := queries.visits_due(actor):
        yield _duty(_("待走访"), due, "residents:visits", most=queries.COUNT_MOST)


def _imports(actor: Actor, moment: datetime) -> Iterator[Duty]:
    if waiting := queries.imports_waiting(actor):
        yield _duty(_("台账导入等您确认"), waiting, "registers:list")


def _party(actor: Actor, moment: datetime) -> Iterator[Duty]:
    day = timezone.localdate(moment)
    late, soon = queries.elections_due(actor, SOON_MONTHS, day)
    yield _duty(_("已超期没有换届"), late, "party:elections", bad=True, near="over")
    yield _duty(_("三个月内届满（含已超期）"), soon, "party:elections", near=SOON_MONTHS)
    yield _duty(_("党组织预警（项）"), queries.party_warnings(actor, day), "party:checks")


def _reminders(actor: Actor, moment: datetime) -> Iterator[Duty]:
    """Terms of which this post was told that they run out, until somebody has noted it."""
    if actor.may("party.view") and (count := told_of(actor, PARTY)):
        yield _duty(_("党组织换届提醒"), count, "party:elections", near="waiting")
    if count := told_of(actor, (Organisation.Kind.OWNERS_COMMITTEE,)):
        yield _duty(_("业委会换届提醒"), count, "organisations:terms", near="waiting")


def _requests(actor: Actor, moment: datetime) -> Iterator[Duty]:
    open_, late = privacy.waiting(actor)
    if open_:
        yield _duty(_("个人信息请求"), open_, "privacy:requests", state="open")
    if late:
        yield _duty(_("个人信息请求：逾期未答"), late, "privacy:requests", bad=True, state="over")


def _exports(actor: Actor, moment: datetime) -> Iterator[Duty]:
    if asked := queries.exports_asked(actor):
        yield _duty(_("名单导出等您审批"), asked, "privacy:exports", state="asked")


def _retention(actor: Actor, moment: datetime) -> Iterator[Duty]:
    if drafted := queries.deletions_drafted(actor):
        yield _duty(_("到期删除等您复核"), drafted, "privacy:retention")


def _system(actor: Actor, moment: datetime) -> Iterator[Duty]:
    yield _duty(_("没送到的事件"), queries.dead_events(), "web:system", bad=True)
    if not actor.may("policies.draft"):
        yield from _rules(actor, moment)


def _rules(actor: Actor, moment: datetime) -> Iterator[Duty]:
    count = queries.broken_rules()
    duty = _duty(_("派单规则不能运行"), count, "policies:policy", "routing", bad=True)
    yield duty if actor.may("policies.view") else replace(duty, href="")


def _accounts(actor: Actor, moment: datetime) -> Iterator[Duty]:
    single, idle = queries.accounts_in_want(timezone.localdate(moment))
    yield _duty(_("未绑定动态口令"), single, "accounts:list", state="single")
    yield _duty(_("没有岗位的账号"), idle, "accounts:list", state="idle")


def _audited(actor: Actor, moment: datetime) -> Iterator[Duty]:
    day = timezone.localdate(moment).isoformat()
    acts, looks = queries.audited_since(timezone.localtime(moment).replace(hour=0, minute=0, second=0, microsecond=0))
    yield _duty(_("今天的办理"), acts, "web:audit", since=day)
    yield _duty(_("今天查看个人信息"), looks, "web:audit", tab="read", since=day)


def _drafts(actor: Actor, moment: datetime) -> Iterator[Duty]:
    yield _duty(_("等着发布的草稿"), queries.waiting_drafts(), "policies:list", drafts=1)


_Told = Callable[[Actor, datetime], Iterator[Duty]]
# Right that makes it this person's business -> what to tell.
_ROOMS: tuple[tuple[str, _Told], ...] = (
    ("cases.view", _cases),
    ("whistles.view", _whistles),
    ("cases.accept_part", _parts),
    ("residents.care", _visits),
    ("registers.import", _imports),
    ("party.act", _party),
    ("organisations.note_reminder", _reminders),
    ("privacy.answer", _requests),
    ("privacy.decide_export", _exports),
    ("privacy.approve", _retention),
    ("system.view", _system),
    ("policies.draft", _rules),
    ("accounts.view", _accounts),
    ("audit.view", _audited),
    ("policies.publish", _drafts),
)
