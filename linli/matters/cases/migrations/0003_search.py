"""Finding cases by words behind the wall of rows.

Array operators are not leakproof, so under row-level security PostgreSQL must ask the wall of every row before the index
of character pairs may speak: a search would read the whole table. This function belongs to the owner and applies the
same scope inside, each part of it in a form that an index serves: the region by the columns that lists use, an
organisation by its assignments, a desk by its own column. It answers only rows that the policy `seen` of
procedures_proceeding shows, all of them, and none without a scope; tests hold both against a plain scan.
"""

from django.db import migrations

FUNCTION = """
CREATE FUNCTION linli_search_cases(terms text[], most integer, only_open boolean)
RETURNS TABLE (id bigint, words text)
LANGUAGE plpgsql STABLE SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS
$body$
DECLARE
  regions text[] := string_to_array(NULLIF(current_setting('linli.regions', true), ''), ',');
  organisations bigint[] := string_to_array(NULLIF(current_setting('linli.organisations', true), ''), ',')::bigint[];
  known bigint[] := string_to_array(NULLIF(current_setting('linli.proceedings', true), ''), ',')::bigint[];
  parts text[] := '{}';
  region text;
  branch text;
BEGIN
  IF coalesce(current_setting('linli.everything', true), '') = 'on' THEN
    parts := '{true}';
  ELSE
    FOREACH region IN ARRAY coalesce(regions, '{}') LOOP
      parts := parts || CASE
        WHEN length(region) = 9 THEN format('p.sub_district_code = %L', region)
        WHEN length(region) = 12 THEN format('p.community_code = %L', region)
        WHEN length(region) > 12 THEN format('p.community_code = %L AND p.region_code ^@ %L', left(region, 12), region)
        ELSE format('p.region_code ^@ %L', region) END;
    END LOOP;
    IF organisations IS NOT NULL THEN
      parts := parts || format(
        'p.id IN (SELECT a.proceeding_id FROM public.procedures_assignment a WHERE a.organisation_id = ANY (%L::bigint[]))',
        organisations);
      -- Whoever has a hand in a case was offered it, but for the desk it came in at.
      IF EXISTS (SELECT 1 FROM public.organisations_organisation o WHERE o.id = ANY (organisations) AND o.kind = 'desk'
                 AND NOT coalesce(o.region_code ^@ ANY (regions), false)) THEN
        parts := parts || format('p.desk_id = ANY (%L::bigint[])', organisations);
      END IF;
    END IF;
    IF known IS NOT NULL THEN
      parts := parts || format('p.id = ANY (%L::bigint[])', known);
    END IF;
  END IF;
  IF cardinality(terms) = 0 OR cardinality(parts) = 0 THEN
    RETURN;
  END IF;
  -- Latest first, as the indexes of regions hold them: of a common word the first matches end the search.
  branch := '(SELECT p.id, p.opened_at, p.title || '' '' || c.text || '' '' || c.place_text AS words
    FROM public.cases_case c JOIN public.procedures_proceeding p ON p.id = c.proceeding_id
    WHERE c.grams @> $1 AND %s' || CASE WHEN only_open THEN ' AND p.closed_at IS NULL' ELSE '' END
    || ' ORDER BY p.opened_at DESC, p.id DESC LIMIT $2)';
  -- Executed as text, so that it is planned for these very words and this very scope.
  RETURN QUERY EXECUTE
    'SELECT found.id, found.words FROM (SELECT DISTINCT ON (every.id) every.* FROM ('
    || (SELECT string_agg(format(branch, part), ' UNION ALL ') FROM unnest(parts) part)
    || ') every) found ORDER BY found.opened_at DESC, found.id DESC LIMIT $2'
  USING terms, least(greatest(most, 0), 1000);
END
$body$;
REVOKE ALL ON FUNCTION linli_search_cases(text[], integer, boolean) FROM PUBLIC;
GRANT EXECUTE ON FUNCTION linli_search_cases(text[], integer, boolean) TO linli_web;
"""


class Migration(migrations.Migration):
    dependencies = [("cases", "0002_walls"), ("procedures", "0002_walls"), ("organisations", "0001_initial")]

    operations = [
        migrations.RunSQL(FUNCTION, "DROP FUNCTION linli_search_cases(text[], integer, boolean)"),
    ]
