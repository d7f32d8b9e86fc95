"""Taking a list out of the house: who took what and how much stands in the audit."""

from linli.base import masks
from linli.base.actor import Actor
from linli.base.commands import Refused, command, detail

FORMS = ("csv", "xlsx")


@command("cases.export", repeatable=True)
def export(actor: Actor, *, tab: str, form: str, conditions: str = "") -> None:
    """Record that this actor takes a list out: which tab, as what kind of sheet, under which conditions.

    Names and telephone numbers are masked in every sheet; the conditions are scrubbed before they are kept.
    """
    if form not in FORMS:
        raise Refused("请选 CSV 或者 XLSX。", field="form")
    detail(tab=tab[:20], form=form, conditions=masks.scrub(conditions)[:300])
