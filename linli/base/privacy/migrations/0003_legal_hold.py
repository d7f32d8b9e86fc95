"""What must be kept for now although its period is over; seen by region, as the runs that leave it out."""

from importlib import import_module

from django.db import migrations, models

_walls = import_module("linli.base.privacy.migrations.0002_walls")


class Migration(migrations.Migration):
    dependencies = [
        ("privacy", "0002_walls"),
    ]

    operations = [
        migrations.AlterField(
            model_name="retentionitem",
            name="result",
            field=models.CharField(
                blank=True,
                choices=[("", "待删除"), ("deleted", "已删除"), ("kept", "不再到期，保留"), ("held", "依法暂缓，保留")],
                default="",
                max_length=8,
                verbose_name="结果",
            ),
        ),
        migrations.CreateModel(
            name="LegalHold",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("kind", models.CharField(max_length=60, verbose_name="对象类别")),
                ("subject_id", models.BigIntegerField(verbose_name="对象")),
                ("basis", models.CharField(max_length=200, verbose_name="依据")),
                ("region_code", models.CharField(db_collation="C", max_length=24, verbose_name="所在区划")),
                ("review_on", models.DateField(verbose_name="复核日期")),
                ("placed_at", models.DateTimeField(verbose_name="提出时间")),
                ("placed_by", models.BigIntegerField(null=True, verbose_name="提出账号")),
                ("lifted_at", models.DateTimeField(blank=True, null=True, verbose_name="解除时间")),
                ("lifted_by", models.BigIntegerField(blank=True, null=True, verbose_name="解除账号")),
            ],
            options={
                "verbose_name": "暂缓删除",
                "verbose_name_plural": "暂缓删除",
                "constraints": [
                    models.UniqueConstraint(
                        condition=models.Q(("lifted_at", None)), fields=("kind", "subject_id"), name="hold_once"
                    )
                ],
            },
        ),
        _walls.walls("privacy_legalhold", _walls.BY_REGION),
    ]
