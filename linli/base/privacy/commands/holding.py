"""Keeping what must be kept: a record that no run deletes until its hold is lifted."""

from datetime import date

from linli.base.actor import Actor
from linli.base.clockwork import now
from linli.base.commands import Refused, command, detail
from linli.base.privacy import holdings
from linli.base.privacy.models import LegalHold, Shredded
from linli.base.privacy.queries import holds, today


@command("privacy.hold", right="privacy.retain")
def hold(actor: Actor, *, subject_kind: str, subject_id: int, basis: str, review_on: date) -> int:
    """Let no run delete this record: basis: on which law, case or letter that rests; review_on: when it is looked at again.

    Refused: a record that is not there, not in the actor's places, already held or already deleted; no basis.
    """
    holding = holdings.of(subject_kind)
    found = holding.told([subject_id]) if holding else []
    if not found or not (actor.everything or any(found[0].region_code.startswith(one) for one in actor.regions)):
        raise Refused("没有找到这条记录，或者它不在您的工作范围内。", field="subject_id", status=404)
    if not basis.strip() or len(basis) > 200:
        raise Refused("请写依据，如案号、来函文号，最多 200 个字。", field="basis")
    if not 0 < (review_on - today()).days <= 366:
        raise Refused("复核日期要在今天以后一年以内。", field="review_on")
    if Shredded.objects.filter(kind=subject_kind, subject_id=subject_id).exists():
        raise Refused("这条记录的个人信息已经删除，不能再暂缓。", field="subject_id", status=409)
    if LegalHold.objects.filter(kind=subject_kind, subject_id=subject_id, lifted_at=None).exists():
        raise Refused("这条记录已经暂缓删除。", field="subject_id", status=409)
    row = LegalHold.objects.create(
        kind=subject_kind,
        subject_id=subject_id,
        basis=basis.strip(),
        region_code=found[0].region_code,
        review_on=review_on,
        placed_at=now(),
        placed_by=actor.account_id,
    )
    detail(subject=f"{subject_kind}:{subject_id}")
    return row.pk


@command("privacy.lift_hold", right="privacy.retain")
def lift_hold(actor: Actor, hold: int) -> int:
    """The record may go again, with the next run at the earliest."""
    row = holds(actor).select_for_update().filter(pk=hold).first()
    if row is None:
        raise Refused("没有找到这次暂缓，或者它不在您的工作范围内。", status=404)
    if row.lifted_at is not None:
        raise Refused("这次暂缓已经解除。", status=409)
    row.lifted_at, row.lifted_by = now(), actor.account_id
    row.save(update_fields=["lifted_at", "lifted_by"])
    detail(subject=f"{row.kind}:{row.subject_id}")
    return row.pk
