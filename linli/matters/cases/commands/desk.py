"""What the dispatch desk does: dispatch, redirect, decide about returns, join, reclassify, remind."""

from linli.base.actor import Actor
from linli.base.clockwork import now
from linli.base.commands import Refused, announce, command
from linli.matters.cases.commands.common import REMINDED, CaseId, checked_lead, in_hand, set_pressed
from linli.matters.cases.models import Case, Cluster
from linli.matters.cases.queries import category_map, visible_to


@command("cases.dispatch")
def dispatch(actor: Actor, case: CaseId, *, to: int, note: str = "", seen: int | None = None) -> int:
    """Give a case to the organisation `to` as lead; its clocks start."""
    handling = in_hand(case, seen)
    checked_lead(handling, to)
    handling.perform(actor, "dispatch", organisation=to, note=note, public=True)
    set_pressed(case, 0)
    announce("cases.dispatched", {"case": case, "organisation": to})
    return handling.flush()


@command("cases.redirect")
def redirect(actor: Actor, case: CaseId, *, to: int, note: str, seen: int | None = None) -> int:
    """Give a case to another lead, with the reason."""
    handling = in_hand(case, seen)
    checked_lead(handling, to)
    if to == handling.state.lead and handling.state.step != "returned":
        raise Refused("它已经在这个单位办理。", field="to")
    handling.perform(actor, "redirect", organisation=to, note=note, public=True)
    set_pressed(case, 0)
    announce("cases.dispatched", {"case": case, "organisation": to})
    return handling.flush()


@command("cases.refuse_return")
def refuse_return(actor: Actor, case: CaseId, *, note: str, seen: int | None = None) -> int:
    """Do not agree to a return: the lead stays lead, with the reason."""
    handling = in_hand(case, seen)
    handling.perform(actor, "refuse_return", note=note)
    return handling.flush()


@command("cases.join")
def join(actor: Actor, case: CaseId, *, with_case: CaseId, seen: int | None = None) -> int:
    """Put two cases about the same thing into one cluster. Each keeps its number, its reporter and its call-back."""
    if case == with_case:
        raise Refused("不能和自己归并。", field="with_case")
    rows = {row.pk: row for row in visible_to(actor).filter(pk__in=[case, with_case])}
    if len(rows) != 2:
        raise Refused("没有找到要归并的诉求，或者它不在您的工作范围内。", field="with_case", status=404)
    mine, other = rows[case], rows[with_case]
    cluster_id = other.cluster_id or mine.cluster_id
    if cluster_id is None:
        first = min(mine, other, key=lambda row: row.pk)
        cluster_id = Cluster.objects.create(
            title=first.proceeding.title, region_code=first.proceeding.region_code, created_at=now()
        ).pk
    if mine.cluster_id and mine.cluster_id != cluster_id:
        Case.objects.filter(cluster_id=mine.cluster_id).update(cluster_id=cluster_id)
    Case.objects.filter(pk__in=[case, with_case]).update(cluster_id=cluster_id)
    handling = in_hand(case, seen)
    handling.perform(actor, "join", public=True, cluster=cluster_id, with_number=other.proceeding.number)
    return handling.flush()


@command("cases.reclassify")
def reclassify(actor: Actor, case: CaseId, *, category: str, note: str = "", seen: int | None = None) -> int:
    """Correct the category. The clocks that run keep the limits they were started with."""
    if category not in category_map():
        raise Refused("没有这个分类，请从清单里选。", field="category")
    handling = in_hand(case, seen)
    row = Case.objects.only("category").get(pk=case)
    if row.category == category:
        raise Refused("已经是这个分类。", field="category")
    handling.perform(actor, "reclassify", note=note, category=category, before=row.category)
    Case.objects.filter(pk=case).update(category=category)
    return handling.flush()


@command("cases.remind")
def remind(actor: Actor, case: CaseId, *, note: str = "", seen: int | None = None) -> int:
    """Press the holder; it stands in the record."""
    handling = in_hand(case, seen)
    handling.perform(actor, "remind", note=note, public=True)
    set_pressed(case, REMINDED)
    announce("cases.reminded", {"case": case, "organisation": handling.state.holder})
    return handling.flush()
