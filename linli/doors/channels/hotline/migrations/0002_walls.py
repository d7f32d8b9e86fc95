"""Orders and letters are seen by region; secrets only by the system, which signs and verifies with them.

Exchanges themselves hold a name and an address, and the counters of the door no content: they stand without a wall.
"""

from django.db import migrations

BY_REGION = """
  (SELECT current_setting('linli.everything', true)) = 'on'
  OR region_code ^@ ANY ((SELECT string_to_array(NULLIF(current_setting('linli.regions', true), ''), ','))::text[])
"""
BY_SYSTEM = "(SELECT current_setting('linli.everything', true)) = 'on'"
SEEN = {"hotline_order": BY_REGION, "hotline_letter": BY_REGION, "hotline_secret": BY_SYSTEM}


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
    dependencies = [("hotline", "0001_initial"), ("procedures", "0002_walls")]

    operations = [walls(table, seen) for table, seen in SEEN.items()]
