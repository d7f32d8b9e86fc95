"""Counted figures of cases: what changed (deltas, written by the database itself) and what was added up from it.

A figure is the sum of both, so it is exact at every moment, whether or not a worker has added up lately.
"""

from django.db import models


class Measures(models.Model):
    """What is counted, each on the day of the act that brought it about.

    What was found on patrol is counted as `proactive` and as nothing else: all others are counts of complaints.
    """

    filed = models.IntegerField("受理", default=0)
    proactive = models.IntegerField("主动发现", default=0)
    answered = models.IntegerField("答复", default=0)
    answered_late = models.IntegerField("超期答复", default=0)
    settled = models.IntegerField("回访", default=0)
    reachable = models.IntegerField("有效回访", default=0)
    contacted = models.IntegerField("有效回访中已联系", default=0)
    resolved = models.IntegerField("已解决", default=0)
    satisfied = models.IntegerField("满意", default=0)
    basic = models.IntegerField("基本满意", default=0)
    dissatisfied = models.IntegerField("不满意", default=0)
    both_full = models.IntegerField("双满", default=0)

    class Meta:
        abstract = True


class CaseDelta(Measures):
    """One change of one case, as the trigger on the cases saw it; gone once it is added up."""

    region_code = models.CharField("网格", max_length=24, db_collation="C")
    category = models.CharField("分类", max_length=60, blank=True)
    channel = models.CharField("渠道", max_length=12)
    day = models.DateField("日期")

    class Meta:
        verbose_name = verbose_name_plural = "诉求变动"

    def __str__(self) -> str:
        return f"{self.region_code} {self.day}"


class CaseDaily(Measures):
    """Figures of a day, added up at four grains: grid; community and first-level category; sub-district and channel; grid and
    category (only `filed` and `proactive`, for the search for hot spots). The first two also by month, under its first day."""

    class Grain(models.IntegerChoices):
        GRID = 1, "网格"
        CATEGORY = 2, "社区与分类"
        CHANNEL = 3, "街道与渠道"
        TOPIC = 4, "网格与分类"
        GRID_MONTH = 5, "网格与月"
        CATEGORY_MONTH = 6, "社区、分类与月"

    grain = models.PositiveSmallIntegerField("粒度", choices=Grain)
    region_code = models.CharField("区划", max_length=24, db_collation="C")
    dimension = models.CharField("维度", max_length=60, blank=True)
    day = models.DateField("日期")

    class Meta:
        verbose_name = verbose_name_plural = "诉求日计"
        constraints = [
            models.UniqueConstraint(fields=["grain", "region_code", "day", "dimension"], name="case_daily_once"),
        ]

    def __str__(self) -> str:
        return f"{self.region_code} {self.day}"
