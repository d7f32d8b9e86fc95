"""Files of cases are seen exactly when their case is. A room whose objects own files adds a policy of its own; policies add up."""

from django.db import migrations

OWN = "(SELECT current_setting('linli.everything', true)) = 'on' OR owner_kind = ''"
OF_CASE = "owner_kind IN ('case', 'case.internal') AND EXISTS (SELECT 1 FROM procedures_proceeding p WHERE p.id = owner_id::bigint)"


class Migration(migrations.Migration):
    dependencies = [("cases", "0003_search"), ("files", "0001_initial")]

    operations = [
        migrations.RunSQL(
            f"""
            ALTER TABLE files_storedfile ENABLE ROW LEVEL SECURITY;
            CREATE POLICY seen ON files_storedfile FOR SELECT TO linli_web USING ({OWN});
            CREATE POLICY seen_of_case ON files_storedfile FOR SELECT TO linli_web USING ({OF_CASE});
            CREATE POLICY added ON files_storedfile FOR INSERT TO linli_web WITH CHECK (true);
            CREATE POLICY changed ON files_storedfile FOR UPDATE TO linli_web USING ({OWN}) WITH CHECK (true);
            CREATE POLICY cleared ON files_storedfile FOR DELETE TO linli_web USING ((SELECT current_setting('linli.everything', true)) = 'on');
            """,
            """
            DROP POLICY seen ON files_storedfile; DROP POLICY seen_of_case ON files_storedfile; DROP POLICY added ON files_storedfile;
            DROP POLICY changed ON files_storedfile; DROP POLICY cleared ON files_storedfile;
            ALTER TABLE files_storedfile DISABLE ROW LEVEL SECURITY;
            """,
        ),
    ]
