"""What a change wrote is seen with the change, and only ever added to."""

from django.db import migrations

WALLS = """
ALTER TABLE party_changetrace ENABLE ROW LEVEL SECURITY;
CREATE POLICY seen ON party_changetrace FOR SELECT TO linli_web
  USING (EXISTS (SELECT 1 FROM party_change c WHERE c.id = change_id));
CREATE POLICY added ON party_changetrace FOR INSERT TO linli_web WITH CHECK (true);
"""
NO_WALLS = """
DROP POLICY seen ON party_changetrace; DROP POLICY added ON party_changetrace;
ALTER TABLE party_changetrace DISABLE ROW LEVEL SECURITY;
"""


class Migration(migrations.Migration):
    dependencies = [("party", "0003_undoing")]

    operations = [migrations.RunSQL(WALLS, NO_WALLS)]
