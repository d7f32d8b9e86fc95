"""To whom it was said that a term runs out is seen where one works."""

from django.db import migrations

SEEN = """
  (SELECT current_setting('linli.everything', true)) = 'on'
  OR region_code ^@ ANY ((SELECT string_to_array(NULLIF(current_setting('linli.regions', true), ''), ','))::text[])
"""
WALLS = f"""
ALTER TABLE party_termnotice ENABLE ROW LEVEL SECURITY;
CREATE POLICY seen ON party_termnotice FOR SELECT TO linli_web USING ({SEEN});
CREATE POLICY added ON party_termnotice FOR INSERT TO linli_web WITH CHECK (true);
"""
NO_WALLS = """
DROP POLICY seen ON party_termnotice; DROP POLICY added ON party_termnotice;
ALTER TABLE party_termnotice DISABLE ROW LEVEL SECURITY;
"""


class Migration(migrations.Migration):
    dependencies = [("party", "0005_notices")]

    operations = [migrations.RunSQL(WALLS, NO_WALLS)]
