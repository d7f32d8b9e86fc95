"""Adding up what the database noted, and rebuilding it from zero."""

from django.db import connection

from linli.base.actor import Actor
from linli.base.commands import command, detail, nothing_done
from linli.insight.indicators.rules import MEASURES

_SUMS = ", ".join(f"sum({name})::int AS {name}" for name in MEASURES)
_COLUMNS = ", ".join(MEASURES)
_ADDED = ", ".join(f"{name} = d.{name} + excluded.{name}" for name in MEASURES)
# The finest grain keeps what was raised and found, not what became of it: hot spots need no more.
_RAISED = ("filed", "proactive")
_TOPIC_SUMS = ", ".join(f"sum({name})::int AS {name}" if name in _RAISED else f"0 AS {name}" for name in MEASURES)
_TOTAL = " OR ".join(f"sum({name}) <> 0" for name in MEASURES)

_COMPACT = f"""
WITH moved AS (DELETE FROM indicators_casedelta RETURNING *),
grains AS (
  SELECT 1 AS grain, region_code, '' AS dimension, day, {_SUMS} FROM moved GROUP BY region_code, day HAVING {_TOTAL}
  UNION ALL
  SELECT 2, left(region_code, 12), split_part(category, '.', 1), day, {_SUMS} FROM moved GROUP BY 2, 3, 4 HAVING {_TOTAL}
  UNION ALL
  SELECT 3, left(region_code, 9), channel, day, {_SUMS} FROM moved GROUP BY 2, 3, 4 HAVING {_TOTAL}
  UNION ALL
  SELECT 4, region_code, category, day, {_TOPIC_SUMS} FROM moved GROUP BY 2, 3, 4 HAVING sum(filed) <> 0 OR sum(proactive) <> 0
  UNION ALL
  SELECT 5, region_code, '', date_trunc('month', day)::date, {_SUMS} FROM moved GROUP BY 2, 4 HAVING {_TOTAL}
  UNION ALL
  SELECT 6, left(region_code, 12), split_part(category, '.', 1), date_trunc('month', day)::date, {_SUMS} FROM moved
  GROUP BY 2, 3, 4 HAVING {_TOTAL}
), added AS (
  INSERT INTO indicators_casedaily AS d (grain, region_code, dimension, day, {_COLUMNS})
  SELECT grain, region_code, dimension, day, {_COLUMNS} FROM grains ORDER BY 1, 2, 3, 4
  ON CONFLICT (grain, region_code, day, dimension) DO UPDATE SET {_ADDED}
)
SELECT count(*) FROM moved
"""


@command("indicators.compact")
def compact(actor: Actor) -> int:
    """Add the noted changes up into the figures of the days; returns how many there were. Figures are the same before and after."""
    with connection.cursor() as cursor:
        cursor.execute(_COMPACT)
        row = cursor.fetchone()
    moved = int(row[0]) if row else 0
    detail(moved=moved)
    if not moved:
        nothing_done()
    return moved
