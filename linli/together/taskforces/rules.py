"""When a force has solved a case. Pure."""

from datetime import date


def problem_of_days(starts: date, ends: date | None) -> str:
    return "结束日不能早于开始日。" if ends is not None and ends < starts else ""
