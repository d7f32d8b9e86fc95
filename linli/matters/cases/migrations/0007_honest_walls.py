"""Hang-ups, exemptions and parts are seen with their case; precedents by everybody who works in an organisation.

The router looks for precedents while somebody files who may see none: it asks a function that answers ids and nothing else.
"""

from django.db import migrations

THROUGH_CASE = "EXISTS (SELECT 1 FROM procedures_proceeding p WHERE p.id = case_id)"
THROUGH_PROCEEDING = "EXISTS (SELECT 1 FROM procedures_proceeding p WHERE p.id = proceeding_id)"
STAFF = """
  (SELECT current_setting('linli.everything', true)) = 'on'
  OR (SELECT NULLIF(current_setting('linli.organisations', true), '')) IS NOT NULL
"""
SEEN = {
    "cases_hangup": THROUGH_CASE,
    "cases_exemption": THROUGH_CASE,
    "cases_part": THROUGH_PROCEEDING,
    "cases_precedent": STAFF,
}

# Same category, or a third of the words in common and no other first-level category; the same category first, then the same community, then the likest, then the latest.
QUOTED = """
CREATE FUNCTION linli_precedents(wanted_category text, place text, words text[], most integer)
RETURNS TABLE (id bigint, case_id bigint, organisation_id bigint, clause text, text text, ruled_at timestamptz, likeness real,
  same_category boolean)
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS
$body$
  SELECT found.id, found.case_id, found.organisation_id, found.clause, found.text, found.ruled_at, found.likeness, found.same_category FROM (
    SELECT p.id, p.case_id, p.organisation_id, p.clause::text, p.text, p.ruled_at, p.region_code,
      (wanted_category <> '' AND p.category = wanted_category) AS same_category,
      (wanted_category = '' OR p.category = '' OR split_part(p.category, '.', 1) = split_part(wanted_category, '.', 1)) AS akin,
      (SELECT count(*) FROM unnest(p.grams) g WHERE g = ANY (words))::real / greatest(1, least(cardinality(p.grams), cardinality(words))) AS likeness
    FROM (
      SELECT r.* FROM public.cases_precedent r WHERE r.street = left(place, 9) ORDER BY r.ruled_at DESC, r.id DESC LIMIT 500
    ) p
  ) found
  WHERE found.same_category OR (found.likeness >= 0.34 AND found.akin)
  ORDER BY found.same_category DESC, left(found.region_code, 12) = left(place, 12) DESC, found.likeness DESC, found.ruled_at DESC, found.id DESC
  LIMIT least(greatest(most, 0), 20)
$body$;
REVOKE ALL ON FUNCTION linli_precedents(text, text, text[], integer) FROM PUBLIC;
GRANT EXECUTE ON FUNCTION linli_precedents(text, text, text[], integer) TO linli_web;
"""


def walls(table: str) -> migrations.RunSQL:
    return migrations.RunSQL(
        f"""
        ALTER TABLE {table} ENABLE ROW LEVEL SECURITY;
        CREATE POLICY seen ON {table} FOR SELECT TO linli_web USING ({SEEN[table]});
        CREATE POLICY added ON {table} FOR INSERT TO linli_web WITH CHECK (true);
        CREATE POLICY changed ON {table} FOR UPDATE TO linli_web USING ({SEEN[table]}) WITH CHECK (true);
        """,
        f"""
        DROP POLICY seen ON {table}; DROP POLICY added ON {table}; DROP POLICY changed ON {table};
        ALTER TABLE {table} DISABLE ROW LEVEL SECURITY;
        """,
    )


class Migration(migrations.Migration):
    dependencies = [("cases", "0006_honest_states"), ("procedures", "0003_children")]

    operations = [
        *[walls(table) for table in SEEN],
        migrations.RunSQL(QUOTED, "DROP FUNCTION linli_precedents(text, text, text[], integer)"),
    ]
