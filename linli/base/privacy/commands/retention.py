"""Deleting what has outlived its purpose: report, second person, deletion, and the keys that die with it."""

from collections.abc import Iterable
from typing import Any

from django.db import transaction

from linli.base.actor import Actor, system
from linli.base.clockwork import now
from linli.base.commands import Refused, announce, command, detail, nothing_done
from linli.base.crypto import shred
from linli.base.jobs import later
from linli.base.privacy import holdings, rules
from linli.base.privacy.models import RetentionItem, RetentionRun, RightsRequest, Shredded
from linli.base.privacy.policy import periods, protection
from linli.base.privacy.queries import held, rotation, runs, today
from linli.base.scope import scope

# Why something goes although its period is not over: its subject asked for it and the office agreed.
ASKED = "asked"


@command("privacy.retain")
def draft(actor: Actor) -> int:
    """List what has outlived its purpose in the actor's places. Nothing is deleted: a second person looks first."""
    if not actor.everything and not actor.regions:
        raise Refused("您的岗位不管任何区划，不能提出到期删除。", status=403)
    place = "" if actor.everything else min(actor.regions, key=len)
    if (
        runs(actor)
        .filter(state__in=(RetentionRun.State.DRAFTED, RetentionRun.State.APPROVED), region_code=place)
        .exists()
    ):
        raise Refused("已有一次到期删除还没有办完，请先复核或取消。", status=409)
    policy = periods()
    day = today()
    items = _single(list(_due(place, day)))
    run = RetentionRun.objects.create(
        region_code=place,
        policy_id=policy.id,
        day=day,
        report=[list(one) for one in rules.summed([(item.kind, item.rule) for item in items])],
        total=len(items),
        drafted_at=now(),
        drafted_by=actor.account_id,
    )
    for item in items:
        item.run = run
    RetentionItem.objects.bulk_create(items, batch_size=2000)
    detail(total=len(items), region=place)
    return int(run.pk)


def _due(place: str, day: Any) -> Iterable[RetentionItem]:
    """What may go, each thing once: by its period, or because its subject asked and the office agreed."""
    with scope(system("retention")):
        # What must be kept by law is left out from the start, so that nobody approves what does not happen.
        seen = held()
        for kind, since, key, region in _asked(place):
            if (kind, key) not in seen:
                seen.add((kind, key))
                yield RetentionItem(kind=kind, subject_id=key, rule=ASKED, since=since, region_code=region)
        for period in periods().data["retention"]:
            holding = holdings.of(period.get("kind", ""))
            if holding is None or "days" not in period:
                continue
            for due in holding.due(int(period["days"]), day):
                if due.region_code.startswith(place) and (holding.kind, due.id) not in seen:
                    seen.add((holding.kind, due.id))
                    yield RetentionItem(
                        kind=holding.kind, subject_id=due.id, rule=period["code"], since=due.since,
                        region_code=due.region_code,
                    )  # fmt: skip


def _single(items: list[RetentionItem]) -> list[RetentionItem]:
    """Without what goes with something else on the list anyway, such as the needs of a person who goes."""
    with scope(system("retention")):
        beside: set[tuple[str, int]] = set()
        for holding in holdings.every():
            beside |= set(holding.beside([item.subject_id for item in items if item.kind == holding.kind]))
    return [item for item in items if (item.kind, item.subject_id) not in beside]


def _asked(place: str) -> Iterable[tuple[str, Any, int, str]]:
    done = RightsRequest.objects.filter(
        kind=RightsRequest.Kind.FORGET, outcome=RightsRequest.Outcome.DONE, region_code__startswith=place
    )
    for row in done.order_by("id"):
        holding = holdings.of(row.subject_kind)
        ids = [row.subject_id, *holding.same([row.subject_id])] if holding else []
        gone = set(
            Shredded.objects.filter(kind=row.subject_kind, subject_id__in=ids).values_list("subject_id", flat=True)
        )
        for key in ids:
            if key not in gone:
                yield row.subject_kind, row.asked_at.date(), key, row.region_code


@command("privacy.approve")
def approve(actor: Actor, run: int) -> int:
    """Let a run delete what it lists. The second person must not be the first."""
    row = _waiting(actor, run)
    if row.drafted_by == actor.account_id:
        raise Refused("提出的人不能自己复核，请换一位。", rule="two people", status=403)
    row.state, row.approved_at, row.approved_by = RetentionRun.State.APPROVED, now(), actor.account_id
    row.save(update_fields=["state", "approved_at", "approved_by"])
    detail(total=row.total)
    later("privacy.delete", run=row.pk)
    return row.pk


@command("privacy.cancel", right="privacy.retain")
def cancel(actor: Actor, run: int) -> int:
    """Give up a run that nobody has approved; nothing was deleted."""
    row = _waiting(actor, run)
    row.state, row.finished_at = RetentionRun.State.CANCELLED, now()
    row.save(update_fields=["state", "finished_at"])
    return row.pk


