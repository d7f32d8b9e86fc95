"""The database itself notes every change that figures depend on, in the transaction that makes it."""

from django.db import migrations

COUNT = """
CREATE FUNCTION linli_note_case(c cases_case, sign integer) RETURNS void
LANGUAGE sql SECURITY DEFINER SET search_path = public AS $$
  INSERT INTO indicators_casedelta (region_code, category, channel, day, filed, proactive, answered, answered_late, settled, reachable,
    contacted, resolved, satisfied, basic, dissatisfied, both_full)
  SELECT p.region_code, c.category, c.channel, e.day,
    sign * e.filed, sign * (e.filed * c.proactive::int), sign * e.answered, sign * (e.answered * c.answered_late::int), sign * e.settled,
    sign * (e.settled * c.reachable::int),
    sign * (e.settled * (c.reachable AND c.contacted)::int),
    sign * (e.settled * (c.reachable AND coalesce(c.resolved, false))::int),
    sign * (e.settled * (c.reachable AND c.satisfaction = 'satisfied')::int),
    sign * (e.settled * (c.reachable AND c.satisfaction = 'basic')::int),
    sign * (e.settled * (c.reachable AND c.satisfaction = 'dissatisfied')::int),
    sign * (e.settled * (c.reachable AND coalesce(c.resolved, false) AND c.satisfaction = 'satisfied')::int)
  FROM procedures_proceeding p,
    (VALUES (c.filed_on, 1, 0, 0), (c.answered_on, 0, 1, 0), (c.settled_on, 0, 0, 1)) AS e(day, filed, answered, settled)
  WHERE p.id = c.proceeding_id AND e.day IS NOT NULL
$$;

CREATE FUNCTION linli_count_case() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER SET search_path = public AS $$
BEGIN
  IF TG_OP = 'UPDATE' THEN
    PERFORM linli_note_case(OLD, -1);
  END IF;
  PERFORM linli_note_case(NEW, 1);
  RETURN NULL;
END $$;

REVOKE EXECUTE ON FUNCTION linli_note_case(cases_case, integer) FROM PUBLIC;

CREATE TRIGGER counted_new AFTER INSERT ON cases_case FOR EACH ROW EXECUTE FUNCTION linli_count_case();
CREATE TRIGGER counted_change AFTER UPDATE ON cases_case FOR EACH ROW
  WHEN ((OLD.category, OLD.channel, OLD.proactive, OLD.filed_on, OLD.answered_on, OLD.answered_late, OLD.settled_on, OLD.reachable,
         OLD.contacted, OLD.resolved, OLD.satisfaction)
    IS DISTINCT FROM
        (NEW.category, NEW.channel, NEW.proactive, NEW.filed_on, NEW.answered_on, NEW.answered_late, NEW.settled_on, NEW.reachable,
         NEW.contacted, NEW.resolved, NEW.satisfaction))
  EXECUTE FUNCTION linli_count_case();

-- Figures are seen by region, as the cases are; only the trigger writes deltas, only the job of adding up moves them.
ALTER TABLE indicators_casedelta ENABLE ROW LEVEL SECURITY;
ALTER TABLE indicators_casedaily ENABLE ROW LEVEL SECURITY;
CREATE POLICY seen ON indicators_casedelta FOR SELECT TO linli_web USING (
  (SELECT current_setting('linli.everything', true)) = 'on'
  OR region_code ^@ ANY ((SELECT string_to_array(NULLIF(current_setting('linli.regions', true), ''), ','))::text[]));
CREATE POLICY seen ON indicators_casedaily FOR SELECT TO linli_web USING (
  (SELECT current_setting('linli.everything', true)) = 'on'
  OR region_code ^@ ANY ((SELECT string_to_array(NULLIF(current_setting('linli.regions', true), ''), ','))::text[]));
CREATE POLICY added_up ON indicators_casedelta FOR DELETE TO linli_web USING ((SELECT current_setting('linli.everything', true)) = 'on');
CREATE POLICY added_up ON indicators_casedaily FOR ALL TO linli_web USING ((SELECT current_setting('linli.everything', true)) = 'on')
  WITH CHECK ((SELECT current_setting('linli.everything', true)) = 'on');
REVOKE INSERT, UPDATE ON indicators_casedelta FROM linli_web;
"""

BACK = """
DROP TRIGGER counted_new ON cases_case; DROP TRIGGER counted_change ON cases_case;
DROP FUNCTION linli_count_case(); DROP FUNCTION linli_note_case(cases_case, integer);
DROP POLICY seen ON indicators_casedelta; DROP POLICY added_up ON indicators_casedelta;
DROP POLICY seen ON indicators_casedaily; DROP POLICY added_up ON indicators_casedaily;
ALTER TABLE indicators_casedelta DISABLE ROW LEVEL SECURITY; ALTER TABLE indicators_casedaily DISABLE ROW LEVEL SECURITY;
"""


class Migration(migrations.Migration):
    dependencies = [("indicators", "0001_initial"), ("cases", "0002_walls"), ("procedures", "0002_walls")]

    operations = [migrations.RunSQL(COUNT, BACK)]
