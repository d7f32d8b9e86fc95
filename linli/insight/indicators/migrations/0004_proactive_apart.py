"""What a grid worker found is counted in a figure of its own and in no figure of complaints. All figures are counted anew."""

from django.db import migrations, models

NOTE = """
CREATE OR REPLACE FUNCTION linli_note_case(c cases_case, sign integer) RETURNS void
LANGUAGE sql SECURITY DEFINER SET search_path = pg_catalog, public, pg_temp AS $$
  INSERT INTO indicators_casedelta (region_code, category, channel, day, filed, proactive, answered, answered_late, settled, reachable,
    contacted, resolved, satisfied, basic, dissatisfied, both_full)
  SELECT p.region_code, c.category, c.channel, e.day,
    e.said * e.filed, sign * (e.filed * c.proactive::int), e.said * e.answered, e.said * (e.answered * c.answered_late::int),
    e.said * e.settled,
    e.said * (e.settled * c.reachable::int),
    e.said * (e.settled * (c.reachable AND c.contacted)::int),
    e.said * (e.settled * (c.reachable AND coalesce(c.resolved, false))::int),
    e.said * (e.settled * (c.reachable AND c.satisfaction = 'satisfied')::int),
    e.said * (e.settled * (c.reachable AND c.satisfaction = 'basic')::int),
    e.said * (e.settled * (c.reachable AND c.satisfaction = 'dissatisfied')::int),
    e.said * (e.settled * (c.reachable AND coalesce(c.resolved, false) AND c.satisfaction = 'satisfied')::int)
  FROM procedures_proceeding p,
    (SELECT day, filed, answered, settled, sign * (NOT c.proactive)::int AS said
     FROM (VALUES (c.filed_on, 1, 0, 0), (c.answered_on, 0, 1, 0), (c.settled_on, 0, 0, 1)) AS v(day, filed, answered, settled)) AS e
  WHERE p.id = c.proceeding_id AND e.day IS NOT NULL AND (NOT c.proactive OR e.filed = 1)
$$;
"""
NOTE_BEFORE = """
CREATE OR REPLACE FUNCTION linli_note_case(c cases_case, sign integer) RETURNS void
LANGUAGE sql SECURITY DEFINER SET search_path = pg_catalog, public, pg_temp AS $$
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
"""
# From zero: the days are forgotten, every case is noted once; the next adding up makes the days of it.
ANEW = """
DELETE FROM indicators_casedaily;
DELETE FROM indicators_casedelta;
SELECT count(*) FROM (SELECT linli_note_case(c, 1) FROM cases_case c) noted;
"""


class Migration(migrations.Migration):
    dependencies = [("indicators", "0003_search_path")]

    operations = [
        migrations.AlterField(
            model_name="casedaily",
            name="grain",
            field=models.PositiveSmallIntegerField(
                choices=[(1, "网格"), (2, "社区与分类"), (3, "街道与渠道"), (4, "网格与分类")], verbose_name="粒度"
            ),
        ),
        migrations.RunSQL(NOTE, NOTE_BEFORE),
        migrations.RunSQL(ANEW, ANEW),
    ]
