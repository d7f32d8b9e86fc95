"""Which units are known to be two is seen where one works."""

from django.db import migrations

SEEN = """
  (SELECT current_setting('linli.everything', true)) = 'on'
  OR region_code ^@ ANY ((SELECT string_to_array(NULLIF(current_setting('linli.regions', true), ''), ','))::text[])
"""
WALLS = f"""
ALTER TABLE organisations_knownapart ENABLE ROW LEVEL SECURITY;
CREATE POLICY seen ON organisations_knownapart FOR SELECT TO linli_web USING ({SEEN});
CREATE POLICY added ON organisations_knownapart FOR INSERT TO linli_web WITH CHECK (true);
"""
NO_WALLS = """
DROP POLICY seen ON organisations_knownapart; DROP POLICY added ON organisations_knownapart;
ALTER TABLE organisations_knownapart DISABLE ROW LEVEL SECURITY;
"""


class Migration(migrations.Migration):
    dependencies = [("organisations", "0005_known_apart")]

    operations = [migrations.RunSQL(WALLS, NO_WALLS)]
