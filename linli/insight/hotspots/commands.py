"""Acts on hot spots: search for them, turn one into a preventive task, or dismiss it with a reason."""

import zlib
from datetime import date, timedelta

from linli.base import masks, policies
from linli.base.actor import Actor
from linli.base.clockwork import now
from linli.base.commands import Refused, command, detail
from linli.insight.hotspots import queries
from linli.insight.hotspots.models import Hotspot, HotspotRun
from linli.insight.hotspots.reckoning import period_of
from linli.matters.prevention import commands as prevention
from linli.matters.prevention.queries import today
from linli.places.regions.models import Region

REASON_LEAST, REASON_MOST = 4, 500


@command("hotspots.run")
def run(actor: Actor, *, region_code: str, last: date | None = None) -> HotspotRun:
    """Ask for a search of one sub-district or community up to a day (default: yesterday); a worker does it.

    The parameters of the policy in force are frozen in the run. Refused: no such place, not the actor's, one is running.
    """
    from linli.insight.hotspots.tasks import run as job

    if len(region_code) not in (9, 12) or not Region.objects.filter(code=region_code, valid_to=None).exists():
        raise Refused("请选一个街道或社区。", field="region_code")
    if not actor.everything and not region_code.startswith(tuple(actor.regions or ("-",))):
        raise Refused("这个地点不在您的工作范围内。", field="region_code", status=403)
    busy = (HotspotRun.State.WAITING, HotspotRun.State.RUNNING)
    if HotspotRun.objects.filter(region_code=region_code, state__in=busy).exists():
        raise Refused("这个范围正在运算，请等它算完。", field="region_code", status=409)
    end = last or today() - timedelta(days=1)
    if end >= today():
        raise Refused("只能算到昨天为止。", field="last")
    policy = policies.load("hotspots")
    parameters = {key: policy.data[key] for key in ("scan", "season", "effect")}
    row = HotspotRun.objects.create(
        region_code=region_code,
        first=period_of(end, parameters["scan"]["weeks"]).first,
        last=end,
        policy=policy.label,
        parameters=parameters,
        # Whoever repeats a run with the same inputs gets the same shuffles.
        seed=zlib.crc32(f"{region_code} {end}".encode()),
        by=actor.name[:80],
        asked_at=now(),
    )
    detail(region=region_code, last=str(end))
    job.defer(run_id=row.pk)
    return row


@command("hotspots.plan", right="prevention.plan")
def plan(actor: Actor, hotspot: int, *, title: str, text: str, owner: int, until: date) -> int:
    """Turn a hot spot into a preventive task with an owner and a day. Returns the id of the task."""
    row = _open(actor, hotspot)
    task: int = prevention.plan(
        actor,
        title=title,
        text=text,
        region_codes=row.region_codes,
        owner=owner,
        until=until,
        category=row.category if row.category in queries.category_map() else "",
        origin="season" if row.kind == Hotspot.Kind.SEASON else "hotspot",
        evidence=queries.evidence(row),
    )
    row.state, row.task_id = Hotspot.State.PLANNED, task
    _decided(actor, row)
    return task


@command("hotspots.dismiss")
def dismiss(actor: Actor, hotspot: int, *, reason: str) -> Hotspot:
    """Nothing will be done about it; the reason stays."""
    reason = masks.scrub(" ".join(reason.split()))
    if not REASON_LEAST <= len(reason) <= REASON_MOST:
        raise Refused("请写明为什么不立项，4 到 500 个字。", field="reason")
    row = _open(actor, hotspot)
    row.state, row.reason = Hotspot.State.DISMISSED, reason
    return _decided(actor, row)


def _open(actor: Actor, key: int) -> Hotspot:
    row = queries.visible_to(actor).select_for_update(of=("self",)).filter(pk=key).first()
    if row is None:
        raise Refused("没有找到这个热点，或者它不在您的工作范围内。", status=404)
    if row.state != Hotspot.State.OPEN:
        raise Refused(f"这个热点已经研判过：{row.get_state_display()}。", status=409)
    return row


def _decided(actor: Actor, row: Hotspot) -> Hotspot:
    row.decided_by, row.decided_at = actor.name[:80], now()
    row.save(update_fields=["state", "task", "reason", "decided_by", "decided_at"])
    return row
