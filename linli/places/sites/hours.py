"""Opening hours: what people type, what is stored, and whether a site is open at a moment. Pure; moments are local times."""

import re
import unicodedata
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from itertools import pairwise

from django.utils.translation import gettext as _

from linli.base.calendar.days import Special

# One day: spans of (from, to) as "HH:MM"; "24:00" is the end of the day. A week: Monday first.
Span = tuple[str, str]
Day = list[Span]
Week = list[Day]
Specials = Mapping[date, Special]
_NO_SPECIALS: Specials = {}

CLOSED_WEEK: Week = [[] for _day in range(7)]
_DAYS = "一二三四五六日"
_DAY = r"(?:周|星期|礼拜)?([一二三四五六日天])"
_DAYS_PART = re.compile(
    rf"^(每天|每日|工作日|周末|双休日|{_DAY}(?:\s*[-–—~至到]\s*{_DAY})?(?:\s*[、,和]?\s*{_DAY})*)\s*[::]?\s*"
)
_TIME = r"(\d{1,2})(?:[:时点](\d{2})?)?(?:分)?"
_SPAN = re.compile(rf"(上午|下午|晚上)?\s*{_TIME}\s*[-–—~至到]\s*(上午|下午|晚上)?\s*{_TIME}")
_REST = ("休息", "闭馆", "不开放", "关闭", "休")
_ALWAYS = ("全天", "24小时", "二十四小时")


@dataclass(frozen=True, slots=True)
class Otherwise:
    """Days on which other hours hold: no spans, closed. note: why (春节, 装修)."""

    starts: date
    ends: date
    spans: tuple[Span, ...] = ()
    note: str = ""


@dataclass(frozen=True, slots=True)
class Openness:
    """Whether a site is open at a moment. until: when it closes today; opens: when it opens next, within two weeks; note:
    why today differs.
    """

    open: bool
    until: str = ""
    opens: datetime | None = None
    note: str = ""


def week_of(text: str) -> Week:
    """周一至周五 9:00-12:00 13:30-17:30；周六 9:00-12:00 -> spans by day, Monday first; days not named are closed.

    Raises ValueError, with the part that makes no sense, for an unknown day, a time that cannot be, spans that run
    backwards or overlap.
    """
    week: Week = [[] for _day in range(7)]
    for part in re.split(r"[;；\n。]+", unicodedata.normalize("NFKC", text)):
        part = part.strip().strip(",，")
        if not part:
            continue
        match = _DAYS_PART.match(part)
        days = _days(match[0]) if match else list(range(7))
        rest = part[match.end() :] if match else part
        if not days:
            raise ValueError(part)
        spans = spans_of(rest)
        for day in days:
            week[day] = list(spans)
    return week


def _days(text: str) -> list[int]:
    text = text.replace("天", "日") if "每天" not in text else text
    if "每" in text:
        return list(range(7))
    if "工作日" in text:
        return list(range(5))
    if "周末" in text or "双休" in text:
        return [5, 6]
    names = text.replace("星期", "").replace("礼拜", "").replace("周", "")
    if match := re.match(r"\s*([一二三四五六日])\s*[-–—~至到]\s*([一二三四五六日])", names):
        first, last = _number(match[1]), _number(match[2])
        days = list(range(first, last + 1)) if first <= last else []
        return days + [_number(one) for one in re.findall(r"[一二三四五六日]", names[match.end() :])] if days else []
    return [_number(one) for one in re.findall(r"[一二三四五六日]", names)]


def _number(name: str) -> int:
    return _DAYS.index(name)


