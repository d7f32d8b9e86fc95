"""What pages show of sites: open now or not, the hours of this week, the words of facts."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any

from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _

from linli.base.calendar.queries import current_calendar
from linli.base.clockwork import now
from linli.base.facts.noting import timeline
from linli.base.files import queries as files
from linli.places.sites import hours, policy, queries
from linli.places.sites.models import ConstructionSite, Site, Thing

_DAYS = ("周一", "周二", "周三", "周四", "周五", "周六", "周日")
_MODELS: dict[str, tuple[str, Any]] = {
    "site": ("服务阵地", Site),
    "construction": ("工地", ConstructionSite),
    "thing": ("部件", Thing),
}
STATES = {"good": "good", "reported": "warn", "repair": "open", "damaged": "bad", "missing": "bad"}


@dataclass(frozen=True, slots=True)
class Shown:
    """A site as residents read it. state: 开放中, 已关门 …; words: until when, or when next."""

    site: Site
    kind: str
    services: list[str]
    open: bool
    state: str
    words: str
    hours: str


def shown(sites: Iterable[Site], at: datetime | None = None) -> list[Shown]:
    """Each with its kind, services and whether it is open; `services` and `exceptions` should be prefetched."""
    moment = timezone.localtime(at or now())
    kinds, names = policy.site_kinds(), policy.services()
    return [_shown(site, moment, kinds, names) for site in sites]


def _shown(site: Site, moment: datetime, kinds: dict[str, str], names: dict[str, str]) -> Shown:
    week = site.hours or hours.CLOSED_WEEK
    said = hours.said(week)
    offered = {row.service for row in site.services.all()}
    found = hours.openness(week, queries.exceptions_of(site), moment, specials_of(site))
    if found.open:
        state, words = _("开放中"), _("今天到 %(until)s") % {"until": found.until}
    elif found.opens is not None:
        state, words = _("现在没开"), _("%(when)s开门") % {"when": _when(found.opens, moment.date())}
    else:
        state, words = (_("暂不开放"), "") if said else (_("时间未登记"), "")
    if found.note:
        words = f"{words}（{found.note}）" if words else found.note
    listed = [name for code, name in names.items() if code in offered]
    return Shown(site, kinds.get(site.kind, site.kind), listed, found.open, state, words, said)


def specials_of(site: Site) -> hours.Specials:
    """Holidays and working weekends that change this site's hours; none unless it follows the calendar."""
    return current_calendar().specials if site.follows_calendar else {}


def _when(at: datetime, today: date) -> str:
    if at.date() == today:
        return f"{_('今天')} {at:%H:%M} "
    if at.date() == today + timedelta(days=1):
        return f"{_('明天')} {at:%H:%M} "
    return f"{_DAYS[at.weekday()]}（{at.month}月{at.day}日）{at:%H:%M} "


def week_ahead(site: Site, at: datetime | None = None) -> list[tuple[str, str, str]]:
    """(day, hours, why they differ) of the next seven days."""
    first = timezone.localtime(at or now()).date()
    exceptions = queries.exceptions_of(site)
    found = []
    for ahead in range(7):
        day = first + timedelta(days=ahead)
        spans, note = hours.hours_on(site.hours or hours.CLOSED_WEEK, exceptions, day, specials_of(site))
        name = f"{_DAYS[day.weekday()]} {day.month}月{day.day}日"
        found.append((f"{_('今天')} {name}" if not ahead else name, hours.said_day(spans), note))
    return found


def stage(row: ConstructionSite, today: date) -> tuple[str, str]:
    """(words, tone) of how far building is."""
    if row.valid_to is not None:
        return _("已结束"), "off"
    if today < row.starts:
        return _("未开工"), "neutral"
    if row.ends is not None and today > row.ends:
        return _("过了计划完工日"), "warn"
    return _("在建"), "open"


def photos(kind: str, rows: Iterable[Any], remove: bool = False) -> dict[int, list[dict[str, str]]]:
    """The photos of many rows, for `ui.photos`; one statement. remove: with the way to take each off."""
    names = {row.pk: row.name for row in rows}
    return {
        int(key): [
            {
                "url": reverse("files:show", args=[one.pk]),
                "thumb": reverse("files:thumbnail", args=[one.pk]),
                "alt": _("%(name)s的照片") % {"name": names[int(key)]},
                "note": "",
                "remove": reverse(f"sites:remove_{kind}_photo", args=[int(key), one.pk]) if remove else "",
            }
            for one in found
            if one.is_image
        ]
        for key, found in files.of_many(kind, names).items()
    }


def label(kind: str, name: str) -> str:
    """The word for one field."""
    title, model = _MODELS[kind]
    more = {
        "": title, "services": "服务", "exceptions": "特别开放时间", "photos": "照片", "longitude": "位置",
    }  # fmt: skip
    return _(more[name]) if name in more else str(model._meta.get_field(name).verbose_name)


def history(kind: str, key: int) -> list[dict[str, Any]]:
    """How one row came to be, for `ui.timeline`."""
    return timeline([(kind, key)], label)
