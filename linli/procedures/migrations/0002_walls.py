"""The second wall: what a proceeding and everything that hangs on it shows to the web role, and what may never change.

A row is seen by the system, by region, by an organisation that has a hand in it, or by a reporter who proved to know it.
Without a scope nothing is seen. The sub-selects run once per query, not once per row.
"""

from django.db import migrations

SEEN = """
  (SELECT current_setting('linli.everything', true)) = 'on'
  OR region_code ^@ ANY ((SELECT string_to_array(NULLIF(current_setting('linli.regions', true), ''), ','))::text[])
  OR involved && (SELECT string_to_array(NULLIF(current_setting('linli.organisations', true), ''), ',')::bigint[])
  OR id = ANY ((SELECT string_to_array(NULLIF(current_setting('linli.proceedings', true), ''), ',')::bigint[])::bigint[])
"""
CHILD = "EXISTS (SELECT 1 FROM procedures_proceeding p WHERE p.id = proceeding_id)"


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


CHILDREN = ["procedures_entry", "procedures_assignment", "procedures_clock", "procedures_ruling"]

# Not even the owner edits an entry by mistake: the trigger refuses, and the web role has no right to try.
KEPT = """
CREATE FUNCTION linli_kept() RETURNS trigger LANGUAGE plpgsql AS
$$ BEGIN RAISE EXCEPTION 'rows of % are kept as they were written', TG_TABLE_NAME; END $$;
CREATE TRIGGER kept BEFORE UPDATE OR DELETE ON procedures_entry FOR EACH ROW EXECUTE FUNCTION linli_kept();
CREATE TRIGGER kept BEFORE UPDATE OR DELETE ON commands_auditrow FOR EACH ROW EXECUTE FUNCTION linli_kept();
CREATE TRIGGER kept BEFORE UPDATE OR DELETE ON commands_readrow FOR EACH ROW EXECUTE FUNCTION linli_kept();
REVOKE UPDATE, DELETE, TRUNCATE ON procedures_entry, commands_auditrow, commands_readrow FROM linli_web;
"""


class Migration(migrations.Migration):
    dependencies = [("procedures", "0001_initial"), ("commands", "0001_initial")]

    operations = [
        migrations.RunSQL(walls("procedures_proceeding", SEEN), no_walls("procedures_proceeding")),
        *[migrations.RunSQL(walls(table, CHILD), no_walls(table)) for table in CHILDREN],
        migrations.RunSQL(
            KEPT,
            "DROP TRIGGER kept ON procedures_entry; DROP TRIGGER kept ON commands_auditrow; DROP TRIGGER kept ON commands_readrow;"
            "DROP FUNCTION linli_kept();",
        ),
    ]
