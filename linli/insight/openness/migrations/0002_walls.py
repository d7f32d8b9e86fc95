"""What is told to everybody is seen by everybody; what is not, or not any more, by region."""

from django.db import migrations

SEEN = """
  (SELECT current_setting('linli.everything', true)) = 'on'
  OR region_code ^@ ANY ((SELECT string_to_array(NULLIF(current_setting('linli.regions', true), ''), ','))::text[])
"""
OPEN = {"openness_release": "withdrawn_at IS NULL", "openness_example": "state = 'approved'"}


def walls(table: str, told: str) -> str:
    return f"""
    ALTER TABLE {table} ENABLE ROW LEVEL SECURITY;
    CREATE POLICY seen ON {table} FOR SELECT TO linli_web USING ({told} OR {SEEN});
    CREATE POLICY added ON {table} FOR INSERT TO linli_web WITH CHECK (true);
    CREATE POLICY changed ON {table} FOR UPDATE TO linli_web USING ({SEEN}) WITH CHECK (true);
    """


def no_walls(table: str) -> str:
    return f"""
    DROP POLICY seen ON {table}; DROP POLICY added ON {table}; DROP POLICY changed ON {table};
    ALTER TABLE {table} DISABLE ROW LEVEL SECURITY;
    """


class Migration(migrations.Migration):
    dependencies = [("openness", "0001_initial")]

    operations = [migrations.RunSQL(walls(table, told), no_walls(table)) for table, told in OPEN.items()]
