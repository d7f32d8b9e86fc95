"""Whistles, their marks and their photos are seen exactly when their proceeding is."""

from django.db import migrations

SEEN = {
    "whistles_whistle": "EXISTS (SELECT 1 FROM procedures_proceeding p WHERE p.id = proceeding_id)",
    "whistles_rating": "EXISTS (SELECT 1 FROM procedures_proceeding p WHERE p.id = whistle_id)",
}
FILES = "owner_kind = 'whistle' AND EXISTS (SELECT 1 FROM procedures_proceeding p WHERE p.id = owner_id::bigint)"


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
    dependencies = [("whistles", "0001_initial"), ("procedures", "0002_walls"), ("cases", "0004_files_wall")]

    operations = [
        *[walls(table) for table in SEEN],
        migrations.RunSQL(
            f"CREATE POLICY seen_of_whistle ON files_storedfile FOR SELECT TO linli_web USING ({FILES})",
            "DROP POLICY seen_of_whistle ON files_storedfile",
        ),
    ]
