"""People are seen by the grid they live in; who has a dwelling elsewhere, there too. Without a scope nobody is seen.

Rows can be deleted by one act only, taking back a batch that was entered by mistake; a wall keeps that to one's own places.
"""

from django.db import migrations

SEEN = """
  (SELECT current_setting('linli.everything', true)) = 'on'
  OR region_code ^@ ANY ((SELECT string_to_array(NULLIF(current_setting('linli.regions', true), ''), ','))::text[])
"""
# The subquery is under the wall of residences itself: only a residence in the actor's places counts.
OWNS = """
  OR EXISTS (SELECT 1 FROM residents_residence r WHERE r.person_id = residents_person.id AND r.ends IS NULL)
"""
TABLES = ("person", "household", "residence", "contact", "careneed", "personfact", "knownapart")


def wall(name: str) -> str:
    table, seen = f"residents_{name}", SEEN + (OWNS if name == "person" else "")
    return f"""
ALTER TABLE {table} ENABLE ROW LEVEL SECURITY;
CREATE POLICY seen ON {table} FOR SELECT TO linli_web USING ({seen});
CREATE POLICY added ON {table} FOR INSERT TO linli_web WITH CHECK (true);
CREATE POLICY changed ON {table} FOR UPDATE TO linli_web USING ({SEEN}) WITH CHECK (true);
CREATE POLICY taken_back ON {table} FOR DELETE TO linli_web USING ({SEEN});
"""


def no_wall(name: str) -> str:
    table = f"residents_{name}"
    return f"""
DROP POLICY seen ON {table}; DROP POLICY added ON {table}; DROP POLICY changed ON {table}; DROP POLICY taken_back ON {table};
ALTER TABLE {table} DISABLE ROW LEVEL SECURITY;
"""


class Migration(migrations.Migration):
    dependencies = [("residents", "0001_initial")]

    operations = [migrations.RunSQL("".join(map(wall, TABLES)), "".join(map(no_wall, TABLES)))]
