"""Writing sites of service, their services and their hours."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from django.utils.translation import gettext as _

from linli.base.actor import Actor
from linli.base.commands import Refused, command, detail
from linli.base.facts.noting import NOTHING, Given, note
from linli.places.sites import hours, policy
from linli.places.sites.commands import placed
from linli.places.sites.models import HoursException, Site, SiteService


@dataclass(frozen=True, slots=True)
class NewSite:
    """A site to be written. kind and services: codes of the policy `sites`; hours: in words, as `hours.week_of` reads them;
    longitude and latitude: WGS 84 degrees.
    """

    name: str
    kind: str
    region_code: str
    longitude: float
    latitude: float
    address: str = ""
    service_phone: str = ""
    hours: str = ""
    notice: str = ""
    services: tuple[str, ...] = field(default=())
    follows_calendar: bool = False


@command("sites.open_sites", right="sites.edit")
def open_sites(
    actor: Actor, *, sites: Sequence[NewSite], given: Given = NOTHING, photos: Sequence[int] = ()
) -> list[int]:
    """Enter sites, all or none; returns their ids. Refused: no name, no such kind or service, hours that cannot be read,
    a region not in use or out of reach, no position, the name is there already.
    """
    rows = [_values(one) for one in sites]
    placed.check(actor, rows)
    written = placed.enter(actor, Site, "site", rows, given, photos)
    SiteService.objects.bulk_create(
        [
            SiteService(site=row, service=service)
            for row, one in zip(written, sites, strict=True)
            for service in dict.fromkeys(one.services)
        ]
    )
    return [row.pk for row in written]


@command("sites.edit_site", right="sites.edit")
def edit_site(actor: Actor, site: Site, *, changed: NewSite, given: Given, photos: Sequence[int] = ()) -> Site:
    """Correct a site with a reason; refused as `open_sites`."""
    values = _values(changed)
    placed.check(actor, [values])
    before = set(site.services.values_list("service", flat=True))
    wanted = set(changed.services)
    names = policy.services()
    said = (_said(before, names), _said(wanted, names))
    # Hours stand in the history as people say them.
    times = (hours.said(site.hours or hours.CLOSED_WEEK), hours.said(values["hours"]))
    kinds = policy.site_kinds()
    kind = (kinds.get(site.kind, site.kind), kinds[changed.kind])
    more = {"services": said, "hours": times, "kind": kind}
    placed.change(actor, site, "site", values, given, more, photos)
    site.services.filter(service__in=before - wanted).delete()
    SiteService.objects.bulk_create([SiteService(site=site, service=one) for one in sorted(wanted - before)])
    return site


@command("sites.remove_site_photo", right="sites.edit")
def remove_site_photo(actor: Actor, site: Site, *, photo: int, reason: str) -> Site:
    """Take a photo off for good, its bytes with it. Refused: no reason, no such photo, out of reach."""
    return placed.unphotograph(actor, site, "site", photo, reason)


@command("sites.close_site", right="sites.edit")
def close_site(actor: Actor, site: Site, *, basis: str) -> Site:
    """The site is shown to residents no more. Refused: no ground, closed before, out of reach."""
    return placed.close(actor, site, "site", basis)


@command("sites.set_exception", right="sites.edit")
def set_exception(actor: Actor, site: Site, *, starts: date, ends: date, spans: str = "", note_: str = "") -> int:
    """Days on which other hours hold; no spans, closed. Returns its id. Refused: backwards, hours that cannot be read."""
    placed.keeps(actor, site)
    if ends < starts or (ends - starts).days > 366:
        raise Refused(_("结束日期不能早于开始日期，也不能超过一年"), field="ends")
    try:
        times = hours.spans_of(spans)
    except ValueError as error:
        raise Refused(_("开放时间“%(part)s”看不明白") % {"part": str(error)[:30]}, field="spans") from error
    row = HoursException.objects.create(site=site, starts=starts, ends=ends, spans=times, note=note_.strip()[:60])
    after = f"{starts} 至 {ends} {hours.said_day(times)} {row.note}".strip()
    note(actor, "site", site.pk, site.region_code, {"exceptions": ("", after)})
    detail(starts=str(starts), ends=str(ends))
    return row.pk


@command("sites.clear_exception", right="sites.edit")
def clear_exception(actor: Actor, exception: HoursException) -> None:
    """The ordinary hours hold again on these days."""
    site = exception.site
    placed.keeps(actor, site)
    before = f"{exception.starts} 至 {exception.ends} {hours.said_day(exception.spans)} {exception.note}".strip()
    exception.delete()
    note(actor, "site", site.pk, site.region_code, {"exceptions": (before, _("已取消"))})


def _said(codes: set[str], names: Mapping[str, str]) -> str:
    return "、".join(name for code, name in names.items() if code in codes)


def _values(new: NewSite) -> dict[str, Any]:
    if new.kind not in policy.site_kinds():
        raise Refused(_("请从清单里选类别"), field="kind")
    if unknown := set(new.services) - set(policy.services()):
        raise Refused(_("没有这项服务：%(name)s") % {"name": min(unknown)[:40]}, field="services")
    if len(new.service_phone) > 40 or len(new.notice) > 300:
        raise Refused(_("电话不超过 40 个字，说明不超过 300 个字"), field="notice")
    try:
        week = hours.week_of(new.hours)
    except ValueError as error:
        raise Refused(_("开放时间“%(part)s”看不明白") % {"part": str(error)[:30]}, field="hours") from error
    return {
        **placed.plain(new),
        "kind": new.kind,
        "service_phone": new.service_phone.strip(),
        "hours": week,
        "follows_calendar": new.follows_calendar,
        "notice": new.notice.strip(),
    }
