"""What the city's hotline decides itself about the orders it sent, where the policy says so; then nobody here does.

Sources: none prescribes who decides about an exemption or about more time; cities do it either way, so it is policy data
(`hotline_decides` in settlement.toml) and nothing by default.
"""

from linli.base import policies
from linli.base.actor import Actor
from linli.base.commands import Refused
from linli.matters.cases.models import Case
from linli.procedures.models import Entry
from linli.procedures.rules import State

EXEMPTION, EXTENSION = "exemption", "extension"
KINDS = (EXEMPTION, EXTENSION)
# Held by the post a hotline acts through, and by nobody who works here.
RIGHT = "cases.decide_for_city"
ASK, GRANT, REFUSE = "ask_extension", "grant_extension", "refuse_extension"
_WORDS = {EXEMPTION: "剔除", EXTENSION: "延期"}


def decides(what: str, case: Case) -> bool:
    """Whether the hotline decides this about this case; `case` with its channel and foreign source loaded."""
    if case.channel != Case.Channel.HOTLINE or not case.foreign_source:
        return False
    return what in policies.load("settlement").data.get("hotline_decides", [])


def check(actor: Actor, what: str, case_id: int) -> None:
    """Refuse whoever decides in the other's place: the office for the city, or the city for the office."""
    case = Case.objects.only("channel", "foreign_source").get(pk=case_id)
    word = _WORDS[what]
    if decides(what, case):
        if not actor.may(RIGHT):
            raise Refused(
                f"这件是市热线转来的，{word}由市热线审核：申请已经发给它，等它的决定。",
                rule="hotline_decides",
                status=403,
            )
    elif actor.kind != "system" and actor.may(RIGHT):
        raise Refused(f"这里的{word}不由热线审核。", rule="hotline_decides", status=403)


def asked(case_id: int, round_: int) -> Entry | None:
    """The request for more time in this round that nobody has decided about yet."""
    rows = Entry.objects.filter(proceeding_id=case_id, round=round_, act__in=(ASK, GRANT, REFUSE))
    last = rows.order_by("-seq").first()
    return last if last is not None and last.act == ASK else None


def not_now(case: Case, state: State) -> set[str]:
    """Acts about more time that the step allows and the case does not: the unit gives it to itself, or asks the city, once."""
    if not decides(EXTENSION, case):
        return {ASK}
    pending = state.step == "handling" and asked(case.pk, state.round) is not None
    return {"extend", ASK} if pending else {"extend"}
