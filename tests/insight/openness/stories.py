"""Something that was told to everybody, for tests of pages."""

from datetime import timedelta
from typing import Any

from linli.base.actor import system
from linli.base.scope import enter
from linli.insight.openness import commands
from linli.insight.openness.models import Example, Release
from linli.matters.prevention.queries import today
from tests.cast import HERE, MONDAY, STREET, Cast


def told(cast: Cast) -> Release:
    """The month before last, released: it ended long enough ago on any day."""
    enter(system("test"))
    last = today().replace(day=1) - timedelta(days=1)
    month = (last.replace(day=1) - timedelta(days=1)).replace(day=1)
    row: Release = commands.release(cast.leader, region_code=STREET, month=month)
    enter(system("test"))
    return row


def example(case: int, **given: Any) -> Example:
    """An example of a case, approved unless said otherwise."""
    facts: dict[str, Any] = {
        "case_id": case, "region_code": HERE, "title": "楼门口的灯又亮了", "raised": "夜里楼门口太黑。", "done": "换了灯头。",
        "consent": "telephone", "consented_on": MONDAY.date(), "consent_by": "舒书记", "editor": "舒书记",
        "written_at": MONDAY, "state": "approved", "approver": "凌主任", "approved_at": MONDAY,
    }  # fmt: skip
    return Example.objects.create(**{**facts, **given})
