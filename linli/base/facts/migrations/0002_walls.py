"""Facts are seen by region, and only ever added: there is no policy to change or delete one."""

from django.db import migrations

SEEN = """
  (SELECT current_setting('linli.everything', true)) = 'on'
  OR region_code ^@ ANY ((SELECT string_to_array(NULLIF(current_setting('linli.regions', true), ''), ','))::text[])
"""
WALLS = f"""
ALTER TABLE facts_fact ENABLE ROW LEVEL SECURITY;
CREATE POLICY seen ON facts_fact FOR SELECT TO linli_web USING ({SEEN});
CREATE POLICY added ON facts_fact FOR INSERT TO linli_web WITH CHECK (true);
"""
NO_WALLS = """
DROP POLICY seen ON facts_fact; DROP POLICY added ON facts_fact; ALTER TABLE facts_fact DISABLE ROW LEVEL SECURITY;
"""


class Migration(migrations.Migration):
    dependencies = [("facts", "0001_initial")]

    operations = [migrations.RunSQL(WALLS, NO_WALLS)]
