from django.db import migrations, models


class Migration(migrations.Migration):
    initial = True

    dependencies = []

    operations = [
        migrations.CreateModel(
            name="Count",
            fields=[
                (
                    "pk",
                    models.CompositePrimaryKey(
                        "key", "ends", blank=True, editable=False, primary_key=True, serialize=False
                    ),
                ),
                ("key", models.BinaryField(max_length=16, verbose_name="摘要")),
                ("ends", models.DateTimeField(verbose_name="窗口结束")),
                ("times", models.PositiveIntegerField(verbose_name="次数")),
            ],
            options={
                "verbose_name": "限速计数",
                "verbose_name_plural": "限速计数",
                "indexes": [models.Index(fields=["ends"], name="throttle_ended")],
            },
        ),
        # Counters are worth nothing after a crash; without write-ahead log they cost next to nothing.
        migrations.RunSQL("ALTER TABLE throttle_count SET UNLOGGED", "ALTER TABLE throttle_count SET LOGGED"),
    ]
