"""The calendar as a policy: from the data of ``policies/calendar.toml`` to a value, and the check before publishing."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, datetime, timedelta
from typing import Any

from .days import Calendar, Special, moment_text, parse_office_hours
from .rules import due


def calendar_from_policy(data: Mapping[str, Any], version: str = "") -> Calendar:
    """The calendar that a policy file (``policies/calendar.toml``) describes. Raises ValueError on a bad file."""
    specials: dict[date, Special] = {}
    published: set[int] = set()
    sources: dict[int, str] = {}
    for entry in data.get("years", ()):
        year = entry["year"]
        if entry.get("published", True):
            published.add(year)
            sources[year] = entry["source"]
        for holiday in entry.get("holidays", ()):
            first, last = _date(holiday["first"]), _date(holiday["last"])
            if first > last:
                raise ValueError(f"{holiday['name']}: {first} is after {last}")
            for offset in range((last - first).days + 1):
                _put(specials, first + timedelta(days=offset), Special("holiday", f"{holiday['name']}放假"))
        for workday in entry.get("workdays", ()):
            _put(specials, _date(workday), Special("workday", "调休上班"))
    return Calendar(
        specials=specials,
        published=frozenset(published),
        zone=data.get("zone", "Asia/Shanghai"),
        weekend=frozenset(data.get("weekend", (6, 7))),
        office_hours=parse_office_hours(data.get("office_hours", ("09:00-12:00", "13:30-18:00"))),
        sources=sources,
        version=version,
    )


def _date(value: Any) -> date:
    return value if isinstance(value, date) else date.fromisoformat(str(value))


def _put(specials: dict[date, Special], day: date, special: Special) -> None:
    if day in specials:
        raise ValueError(f"{day} is named twice: {specials[day].reason}, {special.reason}")
    specials[day] = special


def problems(data: Mapping[str, Any]) -> list[str]:
    """What is wrong with an edited calendar, in the editor's words; empty when it can be used."""
    found = []
    for entry in data.get("years", ()):
        year = entry.get("year")
        if entry.get("published", True) and not entry.get("source"):
            found.append(f"{year} 年缺少放假通知的名称（source）。")
        days = [holiday.get(edge) for holiday in entry.get("holidays", ()) for edge in ("first", "last")]
        days += entry.get("workdays", ())
        found += [f"{year} 年的安排里写了 {day}。" for day in days if not str(day).startswith(f"{year}-")]
    if found:
        return found
    try:
        calendar_from_policy(data)
    except (KeyError, TypeError, ValueError) as error:
        found.append(f"日历不能使用：{error}")
    return found


def answer(data: Mapping[str, Any], given: Mapping[str, Any]) -> dict[str, str]:
    """What the calendar says of an example: the due time of a limit that starts at ``given``."""
    calendar = calendar_from_policy(data)
    explained = due(datetime.fromisoformat(given["started"]), given["amount"], given["unit"], calendar)
    return {"due": moment_text(explained.due, calendar) if explained.due else ""}
