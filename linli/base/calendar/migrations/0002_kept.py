"""The record of changes is kept as it was written: clocks find their calendar by it."""

from django.db import migrations


class Migration(migrations.Migration):
    dependencies = [("calendar", "0001_initial")]

    operations = [
        migrations.RunSQL(
            "REVOKE UPDATE, DELETE, TRUNCATE ON calendar_calendarchange FROM linli_web",
            "GRANT UPDATE, DELETE ON calendar_calendarchange TO linli_web",
        )
    ]
