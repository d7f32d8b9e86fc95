"""What sets a second round apart: a higher hand, and a visit in person before it may be answered."""

from typing import Any

from linli.base import policies
from linli.base.commands import Refused
from linli.people.organisations.models import Organisation
from linli.people.organisations.queries import directory
from linli.procedures.handling import Handling
from linli.procedures.models import Entry


def hands(handling: Handling) -> dict[str, Any]:
    """What `reopen` records about who holds the next round and who stands above it, by the policy `settlement`.

    `office`: the sub-district office leads and the unit before supports; otherwise the office supervises.
    """
    office = directory().answering(handling.region_code, Organisation.Kind.SUB_DISTRICT_OFFICE)
    lead = handling.state.lead
    if office is None:
        return {}
    if policies.load("settlement").data.get("second_holder", "lead") == "office" and office.id != lead:
        return {"organisation": office.id, "former": lead}
    return {"supervisor": office.id}


def check_visited(handling: Handling) -> None:
    """Refuse the answer of a second round in which nobody has been there in person."""
    round_ = handling.state.round
    if round_ < 2 or not policies.load("settlement").data.get("second_visit", False):
        return
    if not Entry.objects.filter(proceeding_id=handling.id, act="visit", round=round_).exists():
        raise Refused("二次办理要先上门：请先记一次“上门”，再答复。", rule="settlement.second_visit", status=409)
