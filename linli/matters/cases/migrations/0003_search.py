"""Finding cases by words behind the wall of rows.

Array operators are not leakproof, so under row-level security PostgreSQL must ask the wall of every row before the index
of character pairs may speak: a search would read the whole table. This function belongs to the owner, asks the index
first and applies the same scope inside. It answers only rows that the policy `seen` of procedures_proceeding shows, and
none without a scope; tests hold both against a plain scan.
"""

from django.db import migrations

FUNCTION = """
CREATE FUNCTION linli_search_cases(terms text[], most integer, only_open boolean)
RETURNS TABLE (id bigint, words text)
LANGUAGE plpgsql STABLE SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS
$body$
DECLARE
  everything boolean := coalesce(current_setting('linli.everything', true), '') = 'on';
  regions text[] := string_to_array(NULLIF(current_setting('linli.regions', true), ''), ',');
  organisations bigint[] := string_to_array(NULLIF(current_setting('linli.organisations', true), ''), ',')::bigint[];
  known bigint[] := string_to_array(NULLIF(current_setting('linli.proceedings', true), ''), ',')::bigint[];
BEGIN
  IF cardinality(terms) = 0 OR NOT (everything OR regions IS NOT NULL OR organisations IS NOT NULL OR known IS NOT NULL) THEN
    RETURN;
  END IF;
  -- Executed as text, so that it is planned for these very terms: rare ones from the index, common ones from the newest back.
  RETURN QUERY EXECUTE '
    SELECT p.id, p.title || '' '' || c.text || '' '' || c.place_text
    FROM public.cases_case c JOIN public.procedures_proceeding p ON p.id = c.proceeding_id
    WHERE c.grams @> $1
      AND ($2 OR p.region_code ^@ ANY ($3) OR p.involved && $4 OR p.id = ANY ($5))
      AND (NOT $6 OR p.closed_at IS NULL)
    ORDER BY p.id DESC LIMIT $7'
  USING terms, everything, regions, organisations, known, only_open, least(greatest(most, 0), 1000);
END
$body$;
REVOKE ALL ON FUNCTION linli_search_cases(text[], integer, boolean) FROM PUBLIC;
GRANT EXECUTE ON FUNCTION linli_search_cases(text[], integer, boolean) TO linli_web;
"""


class Migration(migrations.Migration):
    dependencies = [("cases", "0002_walls"), ("procedures", "0002_walls")]

    operations = [
        migrations.RunSQL(FUNCTION, "DROP FUNCTION linli_search_cases(text[], integer, boolean)"),
    ]
