from django.contrib.postgres.fields import ArrayField
from django.db import models

from linli.matters.prevention.models import Prevention


class HotspotRun(models.Model):
    """One search for hot spots and seasons in one place. What it looked at and how is frozen in it: the same again gives the same."""

    class State(models.TextChoices):
        WAITING = "waiting", "排队中"
        RUNNING = "running", "正在运算"
        DONE = "done", "已完成"
        FAILED = "failed", "没有完成"

    region_code = models.CharField("范围", max_length=24, db_collation="C")
    first = models.DateField("从")
    last = models.DateField("到")
    policy = models.CharField("政策版本", max_length=60)
    parameters = models.JSONField("参数")
    seed = models.BigIntegerField("随机种子")
    digest = models.CharField("输入摘要", max_length=64, blank=True)
    cases = models.PositiveIntegerField("诉求件数", default=0)
    topics = models.PositiveIntegerField("分类数", default=0)
    zones = models.PositiveIntegerField("圈数", default=0)
    seasons_tried = models.PositiveIntegerField("季节检验数", default=0)
    state = models.CharField("状态", max_length=8, choices=State, default=State.WAITING)
    done = models.PositiveIntegerField("已算", default=0)
    message = models.CharField("说明", max_length=300, blank=True)
    by = models.CharField("发起人", max_length=80)
    asked_at = models.DateTimeField("发起时间")
    finished_at = models.DateTimeField("完成时间", null=True)

    class Meta:
        verbose_name = verbose_name_plural = "热点运算"
        indexes = [models.Index(fields=["region_code", "-id"], name="hotspot_run_place")]

    def __str__(self) -> str:
        return f"{self.region_code} {self.last}"


class HotspotInput(models.Model):
    """The numbers a run looked at, by grid: apart from the run, because a community may see the run and not its neighbours' numbers."""

    run = models.OneToOneField(
        HotspotRun, models.PROTECT, primary_key=True, verbose_name="运算", related_name="kept_input"
    )
    region_code = models.CharField("范围", max_length=24, db_collation="C")
    content = models.BinaryField("内容")

    class Meta:
        verbose_name = verbose_name_plural = "运算输入"

    def __str__(self) -> str:
        return str(self.run_id)


class Hotspot(models.Model):
    """Too many complaints of one kind in some grids during some weeks, or in the same months of the year."""

    class Kind(models.TextChoices):
        SPOT = "spot", "热点"
        SEASON = "season", "季节规律"

    class State(models.TextChoices):
        OPEN = "open", "待研判"
        PLANNED = "planned", "已立项"
        DISMISSED = "dismissed", "不立项"

    run = models.ForeignKey(HotspotRun, models.PROTECT, verbose_name="运算", related_name="hotspots", db_index=False)
    kind = models.CharField("类型", max_length=6, choices=Kind)
    region_code = models.CharField("范围", max_length=24, db_collation="C")
    region_codes = ArrayField(models.CharField(max_length=24), verbose_name="涉及网格")
    category = models.CharField("分类", max_length=60)
    first = models.DateField("从", null=True)
    last = models.DateField("到", null=True)
    month = models.PositiveSmallIntegerField("起始月", null=True)
    months = models.PositiveSmallIntegerField("月数", null=True)
    cases = models.PositiveIntegerField("件数")
    expected = models.FloatField("预期件数")
    ratio = models.FloatField("似然比", null=True)
    p = models.FloatField("p 值")
    years = models.PositiveSmallIntegerField("年数", default=0)
    returned = models.PositiveSmallIntegerField("重现年数", default=0)
    counts = models.JSONField("逐周或逐月件数", default=list)
    by_grid = models.JSONField("各网格件数", default=dict)
    state = models.CharField("状态", max_length=9, choices=State, default=State.OPEN)
    reason = models.CharField("理由", max_length=500, blank=True)
    decided_by = models.CharField("研判人", max_length=80, blank=True)
    decided_at = models.DateTimeField("研判时间", null=True)
    task = models.ForeignKey(
        Prevention, models.PROTECT, verbose_name="未诉先办任务", null=True, related_name="+", db_index=False
    )

    class Meta:
        verbose_name = verbose_name_plural = "热点"
        indexes = [
            models.Index(fields=["run", "kind"], name="hotspot_of_run"),
            models.Index(fields=["task"], name="hotspot_of_task", condition=models.Q(task__isnull=False)),
        ]

    def __str__(self) -> str:
        return f"{self.category} {self.region_code}"
