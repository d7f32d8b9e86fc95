"""Calls at homes are seen where one works."""

from django.db import migrations

SEEN = """
  (SELECT current_setting('linli.everything', true)) = 'on'
  OR region_code ^@ ANY ((SELECT string_to_array(NULLIF(current_setting('linli.regions', true), ''), ','))::text[])
"""
WALLS = f"""
ALTER TABLE answering_housecall ENABLE ROW LEVEL SECURITY;
CREATE POLICY seen ON answering_housecall FOR SELECT TO linli_web USING ({SEEN});
CREATE POLICY added ON answering_housecall FOR INSERT TO linli_web WITH CHECK (true);
"""
NO_WALLS = """
DROP POLICY seen ON answering_housecall; DROP POLICY added ON answering_housecall;
ALTER TABLE answering_housecall DISABLE ROW LEVEL SECURITY;
"""


class Migration(migrations.Migration):
    dependencies = [("answering", "0003_charges")]

    operations = [migrations.RunSQL(WALLS, NO_WALLS)]
