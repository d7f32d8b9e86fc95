"""Which cases stand behind a run, gathered in one statement and kept; and counted again from what was kept."""

from collections import defaultdict
from datetime import date
from typing import Any

from django.db import connection

from linli.insight.scores.rules.counting import BITS, FACTS

# The same words as in the trigger that counts for the board: what a grid worker found is no complaint.
_DAYS = {
    "filed": "filed_on",
    "proactive": "filed_on",
    "answered": "answered_on",
    "answered_late": "answered_on",
    "open": "filed_on",
}
_CONDITIONS = {
    "filed": "NOT c.proactive",
    "proactive": "c.proactive",
    "answered": "NOT c.proactive",
    "answered_late": "NOT c.proactive AND c.answered_late",
    "settled": "NOT c.proactive",
    "reachable": "NOT c.proactive AND c.reachable",
    "contacted": "NOT c.proactive AND c.reachable AND c.contacted",
    "resolved": "NOT c.proactive AND c.reachable AND coalesce(c.resolved, false)",
    "satisfied": "NOT c.proactive AND c.reachable AND c.satisfaction = 'satisfied'",
    "basic": "NOT c.proactive AND c.reachable AND c.satisfaction = 'basic'",
    "dissatisfied": "NOT c.proactive AND c.reachable AND c.satisfaction = 'dissatisfied'",
    "both_full": "NOT c.proactive AND c.reachable AND coalesce(c.resolved, false) AND c.satisfaction = 'satisfied'",
    "second_round": "NOT c.proactive AND p.round > 1",
    "open": "NOT c.proactive AND p.closed_at IS NULL",
}


def _bit(name: str) -> str:
    if name == "exempted":
        return f"c.exempted::int * {BITS[name]}"
    if name == "hung_up":
        return f"(h.case_id IS NOT NULL)::int * {BITS[name]}"
    day = _DAYS.get(name, "settled_on")
    return f"coalesce(c.{day} BETWEEN %(first)s AND %(last)s AND {_CONDITIONS[name]}, false)::int * {BITS[name]}"


_FACTS = " + ".join(_bit(name) for name in FACTS)
_COUNTING = sum(bit for name, bit in BITS.items() if name not in ("exempted", "hung_up"))
_KEYS = {"community": "p.community_code", "sub_district": "p.sub_district_code", "organisation": "p.lead_id::text"}
_WITHIN = {9: "p.sub_district_code = %(region)s", 12: "p.community_code = %(region)s"}

_GATHER = """
INSERT INTO scores_frozencases (run_id, key, region_code, organisation_id, case_ids, facts, marks)
SELECT %(run)s, b.key, coalesce(u.region_code, %(region)s), u.organisation_id,
  array_agg(b.id ORDER BY b.id), array_agg(b.facts ORDER BY b.id), array_agg(b.mark ORDER BY b.id)
FROM (
  SELECT {key} AS key, c.proceeding_id AS id, {facts} AS facts, concat_ws('|', c.kind, c.channel, c.category) AS mark
  FROM cases_case c JOIN procedures_proceeding p ON p.id = c.proceeding_id
  LEFT JOIN (SELECT DISTINCT case_id FROM cases_hangup WHERE ended_on IS NULL) h ON h.case_id = c.proceeding_id
  WHERE {within} AND (c.filed_on BETWEEN %(first)s AND %(last)s OR c.answered_on BETWEEN %(first)s AND %(last)s
    OR c.settled_on BETWEEN %(first)s AND %(last)s)
) AS b LEFT JOIN unnest(%(keys)s::text[], %(regions)s::text[], %(organisations)s::bigint[]) AS u(key, region_code, organisation_id)
  ON u.key = b.key
WHERE b.facts & {counting} <> 0 AND b.key IS NOT NULL GROUP BY b.key, u.region_code, u.organisation_id
"""


def gather(run: int, kind: str, region: str, first: date, last: date, units: dict[str, tuple[str, int | None]]) -> None:
    """Keep the cases of every unit of this kind in the region and period. units: region and organisation by key."""
    sql = _GATHER.format(
        key=_KEYS[kind],
        facts=_FACTS,
        counting=_COUNTING,
        within=_WITHIN.get(len(region), "starts_with(p.region_code, %(region)s)"),
    )
    values: dict[str, Any] = {
        "run": run,
        "region": region,
        "first": first,
        "last": last,
        "keys": list(units),
        "regions": [place for place, _organisation in units.values()],
        "organisations": [organisation for _place, organisation in units.values()],
    }
    with connection.cursor() as cursor:
        cursor.execute(sql, values)


def sorts(run: int, key: str | None = None, without: tuple[int, ...] = ()) -> dict[str, list[tuple[int, str, int]]]:
    """How many frozen cases of each sort, by unit: (bits, mark, how many). without: ids to leave out."""
    with connection.cursor() as cursor:
        cursor.execute(
            """SELECT k.key, f.facts, f.mark, count(*) FROM scores_frozencases k, unnest(k.case_ids, k.facts, k.marks) AS f(id, facts, mark)
            WHERE k.run_id = %(run)s AND (%(key)s::text IS NULL OR k.key = %(key)s) AND NOT f.id = ANY (%(without)s::bigint[])
            GROUP BY 1, 2, 3""",
            {"run": run, "key": key, "without": list(without)},
        )
        rows = cursor.fetchall()
    found: dict[str, list[tuple[int, str, int]]] = defaultdict(list)
    for unit, facts, text, count in rows:
        found[unit].append((facts, text, count))
    return dict(found)


def frozen(run: int, key: str) -> list[tuple[int, int, str]]:
    """The frozen cases of one unit, in order of their ids: (id, bits, mark)."""
    with connection.cursor() as cursor:
        cursor.execute(
            """SELECT f.id, f.facts, f.mark FROM scores_frozencases k, unnest(k.case_ids, k.facts, k.marks) AS f(id, facts, mark)
            WHERE k.run_id = %s AND k.key = %s ORDER BY f.id""",
            [run, key],
        )
        return list(cursor.fetchall())


def mark_of(run: int) -> str:
    """One hash over every frozen case of a run: the same cases, counted for the same, give the same."""
    with connection.cursor() as cursor:
        cursor.execute(
            """SELECT coalesce(string_agg(key || md5(array_to_string(case_ids, ',')) || md5(array_to_string(facts, ','))
              || md5(array_to_string(marks, chr(10))), ';' ORDER BY key COLLATE "C"), '') FROM scores_frozencases WHERE run_id = %s""",
            [run],
        )
        row = cursor.fetchone()
    return str(row[0]) if row else ""
