"""What happens to the cases of the demo: who raises what, where, in which season, and how each is handled. Deterministic."""

import heapq
import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from random import Random

from linli.base.actor import Actor
from linli.base.clockwork import frozen
from linli.base.commands import Refused
from linli.base.prepared import values
from linli.doors.demo.people import FOCUS, Staff
from linli.doors.demo.standing import Aside, proceeding
from linli.matters.cases import commands
from linli.matters.cases.demo_texts import Place, invent, month_weights
from linli.matters.cases.duties import problem_of_lead
from linli.matters.cases.models import Case
from linli.people.accounts.models import Post
from linli.people.accounts.queries import actor_of
from linli.places.addresses.models import Building, Compound
from linli.procedures.models import Proceeding

# How the work goes in a unit, from 0 (slow, unhappy) to 1: invented, so that the map has something to show.
_DONE = [
    "已到现场处理完毕，并向您说明了情况。",
    "已联系施工队修好，请您再看看。",
    "已与物业和邻居谈妥，约定了整改时间。",
    "已清理干净，并安排每天巡查。",
    "已按规定办理，结果已电话告知。",
]
_VISIT = ["到现场看过，情况属实。", "上门了解情况，拍照留存。", "会同物业到现场核实。"]
_MEASURE = ["已通知责任单位当天整改。", "已下单采购配件。", "已张贴告示并逐户告知。"]
_UNHAPPY = ["过两天又和原来一样。", "只是来看了看，没有真正解决。", "时间拖得太久。", "答复太笼统，没有说清楚。"]
_LATE_HOURS = (20, 21, 22, 7)
# Of the last days, in the community of the people one can sign in as: they too have something to do.
_FRESH, _FRESH_HOURS = 14, 54
_COMMUNITY_MATTERS = ("property", "sanitation", "noise", "neighbours")


@dataclass(frozen=True, slots=True)
class Filing:
    at: datetime
    compound: Compound
    building: Building | None
    text: str
    category: str
    kind: str
    channel: str
    phone: str
    name: str
    anonymous: bool
    seed: int


