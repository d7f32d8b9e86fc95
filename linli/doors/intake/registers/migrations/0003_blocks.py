"""Rows that passed a check are kept, sealed, beside the sheet: how many blocks there are, and no list of rows to skip.

A sheet that was checked before has none, so it is checked again.
"""

from django.db import migrations, models

AGAIN = "UPDATE registers_registerimport SET state = 'staged' WHERE state IN ('checked', 'applying') AND last_row = 0"


class Migration(migrations.Migration):
    dependencies = [("registers", "0002_walls")]

    operations = [
        migrations.RemoveField(model_name="registerimport", name="skipped"),
        migrations.AddField(
            model_name="registerimport",
            name="blocks",
            field=models.PositiveIntegerField(default=0, verbose_name="检查过的行分成几块"),
        ),
        migrations.RunSQL(AGAIN, migrations.RunSQL.noop),
    ]
