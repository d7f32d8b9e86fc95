"""Months beside days, so that a board of a year reads some hundred rows and not twenty thousand."""

from django.db import migrations, models

MEASURES = (
    "filed", "proactive", "answered", "answered_late", "settled", "reachable", "contacted", "resolved", "satisfied", "basic",
    "dissatisfied", "both_full",
)  # fmt: skip
COLUMNS = ", ".join(MEASURES)
SUMS = ", ".join(f"sum({name})" for name in MEASURES)
FILL = f"""
INSERT INTO indicators_casedaily (grain, region_code, dimension, day, {COLUMNS})
SELECT grain + 4, region_code, dimension, date_trunc('month', day)::date, {SUMS} FROM indicators_casedaily
WHERE grain IN (1, 2) GROUP BY 1, 2, 3, 4
"""  # noqa: S608


class Migration(migrations.Migration):
    dependencies = [("indicators", "0004_proactive_apart")]

    operations = [
        migrations.AlterField(
            model_name="casedaily",
            name="grain",
            field=models.PositiveSmallIntegerField(
                choices=[
                    (1, "网格"),
                    (2, "社区与分类"),
                    (3, "街道与渠道"),
                    (4, "网格与分类"),
                    (5, "网格与月"),
                    (6, "社区、分类与月"),
                ],
                verbose_name="粒度",
            ),
        ),
        migrations.RunSQL(FILL, "DELETE FROM indicators_casedaily WHERE grain IN (5, 6)"),
    ]
