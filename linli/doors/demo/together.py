"""What the street does beyond single cases in the demo: whistles, hard cases and a task force, the daily meeting. Deterministic."""

from datetime import UTC, datetime, time, timedelta
from functools import partial
from random import Random

from linli.base.actor import Actor
from linli.base.calendar.queries import current_calendar
from linli.base.clockwork import frozen
from linli.base.commands import Refused
from linli.doors.demo.lives import District
from linli.doors.demo.people import FOCUS, Staff
from linli.matters.cases import commands as cases
from linli.matters.cases.commands.common import CaseId
from linli.matters.cases.looking_back import condition
from linli.matters.whistles import commands as whistles
from linli.matters.whistles.commands.common import WhistleId
from linli.people.accounts.queries import actor_of
from linli.procedures.models import Proceeding
from linli.together.meetings import commands as meetings
from linli.together.meetings.models import AgendaItem
from linli.together.taskforces import commands as taskforces

# topic, kind, what was seen, departments, what was done
_WHISTLES = (
    ("临街餐馆夜间占道摆桌", "joint", "八张桌子摆到盲道上，劝了两次又摆出来。", ("urban_management", "safety"), "桌椅已收回店内，下达整改通知。"),
    ("楼道飞线给电动车充电", "joint", "二层拉了三根插线板，两辆车正在充。", ("safety", "urban_management"), "插线板已拆，车推到车棚，当场教育。"),
    ("地下室渗水漫到配电间门口", "emergency", "水深约五厘米，还在涨。", ("utilities", "safety"), "关了支管阀门，抽干积水，配电间检测正常。"),
    ("围墙倾斜要倒", "emergency", "北墙裂缝有三指宽，孩子放学都从这里过。", ("safety", "urban_management"), "拉了警戒线，当晚拆除险段。"),
    ("污水井反复外溢没人认", "stubborn", "物业说是市政的，市政说是小区的，溢了半个月。", ("utilities", "urban_management"), "查清是接口错位，已换管，三家签了管护协议。"),
    ("屋顶违建加高", "stubborn", "夜里施工，邻居不敢说。", ("urban_management",), "停工，责令限期拆除。"),
    ("独居老人两天没出门", "emergency", "敲门没人应，窗户关着灯亮着。", ("social_affairs", "safety"), "开门进入，老人摔倒，已送医。"),
    ("共享单车堵住消防通道", "joint", "七八十辆堆在通道口。", ("urban_management",), "清走七十六辆，划了停放区。"),
)  # fmt: skip
_FORCES = (
    ("老旧管线攻坚专班", "北片老旧小区上下水管线反复跑冒滴漏，逐楼查清、逐段更换。", "utilities"),
    ("停车秩序攻坚专班", "小区内外停车矛盾突出的点位，一处一策。", "urban_management"),
)


def plan(district: District, staff: Staff, until: datetime) -> None:
    """Put the last weeks of the focus sub-district among the lives of its cases, each thing at its own time."""
    random = Random("together")  # noqa: S311
    _plan_whistles(district, staff, until, random)
    for days, number in ((70, 0), (48, 1)):
        district.happen(until - timedelta(days=days), partial(_found, district, staff, number))
    calendar, day = current_calendar(), (until - timedelta(days=14)).date()
    while day <= until.date():
        at = datetime.combine(day, time(1, 30), tzinfo=UTC)
        if calendar.status(day).working and (day == until.date() or random.random() < 0.9):
            district.happen(at, partial(_meet, district, staff, random, until))
        day += timedelta(days=1)
    district.happen(until - timedelta(hours=20), partial(_look_back, staff))


def _actor(staff: Staff, kind: str, region: str, *roles: str) -> Actor:
    organisation = staff.organisations[kind, region]
    return actor_of(
        next(staff.posts[organisation.pk, role][0] for role in roles if staff.posts.get((organisation.pk, role)))
    )


def _communities(staff: Staff) -> list[str]:
    return sorted(region for kind, region in staff.organisations if kind == "community" and region.startswith(FOCUS))


def _plan_whistles(district: District, staff: Staff, until: datetime, random: Random) -> None:
    communities = _communities(staff)[:6]
    for number in range(16):
        # The last two are of this very hour: one awaited, one being worked on.
        ago = (
            timedelta(minutes=(12, 50)[number - 14]) if number >= 14 else timedelta(days=2 + 4 * (13 - number), hours=3)
        )
        region = communities[0] if number >= 13 else communities[number % len(communities)]
        district.happen(until - ago, partial(_whistle, staff, random, number, region))


def _whistle(staff: Staff, random: Random, number: int, region: str, at: datetime) -> None:
    topic, kind, text, units, done = _WHISTLES[number % len(_WHISTLES)]
    secretary = _actor(staff, "community", region, "community_secretary")
    clerks = [_actor(staff, unit, FOCUS, "department_clerk") for unit in units]
    made = whistles.whistle(
        secretary, topic=topic, kind=kind, text=text, region_code=region, place_text=f"{number + 1}号楼",
        departments=[clerk.organisation_id or 0 for clerk in clerks],
    )  # fmt: skip
    if number != 14:
        _play(WhistleId(made["id"]), at, secretary, clerks, done, random, running=number == 15)


