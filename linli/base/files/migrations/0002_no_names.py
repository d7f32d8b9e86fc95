"""What senders called their files is not kept: such names often name somebody, and stood in the clear."""

from django.db import migrations


class Migration(migrations.Migration):
    dependencies = [("files", "0001_initial")]

    operations = [migrations.RemoveField(model_name="storedfile", name="name")]
