"""Times in words, as people say them, in the time zone of the site (Asia/Shanghai). Pure: `now` is an argument."""

from dataclasses import dataclass
from datetime import date, datetime, timedelta

from django.utils import timezone

from linli.base.ui.saying import gettext as _
from linli.base.ui.saying import ngettext

MINUTE, HOUR, DAY = 60, 3600, 86400


def local(moment: datetime) -> datetime:
    """An aware moment in the time zone of the site; a naive one is a mistake of the caller."""
    if moment.tzinfo is None:
        raise ValueError("a naive moment")
    return moment.astimezone(timezone.get_default_timezone())


def day(value: date | datetime) -> str:
    """`2026-03-05`: the same width in every row of a table."""
    value = local(value) if isinstance(value, datetime) else value
    return f"{value:%Y-%m-%d}"


def moment(value: datetime, now: datetime) -> str:
    """`03-05 14:30` in the current year, else `2025-03-05 14:30`."""
    value = local(value)
    return f"{value:%m-%d %H:%M}" if value.year == local(now).year else f"{value:%Y-%m-%d %H:%M}"


def weekday(value: date) -> str:
    """`周四`."""
    return (_("周一"), _("周二"), _("周三"), _("周四"), _("周五"), _("周六"), _("周日"))[value.weekday()]


def day_words(value: date | datetime, now: datetime) -> str:
    """`3月5日（周四）`, with the year when it is not the current one: for residents and for sentences."""
    value = local(value) if isinstance(value, datetime) else value
    if value.year == local(now).year:
        return _("%(month)d月%(day)d日（%(weekday)s）") % {
            "month": value.month, "day": value.day, "weekday": weekday(value),
        }  # fmt: skip
    return _("%(year)d年%(month)d月%(day)d日") % {"year": value.year, "month": value.month, "day": value.day}


def moment_words(value: datetime, now: datetime) -> str:
    """`3月5日（周四）14:30`."""
    return f"{day_words(value, now)} {local(value):%H:%M}"


def span(seconds: float) -> str:
    """A length of time in its one largest fitting unit: minutes below an hour, hours below two days, then days."""
    seconds = abs(seconds)
    if seconds < HOUR:
        count = max(1, int(seconds // MINUTE))
        return ngettext("%(count)d 分钟", "%(count)d 分钟", count) % {"count": count}
    if seconds < 2 * DAY:
        count = int(seconds // HOUR)
        return ngettext("%(count)d 小时", "%(count)d 小时", count) % {"count": count}
    count = int(seconds // DAY)
    return ngettext("%(count)d 天", "%(count)d 天", count) % {"count": count}


def ago(value: datetime, now: datetime) -> str:
    """`刚刚`, `3 小时前`, `2 天前`; a week and more back is a date."""
    seconds = (now - value).total_seconds()
    if abs(seconds) < MINUTE:
        return _("刚刚")
    if abs(seconds) >= 7 * DAY:
        return moment(value, now)
    if seconds < 0:
        return _("%(span)s后") % {"span": span(seconds)}
    return _("%(span)s前") % {"span": span(seconds)}


@dataclass(frozen=True, slots=True)
class Due:
    """How a due date stands: `state` is over | soon | calm | met | late | paused | none, `text` says it."""

    state: str
    text: str


def due_words(
    due: datetime | None,
    now: datetime,
    *,
    done: datetime | None = None,
    paused: bool = False,
    soon: timedelta = timedelta(hours=24),
) -> Due:
    """Put a due date into words.

    Arguments: due and done are aware moments or None; soon is the span before the due date that asks for attention.
    Only `over` (open and past due) and `late` (finished after the due date) are bad news.
    """
    if due is None:
        return Due("paused", _("已暂停计时")) if paused and done is None else Due("none", _("不限时"))
    if done is not None:
        return (
            Due("met", _("按时"))
            if done <= due
            else Due("late", _("超 %(span)s") % {"span": span((done - due).total_seconds())})
        )
    if paused:
        return Due("paused", _("已暂停计时"))
    seconds = (due - now).total_seconds()
    if seconds < 0:
        return Due("over", _("已超 %(span)s") % {"span": span(seconds)})
    return Due("soon" if seconds <= soon.total_seconds() else "calm", _("还剩 %(span)s") % {"span": span(seconds)})
