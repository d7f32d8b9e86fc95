import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("accounts", "0002_second_factor"), ("organisations", "0001_initial")]

    operations = [
        migrations.CreateModel(
            name="Proposal",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("role", models.CharField(max_length=30, verbose_name="角色")),
                ("title", models.CharField(blank=True, max_length=40, verbose_name="职务")),
                ("region_code", models.CharField(blank=True, db_collation="C", max_length=24, verbose_name="负责区划")),
                ("starts", models.DateField(verbose_name="任职")),
                ("ends", models.DateField(blank=True, null=True, verbose_name="离任")),
                (
                    "state",
                    models.CharField(
                        choices=[
                            ("waiting", "等同意"),
                            ("approved", "已同意"),
                            ("declined", "不同意"),
                            ("withdrawn", "已撤回"),
                        ],
                        default="waiting",
                        max_length=10,
                        verbose_name="状态",
                    ),
                ),
                ("proposed_at", models.DateTimeField(verbose_name="提名时间")),
                ("decided_at", models.DateTimeField(null=True, verbose_name="决定时间")),
                (
                    "account",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="proposals",
                        to=settings.AUTH_USER_MODEL,
                        verbose_name="人员",
                    ),
                ),
                (
                    "decided_by",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                        verbose_name="决定人",
                    ),
                ),
                (
                    "organisation",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="organisations.organisation",
                        verbose_name="组织",
                    ),
                ),
                (
                    "proposed_by",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                        verbose_name="提名人",
                    ),
                ),
            ],
            options={
                "verbose_name": "任命提名",
                "verbose_name_plural": "任命提名",
                "constraints": [
                    models.UniqueConstraint(
                        condition=models.Q(("state", "waiting")),
                        fields=("account", "role", "organisation", "region_code"),
                        name="proposal_once",
                    )
                ],
            },
        ),
    ]
