"""What a compound was called before, and what people call it."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("addresses", "0006_one_truth")]

    operations = [
        migrations.AddField(
            "compound",
            "other_names",
            models.CharField(blank=True, default="", max_length=200, verbose_name="曾用名、俗称"),
        ),
        migrations.AddField(
            "compound",
            "other_search",
            models.CharField(blank=True, default="", max_length=200, verbose_name="其他检索名"),
        ),
    ]
