"""Scores of the demo: a run for each of the last months, appeals, what was published. Through the commands, as an office would."""

from datetime import UTC, datetime, time, timedelta

from linli.base.actor import Actor, system
from linli.base.clockwork import frozen
from linli.base.scope import enter
from linli.doors.demo.people import FOCUS
from linli.insight.scores import commands, freezing, queries
from linli.insight.scores.models import ScoreRun, ScoreUnit
from linli.insight.scores.rules.counting import BITS
from linli.insight.scores.rules.periods import before, last_complete, month
from linli.people.accounts.models import Post
from linli.people.accounts.queries import actor_of
from linli.procedures.models import Proceeding

RULE, MONTHS = "score.month_30_35_35", 6
_REASON = "已与诉求人当面核实：灯当天修好，误评为不满意，附回访记录。"
_PENDING = "这件属小区专项维修，已列入计划并告知诉求人，请求不计入本期。"


def load(until: datetime) -> int:
    """Score the last months of the focus sub-district; returns how many. Runs inside the system's scope."""
    actor = system("demo")
    streets = sorted(
        {post.region_code for post in Post.objects.filter(role="leader") if post.region_code.startswith(FOCUS)}
    )
    leaders = (
        Post.objects.select_related("account", "organisation")
        .filter(role="leader", region_code__in=streets)
        .order_by("id")
    )
    first = leaders.first()
    if first is None:
        return 0
    leader, region = actor_of(first), first.region_code
    latest = last_complete(until.date())
    labels = [before(latest, by) for by in range(MONTHS - 1, -1, -1)]
    for label in labels:
        moment = min(datetime.combine(month(label).last, time(2, 30), UTC) + timedelta(days=3), until)
        with frozen(moment):
            enter(leader)
            run = commands.run(leader, rule=RULE, label=label, region=region)
            enter(actor)
        _afterwards(run, leader, moment, until, last=label == latest, before_last=label == labels[-2])
    enter(actor)
    return len(labels)


def _afterwards(
    run: ScoreRun, leader: Actor, moment: datetime, until: datetime, *, last: bool, before_last: bool
) -> None:
    """Old months are published as tiers; the one before the last had an appeal that was granted, the last one has one waiting."""
    if (last or before_last) and (found := _unhappy(run)) is not None:
        unit, number, secretary = found
        with frozen(min(moment + timedelta(hours=5), until)):
            enter(secretary)
            filed = commands.appeal(
                secretary, unit.pk, kind="case", number=number, reason=_PENDING if last else _REASON
            )
            if not last:
                enter(leader)
                commands.decide(leader, filed.pk, grant=True, note="回访记录属实，冲正。")
    if not last:
        with frozen(min(moment + timedelta(days=6), until)):
            enter(leader)
            commands.publish(leader, run.pk, form="tiers")
    enter(system("demo"))


def _unhappy(run: ScoreRun) -> tuple[ScoreUnit, str, Actor] | None:
    """A unit with a dissatisfied case in this run, that case's number, and the unit's secretary."""
    posts = {
        post.organisation_id: post
        for post in Post.objects.select_related("account", "organisation")
        .filter(role="community_secretary")
        .order_by("-id")
    }
    for unit in queries.units(run):
        if unit.organisation_id not in posts:
            continue
        known = [(key, facts) for key, facts, _mark in freezing.frozen(run.pk, unit.key) if facts & BITS["reachable"]]
        found = [key for key, facts in known if facts & BITS["dissatisfied"] and not facts & BITS["resolved"]]
        if found and len(known) > 1:
            return unit, Proceeding.objects.get(pk=found[0]).number, actor_of(posts[unit.organisation_id])
    return None
