import django.db.models.deletion
from django.db import migrations, models

KNOWN = "OR case_id = ANY ((SELECT string_to_array(NULLIF(current_setting('linli.proceedings', true), ''), ',')::bigint[])::bigint[])"
REGION = """
  (SELECT current_setting('linli.everything', true)) = 'on'
  OR region_code ^@ ANY ((SELECT string_to_array(NULLIF(current_setting('linli.regions', true), ''), ','))::text[])
"""
# What is said stands for good: nobody at the doors may change or remove a row. Its reporter sees it, and the text that is to be shown.
WALLS = f"""
ALTER TABLE openness_publicconsent ENABLE ROW LEVEL SECURITY;
CREATE POLICY seen ON openness_publicconsent FOR SELECT TO linli_web USING ({REGION} {KNOWN});
CREATE POLICY added ON openness_publicconsent FOR INSERT TO linli_web WITH CHECK (true);
DROP POLICY seen ON openness_example;
CREATE POLICY seen ON openness_example FOR SELECT TO linli_web USING (state = 'approved' OR {REGION} {KNOWN});
"""
NO_WALLS = f"""
DROP POLICY seen ON openness_publicconsent; DROP POLICY added ON openness_publicconsent;
ALTER TABLE openness_publicconsent DISABLE ROW LEVEL SECURITY;
DROP POLICY seen ON openness_example;
CREATE POLICY seen ON openness_example FOR SELECT TO linli_web USING (state = 'approved' OR {REGION});
"""


class Migration(migrations.Migration):
    dependencies = [("openness", "0002_walls"), ("cases", "0009_foreign_index")]

    operations = [
        migrations.AlterField(
            model_name="example",
            name="consent",
            field=models.CharField(
                choices=[
                    ("telephone", "电话里同意"),
                    ("written", "书面同意"),
                    ("visit", "当面同意"),
                    ("page", "网页上同意"),
                ],
                max_length=10,
                verbose_name="诉求人同意方式",
            ),
        ),
        migrations.CreateModel(
            name="PublicConsent",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("region_code", models.CharField(db_collation="C", max_length=24, verbose_name="所在社区")),
                ("agreed", models.BooleanField(verbose_name="愿意公开")),
                ("at", models.DateTimeField(verbose_name="时间")),
                (
                    "case",
                    models.ForeignKey(
                        db_index=False,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="public_consents",
                        to="cases.case",
                        verbose_name="诉求",
                    ),
                ),
            ],
            options={
                "verbose_name": "公开意愿",
                "verbose_name_plural": "公开意愿",
                "indexes": [
                    models.Index(fields=["case", "-id"], name="public_consent_of_case"),
                    models.Index(condition=models.Q(("agreed", True)), fields=["-id"], name="public_consent_given"),
                ],
            },
        ),
        migrations.RunSQL(WALLS, NO_WALLS),
    ]
