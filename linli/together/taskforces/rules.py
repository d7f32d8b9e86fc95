"""When a force has solved a case. Pure."""

from datetime import date


def solved_while_carried(starts: date, ends: date | None, resolved: bool | None, settled_on: date | None) -> bool:
    """The reporter said at a call-back that it is resolved, on a day on which the force carried it; both days count."""
    return resolved is True and settled_on is not None and starts <= settled_on and (ends is None or settled_on <= ends)


def problem_of_days(starts: date, ends: date | None) -> str:
    return "结束日不能早于开始日。" if ends is not None and ends < starts else ""
