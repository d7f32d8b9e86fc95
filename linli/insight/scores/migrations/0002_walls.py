"""Who sees what of scores, and what is never changed: runs, units and frozen cases are written once.

Runs and publications are seen in their place by everybody who works there; units, their cases and appeals by whoever
answers for the region, and by the unit itself.
"""

from django.db import migrations

EVERYTHING = "(SELECT current_setting('linli.everything', true)) = 'on'"
REGIONS = "(SELECT string_to_array(NULLIF(current_setting('linli.regions', true), ''), ','))::text[]"
OWN = "(SELECT string_to_array(NULLIF(current_setting('linli.organisations', true), ''), ',')::bigint[])::bigint[]"
PLACE = f"""{EVERYTHING} OR region_code ^@ ANY ({REGIONS})
  OR EXISTS (SELECT 1 FROM unnest({REGIONS}) AS r(code) WHERE r.code ^@ region_code)
  OR EXISTS (SELECT 1 FROM organisations_organisation o WHERE o.id = ANY ({OWN}) AND o.region_code ^@ {{table}}.region_code)"""  # noqa: S608
UNIT = f"{EVERYTHING} OR region_code ^@ ANY ({REGIONS}) OR organisation_id = ANY ({OWN})"
THROUGH = "EXISTS (SELECT 1 FROM scores_appeal a WHERE a.id = appeal_id)"
SEEN = {
    "scores_scorerun": PLACE,
    "scores_publication": PLACE,
    "scores_scoreunit": UNIT,
    "scores_frozencases": UNIT,
    "scores_appeal": UNIT,
    "scores_counterentry": THROUGH,
}
KEPT = ("scores_scorerun", "scores_scoreunit", "scores_frozencases", "scores_counterentry")


def walls(table: str) -> migrations.RunSQL:
    seen = SEEN[table].replace("{table}", table)
    changed = (
        ""
        if table in KEPT
        else f"CREATE POLICY changed ON {table} FOR UPDATE TO linli_web USING ({seen}) WITH CHECK (true);"
    )
    return migrations.RunSQL(
        f"""ALTER TABLE {table} ENABLE ROW LEVEL SECURITY;
        CREATE POLICY seen ON {table} FOR SELECT TO linli_web USING ({seen});
        CREATE POLICY added ON {table} FOR INSERT TO linli_web WITH CHECK (true);
        {changed}""",
        f"""DROP POLICY seen ON {table}; DROP POLICY added ON {table}; DROP POLICY IF EXISTS changed ON {table};
        ALTER TABLE {table} DISABLE ROW LEVEL SECURITY;""",
    )


def kept(table: str) -> migrations.RunSQL:
    return migrations.RunSQL(
        f"""CREATE TRIGGER kept BEFORE UPDATE OR DELETE ON {table} FOR EACH ROW EXECUTE FUNCTION linli_kept();
        REVOKE UPDATE, DELETE, TRUNCATE ON {table} FROM linli_web;""",
        f"DROP TRIGGER kept ON {table}; GRANT UPDATE, DELETE ON {table} TO linli_web;",
    )


class Migration(migrations.Migration):
    dependencies = [("scores", "0001_initial"), ("procedures", "0002_walls"), ("organisations", "0001_initial")]

    operations = [*[walls(table) for table in SEEN], *[kept(table) for table in KEPT]]
