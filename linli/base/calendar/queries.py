"""The calendar now in force, and the calendar that a clock was counted by."""

import time
from datetime import date

from django.db.models import Max

from linli.base.calendar.days import Calendar, Special
from linli.base.calendar.models import CalendarChange, CalendarDay
from linli.base.calendar.policy import calendar_from_policy
from linli.base.policies import Policy, load, version

FRESH_SECONDS = 5.0  # as for policies: a change is in force in every process soon after

_current: tuple[float, Calendar] | None = None
_by_version: dict[str, Calendar] = {}


def current_calendar() -> Calendar:
    """Published policy plus the office's overrides. Its ``version`` names both for good (see :func:`calendar_at`)."""
    global _current
    if _current is not None and time.monotonic() - _current[0] < FRESH_SECONDS:
        return _current[1]
    policy = load("calendar")
    last = CalendarChange.objects.aggregate(last=Max("pk"))["last"] or 0
    calendar = _calendar(policy, last)
    _current = (time.monotonic(), calendar)
    return calendar


def calendar_at(mark: str) -> Calendar:
    """The calendar of a version mark that a clock has stored. Raises LookupError on a mark that never was."""
    policy_id, _, change = mark.partition(".")
    if mark not in _by_version and not (policy_id.isdigit() and change.isdigit()):
        raise LookupError(f"{mark!r} is no version of the calendar")
    return _by_version.get(mark) or _calendar(version(int(policy_id)), int(change))


def published_calendar() -> Calendar:
    """The calendar of the policy alone, without the office's overrides."""
    return calendar_from_policy(load("calendar").data)


def forget() -> None:
    """Drop what this process remembers: after a change here, and between tests."""
    global _current
    _current = None
    _by_version.clear()


def overrides(year: int) -> dict[str, CalendarDay]:
    """The office's own days of a year, by date in ISO form."""
    return {str(day.date): day for day in CalendarDay.objects.filter(date__year=year)}


def _calendar(policy: Policy, last_change: int) -> Calendar:
    mark = f"{policy.id}.{last_change}"
    if mark not in _by_version:
        days: dict[date, Special] = {}
        for day, kind, reason in (
            CalendarChange.objects.filter(pk__lte=last_change).order_by("pk").values_list("date", "kind", "reason")
        ):
            if kind:
                days[day] = Special("workday" if kind == "workday" else "holiday", reason)
            else:
                days.pop(day, None)
        _by_version[mark] = calendar_from_policy(policy.data).override(days, mark)
    return _by_version[mark]
