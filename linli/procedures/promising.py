"""What the day it is says of an act: until when more time may be asked for, and when a limited pause ends by itself."""

from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from typing import Any

from linli.base.calendar.queries import current_calendar
from linli.procedures.definitions import Act, Definition


def latest(shape: Definition, due: str) -> dict[str, str]:
    """Until when more time may be asked for, where the procedure names an hour of the last day. due: ISO moment or empty."""
    if not (due and shape.extend_by):
        return {}
    end, hour = current_calendar().local(datetime.fromisoformat(due)), shape.extend_by.split(":")
    at = end.replace(hour=int(hour[0]), minute=int(hour[1]), second=0, microsecond=0)
    return {"latest": min(at, end).astimezone(UTC).isoformat()}


def promised(shape: Definition, act: Act, given: Mapping[str, Any], at: datetime) -> dict[str, str]:
    """The day it is here, for an act that promises a date; the end of a pause whose reason allows only so many days."""
    found = {"today": current_calendar().local(at).date().isoformat()} if given.get("until") else {}
    reason = shape.pause_reasons.get(str(given.get("reason"))) if act.pause and not act.choices else None
    if reason is not None and reason.most:
        found["pause_until"] = (at + timedelta(days=reason.most)).isoformat()
    return found
