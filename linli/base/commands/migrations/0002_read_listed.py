"""How many people an account has taken out on lists lately is asked before every list."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("commands", "0001_initial")]

    operations = [
        migrations.AddIndex(
            model_name="readrow",
            index=models.Index(
                condition=models.Q(("purpose", "export")), fields=["account_id", "at"], name="read_listed"
            ),
        ),
    ]
