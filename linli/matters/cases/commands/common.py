"""What every act on a case begins with."""

from typing import NewType

from linli.base.actor import Actor
from linli.base.clockwork import now
from linli.base.commands import Refused, about
from linli.base.prepared import add, run, values
from linli.matters.cases import duties
from linli.matters.cases.models import Case, ContactAttempt
from linli.matters.cases.queries import may_lead
from linli.people.organisations.queries import directory
from linli.procedures.handling import Handling

# The id of a case is the id of its proceeding; `linli do` accepts its number.
CaseId = NewType("CaseId", int)
# How hard a case is pressed from above (Case.pressed).
REMINDED, SUPERVISED = 1, 2
_PRESS = """
UPDATE cases_case SET pressed = %(level)s::int
WHERE proceeding_id = %(case)s AND (pressed < %(level)s::int OR (pressed > 0 AND %(level)s::int = 0))
"""


def in_hand(case: CaseId, seen: int | None = None) -> Handling:
    """The case under a lock, named in the audit. `seen`: how many entries the user had before them."""
    about("cases.case", case)
    return Handling.load(case, seen=seen)


def checked_lead(handling: Handling, organisation_id: int, category: str | None = None) -> None:
    """Refuse a lead that does not exist, is out of this sub-district, or may not lead such a matter by its duty list."""
    if organisation_id not in directory().by_id:
        raise Refused("没有找到这个单位。", field="to")
    listing = next((one for one in may_lead(handling.region_code) if one.id == organisation_id), None)
    if listing is None:
        raise Refused("这个单位不在本街道的派单范围内。", field="to", rule="派单目录")
    if category is None:
        (category,) = values(Case, handling.id, "category")
    if problem := duties.problem_of_lead(listing.kind, category):
        raise Refused(problem, field="to", rule=duties.RULE)


def set_pressed(case: int, level: int) -> None:
    """Note how hard a case is pressed; nought when it was given to another unit or answered. Never lowers otherwise."""
    run(_PRESS, {"case": case, "level": level})


def attempted(actor: Actor, handling: Handling, purpose: str, channel: str, reached: bool, note: str) -> None:
    """Note a try to reach the reporter."""
    add(
        ContactAttempt(
            case_id=handling.id, round=handling.state.round, purpose=purpose, channel=channel, reached=reached,
            note=note[:500], at=now(), post_id=actor.post_id, by="诉求人" if actor.kind == "resident" else actor.name,
        )
    )  # fmt: skip
