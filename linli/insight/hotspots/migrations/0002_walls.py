"""Hot spots and the numbers behind them are seen by region; that a place was searched, by everybody who works in it."""

from django.db import migrations

SEEN = """
  (SELECT current_setting('linli.everything', true)) = 'on'
  OR region_code ^@ ANY ((SELECT string_to_array(NULLIF(current_setting('linli.regions', true), ''), ','))::text[])
"""
# The regions of whoever asks lie in the place that was searched, or the other way round.
ABOVE = """
  OR EXISTS (SELECT 1 FROM unnest(string_to_array(NULLIF(current_setting('linli.regions', true), ''), ',')) AS mine
             WHERE mine ^@ region_code)
"""
RUN = SEEN + ABOVE


def walls(table: str, seen: str) -> str:
    return f"""
    ALTER TABLE {table} ENABLE ROW LEVEL SECURITY;
    CREATE POLICY seen ON {table} FOR SELECT TO linli_web USING ({seen});
    CREATE POLICY added ON {table} FOR INSERT TO linli_web WITH CHECK (true);
    CREATE POLICY changed ON {table} FOR UPDATE TO linli_web USING ({seen}) WITH CHECK (true);
    """


def no_walls(table: str) -> str:
    return f"""
    DROP POLICY seen ON {table}; DROP POLICY added ON {table}; DROP POLICY changed ON {table};
    ALTER TABLE {table} DISABLE ROW LEVEL SECURITY;
    """


class Migration(migrations.Migration):
    dependencies = [("hotspots", "0001_initial")]

    operations = [
        migrations.RunSQL(walls(table, seen), no_walls(table))
        for table, seen in (("hotspots_hotspotrun", RUN), ("hotspots_hotspotinput", SEEN), ("hotspots_hotspot", SEEN))
    ]
