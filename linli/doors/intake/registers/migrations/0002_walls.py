"""An organisation sees the sheets it brought, and nobody else's."""

from django.db import migrations

SEEN = """
  (SELECT current_setting('linli.everything', true)) = 'on'
  OR organisation_id::text = ANY ((SELECT string_to_array(NULLIF(current_setting('linli.organisations', true), ''), ','))::text[])
"""
TABLES = ("registers_registerimport", "registers_brought", "registers_rememberedmapping")
WALLS = "".join(
    f"""
ALTER TABLE {table} ENABLE ROW LEVEL SECURITY;
CREATE POLICY seen ON {table} FOR SELECT TO linli_web USING ({SEEN});
CREATE POLICY added ON {table} FOR INSERT TO linli_web WITH CHECK ({SEEN});
CREATE POLICY changed ON {table} FOR UPDATE TO linli_web USING ({SEEN}) WITH CHECK ({SEEN});
CREATE POLICY removed ON {table} FOR DELETE TO linli_web USING ({SEEN});
"""
    for table in TABLES
)
NO_WALLS = "".join(
    f"""
DROP POLICY seen ON {table}; DROP POLICY added ON {table}; DROP POLICY changed ON {table}; DROP POLICY removed ON {table};
ALTER TABLE {table} DISABLE ROW LEVEL SECURITY;
"""
    for table in TABLES
)


class Migration(migrations.Migration):
    dependencies = [("registers", "0001_initial")]

    operations = [migrations.RunSQL(WALLS, NO_WALLS)]
