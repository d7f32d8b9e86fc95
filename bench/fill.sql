-- Stored cases as the commands would have left them, written in bulk. Triggers are off: figures are added up at the end.
SET session_replication_role = replica;
SET synchronous_commit = off;

CREATE TEMP TABLE spot AS
SELECT (row_number() OVER (ORDER BY r.code) - 1)::bigint AS i, r.code, r.longitude, r.latitude, c.id AS community, d.id AS desk
FROM regions_region r
JOIN organisations_organisation c ON c.kind = 'community' AND c.region_code = left(r.code, 12)
JOIN organisations_organisation d ON d.kind = 'desk' AND d.region_code = left(r.code, 9)
WHERE length(r.code) = 15;

CREATE TEMP TABLE life AS
SELECT n AS id, s.*, n % 100 < 4 AS open,
  CASE WHEN n % 100 >= 4 THEN 'closed' WHEN n % 3 = 0 THEN 'handling' ELSE 'dispatched' END AS step,
  CASE WHEN n % 100 < 4 THEN now() - (hashint8(n) & 1048575) * interval '1 second' ELSE now() - interval '15 days' - (hashint8(n) & 33554431) * interval '0.9 second' END AS at,
  (ARRAY['property.elevator','sanitation.garbage','noise.social','traffic.parking','utilities.heating','neighbours.leak','safety.ebike','municipal.light'])[1 + (hashint8(n + 7) & 7)] AS category,
  (ARRAY['web','telephone','hotline','counter'])[1 + (hashint8(n + 3) & 3)] AS channel,
  (hashint8(n + 11) & 7) AS luck
FROM generate_series(:first, :last) AS n
JOIN spot s ON s.i = (hashint8(n)::bigint & 2147483647) % (SELECT count(*) FROM spot);

INSERT INTO procedures_proceeding (id, number, procedure_id, kind, title, service_class, region_code, step, round, desk_id, holder_id, lead_id,
  involved, parent_waits, opened_at, closed_at, result, due_at, due_clock, paused, entry_count, head)
SELECT id, left(code, 6) || '00-' || extract(year FROM at)::int || '-' || lpad(id::text, 6, '0'), :procedure, 'case', '楼道里的灯坏了三天，晚上老人看不见', 'ordinary', code,
  step, 1, desk, community, community, ARRAY[desk, community], false, at,
  CASE WHEN open THEN NULL ELSE at + interval '9 days' END, CASE WHEN open THEN '' ELSE 'settled' END,
  CASE WHEN open THEN at + interval '7 days' END, CASE WHEN open THEN 'answer' ELSE '' END, false,
  CASE step WHEN 'closed' THEN 5 WHEN 'handling' THEN 3 ELSE 2 END, repeat('0', 64)
FROM life;

INSERT INTO cases_case (proceeding_id, text, kind, category, suggested, confidence, channel, foreign_source, foreign_number, place_text, longitude, latitude,
  anonymous, tracking_version, proactive, grams, filed_on, answered_on, settled_on, contacted, reachable, resolved, satisfaction, answered_late, exempted, pressed)
SELECT id, '楼道里的灯坏了三天，晚上老人上下楼看不见，请尽快派人来修。', 'help', category, category, 0.93, channel, '', '', '春光里小区3号楼', longitude, latitude,
  false, 1, false, ARRAY['楼道','道里','灯坏','三天','老人','上下','下楼'], (at AT TIME ZONE 'Asia/Shanghai')::date,
  CASE WHEN NOT open THEN ((at + interval '5 days') AT TIME ZONE 'Asia/Shanghai')::date END,
  CASE WHEN NOT open THEN ((at + interval '9 days') AT TIME ZONE 'Asia/Shanghai')::date END,
  NOT open OR step = 'handling', NOT open AND luck <> 7, CASE WHEN NOT open AND luck <> 7 THEN luck < 6 END,
  CASE WHEN open OR luck = 7 THEN '' WHEN luck < 5 THEN 'satisfied' WHEN luck = 5 THEN 'basic' ELSE 'dissatisfied' END, luck = 6, false, 0
FROM life;

INSERT INTO procedures_entry (proceeding_id, seq, act, from_step, to_step, round, at, actor_kind, actor_name, organisation_id, note, public, given, files, hash)
SELECT id, e.seq, e.act, e.came, e.went, 1, at + e.after, 'system', '演示', CASE WHEN e.seq > 2 THEN community ELSE desk END, e.note, true,
  CASE e.seq WHEN 1 THEN jsonb_build_object('desk', desk) WHEN 2 THEN jsonb_build_object('organisation', community) ELSE '{}'::jsonb END, '{}', repeat('0', 64)
FROM life JOIN (VALUES
  (1, 'file', '', 'filed', interval '0', ''), (2, 'dispatch', 'filed', 'dispatched', interval '1 hour', ''),
  (3, 'accept', 'dispatched', 'handling', interval '2 hours', ''), (4, 'answer', 'handling', 'answered', interval '5 days', '灯已经换好'),
  (5, 'settle', 'answered', 'closed', interval '9 days', '')) AS e(seq, act, came, went, after, note)
  ON e.seq <= CASE step WHEN 'closed' THEN 5 WHEN 'handling' THEN 3 ELSE 2 END;

INSERT INTO procedures_assignment (proceeding_id, seq, organisation_id, role, status, round, offered_at, answered_at, final)
SELECT id, 2, community, 'lead', CASE step WHEN 'closed' THEN 'done' WHEN 'handling' THEN 'accepted' ELSE 'offered' END, 1, at + interval '1 hour',
  CASE WHEN step <> 'dispatched' THEN at + interval '2 hours' END, false FROM life;

INSERT INTO procedures_clock (proceeding_id, seq, code, round, started_at, amount, unit, policy, calendar, pauses, extensions, due_at, met_at, stopped_at)
SELECT id, 2, k.code, 1, at + interval '1 hour', k.amount, k.unit, 'procedure.case@1', :'calendar', '[]', '[]', at + k.due,
  CASE WHEN k.code = 'accept' AND step <> 'dispatched' THEN at + interval '2 hours' WHEN step = 'closed' THEN at + interval '5 days' END, NULL
FROM life JOIN (VALUES ('accept', 2, 'hours', interval '3 hours'), ('answer', 7, 'days', interval '7 days')) AS k(code, amount, unit, due) ON true;

SELECT setval(pg_get_serial_sequence('procedures_proceeding', 'id'), :last);
RESET session_replication_role;
