"""Meetings are seen by whoever answers for the whole street; a decision also by the organisation that must carry it out."""

from django.db import migrations

MEETING = """
  (SELECT current_setting('linli.everything', true)) = 'on'
  OR region_code ^@ ANY ((SELECT string_to_array(NULLIF(current_setting('linli.regions', true), ''), ','))::text[])
"""
WITH_MEETING = "EXISTS (SELECT 1 FROM meetings_dispatchmeeting m WHERE m.id = meeting_id)"
OWNED = "owner_id = ANY ((SELECT string_to_array(NULLIF(current_setting('linli.organisations', true), ''), ',')::bigint[])::bigint[])"
SEEN = {
    "meetings_dispatchmeeting": MEETING,
    "meetings_agendaitem": WITH_MEETING,
    "meetings_attendance": WITH_MEETING,
    "meetings_decision": f"{OWNED} OR {WITH_MEETING}",
}


def walls(table: str) -> migrations.RunSQL:
    return migrations.RunSQL(
        f"""
        ALTER TABLE {table} ENABLE ROW LEVEL SECURITY;
        CREATE POLICY seen ON {table} FOR SELECT TO linli_web USING ({SEEN[table]});
        CREATE POLICY added ON {table} FOR INSERT TO linli_web WITH CHECK (true);
        CREATE POLICY changed ON {table} FOR UPDATE TO linli_web USING ({SEEN[table]}) WITH CHECK (true);
        """,
        f"""
        DROP POLICY seen ON {table}; DROP POLICY added ON {table}; DROP POLICY changed ON {table};
        ALTER TABLE {table} DISABLE ROW LEVEL SECURITY;
        """,
    )


class Migration(migrations.Migration):
    dependencies = [("meetings", "0001_initial"), ("procedures", "0002_walls")]

    operations = [walls(table) for table in SEEN]
