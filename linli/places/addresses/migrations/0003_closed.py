from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("addresses", "0002_places")]

    operations = [
        migrations.AddField("compound", "valid_to", models.DateField("停用日期", null=True, blank=True)),
        migrations.AddField("building", "valid_to", models.DateField("停用日期", null=True, blank=True)),
        migrations.RemoveConstraint("compound", "compound_once"),
        migrations.RemoveConstraint("building", "building_once"),
        migrations.AddConstraint(
            "compound",
            models.UniqueConstraint(
                fields=["region_code", "name"], condition=models.Q(valid_to=None), name="compound_once"
            ),
        ),
        migrations.AddConstraint(
            "building",
            models.UniqueConstraint(
                fields=["compound", "name"], condition=models.Q(valid_to=None), name="building_once"
            ),
        ),
    ]
