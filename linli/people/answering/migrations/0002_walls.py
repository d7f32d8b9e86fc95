"""Charges are seen where one works: they name people who are not staff."""

from django.db import migrations

SEEN = """
  (SELECT current_setting('linli.everything', true)) = 'on'
  OR region_code ^@ ANY ((SELECT string_to_array(NULLIF(current_setting('linli.regions', true), ''), ','))::text[])
"""
WALLS = f"""
ALTER TABLE answering_charge ENABLE ROW LEVEL SECURITY;
CREATE POLICY seen ON answering_charge FOR SELECT TO linli_web USING ({SEEN});
CREATE POLICY added ON answering_charge FOR INSERT TO linli_web WITH CHECK (true);
CREATE POLICY changed ON answering_charge FOR UPDATE TO linli_web USING ({SEEN}) WITH CHECK (true);
"""
NO_WALLS = """
DROP POLICY seen ON answering_charge; DROP POLICY added ON answering_charge; DROP POLICY changed ON answering_charge;
ALTER TABLE answering_charge DISABLE ROW LEVEL SECURITY;
"""


class Migration(migrations.Migration):
    dependencies = [("answering", "0001_initial")]

    operations = [migrations.RunSQL(WALLS, NO_WALLS)]
