"""Putting the demo district in, with progress, through the commands."""

import time
from collections import defaultdict
from collections.abc import Callable

from linli.base.actor import system
from linli.base.clockwork import now
from linli.base.scope import scope
from linli.doors.demo import ahead, hotline, lives, people, places, privacy, residents, scores, together, units
from linli.insight.indicators.commands import compact
from linli.matters.cases.commands import raise_rungs
from linli.places.addresses.models import Building, Compound

CASES = 750
TOGETHER = 400  # things that happen in one transaction

Say = Callable[[str], None]


def load(say: Say, cases: int = CASES) -> str:
    """Load everything into an empty instance; returns a line that says what was loaded."""
    begun = time.monotonic()
    actor = system("demo")
    with scope(actor):
        regions, compounds = places.load(actor)
        say(f"区划 {regions} 个，小区 {compounds} 个")
        organisations = people.people(actor)
        hotline.load(actor)
        say(f"岗位 {organisations} 个")
        say(f"居民 {residents.load(actor)} 人")
        firms, members, charges = units.load(actor)
        say(f"单位 {firms} 家，党员 {members} 名，包联指派 {charges} 项")
        say(privacy.load(actor))
    homes = _homes()
    first, last = lives.year_before(now())
    with scope(actor):
        staff = people.staff()
        district = lives.District(staff, last)
        together.plan(district, staff, last)
    for filing in lives.filings(cases, first, last, homes):
        district.plan(filing.at, "file", filing=filing)
    for filing in ahead.bursts(last, homes):
        district.plan(filing.at, "file", filing=filing)
    happened = 0
    while True:
        with scope(actor):
            done = district.play(TOGETHER)
        if not done:
            break
        happened += done
        say(f"诉求办理 {happened} 步…")
    with scope(actor):
        raise_rungs(actor)
        compact(actor)
        say(f"评分 {scores.load(last)} 期")
        say(ahead.load(last))
    return f"{cases} cases, {happened} acts, {time.monotonic() - begun:.0f} s"


def _homes() -> list[tuple[Compound, list[Building]]]:
    buildings: dict[int, list[Building]] = defaultdict(list)
    for building in Building.objects.order_by("compound_id", "order", "id"):
        buildings[building.compound_id].append(building)
    return [(compound, buildings[compound.pk]) for compound in Compound.objects.order_by("id")]
