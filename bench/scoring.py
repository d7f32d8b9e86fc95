"""A score run over the stored cases, against the bare statement that only counts them. Nothing is kept: all is rolled back."""

import statistics
import time
from collections.abc import Callable
from typing import Any

from bench.ground import Ground

ROUNDS = 3
RULE = "score.month_30_35_35"
# The least that any score needs: every case read once, counted by community.
BARE = """SELECT p.community_code, count(*) FILTER (WHERE c.reachable), count(*) FILTER (WHERE c.reachable AND c.contacted),
  count(*) FILTER (WHERE c.reachable AND c.resolved), count(*) FILTER (WHERE c.reachable AND c.satisfaction = 'satisfied')
FROM cases_case c JOIN procedures_proceeding p ON p.id = c.proceeding_id WHERE c.settled_on BETWEEN %s AND %s GROUP BY 1"""


def measure(found: Ground) -> dict[str, Any]:
    """Seconds of one run over every stored case (all streets, the whole year), of one month of one street, and of the bare count."""
    from django.db import connection
    from django.db.models import Max, Min

    from linli.base import policies
    from linli.base.actor import system
    from linli.base.clockwork import now
    from linli.base.scope import scope
    from linli.insight.scores import commands, freezing, policy, queries
    from linli.insight.scores.rules import Unit, score
    from linli.insight.scores.rules.counting import numbers
    from linli.insight.scores.rules.periods import before, last_complete
    from linli.matters.cases.models import Case

    actor = system("bench")
    with scope(actor):
        days = Case.objects.aggregate(first=Min("filed_on"), last=Max("settled_on"), most=Max("filed_on"))
        rule = policy.read(policies.load(RULE).data)
        places = queries.unit_places(rule, "")
    first, last = days["first"], max(days["last"] or days["most"], days["most"])
    label = before(last_complete(now().date()), 2)

    def whole() -> int:
        freezing.gather(
            0, rule.unit_kind, "", first, last, {key: (place, owner) for key, (_n, place, owner) in places.items()}
        )
        counted, known = freezing.sorts(0), policy.constants()
        units = [Unit(key, name, numbers(rule, counted.get(key, []), known)) for key, (name, _p, _o) in places.items()]
        freezing.mark_of(0)
        score(rule, units)
        return sum(count for sorts in counted.values() for _facts, _mark, count in sorts)

    def month() -> int:
        row = commands.run(actor, rule=RULE, label=label, region=found.street)
        return sum(count for sorts in freezing.sorts(row.pk).values() for _facts, _mark, count in sorts)

    def bare() -> int:
        with connection.cursor() as cursor:
            cursor.execute(BARE, [first, last])
            return len(cursor.fetchall())

    seconds: dict[str, list[float]] = {"whole": [], "month": [], "bare": []}
    cases: dict[str, int] = {}
    for _ in range(ROUNDS):
        for name, act in (("bare", bare), ("whole", whole), ("month", month)):
            taken, cases[name] = _timed(act)
            seconds[name].append(taken)
    middle = {name: statistics.median(each) for name, each in seconds.items()}
    return {
        "cases": cases["whole"],
        "whole_s": round(middle["whole"], 2),
        "bare_s": round(middle["bare"], 2),
        "times_bare": round(middle["whole"] / middle["bare"], 1),
        "month_cases": cases["month"],
        "month_s": round(middle["month"], 2),
    }


def _timed(act: Callable[[], int]) -> tuple[float, int]:
    """Seconds and what was counted; the transaction is rolled back."""
    from django.db import transaction

    from linli.base.actor import system
    from linli.base.scope import scope

    with transaction.atomic():
        begun = time.monotonic()
        with scope(system("bench")):
            answer = act()
        taken = time.monotonic() - begun
        transaction.set_rollback(True)
    return taken, answer


def told(result: dict[str, Any]) -> str:
    return (
        f"score run over {result['cases']:,} cases: {result['whole_s']} s ({result['times_bare']} times the bare count); "
        f"an official month of {result['month_cases']:,} cases: {result['month_s']} s"
    )