def filings(
    count: int, first: datetime, last: datetime, homes: list[tuple[Compound, list[Building]]]
) -> Iterator[Filing]:
    """Invented calls for help over the months, in the order of time: more of what the season brings, more by day than by night."""
    random = Random("filings")  # noqa: S311
    focus = [home for home in homes if home[0].region_code.startswith(FOCUS)]
    others = [home for home in homes if not home[0].region_code.startswith(FOCUS)]
    first_community = min(home[0].region_code for home in focus)[:12]
    near = [home for home in focus if home[0].region_code.startswith(first_community)]
    first_grid = [home for home in near if home[0].region_code == min(one[0].region_code for one in near)]
    fresh = min(_FRESH, count // 10)
    moments = [(_moment(random, first, last), False) for _ in range(count - fresh)]
    moments += [(_moment(random, last - timedelta(hours=_FRESH_HOURS), last), True) for _ in range(fresh)]
    categories = {month: month_weights(month) for month in range(1, 13)}
    for number, (at, here) in enumerate(sorted(moments)):
        places = (
            (first_grid if random.random() < 0.6 else near) if here else focus if random.random() < 0.62 else others
        )
        compound, buildings = random.choice(places)
        building = random.choice(buildings) if buildings and random.random() < 0.7 else None
        month = (at + timedelta(hours=8)).month
        weights = {
            code: weight
            for code, weight in categories[month].items()
            if not here or code.startswith(_COMMUNITY_MATTERS)
        }
        category = random.choices(list(weights), list(weights.values()))[0]
        place = Place(compound=compound.name, building=building.name if building else "")
        letter = invent(random, category, month, place)
        # Two phrases of the letters end in 了了: nothing to a model that learns from them, a slip on a page.
        text = re.sub("(?<!不)了了", "了", letter.text)
        anonymous = random.random() < 0.12
        phone = "" if anonymous else f"1{random.choice('3578')}{random.randrange(10**9):09d}"
        channel = random.choices(["web", "telephone", "counter", "patrol", "hotline"], [38, 34, 10, 8, 10])[0]
        surname = random.choice("赵钱孙李周吴郑王冯陈褚卫蒋沈韩杨")
        name = "" if anonymous else f"{surname}{random.choice(['女士', '先生', '阿姨', '师傅'])}"
        yield Filing(at, compound, building, text, category, letter.kind, channel, phone, name, anonymous, number)


def _moment(random: Random, first: datetime, last: datetime) -> datetime:
    """Busier towards the present, in winter and high summer; rarely at night."""
    span = (last - first).total_seconds()
    while True:
        at = first + timedelta(seconds=span * random.random() ** 0.85)
        local = at + timedelta(hours=8)
        busy = {12: 1.0, 1: 1.0, 11: 0.9, 7: 1.0, 8: 0.95, 6: 0.8}.get(local.month, 0.65)
        hour = 1.0 if 8 <= local.hour < 20 else 0.35 if local.hour in _LATE_HOURS else 0.08
        if random.random() < busy * hour:
            return at.replace(microsecond=0)


@dataclass(slots=True)
class Life:
    """One case on its way: what comes next and when."""

    case: int
    random: Random
    quality: float
    slow: float
    round: int = 1


Event = Callable[[datetime], object]


class District:
    """Plays all lives at once, in the order of time, so that numbers and clocks run as they would have."""

    def __init__(self, staff: Staff, until: datetime):
        self.staff = staff
        self.until = until
        self.queue: list[tuple[datetime, int, str, Life | None, Filing | Event | None]] = []
        self.order = 0
        self.recent: dict[tuple[int, str], tuple[datetime, int]] = {}
        self._actors: dict[int, Actor] = {}

    def plan(self, at: datetime, step: str, life: Life | None = None, filing: Filing | None = None) -> None:
        self.order += 1
        heapq.heappush(self.queue, (at, self.order, step, life, filing))

    def happen(self, at: datetime, event: Event) -> None:
        """Let something else happen among the lives of the cases; it is called with its moment."""
        self.order += 1
        heapq.heappush(self.queue, (at, self.order, "", None, event))

    def play(self, limit: int) -> int:
        """Let up to `limit` things happen; returns how many did. What lies after `until` never happens."""
        done = 0
        while self.queue and done < limit:
            at, _, step, life, filing = heapq.heappop(self.queue)
            if at > self.until:
                continue
            with frozen(at):
                try:
                    if callable(filing):
                        filing(at)
                    elif filing is not None:
                        self._file(at, filing)
                    elif life is not None:
                        getattr(self, f"_{step}")(at, life)
                except Refused:
                    # Somebody was slower or faster than the plan: the case rests where it is, as cases do.
                    pass
            done += 1
        return done

    def _actor(self, post: Post) -> Actor:
        if post.pk not in self._actors:
            self._actors[post.pk] = actor_of(post)
        return self._actors[post.pk]

    def _of(self, organisation_id: int, *roles: str) -> Actor | None:
        for role in roles:
            posts = self.staff.posts.get((organisation_id, role))
            if posts:
                return self._actor(posts[0])
        return None

    def _desk(self, row: Proceeding, role: str = "dispatcher") -> Actor:
        actor = self._of(row.desk_id, role)
        assert actor is not None
        return actor

    def _holder(self, row: Proceeding) -> Actor | None:
        if row.post_id:
            post = next(
                (p for p in self.staff.posts.get((row.holder_id, "grid_worker"), []) if p.pk == row.post_id), None
            )
            if post is not None:
                return self._actor(post)
        return self._of(
            row.holder_id, "community_worker", "community_secretary", "department_clerk", "property_manager", "leader"
        )

    def _file(self, at: datetime, filing: Filing) -> None:
        random = Random(f"life {filing.seed}")  # noqa: S311
        staff_files = filing.channel in ("telephone", "counter", "patrol")
        actor = Actor(kind="anonymous", rights=frozenset({"cases.file"}))
        community = self.staff.organisations.get(("community", filing.compound.region_code[:12]))
        if staff_files and community is not None:
            actor = self._of(community.pk, "community_worker") or actor
        filed = commands.file(
            actor,
            text=filing.text,
            kind=filing.kind,
            category=filing.category if staff_files or random.random() < 0.5 else "",
            channel=filing.channel,
            compound_id=filing.compound.pk,
            building_id=filing.building.pk if filing.building else None,
            name=filing.name,
            phone=filing.phone,
            anonymous=filing.anonymous,
            proactive=filing.channel == "patrol",
        )
        quality = Random(f"quality {filing.compound.region_code[:12]}").uniform(0.35, 0.95)  # noqa: S311
        quality += Random(f"quality {filing.compound.region_code}").uniform(-0.15, 0.15)  # noqa: S311
        life = Life(filed["id"], random, min(0.98, max(0.1, quality)), random.lognormvariate(0, 0.6) * (1.6 - quality))
        self._join(at, filing, life)
        self.plan(at + timedelta(minutes=random.uniform(2, 90)), "dispatch", life)

    def _join(self, at: datetime, filing: Filing, life: Life) -> None:
        """The same trouble in the same compound within a week is often one and the same."""
        key = (filing.compound.pk, filing.category)
        earlier = self.recent.get(key)
        self.recent[key] = (at, life.case)
        if earlier and at - earlier[0] < timedelta(days=7):
            row = proceeding(life.case)
            commands.join(self._desk(row), life.case, with_case=earlier[1])

    def _dispatch(self, at: datetime, life: Life) -> None:
        row = proceeding(life.case)
        if row.step == "filed" and self._aside(life).decline(self._desk(row)):
            return
        if row.step == "filed":
            kind = (
                "community"
                if life.random.random() < 0.7
                else life.random.choice(["urban_management", "safety", "social_affairs"])
            )
            region = row.region_code[:12] if kind == "community" else row.region_code[:9]
            # What is not on the duty list of communities goes to a department.
            if kind == "community" and problem_of_lead(kind, values(Case, life.case, "category")[0]):
                kind, region = "urban_management", row.region_code[:9]
            commands.dispatch(self._desk(row), life.case, to=self.staff.organisations[kind, region].pk)
        self.plan(at + timedelta(minutes=life.random.uniform(5, 100) * life.slow), "accept", life)

    def _accept(self, at: datetime, life: Life) -> None:
        row = proceeding(life.case)
        actor = self._of(row.holder_id, "community_secretary", "department_clerk", "leader", "property_manager")
        if actor is None:
            return
        if actor.role == "department_clerk" and life.round == 1 and life.random.random() < 0.05:
            commands.return_(
                actor,
                life.case,
                ground="not_our_duty",
                note="经核实属物业服务范围，不在本科室职责清单内。",
                materials="派单目录物业服务类；现场照片两张",
            )
            self.plan(at + timedelta(hours=life.random.uniform(1, 20)), "decide_return", life)
            return
        commands.accept(actor, life.case)
        if actor.role == "community_secretary":
            self._hand_down(row, actor, life)
        if life.random.random() < 0.93:
            self.plan(at + timedelta(minutes=life.random.uniform(10, 400) * life.slow), "contact", life)
        self.plan(at + timedelta(hours=life.random.uniform(2, 30)), "visit", life)
        days = min(24.0, life.random.lognormvariate(0.55, 0.75) * life.slow)
        self.plan(at + timedelta(days=days, hours=2), "answer", life)

    def _hand_down(self, row: Proceeding, secretary: Actor, life: Life) -> None:
        """The secretary gives it to the grid worker of the grid, as a rule."""
        posts = self.staff.posts.get((row.holder_id, "grid_worker"), [])
        mine = next((p for p in posts if p.region_code == row.region_code), None)
        if mine is not None and life.random.random() < 0.75:
            commands.hand(secretary, life.case, post=mine.pk)

    def _decide_return(self, at: datetime, life: Life) -> None:
        row = proceeding(life.case)
        community = self.staff.organisations.get(("community", row.region_code[:12]))
        category = values(Case, life.case, "category")[0]
        may_lead = community is not None and not problem_of_lead("community", category)
        if self._aside(life).deliberate(self._desk(row)):
            pass
        elif community is not None and life.random.random() < 0.6 and may_lead:
            commands.redirect(self._desk(row), life.case, to=community.pk, note="核定由社区牵头协调物业。")
        else:
            commands.refuse_return(self._desk(row), life.case, note="公共部位，按派单目录仍由你科牵头。")
        self.plan(at + timedelta(hours=2), "accept", life)

    def _contact(self, at: datetime, life: Life) -> None:
        row = proceeding(life.case)
        actor = self._holder(row)
        if actor is not None and row.step == "handling":
            commands.contact(actor, life.case, reached=life.random.random() < 0.92, channel="telephone")

    def _visit(self, at: datetime, life: Life) -> None:
        row = proceeding(life.case)
        actor = self._holder(row)
        if actor is None or row.step != "handling":
            return
        if life.round == 1:
            self._aside(life).visit(at, lambda when, step: self.plan(when, step, life))
            if proceeding(life.case).step != "handling":
                return
        if life.random.random() < 0.55:
            commands.visit(actor, life.case, note=life.random.choice(_VISIT))
        if life.random.random() < 0.3:
            commands.measure(actor, life.case, note=life.random.choice(_MEASURE))
        if life.random.random() < 0.06 and actor.may("cases.extend"):
            commands.extend(actor, life.case, amount=life.random.randint(1, 4), note="配件需要订购，已电话向您说明。")
        elif life.random.random() < 0.03 and actor.may("cases.pause"):
            commands.pause(actor, life.case, reason="weather", note="连日降雨，露天作业暂停。")
            self.plan(at + timedelta(days=life.random.uniform(1, 3)), "resume", life)

    def _aside(self, life: Life) -> Aside:
        return Aside(life.case, self._of)

    def _review(self, at: datetime, life: Life) -> None:
        desk = self._desk(proceeding(life.case))
        self._aside(life).review(at, lambda when, step: self.plan(when, step, life), desk)

    def _lift(self, at: datetime, life: Life) -> None:
        self._aside(life).lift(at, lambda when, step: self.plan(when, step, life))

    def _resume(self, at: datetime, life: Life) -> None:
        actor = self._holder(proceeding(life.case))
        if actor is not None:
            commands.resume(actor, life.case)
            self.plan(at + timedelta(days=1), "answer", life)

    def _answer(self, at: datetime, life: Life) -> None:
        row = proceeding(life.case)
        actor = self._holder(row)
        if actor is None or row.step != "handling":
            return
        if row.round > 1:
            commands.visit(actor, life.case, note="二次办理上门，和诉求人一起看了现场。")
        commands.answer(actor, life.case, note=life.random.choice(_DONE))
        self.plan(at + timedelta(hours=life.random.uniform(3, 60)), "settle", life)

    def _settle(self, at: datetime, life: Life) -> None:
        row = proceeding(life.case)
        desk = self._desk(row, "call_taker")
        if life.random.random() < 0.07:
            for _ in range(3):
                commands.callback(desk, life.case, reached=False)
            commands.settle(desk, life.case, reachable=False)
            return
        luck = life.quality + 0.12 * (life.round - 1)
        resolved = life.random.random() < luck + 0.08
        happy = life.random.random()
        satisfaction = "satisfied" if happy < luck else "basic" if happy < luck + 0.1 else "dissatisfied"
        unhappy = not resolved or satisfaction == "dissatisfied"
        again = unhappy and life.random.random() < 0.55
        commands.settle(
            desk,
            life.case,
            resolved=resolved,
            satisfaction=satisfaction,
            reason=life.random.choice(_UNHAPPY) if unhappy else "",
            again=again,
        )
        if again:
            life.round += 1
            self.plan(at + timedelta(hours=life.random.uniform(1, 5)), "accept", life)
        elif unhappy:
            self._aside(life).settled()


def year_before(today: datetime) -> tuple[datetime, datetime]:
    """The twelve months before a moment."""
    last = today.astimezone(UTC).replace(minute=0, second=0, microsecond=0)
    return last - timedelta(days=365), last
