"""What the demo does before anybody complains: bursts of one kind to be found, searches, tasks, released months, examples."""

from collections.abc import Iterator
from datetime import date, datetime, timedelta
from random import Random

from linli.base.actor import RESIDENT_RIGHTS, Actor
from linli.base.clockwork import frozen
from linli.doors.demo.lives import Filing
from linli.doors.demo.people import FOCUS
from linli.insight.hotspots import commands as hotspots
from linli.insight.hotspots import seasons
from linli.insight.hotspots.models import Hotspot, HotspotRun
from linli.insight.hotspots.queries import season_of
from linli.insight.hotspots.tasks import run as search
from linli.insight.openness import commands as openness
from linli.matters.cases.demo_texts import Place, invent
from linli.matters.cases.models import Case
from linli.matters.prevention import commands as prevention
from linli.matters.prevention.queries import owners, today
from linli.people.accounts.models import Post
from linli.people.accounts.queries import actor_of
from linli.places.addresses.models import Building, Compound

Homes = list[tuple[Compound, list[Building]]]
# (category, how many, days from the end of the year to the last of them, over how many days, which community)
_BURSTS = (("property.repairs", 16, 150, 12, 0), ("noise.social", 14, 18, 11, 2))
_WINTER = ("utilities.heating", 20)
_TOLD_MONTHS = 6
_WORK = {
    "property.repairs": (
        "单元门和对讲集中检修",
        "请物业把全部单元门、对讲和楼道灯检修一遍，换掉老化部件，在门口公示报修电话。",
    ),
    "utilities.heating": ("供暖前逐户试水查漏", "供暖前完成试水、排气和老化阀门更换，逐单元张贴试水时间，留值班电话。"),
}
_EXAMPLES = (
    (
        "property.repairs",
        "楼门口又亮了",
        "居民说夜里楼门口太黑，老人进出不方便。",
        "社区当天请电工来看，换了灯头，又把整个院子的楼道灯查了一遍。",
    ),
    (
        "sanitation.clutter",
        "堆了半年的杂物清走了",
        "居民反映过道里堆着旧家具，推车过不去。",
        "社区和物业一起上门说明，约好日子免费清运，之后每周巡查一次。",
    ),
    (
        "utilities.sewer",
        "下水不再反味",
        "居民反映厨房下水反味，换了地漏也没用。",
        "物业请专业队检查后发现是公共管道积油，全楼疏通，并约定每季疏通一次。",
    ),
)


def bursts(last: datetime, homes: Homes) -> Iterator[Filing]:
    """Complaints of one kind at one place, close together: two hot spots, and one winter of cold radiators."""
    random = Random("bursts")  # noqa: S311
    focus = [home for home in homes if home[0].region_code.startswith(FOCUS)]
    communities = sorted({home[0].region_code[:12] for home in focus})
    seed = 900_000
    for category, count, ago, days, which in _BURSTS:
        near = [home for home in focus if home[0].region_code.startswith(communities[which])]
        grid = min(home[0].region_code for home in near)
        spots = [home for home in near if home[0].region_code == grid]
        for number in range(count):
            at = last - timedelta(days=ago + days * number / count, hours=random.uniform(0, 9))
            yield _filing(random, at, random.choice(spots), category, seed := seed + 1)
    here = [home for home in focus if home[0].region_code.startswith(communities[0])]
    winter = datetime(last.year if last.month > 2 else last.year - 1, 1, 5, 2, tzinfo=last.tzinfo)
    for number in range(_WINTER[1]):
        at = winter - timedelta(days=20) + timedelta(days=45 * number / _WINTER[1], hours=random.uniform(0, 9))
        if last - timedelta(days=364) < at < last:
            yield _filing(random, at, random.choice(here), _WINTER[0], seed := seed + 1)


def _filing(random: Random, at: datetime, home: tuple[Compound, list[Building]], category: str, seed: int) -> Filing:
    compound, buildings = home
    building = random.choice(buildings) if buildings else None
    letter = invent(random, category, at.month, Place(compound.name, building.name if building else ""))
    phone = f"1{random.choice('3578')}{random.randrange(10**9):09d}"
    text = letter.text.replace("了了", "了")
    moment = at.replace(microsecond=0)
    return Filing(moment, compound, building, text, category, letter.kind, "telephone", phone, "居民", False, seed)


