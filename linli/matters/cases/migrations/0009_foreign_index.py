"""A case is found by the number that another system has for it, whichever system that is."""

from django.db import migrations, models
from django.db.models import F, Q


class Migration(migrations.Migration):
    dependencies = [("cases", "0008_difficult")]

    operations = [
        migrations.AddIndex(
            model_name="case",
            index=models.Index(F("foreign_number"), condition=~Q(foreign_number=""), name="case_foreign"),
        )
    ]
