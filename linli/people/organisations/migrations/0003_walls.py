"""No two standings of an organisation and no two services of a compound at a time; contacts are seen by region.

Organisations, their standings, services and terms are public facts: what they are called and whom they serve hangs at
their doors.
"""

from django.db import migrations

APART = """
ALTER TABLE organisations_standing ADD CONSTRAINT standing_apart EXCLUDE USING gist (
  int8range(organisation_id, organisation_id, '[]') WITH &&, daterange(starts, until) WITH &&);
ALTER TABLE organisations_service ADD CONSTRAINT service_apart EXCLUDE USING gist (
  int8range(compound_id, compound_id, '[]') WITH &&, daterange(starts, ends, '[]') WITH &&);
"""
NOT_APART = """
ALTER TABLE organisations_standing DROP CONSTRAINT standing_apart;
ALTER TABLE organisations_service DROP CONSTRAINT service_apart;
"""
SEEN = """
  (SELECT current_setting('linli.everything', true)) = 'on'
  OR region_code ^@ ANY ((SELECT string_to_array(NULLIF(current_setting('linli.regions', true), ''), ','))::text[])
"""
WALLS = f"""
ALTER TABLE organisations_contact ENABLE ROW LEVEL SECURITY;
CREATE POLICY seen ON organisations_contact FOR SELECT TO linli_web USING ({SEEN});
CREATE POLICY added ON organisations_contact FOR INSERT TO linli_web WITH CHECK (true);
CREATE POLICY changed ON organisations_contact FOR UPDATE TO linli_web USING ({SEEN}) WITH CHECK (true);
"""
NO_WALLS = """
DROP POLICY seen ON organisations_contact; DROP POLICY added ON organisations_contact;
DROP POLICY changed ON organisations_contact;
ALTER TABLE organisations_contact DISABLE ROW LEVEL SECURITY;
"""


class Migration(migrations.Migration):
    dependencies = [("organisations", "0002_register")]

    operations = [migrations.RunSQL(APART, NOT_APART), migrations.RunSQL(WALLS, NO_WALLS)]
