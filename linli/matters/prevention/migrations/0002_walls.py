"""A preventive task is seen exactly when its proceeding is."""

from django.db import migrations

SEEN = "EXISTS (SELECT 1 FROM procedures_proceeding p WHERE p.id = proceeding_id)"
WALLS = f"""
ALTER TABLE prevention_prevention ENABLE ROW LEVEL SECURITY;
CREATE POLICY seen ON prevention_prevention FOR SELECT TO linli_web USING ({SEEN});
CREATE POLICY added ON prevention_prevention FOR INSERT TO linli_web WITH CHECK (true);
CREATE POLICY changed ON prevention_prevention FOR UPDATE TO linli_web USING ({SEEN}) WITH CHECK (true);
"""
NO_WALLS = """
DROP POLICY seen ON prevention_prevention; DROP POLICY added ON prevention_prevention;
DROP POLICY changed ON prevention_prevention; ALTER TABLE prevention_prevention DISABLE ROW LEVEL SECURITY;
"""


class Migration(migrations.Migration):
    dependencies = [("prevention", "0001_initial"), ("procedures", "0002_walls")]

    operations = [migrations.RunSQL(WALLS, NO_WALLS)]
