"""Opening what is sealed: the read-log row is written before the datum leaves, in the same transaction."""

from typing import Any

from linli.base import masks
from linli.base.actor import Actor
from linli.base.commands import Refused, command
from linli.base.crypto import Sealed
from linli.base.privacy import reading
from linli.matters.cases import rules
from linli.matters.cases.commands.common import CaseId, in_hand
from linli.matters.cases.models import Case
from linli.matters.cases.queries import tracking_secret
from linli.procedures.models import Proceeding

PURPOSES = {
    "contact": "联系诉求人了解情况",
    "visit": "上门前约时间",
    "callback": "回访",
    "materials": "核对材料",
}
FIELDS = frozenset({"cases.case.reporter_name", "cases.case.reporter_phone"})
WORDS = "cases.case.text"


@command("cases.reveal", repeatable=True)
def reveal(actor: Actor, case: CaseId, *, purpose: str, note: str = "") -> dict[str, str]:
    """The reporter's name and telephone number, for a purpose tied to this open case.

    With them "text", the words as they were said, when numbers in them are masked on the page. Refused to anybody
    without a task in the case, to the unit it is about, and when the case is closed.
    """
    if purpose not in PURPOSES:
        raise Refused("请选查看联系方式的用途。", field="purpose")
    handling = in_hand(case)
    row = Case.objects.get(pk=case)
    if row.about_id is not None and row.about_id == actor.organisation_id:
        raise Refused("这件诉求反映的是本单位，不能查看诉求人。", rule="当事单位回避", status=403)
    if not handling.state.open or not handling.involves(actor, "holder", "desk", "lead", "support"):
        raise Refused("这件诉求现在没有您要办的事，不能查看联系方式。", rule="purpose", status=403)
    read = FIELDS | ({WORDS} if masks.scrub(row.text) != row.text else frozenset())
    told = reading.purpose(actor, "cases.case", case, read, purpose=purpose, purposes=PURPOSES, task=True, note=note)
    found = {
        name: sealed.reveal(told) if isinstance(sealed, Sealed) else ""
        for name, sealed in (("name", row.reporter_name), ("phone", row.reporter_phone))
    }
    return found | ({"text": row.text} if WORDS in read else {})


@command("cases.track", repeatable=True)
def track(actor: Actor, *, number: str, code: str) -> dict[str, Any]:
    """Prove to know a case by its number and tracking code. The refusal is the same whether either is wrong.

    Called in the system's scope by the door, since nobody has proved anything yet; returns {"id", "number"}.
    """
    cleaned = rules.clean_number(number)
    row = Proceeding.objects.filter(number=cleaned, kind="case").values("id", "case__tracking_version").first()
    version = row["case__tracking_version"] if row else 1
    right = rules.same_code(tracking_secret(), cleaned, version, code)
    if row is None or not right:
        raise Refused("编号或查询码不对，请对照回执再输一次。", field="code", status=404)
    return {"id": row["id"], "number": cleaned}
