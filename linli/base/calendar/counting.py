"""One calculation of a due time: the merged pauses, the counting in each unit, and the story told on the way."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from fractions import Fraction
from functools import cached_property

from .days import Calendar, moment_text
from .values import (
    CONTINUOUS,
    ONE_DAY,
    UNITS,
    Amount,
    Convention,
    Explained,
    Extension,
    Line,
    Pause,
    Unit,
    amount_text,
    aware,
    check_amount,
    seconds_of,
)


class Count:
    """The running state of one calculation: the merged pauses and the story told so far."""

    def __init__(self, calendar: Calendar, pauses: tuple[Pause, ...], convention: Convention) -> None:
        self.calendar = calendar
        self.convention = convention
        self.pauses = tuple(sorted(pauses, key=lambda pause: aware(pause.start)))
        for pause in self.pauses:
            if pause.end is not None and aware(pause.end) < pause.start:
                raise ValueError("a pause ends before it starts")
        self.lines: list[Line] = []
        self.story: list[_Run] = []
        self.started: datetime | None = None
        self.guessed_years: set[int] = set()

    @cached_property
    def spans(self) -> tuple[tuple[datetime, datetime | None], ...]:
        merged: list[tuple[datetime, datetime | None]] = []
        for pause in self.pauses:
            if merged and (merged[-1][1] is None or pause.start <= merged[-1][1]):
                last = merged[-1]
                if last[1] is not None and (pause.end is None or pause.end > last[1]):
                    merged[-1] = (last[0], pause.end)
            else:
                merged.append((pause.start, pause.end))
        return tuple(merged)

    def stands(self, moment: datetime) -> bool:
        return any(start < moment and (end is None or moment < end) for start, end in self.spans)

    def stands_for_good(self, moment: datetime) -> bool:
        return any(end is None and start < moment for start, end in self.spans)

    def running(self, lower: datetime, upper: datetime) -> Iterator[tuple[datetime, datetime]]:
        """The parts of lower..upper in which the clock runs."""
        for start, end in self.spans:
            if end is not None and end <= lower:
                continue
            if start >= upper:
                break
            if start > lower:
                yield lower, start
            if end is None:
                return
            lower = end
        if lower < upper:
            yield lower, upper

    # -- telling -------------------------------------------------------------------------------------------------
    def say(self, kind: str, template: str, **values: str) -> None:
        self.lines.append(Line(kind, template, values))

    def note_day(self, day: date, kind: str, reason: str) -> None:
        if self.story and (run := self.story[-1]).kind == kind and run.reason == reason and run.last + ONE_DAY == day:
            run.last = day
        else:
            self.story.append(_Run(kind, reason, day, day))

    def tell_days(self, unit: Unit) -> None:
        total = 0
        for run in self.story:
            length = (run.last - run.first).days + 1
            span = str(run.first) if length == 1 else f"{run.first} 至 {run.last}"
            if run.kind == "skip":
                self.say("skip", "{span} {reason}，不计", span=span, reason=run.reason)
                continue
            total += length
            name = UNITS["days" if unit == "months" else unit]
            values = {"span": span, "length": str(length), "unit": name, "total": str(total), "reason": run.reason}
            if run.reason:
                self.say("count", "{span} {reason}，计入 {length} {unit}，累计 {total} {unit}", **values)
            else:
                self.say("count", "{span} 计入 {length} {unit}，累计 {total} {unit}", **values)
        self.story.clear()

    def say_extension(self, extension: Extension, unit: Unit) -> None:
        granted = f"{moment_text(extension.granted_at, self.calendar)} 批准" if extension.granted_at else "经批准"
        reason = f"（{extension.reason}）" if extension.reason else ""
        self.say(
            "extend",
            "{granted}延长 {amount} {unit}{reason}，从原到期时间起继续计算",
            granted=granted,
            amount=amount_text(extension.amount),
            unit=UNITS[unit],
            reason=reason,
        )

    def is_working(self, day: date) -> bool:
        status = self.calendar.status(day)
        if not status.published and day.year not in self.guessed_years:
            self.guessed_years.add(day.year)
        return status.working

    # -- counting ------------------------------------------------------------------------------------------------
    def begin(self, started: datetime, amount: Amount, unit: Unit) -> datetime:
        moment = aware(started)
        check_amount(amount, unit)
        self.say(
            "start",
            "{moment} 开始计时，时限 {amount} {unit}",
            moment=moment_text(moment, self.calendar),
            amount=amount_text(amount),
            unit=UNITS[unit],
        )
        if self.convention.receipt == "next_opening":
            opening = self.opening(moment)
            if opening > moment:
                self.say("start", "不在办公时间，视为 {moment} 收到", moment=moment_text(opening, self.calendar))
                moment = opening
        for pause in self.pauses:
            if pause.end is not None and pause.end <= moment:
                continue
            end = moment_text(pause.end, self.calendar) if pause.end else "尚未恢复"
            self.say(
                "pause",
                "{start} 至 {end} 暂停计时{reason}",
                start=moment_text(pause.start, self.calendar),
                end=end,
                reason=f"：{pause.reason}" if pause.reason else "",
            )
        self.started = moment
        return moment

    def opening(self, moment: datetime) -> datetime:
        """The moment itself inside the office day, else the next opening of the office. Lunch is inside the day."""
        day = self.calendar.local(moment).date()
        while True:
            spans = self.calendar.office_spans(day) if self.is_working(day) else ()
            if spans and moment <= spans[-1][1]:
                return max(moment, spans[0][0])
            day += ONE_DAY

    def segment(self, moment: datetime, amount: Amount, unit: Unit, *, first: bool) -> datetime | None:
        if unit in CONTINUOUS:
            return self.continuous(moment, Fraction(amount) * CONTINUOUS[unit])
        if unit == "working_hours":
            return self.working_hours(moment, Fraction(amount) * 3600)
        return self.days(moment, int(amount), unit, first=first)

    def continuous(self, moment: datetime, seconds: Fraction) -> datetime | None:
        lower = moment
        for start, end in self.spans:
            if end is not None and end <= lower:
                continue
            run = seconds_of(start - lower) if start > lower else Fraction(0)
            if seconds <= run or seconds == 0:
                break
            seconds -= run
            if end is None:
                return None
            lower = end
        return lower + timedelta(microseconds=round(seconds * 1_000_000))

    def working_hours(self, moment: datetime, seconds: Fraction) -> datetime | None:
        day = self.calendar.local(moment).date()
        reached = moment
        while seconds > 0:
            working = self.is_working(day)
            if not working:
                self.note_day(day, "skip", self.calendar.status(day).reason)
            spent = Fraction(0)
            for opens, closes in self.calendar.office_spans(day) if working else ():
                for lower, upper in self.running(max(opens, moment), max(closes, moment)):
                    run = min(seconds_of(upper - lower), seconds - spent)
                    if run > 0:
                        spent += run
                        reached = lower + timedelta(microseconds=round(run * 1_000_000))
            seconds -= spent
            if spent:
                self.tell_days("working_hours")
                reason = self.calendar.status(day).reason
                self.say(
                    "count",
                    "{day} {reason}计入 {hours} 个工作小时",
                    day=str(day),
                    reason=f"{reason}，" if reason else "",
                    hours=amount_text(spent / 3600),
                )
            elif self.stands_for_good(self.calendar.day_end(day)):
                self.tell_days("working_hours")
                return None
            day += ONE_DAY
        return reached

    def days(self, moment: datetime, amount: int, unit: Unit, *, first: bool) -> datetime | None:
        day = self.calendar.local(moment).date()
        if unit == "months":
            amount = (_add_months(day, amount) - day).days
        working_only = unit == "working_days"
        if first and self.convention.first_day == "same" and unit != "months" and amount:
            day -= ONE_DAY
        elif first and amount:
            self.note_day(day, "skip", "当天")
        while amount:
            day += ONE_DAY
            if working_only and not self.is_working(day):
                self.note_day(day, "skip", self.calendar.status(day).reason)
            elif self.stands(self.ends(day)):
                if self.stands_for_good(self.ends(day)):
                    self.tell_days(unit)
                    return None
                self.note_day(day, "skip", "暂停计时")
            else:
                self.note_day(day, "count", self.calendar.status(day).reason if working_only else "")
                amount -= 1
        while (resting := working_only and not self.is_working(day)) or self.stands(self.ends(day)):  # "within 0 days"
            if self.stands_for_good(self.ends(day)):
                self.tell_days(unit)
                return None
            self.note_day(day, "skip", self.calendar.status(day).reason if resting else "暂停计时")
            day += ONE_DAY
        self.tell_days(unit)
        return self.ends(day)

    def ends(self, day: date) -> datetime:
        """The moment a counted day ends under the convention."""
        if self.convention.day_ends == "close":
            return self.calendar.closing(day)
        if self.convention.day_ends == "same_time" and self.started is not None:
            return self.calendar.at(day, self.calendar.local(self.started).time())
        return self.calendar.day_end(day)

    def finish(self, result: datetime | None, unit: Unit) -> Explained:
        if result is not None and self.convention.roll and unit in {"days", "months"}:
            day = self.calendar.local(result).date()
            while not self.is_working(day) or self.stands(self.ends(day)):
                if self.stands_for_good(self.ends(day)):
                    result = None
                    break
                reason = self.calendar.status(day).reason if not self.is_working(day) else "暂停计时"
                self.say("skip", "最后一天 {day} {reason}，顺延一天", day=str(day), reason=reason)
                day += ONE_DAY
            result = result and self.ends(day)
        for year in sorted(self.guessed_years):
            self.say("warn", "{year} 年放假安排尚未公布，暂按周一至周五上班推算，公布后可能变化", year=str(year))
        if result is None:
            self.say("due", "时限暂停中，恢复后才能算出到期时间")
            return Explained(None, tuple(self.lines))
        self.say("due", "{moment} 到期", moment=moment_text(result, self.calendar))
        return Explained(result.astimezone(UTC), tuple(self.lines))


@dataclass
class _Run:
    kind: str
    reason: str
    first: date
    last: date


def _add_months(day: date, months: int) -> date:
    """The day of the same number, or the last day of the month where there is none."""
    month = day.month - 1 + months
    year, month = day.year + month // 12, month % 12 + 1
    following = date(year + month // 12, month % 12 + 1, 1)
    return min(date(year, month, 1) + timedelta(days=day.day - 1), following - ONE_DAY)