def _waiting(actor: Actor, run: int) -> RetentionRun:
    row = runs(actor).select_for_update().filter(pk=run).first()
    if row is None:
        raise Refused("没有找到这次删除，或者它不在您的工作范围内。", status=404)
    if row.state != RetentionRun.State.DRAFTED:
        raise Refused("这次删除已经复核或取消。", status=409)
    return row


@command("privacy.erase")
def erase(actor: Actor, run: int) -> int:
    """One step of an approved run: clear the next things that are still due, and note whose keys must die. Returns how many
    were looked at; 0 when none is left. Only the system does it."""
    row = RetentionRun.objects.select_for_update().get(pk=run)
    if row.state != RetentionRun.State.APPROVED:
        return 0
    batch = int(protection()["retention_batch"])
    items = list(row.items.filter(result="").order_by("id")[:batch])
    stays = held()
    for kind in {item.kind for item in items}:
        mine = [item for item in items if item.kind == kind]
        holding = holdings.of(kind)
        still = _still_due(kind, {item.rule for item in mine}, row.day) if holding else {}
        gone = [
            item
            for item in mine
            if (item.rule == ASKED or item.subject_id in still.get(item.rule, set()))
            and (kind, item.subject_id) not in stays
        ]
        dying = {(kind, item.subject_id) for item in gone}
        if holding is not None and gone:
            keys = [item.subject_id for item in gone]
            dying |= set(holding.beside(keys))
            holding.erase(keys)
        for item in mine:
            item.result = RetentionItem.Result.DELETED if item in gone else RetentionItem.Result.KEPT
            if (kind, item.subject_id) in stays:
                item.result = RetentionItem.Result.HELD
        Shredded.objects.bulk_create(
            [Shredded(kind=one, subject_id=key, run=row, noted_at=now()) for one, key in sorted(dying)],
            ignore_conflicts=True,
        )
        row.deleted += len(gone)
        row.kept += len(mine) - len(gone)
    RetentionItem.objects.bulk_update(items, ["result"])
    row.save(update_fields=["deleted", "kept"])
    detail(looked=len(items))
    return len(items)


def _still_due(kind: str, codes: set[str], day: Any) -> dict[str, set[int]]:
    """What is still due when it comes to it: a case may have been taken up again since the report."""
    holding = holdings.of(kind)
    days = {one["code"]: int(one["days"]) for one in periods().data["retention"] if "days" in one}
    return {code: {due.id for due in holding.due(days[code], day)} for code in codes if code in days} if holding else {}


@command("privacy.conclude")
def conclude(actor: Actor, run: int) -> bool:
    """Close a run that has nothing left to do. Only the system does it."""
    row = RetentionRun.objects.select_for_update().get(pk=run)
    if row.state != RetentionRun.State.APPROVED or row.items.filter(result="").exists():
        return False
    row.state, row.finished_at = RetentionRun.State.DONE, now()
    row.save(update_fields=["state", "finished_at"])
    detail(deleted=row.deleted, kept=row.kept)
    announce("privacy.deleted", {"run": row.pk, "deleted": row.deleted})
    return True


@command("privacy.catch_up")
def catch_up(actor: Actor) -> int:
    """Destroy the keys of everybody who is noted and whose key is still there; also after a crash or on another machine.

    Returns how many are done. Only the system does it, outside the transaction that noted them.
    """
    rows = list(Shredded.objects.filter(done_at=None).order_by("id")[:5000])
    if not rows:
        nothing_done()
        return 0
    shred((row.kind, row.subject_id) for row in rows)
    Shredded.objects.filter(pk__in=[row.pk for row in rows]).update(done_at=now())
    detail(shredded=len(rows))
    return len(rows)


def delete(run: int) -> None:
    """Carry an approved run out, step by step; started again after a crash it goes on where it stood."""
    actor = system("retention")
    while True:
        with scope(actor):
            looked = erase(actor, run)
        # The deletion is committed: only now may the keys die.
        with scope(actor):
            catch_up(actor)
        if not looked:
            break
    with scope(actor), transaction.atomic():
        conclude(actor, run)
    with scope(actor):
        rotate_after(actor)


@command("privacy.rotate_after")
def rotate_after(actor: Actor) -> bool:
    """Change the keys once after deletions, so that the indexes of the deleted lose their secret. Only the system does it.

    While an earlier change still goes on nothing happens: it may have passed by already, and the next look comes in a
    quarter of an hour. Returns whether a change began.
    """
    from linli.base.privacy.commands.keys import rotate_keys

    last = rotation()
    done = RetentionRun.objects.filter(deleted__gt=0, finished_at__isnull=False)
    if last is not None:
        done = done.filter(finished_at__gt=last.started_at)
    going_on = last is not None and last.finished_at is None
    if going_on or not protection()["rotate_after_retention"] or not done.exists():
        nothing_done()
        return False
    rotate_keys(actor)
    return True
