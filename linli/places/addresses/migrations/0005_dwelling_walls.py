"""Dwellings are seen by region; buildings get their key and their grid."""

from typing import Any

from django.db import migrations

from linli.places.addresses.parsing import building_key

SEEN = """
  (SELECT current_setting('linli.everything', true)) = 'on'
  OR region_code ^@ ANY ((SELECT string_to_array(NULLIF(current_setting('linli.regions', true), ''), ','))::text[])
"""
WALLS = f"""
ALTER TABLE addresses_dwelling ENABLE ROW LEVEL SECURITY;
CREATE POLICY seen ON addresses_dwelling FOR SELECT TO linli_web USING ({SEEN});
CREATE POLICY added ON addresses_dwelling FOR INSERT TO linli_web WITH CHECK (true);
CREATE POLICY changed ON addresses_dwelling FOR UPDATE TO linli_web USING ({SEEN}) WITH CHECK (true);
"""
NO_WALLS = """
DROP POLICY seen ON addresses_dwelling; DROP POLICY added ON addresses_dwelling;
DROP POLICY changed ON addresses_dwelling; ALTER TABLE addresses_dwelling DISABLE ROW LEVEL SECURITY;
"""


def fill(apps: Any, schema_editor: Any) -> None:
    """Buildings entered before have neither; they lie where their compound lies."""
    model = apps.get_model("addresses", "Building")
    rows = list(model.objects.filter(region_code="").select_related("compound"))
    for row in rows:
        row.key, row.region_code = building_key(row.name), row.compound.region_code
    model.objects.bulk_update(rows, ["key", "region_code"], batch_size=1000)


class Migration(migrations.Migration):
    dependencies = [("addresses", "0004_dwellings")]

    operations = [migrations.RunSQL(WALLS, NO_WALLS), migrations.RunPython(fill, migrations.RunPython.noop)]
