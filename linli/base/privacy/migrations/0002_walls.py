"""Requests, authorities, runs and exports are seen by region; whose keys died only by the system.

The state of a change of keys names nobody: it stands without a wall.
"""

from django.db import migrations

SYSTEM = "(SELECT current_setting('linli.everything', true)) = 'on'"
BY_REGION = f"""
  {SYSTEM}
  OR region_code ^@ ANY ((SELECT string_to_array(NULLIF(current_setting('linli.regions', true), ''), ','))::text[])
"""
SEEN = {
    "privacy_rightsrequest": BY_REGION,
    "privacy_authority": BY_REGION,
    "privacy_retentionrun": BY_REGION,
    "privacy_retentionitem": BY_REGION,
    "privacy_export": BY_REGION,
    "privacy_shredded": SYSTEM,
}


def walls(table: str, seen: str) -> migrations.RunSQL:
    return migrations.RunSQL(
        f"""
        ALTER TABLE {table} ENABLE ROW LEVEL SECURITY;
        CREATE POLICY seen ON {table} FOR SELECT TO linli_web USING ({seen});
        CREATE POLICY added ON {table} FOR INSERT TO linli_web WITH CHECK (true);
        CREATE POLICY changed ON {table} FOR UPDATE TO linli_web USING ({seen}) WITH CHECK (true);
        """,
        f"""
        DROP POLICY seen ON {table}; DROP POLICY added ON {table}; DROP POLICY changed ON {table};
        ALTER TABLE {table} DISABLE ROW LEVEL SECURITY;
        """,
    )


class Migration(migrations.Migration):
    dependencies = [("privacy", "0001_initial")]

    operations = [walls(table, seen) for table, seen in SEEN.items()]