def spans_of(text: str) -> Day:
    """9:00-12:00 13:30-17:30 -> [("09:00", "12:00"), ("13:30", "17:30")]; 休息 and nothing -> []. Raises ValueError."""
    words = unicodedata.normalize("NFKC", text).strip()
    if not words or words in _REST:
        return []
    if words in _ALWAYS:
        return [("00:00", "24:00")]
    found: Day = []
    for match in _SPAN.finditer(words):
        first = _minutes(match[1], match[2], match[3])
        last = _minutes(match[4] or (match[1] if match[1] != "上午" else None), match[5], match[6])
        if first >= last:
            raise ValueError(match[0])
        found.append((_clock(first), _clock(last)))
    if not found or re.sub(r"[\s、,，和及]+", "", _SPAN.sub("", words)):
        raise ValueError(words[:30])
    found.sort()
    if any(before[1] > after[0] for before, after in pairwise(found)):
        raise ValueError(words[:30])
    return found


def _minutes(half: str | None, hour: str, minute: str | None) -> int:
    hours = int(hour)
    if half in ("下午", "晚上") and hours < 12:
        hours += 12
    total = hours * 60 + int(minute or 0)
    if int(minute or 0) > 59 or total > 24 * 60:
        raise ValueError(f"{hour}:{minute or '00'}")
    return total


def _clock(minutes: int) -> str:
    return f"{minutes // 60:02d}:{minutes % 60:02d}"


def said(week: Sequence[Sequence[Sequence[str]]]) -> str:
    """A week in words: days with the same hours together. `week_of(said(week)) == week`."""
    lines, first = [], 0
    for day in range(1, 8):
        if day < 7 and list(week[day]) == list(week[first]):
            continue
        if week[first]:
            name = f"周{_DAYS[first]}" + (f"至周{_DAYS[day - 1]}" if day - 1 > first else "")
            lines.append(f"{name} {said_day(week[first])}")
        first = day
    return "；".join(lines)


def weekly(week: Sequence[Sequence[Sequence[str]]]) -> float:
    """Hours in an ordinary week."""

    def minutes(clock: str) -> int:
        return int(clock[:2]) * 60 + int(clock[3:])

    return sum(minutes(last) - minutes(first) for day in week for first, last in day) / 60


def said_day(spans: Sequence[Sequence[str]]) -> str:
    """09:00-12:00 13:30-17:30, 全天, 休息."""
    if [tuple(span) for span in spans] == [("00:00", "24:00")]:
        return "全天"
    return " ".join(f"{one[0]}-{one[1]}" for one in spans) or "休息"


def hours_on(
    week: Sequence[Sequence[Sequence[str]]],
    exceptions: Sequence[Otherwise],
    day: date,
    specials: Specials = _NO_SPECIALS,
) -> tuple[Day, str]:
    """The hours of one day and why they differ. Of exceptions that overlap the shorter holds, then the later one.

    specials: days of the working calendar, for sites that follow it: closed on its holidays; on a day of rest on which
    people work (调休) open as on the first day of the week that has hours.
    """
    fitting = [one for one in exceptions if one.starts <= day <= one.ends]
    if fitting:
        one = min(fitting, key=lambda one: ((one.ends - one.starts).days, -one.starts.toordinal()))
        return list(one.spans), one.note or _("特别安排")
    special, own = specials.get(day), week[day.weekday()]
    if special is not None and special.kind == "holiday":
        return [], special.reason
    if special is not None and not own:
        own = next((spans for spans in week if spans), own)
        return [(span[0], span[1]) for span in own], special.reason or _("调休上班")
    return [(span[0], span[1]) for span in week[day.weekday()]], ""


def openness(
    week: Sequence[Sequence[Sequence[str]]],
    exceptions: Sequence[Otherwise],
    at: datetime,
    specials: Specials = _NO_SPECIALS,
) -> Openness:
    """Whether the site is open at this moment (local time), until when, or when it opens next."""
    spans, note = hours_on(week, exceptions, at.date(), specials)
    clock = f"{at:%H:%M}"
    for first, last in spans:
        if first <= clock < last:
            return Openness(True, until=last, note=note)
    for ahead in range(15):
        day = at.date() + timedelta(days=ahead)
        for first, _last in hours_on(week, exceptions, day, specials)[0]:
            if ahead or first > clock:
                return Openness(False, opens=datetime.combine(day, time.fromisoformat(first), at.tzinfo), note=note)
    return Openness(False, note=note)
