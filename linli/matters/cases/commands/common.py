"""What every act on a case begins with."""

from typing import NewType

from linli.base.commands import about
from linli.procedures.handling import Handling

# The id of a case is the id of its proceeding; `linli do` accepts its number.
CaseId = NewType("CaseId", int)


def in_hand(case: CaseId, seen: int | None = None) -> Handling:
    """The case under a lock, named in the audit. `seen`: how many entries the user had before them."""
    about("cases.case", case)
    return Handling.load(case, seen=seen)
