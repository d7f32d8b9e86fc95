"""What is read to a reporter when a case has been filed: number, tracking code, who handles it, by when."""

from dataclasses import dataclass
from datetime import datetime

from linli.base.actor import system
from linli.base.scope import scope
from linli.matters.cases.models import Case
from linli.matters.cases.queries import tracking_secret
from linli.matters.cases.rules import tracking_code
from linli.people.organisations.queries import directory
from linli.procedures import queries as procedures
from linli.procedures.models import Clock


@dataclass(frozen=True, slots=True)
class Receipt:
    """`holder`: who has it now; `step`: in the resident's words; `promised`: the answer is promised by then, None while
    it waits for dispatch; `dispatched`: whether it has left the desk.
    """

    number: str
    code: str
    title: str
    holder: str
    step: str
    promised: datetime | None
    dispatched: bool


def receipt(number: str) -> Receipt | None:
    """The receipt of a case; read with the system's eyes, since whoever files may not see where it goes.

    The caller must know that this person filed it.
    """
    with scope(system("receipt")):
        case = Case.objects.select_related("proceeding").filter(proceeding__number=number).first()
        if case is None:
            return None
        row = case.proceeding
        shape = procedures.definition_of(row)
        promised = [code for code, clock in shape.clocks.items() if clock.promised]
        clock = (
            Clock.objects.filter(proceeding=row, code__in=promised, met_at=None, stopped_at=None)
            .order_by("due_at")
            .first()
        )
    return Receipt(
        number=row.number,
        code=tracking_code(tracking_secret(), row.number, case.tracking_version),
        title=row.title,
        holder=directory().label(row.holder_id),
        step=shape.steps[row.step].plain,
        promised=clock.due_at if clock else None,
        dispatched=row.lead_id is not None,
    )
