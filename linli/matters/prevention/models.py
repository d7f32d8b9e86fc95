from django.contrib.postgres.fields import ArrayField
from django.db import models

from linli.procedures.models import Proceeding


class Prevention(models.Model):
    """Work that is done before anybody complains: what hangs on its proceeding. One measure at one place by one day."""

    class Origin(models.TextChoices):
        HOTSPOT = "hotspot", "热点"
        SEASON = "season", "季节规律"
        OWN = "own", "自行提出"

    proceeding = models.OneToOneField(
        Proceeding, models.PROTECT, primary_key=True, verbose_name="办件", related_name="prevention"
    )
    text = models.TextField("预防措施")
    category = models.CharField("分类", max_length=60, blank=True)
    region_codes = ArrayField(models.CharField(max_length=24), verbose_name="涉及网格")
    origin = models.CharField("由来", max_length=8, choices=Origin, default=Origin.OWN)
    evidence = models.CharField("依据", max_length=300, blank=True)
    until = models.DateField("完成日期")
    planned_on = models.DateField("立项日期")
    finished_on = models.DateField("办完日期", null=True)

    class Meta:
        verbose_name = verbose_name_plural = "未诉先办任务"

    def __str__(self) -> str:
        return str(self.proceeding_id)
