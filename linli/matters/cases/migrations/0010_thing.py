"""A case may be about a thing that stands somewhere: it was reported by the code on it."""

import django.db.models.deletion
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("cases", "0009_foreign_index"), ("sites", "0003_photos_states")]

    operations = [
        migrations.AddField(
            "case",
            "thing",
            models.ForeignKey(
                db_index=False,
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="+",
                to="sites.thing",
                verbose_name="部件",
            ),
        ),
        migrations.AddIndex(
            "case",
            models.Index(models.F("thing"), name="case_thing", condition=models.Q(("thing__isnull", False))),
        ),
    ]
