"""The worker's part of a run: gather, freeze, search, keep."""

from typing import Any

from django.db import transaction
from procrastinate.contrib.django import app

from linli.base.actor import system
from linli.base.clockwork import now
from linli.base.scope import scope
from linli.insight.hotspots import reckoning
from linli.insight.hotspots.models import Hotspot, HotspotInput, HotspotRun

SAY_EVERY = 10


@app.task(name="hotspots.run")
def run(run_id: int) -> None:
    """Search one place. Started again after a crash it begins anew with the inputs it froze, and so finds the same."""
    with scope(system("hotspots")):
        row = HotspotRun.objects.get(pk=run_id)
        if row.state == HotspotRun.State.DONE:
            return
        held = HotspotInput.objects.filter(run=row).first()
        if held is None:
            content = reckoning.gather(row.region_code, row.last, row.parameters).frozen()
            held = HotspotInput.objects.create(run=row, region_code=row.region_code, content=content)
            row.digest = reckoning.digest(content)
        row.state = HotspotRun.State.RUNNING
        row.save(update_fields=["digest", "state"])
    inputs = reckoning.Inputs.thawed(bytes(held.content))

    def note(done: int) -> None:
        if done % SAY_EVERY == 0:
            with scope(system("hotspots")):
                HotspotRun.objects.filter(pk=run_id).update(done=done)

    try:
        found, topics, zones = reckoning.spots(inputs, row.parameters["scan"], row.seed, note)
        seasons, tried = reckoning.yearly(inputs, row.parameters["season"])
    except Exception:
        with scope(system("hotspots")):
            HotspotRun.objects.filter(pk=run_id).update(
                state=HotspotRun.State.FAILED, message="运算中断，请再算一次；系统日志里有原因。", finished_at=now()
            )
        raise
    with scope(system("hotspots")), transaction.atomic():
        Hotspot.objects.bulk_create(
            Hotspot(run=row, region_code=common(one["region_codes"]), **one) for one in found + seasons
        )
        HotspotRun.objects.filter(pk=run_id).update(
            state=HotspotRun.State.DONE, done=row.parameters["scan"]["replicates"], topics=topics, zones=zones,
            seasons_tried=tried, cases=sum(line[3] for line in inputs.weekly), finished_at=now(),
        )  # fmt: skip


def common(codes: list[Any]) -> str:
    """The smallest region that holds all of them: one grid, a community or the sub-district."""
    if len(codes) == 1:
        return str(codes[0])
    return str(codes[0][:12] if len({code[:12] for code in codes}) == 1 else codes[0][:9])