def load(last: datetime) -> str:
    """Search twice, plan, carry out, dismiss; release the last months; write examples. Returns what there is now."""
    leader = _actor("leader", FOCUS)
    early = last - timedelta(days=140)
    secretaries = Post.objects.filter(role="community_secretary", region_code__startswith=FOCUS)
    old = _searched(leader, early, secretaries.order_by("region_code")[0].region_code)
    spot = old.hotspots.filter(kind=Hotspot.Kind.SPOT, category=_BURSTS[0][0]).first()
    if spot is not None:
        _carried_out(leader, spot, early)
    new = _searched(leader, last)
    season = new.hotspots.filter(kind=Hotspot.Kind.SEASON, category=_WINTER[0]).first()
    with frozen(last):
        if season is not None:
            _plan(leader, season, max(today() + timedelta(days=9), seasons.next_start(season_of(season), today())))
        others = new.hotspots.filter(state=Hotspot.State.OPEN, kind=Hotspot.Kind.SPOT).exclude(category=_BURSTS[1][0])
        for other in others[:1]:
            hotspots.dismiss(leader, other.pk, reason="同一次抢修引来的重复来电，已经修好，不单独立项。")
    told = _released(last)
    written = _examples(leader, last)
    return f"热点 {new.hotspots.count()} 个，公开 {told} 个月，实例 {written} 个"


def _actor(role: str, region: str) -> Actor:
    posts = Post.objects.select_related("account", "organisation").filter(role=role, region_code__startswith=region)
    return actor_of(posts.order_by("region_code", "id")[0])


def _searched(leader: Actor, at: datetime, region: str = FOCUS) -> HotspotRun:
    with frozen(at):
        row = hotspots.run(leader, region_code=region)
        search(row.pk)
    return HotspotRun.objects.get(pk=row.pk)


def _plan(leader: Actor, spot: Hotspot, until: date) -> int:
    title, text = _WORK[spot.category]
    community = spot.region_codes[0][:12]
    owner = next(one for one in owners(community) if one.region_code == community and one.kind == "community")
    task: int = hotspots.plan(leader, spot.pk, title=title, text=text, owner=owner.id, until=until)
    return task


def _carried_out(leader: Actor, spot: Hotspot, at: datetime) -> None:
    """Planned, accepted, worked on, finished and checked in the weeks that followed."""
    community = spot.region_codes[0][:12]
    with frozen(at + timedelta(hours=3)):
        task = _plan(leader, spot, today() + timedelta(days=25))
    secretary, worker = _actor("community_secretary", community), _actor("grid_worker", community)
    with frozen(at + timedelta(days=1)):
        prevention.accept(secretary, task)
    with frozen(at + timedelta(days=6)):
        prevention.measure(worker, task, note="和物业逐个单元看过，记下要换的部件，约定下周开始。")
    with frozen(at + timedelta(days=14)):
        prevention.carry_out(secretary, task, note="单元门、对讲和楼道灯全部检修完，换了十一处部件，门口已公示。")
    with frozen(at + timedelta(days=16)):
        prevention.check(leader, task, note="到现场逐个单元试过，都好用，公示在位。")


def _reporter(case: int) -> Actor:
    """Whoever holds the code of this case."""
    return Actor(kind="resident", rights=RESIDENT_RIGHTS, proceedings=(case,))


def _released(last: datetime) -> int:
    """The last whole months of every sub-district, each released a few days after its end."""
    leaders = Post.objects.select_related("account", "organisation").filter(role="leader").order_by("region_code", "id")
    count, month = 0, last.date().replace(day=1)
    for _back in range(_TOLD_MONTHS):
        end, month = month, (month - timedelta(days=1)).replace(day=1)
        moment = datetime(end.year, end.month, 5, 2, tzinfo=last.tzinfo)
        if moment > last or month < (last - timedelta(days=360)).date():
            continue
        count += 1
        with frozen(moment):
            for post in leaders:
                openness.release(actor_of(post), region_code=post.region_code, month=month)
    return count


def _examples(leader: Actor, last: datetime) -> int:
    """One of each kind, where a reporter called one resolved; the last is still waiting to be approved."""
    editor, written = _actor("dispatcher", FOCUS), 0
    with frozen(last):
        for category, title, raised, done in _EXAMPLES:
            rows = Case.objects.filter(
                proceeding__sub_district_code=FOCUS,
                proceeding__closed_at__isnull=False,
                resolved=True,
                category=category,
            )
            row = rows.order_by("-settled_on", "-pk").first()
            if row is None:
                continue
            # Some said so on the telephone, the others on the page of their case.
            by_page = category != _EXAMPLES[0][0]
            if by_page:
                openness.consent(_reporter(row.pk), row.pk, agreed=True)
            told = openness.write(
                editor, row.pk, title=title, raised=raised, done=done, consent="page" if by_page else "telephone",
                consented_on=row.settled_on or today(),
            )  # fmt: skip
            written += 1
            if title != _EXAMPLES[-1][1]:
                openness.approve(leader, told.pk)
        _willing([row[0] for row in _EXAMPLES])
    return written


def _willing(told: list[str]) -> None:
    """Two more who agreed on the page, of whom nobody has written yet; and one who would rather not."""
    settled = Case.objects.filter(
        proceeding__sub_district_code=FOCUS, proceeding__closed_at__isnull=False, resolved=True
    )
    keys = settled.exclude(category__in=told).order_by("-settled_on", "-pk").values_list("pk", flat=True)[:3]
    for place, key in enumerate(keys):
        openness.consent(_reporter(key), key, agreed=place < 2)
