"""Who manages a compound follows from the services of property firms; the flag that could disagree goes."""

from django.db import migrations


class Migration(migrations.Migration):
    dependencies = [("addresses", "0005_dwelling_walls")]

    operations = [migrations.RemoveField("compound", "managed")]
