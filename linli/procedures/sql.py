"""The two statements of the engine. Round trips are what handling costs, so each direction is one."""

from functools import cache

LOAD = """
SELECT to_jsonb(p),
  (SELECT jsonb_agg(to_jsonb(c) ORDER BY c.seq, c.code) FROM procedures_clock c WHERE c.proceeding_id = p.id),
  (SELECT jsonb_agg(to_jsonb(a) ORDER BY a.seq) FROM procedures_assignment a WHERE a.proceeding_id = p.id)
FROM procedures_proceeding p WHERE p.id = %s FOR UPDATE OF p
"""

# The same for a page: found by its number, without a lock.
READ = LOAD.replace("p.id = %s FOR UPDATE OF p", "p.number = %s")

# How many children a parent waits for, and the numbers of those this actor may see.
WAITED_FOR = """
SELECT linli_waited_for(%s), (SELECT array_agg(number ORDER BY id) FROM
  (SELECT id, number FROM procedures_proceeding WHERE parent_id = %s AND parent_waits AND closed_at IS NULL ORDER BY id LIMIT 3) c)
"""
PARENT = "SELECT closed_at FROM procedures_proceeding WHERE id = %s FOR SHARE"

_FACTS = """jsonb_to_recordset(%(facts)s) AS f(id bigint, number text, procedure_id bigint, kind text, title text, service_class text,
  region_code text, step text, round smallint, desk_id bigint, holder_id bigint, lead_id bigint, post_id bigint, involved bigint[],
  parent_id bigint, parent_waits boolean, opened_at timestamptz, closed_at timestamptz, result text, due_at timestamptz,
  due_clock text, paused boolean, entry_count integer, head text)"""

_INSERT = f"""INSERT INTO procedures_proceeding (id, number, procedure_id, kind, title, service_class, region_code, step, round, desk_id,
  holder_id, lead_id, post_id, involved, parent_id, parent_waits, opened_at, closed_at, result, due_at, due_clock, paused, entry_count, head)
  SELECT id, number, procedure_id, kind, title, service_class, region_code, step, round, desk_id,
  holder_id, lead_id, post_id, involved, parent_id, parent_waits, opened_at, closed_at, result, due_at, due_clock, paused, entry_count, head
  FROM {_FACTS}"""

_UPDATE = f"""UPDATE procedures_proceeding p SET title = f.title, service_class = f.service_class, region_code = f.region_code,
  step = f.step, round = f.round, holder_id = f.holder_id, lead_id = f.lead_id, post_id = f.post_id, involved = f.involved,
  closed_at = f.closed_at, result = f.result, due_at = f.due_at, due_clock = f.due_clock, paused = f.paused,
  entry_count = f.entry_count, head = f.head
  FROM {_FACTS} WHERE p.id = f.id AND p.entry_count = %(stored)s RETURNING p.id"""

_ENTRIES = """INSERT INTO procedures_entry (proceeding_id, seq, act, from_step, to_step, round, at, actor_kind, actor_name, account_id,
  post_id, organisation_id, note, public, given, files, hash)
  SELECT proceeding_id, seq, act, from_step, to_step, round, at, actor_kind, actor_name, account_id,
  post_id, organisation_id, note, public, given, files, hash
  FROM jsonb_to_recordset(%(entries)s) AS e(proceeding_id bigint, seq integer, act text, from_step text, to_step text, round smallint,
  at timestamptz, actor_kind text, actor_name text, account_id bigint, post_id bigint, organisation_id bigint, note text,
  public boolean, given jsonb, files bigint[], hash text)"""

_CLOCKS = """INSERT INTO procedures_clock (proceeding_id, seq, code, round, started_at, amount, unit, policy, calendar, pauses, extensions,
  due_at, met_at, stopped_at)
  SELECT proceeding_id, seq, code, round, started_at, amount, unit, policy, calendar, pauses, extensions, due_at, met_at, stopped_at
  FROM jsonb_to_recordset(%(clocks)s) AS c(proceeding_id bigint, seq integer, code text, round smallint, started_at timestamptz,
  amount integer, unit text, policy text, calendar text, pauses jsonb, extensions jsonb, due_at timestamptz, met_at timestamptz,
  stopped_at timestamptz)
"""

# Only for stored proceedings: what is new to this actor may be invisible to them, and a conflict clause must be able to look.
_CLOCKS_AGAIN = """
  ON CONFLICT (proceeding_id, code, seq) DO UPDATE SET pauses = excluded.pauses, extensions = excluded.extensions,
  due_at = excluded.due_at, met_at = excluded.met_at, stopped_at = excluded.stopped_at"""

_OFFERS = """INSERT INTO procedures_assignment (proceeding_id, seq, organisation_id, role, status, round, offered_at, answered_at, final)
  SELECT proceeding_id, seq, organisation_id, role, status, round, offered_at, answered_at, final
  FROM jsonb_to_recordset(%(offers)s) AS a(proceeding_id bigint, seq integer, organisation_id bigint, role text, status text,
  round smallint, offered_at timestamptz, answered_at timestamptz, final boolean)
"""

_OFFERS_AGAIN = """
  ON CONFLICT (proceeding_id, seq) DO UPDATE SET status = excluded.status, answered_at = excluded.answered_at, final = excluded.final"""


@cache
def flush_sql(new: bool, clocks: bool, offers: bool) -> str:
    """The statement that writes a handling back; it answers 1 when the proceeding was still as it had been read."""
    parts = [f"p AS ({_INSERT if new else _UPDATE})", f"e AS ({_ENTRIES})"]
    parts += [f"c AS ({_CLOCKS}{'' if new else _CLOCKS_AGAIN})"] if clocks else []
    parts += [f"a AS ({_OFFERS}{'' if new else _OFFERS_AGAIN})"] if offers else []
    return f"WITH {', '.join(parts)} SELECT {'1' if new else 'count(*) FROM p'}"
