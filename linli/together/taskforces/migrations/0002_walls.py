"""Forces are seen by whoever works in their street and by organisations that lend somebody; what they carry, with the case."""

from django.db import migrations

FORCE = """
  (SELECT current_setting('linli.everything', true)) = 'on'
  OR EXISTS (SELECT 1 FROM unnest(string_to_array(NULLIF(current_setting('linli.regions', true), ''), ',')) r
    WHERE region_code ^@ r OR r ^@ region_code)
  OR involved && (SELECT string_to_array(NULLIF(current_setting('linli.organisations', true), ''), ',')::bigint[])
"""
SEEN = {
    "taskforces_taskforce": FORCE,
    "taskforces_member": "EXISTS (SELECT 1 FROM taskforces_taskforce f WHERE f.id = force_id)",
    "taskforces_carriedcase": "EXISTS (SELECT 1 FROM procedures_proceeding p WHERE p.id = case_id)",
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
    dependencies = [("taskforces", "0001_initial"), ("procedures", "0002_walls")]

    operations = [walls(table) for table in SEEN]
