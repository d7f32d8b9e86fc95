"""The figures of departments and communities, added up by the database; queries.opened is the condition that opens what one counted.

A call is an assignment with role `whistled` and its arrival clock; how a call ended follows from that clock alone (rules.outcome says the same of
one call in words). Calls that were taken back in time count nowhere.
"""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from django.db import connection

from linli.base.actor import Actor
from linli.matters.whistles import queries
from linli.matters.whistles.rules import Figures
from linli.procedures import queries as procedures

# What the figures know of the filter bar.
NARROWED = ("since", "until", "kind", "region")
_SQL = """
WITH heads(id, whistler, result) AS MATERIALIZED ({heads}),
calls AS MATERIALIZED (
  SELECT h.id AS whistle, h.whistler, a.organisation_id AS department, h.result,
    CASE WHEN c.met_at IS NOT NULL THEN CASE WHEN c.due_at IS NULL OR c.met_at <= c.due_at THEN 'in_time' ELSE 'late' END
         WHEN COALESCE(c.stopped_at, %s) > c.due_at THEN 'missed'
         WHEN c.stopped_at IS NOT NULL THEN 'released' ELSE 'waiting' END AS outcome,
    EXTRACT(EPOCH FROM c.met_at - c.started_at)::float8 / 60 AS minutes
  FROM heads h
  JOIN procedures_assignment a ON a.proceeding_id = h.id AND a.role = 'whistled'
  JOIN procedures_clock c ON c.proceeding_id = h.id AND c.seq = a.seq AND c.code = %s),
marks AS (SELECT r.of_id, count(*) AS ratings, avg(r.score)::float8 AS mean FROM whistles_rating r JOIN heads h ON h.id = r.whistle_id
  GROUP BY r.of_id),
sides AS ({sides})
SELECT s.side, s.unit, s.called, s.in_time, s.late, s.missed, s.waiting, s.concluded, s.solved, m.mean, COALESCE(m.ratings, 0), s.median
FROM sides s LEFT JOIN marks m ON m.of_id = s.unit ORDER BY s.side, s.called DESC, s.unit
"""
_SIDE = """SELECT '{side}' AS side, {side} AS unit, count(*) AS called,
  count(*) FILTER (WHERE outcome = 'in_time') AS in_time, count(*) FILTER (WHERE outcome = 'late') AS late,
  count(*) FILTER (WHERE outcome = 'missed') AS missed, count(*) FILTER (WHERE outcome = 'waiting') AS waiting,
  count(DISTINCT whistle) FILTER (WHERE result <> '') AS concluded,
  count(DISTINCT whistle) FILTER (WHERE result = 'solved') AS solved,
  percentile_cont(0.5) WITHIN GROUP (ORDER BY minutes) AS median
FROM calls WHERE outcome <> 'released' GROUP BY {side}"""
_STATEMENT = _SQL.replace("{sides}", " UNION ALL ".join(_SIDE.format(side=side) for side in queries.SIDES))


def figures(actor: Actor, chosen: Mapping[str, Any], at: datetime) -> dict[str, list[Figures]]:
    """By side (`department`, `whistler`) one row for each organisation, most calls first, over the whistles this actor may see; one statement.

    chosen: what the filter bar holds of NARROWED; at: the moment the figures speak of.
    """
    rows = queries.filtered(
        procedures.visible_to(actor).filter(kind=queries.KIND),
        {key: chosen[key] for key in NARROWED if key in chosen},
        at,
    )
    # Named by position: what Django calls them differs with the joins.
    named = rows.order_by().values_list("id", "holder_id", "whistle__result")
    statement, given = named.query.sql_with_params()
    found: dict[str, list[Figures]] = {side: [] for side in queries.SIDES}
    with connection.cursor() as cursor:
        cursor.execute(_STATEMENT.replace("{heads}", statement), [*given, at, queries.ARRIVAL])
        for side, unit, called, in_time, late, missed, waiting, concluded, solved, mean, ratings, median in cursor:
            found[side].append(
                Figures(unit, called, in_time, late, missed, waiting, concluded, solved, mean, ratings, median)
            )
    return found
