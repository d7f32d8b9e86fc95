"""Predicates of preventive tasks. Pure: no database, no clock of its own."""

from datetime import date

TEXT_MOST, TITLE_MOST = 1000, 60
YEAR = 366


def problem_of_title(title: str) -> str:
    """Why this cannot be the title of a task; empty when it can."""
    if len(title) < 4:
        return "请用一句话写明要预防什么，至少 4 个字。"
    return f"标题不超过 {TITLE_MOST} 个字。" if len(title) > TITLE_MOST else ""


def problem_of_text(text: str) -> str:
    """Why these measures cannot stand; empty when they can."""
    if len(text) < 4:
        return "请写明准备采取什么措施。"
    return f"不超过 {TEXT_MOST} 个字。" if len(text) > TEXT_MOST else ""


def problem_of_day(until: date, today: date) -> str:
    """Why a task cannot be due on this day; empty when it can. Source: a task has a date, and it lies ahead."""
    if until <= today:
        return "完成日期要在今天以后。"
    return "完成日期不能超过一年。" if (until - today).days > YEAR else ""


def days_until(until: date, today: date) -> int:
    """How many whole days the clock gets so that it runs out at the end of `until` (days count from the day after)."""
    return (until - today).days
