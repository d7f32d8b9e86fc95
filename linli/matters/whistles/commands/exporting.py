"""Taking a list of whistles out of the house: who took what stands in the audit."""

from linli.base import masks
from linli.base.actor import Actor
from linli.base.commands import Refused, command, detail

FORMS = ("csv", "xlsx")


@command("whistles.export", repeatable=True)
def export(actor: Actor, *, what: str, form: str, conditions: str = "") -> None:
    """Record that this actor takes a list out; the conditions are scrubbed before they are kept."""
    if form not in FORMS:
        raise Refused("请选 CSV 或者 XLSX。", field="form")
    detail(what=what[:20], form=form, conditions=masks.scrub(conditions)[:300])
