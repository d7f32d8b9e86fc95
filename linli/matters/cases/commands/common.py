"""What every act on a case begins with."""

from typing import NewType

from linli.base.commands import Refused, about
from linli.matters.cases import duties
from linli.matters.cases.models import Case
from linli.matters.cases.queries import may_lead
from linli.people.organisations.queries import directory
from linli.procedures.handling import Handling

# The id of a case is the id of its proceeding; `linli do` accepts its number.
CaseId = NewType("CaseId", int)
# How hard a case is pressed from above (Case.pressed).
REMINDED, SUPERVISED = 1, 2


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
        category = Case.objects.only("category").get(pk=handling.id).category
    if problem := duties.problem_of_lead(listing.kind, category):
        raise Refused(problem, field="to", rule=duties.RULE)


def set_pressed(case: int, level: int) -> None:
    """Note how hard a case is pressed; nought when it was given to another unit or answered. Never lowers otherwise."""
    rows = Case.objects.filter(pk=case)
    rows = rows.filter(pressed__lt=level) if level else rows.filter(pressed__gt=0)
    rows.update(pressed=level)