def _play(
    whistle: WhistleId, at: datetime, secretary: Actor, clerks: list[Actor], done: str, random: Random, *, running: bool
) -> None:
    came = []
    for clerk in clerks[:1] if running else clerks:
        minutes = random.choice((9, 14, 18, 22, 26, 29, 41)) if random.random() < 0.9 else 0
        if minutes or running:
            with frozen(at + timedelta(minutes=minutes or 20)):
                whistles.arrive(clerk, whistle, note="已到现场。")
            came.append(clerk)
    if running:
        return
    for clerk in came:
        with frozen(at + timedelta(minutes=70)):
            whistles.finish(clerk, whistle, note=done)
    solved = bool(came) and random.random() < 0.85
    with frozen(at + timedelta(hours=5)):
        note = "" if solved else "还要回头看。" if came else "没有部门到场，社区先自己看住。"
        whistles.confirm(secretary, whistle, result="solved" if solved else "partly" if came else "unsolved", note=note)
    with frozen(at + timedelta(hours=8)):
        for clerk in clerks:
            score = random.choice((5, 5, 4, 3)) if clerk in came else 1
            whistles.rate(
                secretary, whistle, of=clerk.organisation_id or 0, score=score, note="" if score > 2 else "没有到场。"
            )
        for clerk in came:
            whistles.rate(clerk, whistle, of=secretary.organisation_id or 0, score=random.choice((5, 4, 4)))


def _found(district: District, staff: Staff, number: int, at: datetime) -> None:
    """Found a force, and give it hard cases now and again three weeks later."""
    name, purpose, unit = _FORCES[number]
    leader = _actor(staff, "sub_district_office", FOCUS, "leader")
    post = staff.posts[staff.organisations[unit, FOCUS].pk, "department_clerk"][0]
    other = staff.posts[staff.organisations["safety", FOCUS].pk, "department_clerk"][0]
    force = taskforces.found(leader, name=name, purpose=purpose, lead=post.pk)
    taskforces.enlist(leader, force.pk, post=other.pk)
    _carry(leader, force.pk, at)
    for days in (21, 42):
        district.happen(at + timedelta(days=days), partial(_carry, leader, force.pk))


def _carry(leader: Actor, force: int, at: datetime) -> None:
    rows = Proceeding.objects.filter(
        kind="case", sub_district_code=FOCUS, closed_at=None, opened_at__lt=at, step="handling"
    )
    taken = rows.filter(case__difficult_since__isnull=True).order_by("due_at", "id").values_list("pk", flat=True)[:4]
    for key in list(taken):
        cases.mark_difficult(leader, CaseId(key), note="几家单位都推不动，需要集中攻坚。")
        taskforces.carry(leader, force, case=CaseId(key))


def _look_back(staff: Staff, at: datetime) -> None:
    leader = _actor(staff, "sub_district_office", FOCUS, "leader")
    rows = Proceeding.objects.filter(condition(), sub_district_code=FOCUS, closed_at__lt=at).order_by("-pk")
    for key in list(rows.values_list("pk", flat=True)[:3]):
        cases.look_back(leader, CaseId(key), result="not_resolved_yet", note="上门看过，还要物业更换主管，已列入计划。")


def _meet(district: District, staff: Staff, random: Random, until: datetime, at: datetime) -> None:
    """The meeting of a morning with a few decisions; most are carried out within two days. The last one still runs."""
    dispatcher = _actor(staff, "desk", FOCUS, "dispatcher")
    leader = staff.posts[staff.organisations["sub_district_office", FOCUS].pk, "leader"][0]
    meeting = meetings.prepare(dispatcher)
    meetings.attend(dispatcher, meeting.pk, post=leader.pk, state="excused" if random.random() < 0.2 else "present")
    for item in AgendaItem.objects.filter(meeting=meeting).select_related("case__proceeding").order_by("id")[:3]:
        act = random.choice(("supervise", "remind", "instruct"))
        text = random.choice(
            ("本周内现场办结并回复诉求人。", "请主办单位书记上门一次，当面说清楚。", "两家单位明天一起到现场定方案。")
        )
        try:
            made = meetings.decide(
                dispatcher,
                meeting.pk,
                case=CaseId(item.case_id),
                act=act,
                text=text,
                owner=item.case.proceeding.holder_id,
            )
        except Refused:
            continue  # the case was not where the meeting thought it was
        if random.random() < 0.7:
            district.happen(at + timedelta(days=2), partial(_report, dispatcher, made.pk))
    if at.date() != until.date():
        meetings.close(dispatcher, meeting.pk, chair="办事处主任", note="逐件过了超期和疑难案卷，责任到单位、到日期。")


def _report(dispatcher: Actor, decision: int, at: datetime) -> None:
    meetings.report(dispatcher, decision, note="已按会上定的办到，当面回复了诉求人。")
