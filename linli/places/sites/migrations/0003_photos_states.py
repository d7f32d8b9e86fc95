"""Photos of sites for everybody and of construction sites where one works; things under repair; hours by the working calendar."""

from django.db import migrations, models

WALLS = """
CREATE POLICY seen_of_site ON files_storedfile FOR SELECT TO linli_web USING (
  owner_kind = 'site' AND EXISTS (SELECT 1 FROM sites_site s WHERE s.id::text = owner_id)
);
CREATE POLICY seen_of_construction ON files_storedfile FOR SELECT TO linli_web USING (
  owner_kind = 'construction' AND EXISTS (SELECT 1 FROM sites_constructionsite c WHERE c.id::text = owner_id)
);
"""
NO_WALLS = "DROP POLICY seen_of_site ON files_storedfile; DROP POLICY seen_of_construction ON files_storedfile;"
STATES = [
    ("good", "完好"),
    ("reported", "有人报修"),
    ("repair", "维修中"),
    ("damaged", "损坏"),
    ("missing", "缺失"),
]


class Migration(migrations.Migration):
    dependencies = [("sites", "0002_walls")]

    operations = [
        migrations.RunSQL(WALLS, NO_WALLS),
        migrations.AddField(
            "site", "follows_calendar", models.BooleanField(default=False, verbose_name="节假日按工作日历")
        ),
        migrations.AlterField(
            "thing",
            "state",
            models.CharField(choices=STATES, default="good", max_length=10, verbose_name="状态"),
        ),
    ]
