"""Messages are seen by region. The counters of what was turned away hold no content and stand without a wall."""

from django.db import migrations

SEEN = """
  (SELECT current_setting('linli.everything', true)) = 'on'
  OR region_code ^@ ANY ((SELECT string_to_array(NULLIF(current_setting('linli.regions', true), ''), ','))::text[])
"""


class Migration(migrations.Migration):
    dependencies = [("hotline_inbox", "0001_initial"), ("procedures", "0002_walls")]

    operations = [
        migrations.RunSQL(
            f"""
            ALTER TABLE hotline_inbox_message ENABLE ROW LEVEL SECURITY;
            CREATE POLICY seen ON hotline_inbox_message FOR SELECT TO linli_web USING ({SEEN});
            CREATE POLICY added ON hotline_inbox_message FOR INSERT TO linli_web WITH CHECK (true);
            CREATE POLICY changed ON hotline_inbox_message FOR UPDATE TO linli_web USING ({SEEN}) WITH CHECK (true);
            """,
            """
            DROP POLICY seen ON hotline_inbox_message; DROP POLICY added ON hotline_inbox_message;
            DROP POLICY changed ON hotline_inbox_message; ALTER TABLE hotline_inbox_message DISABLE ROW LEVEL SECURITY;
            """,
        )
    ]
