"""Cases and what hangs on them are seen exactly when their proceeding is; clusters by region."""

from django.db import migrations

THROUGH_PROCEEDING = "EXISTS (SELECT 1 FROM procedures_proceeding p WHERE p.id = proceeding_id)"
THROUGH_CASE = "EXISTS (SELECT 1 FROM procedures_proceeding p WHERE p.id = case_id)"
CLUSTER = """
  (SELECT current_setting('linli.everything', true)) = 'on'
  OR region_code ^@ ANY ((SELECT string_to_array(NULLIF(current_setting('linli.regions', true), ''), ','))::text[])
  OR EXISTS (SELECT 1 FROM cases_case c WHERE c.cluster_id = cases_cluster.id)
"""
SEEN = {
    "cases_case": THROUGH_PROCEEDING,
    "cases_contactattempt": THROUGH_CASE,
    "cases_settlement": THROUGH_CASE,
    "cases_cluster": CLUSTER,
}


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
    dependencies = [("cases", "0001_initial"), ("procedures", "0002_walls")]

    operations = [walls(table) for table in SEEN]
