"""What a community keeps open to people, what is being built, and the things that stand about."""

from django.db import models

from linli.base.facts.models import Sourced


class Placed(Sourced):
    """Somewhere: a name, the region it lies in, words for the spot, a point (WGS 84, degrees)."""

    name = models.CharField("名称", max_length=60)
    region_code = models.CharField("所在网格", max_length=24, db_collation="C")
    address = models.CharField("具体位置", max_length=120, blank=True)
    longitude = models.FloatField("经度")
    latitude = models.FloatField("纬度")
    valid_to = models.DateField("停用日期", null=True, blank=True)

    class Meta:
        abstract = True

    def __str__(self) -> str:
        return self.name


class Site(Placed):
    """A place open to people (服务阵地). kind: a code of the policy `sites`; hours: seven days of spans, Monday first."""

    kind = models.CharField("类别", max_length=40)
    service_phone = models.CharField("联系电话", max_length=40, blank=True)
    hours = models.JSONField("开放时间", default=list)
    # Closed on statutory holidays and open on the weekends people work instead, as the working calendar has them.
    follows_calendar = models.BooleanField("节假日按工作日历", default=False)
    notice = models.CharField("说明", max_length=300, blank=True)

    class Meta:
        verbose_name = verbose_name_plural = "服务阵地"
        constraints = [
            models.UniqueConstraint(fields=["region_code", "name"], condition=models.Q(valid_to=None), name="site_once")
        ]


class SiteService(models.Model):
    """A service that a site offers, by its code in the policy `sites`."""

    site = models.ForeignKey(Site, models.PROTECT, verbose_name="服务阵地", related_name="services")
    service = models.CharField("服务", max_length=40)

    class Meta:
        verbose_name = verbose_name_plural = "阵地服务"
        constraints = [models.UniqueConstraint(fields=["site", "service"], name="site_service_once")]
        indexes = [models.Index(fields=["service", "site"], name="site_service")]

    def __str__(self) -> str:
        return f"{self.site} {self.service}"


class HoursException(models.Model):
    """Days on which other hours hold, or none (spans empty)."""

    site = models.ForeignKey(Site, models.PROTECT, verbose_name="服务阵地", related_name="exceptions")
    starts = models.DateField("自")
    ends = models.DateField("至")
    spans = models.JSONField("开放时间", default=list)
    note = models.CharField("说明", max_length=60, blank=True)

    class Meta:
        verbose_name = verbose_name_plural = "特别开放时间"
        constraints = [
            models.CheckConstraint(name="exception_forward", condition=models.Q(ends__gte=models.F("starts")))
        ]
        ordering = ["starts", "id"]

    def __str__(self) -> str:
        return f"{self.starts} {self.ends}"


class ConstructionSite(Placed):
    """A place where somebody builds (工地): who, from when to when, and in which hours of a day."""

    builder = models.CharField("施工单位", max_length=80)
    service_phone = models.CharField("联系电话", max_length=40, blank=True)
    starts = models.DateField("开工")
    ends = models.DateField("计划完工", null=True, blank=True)
    work_from = models.TimeField("允许施工自")
    work_to = models.TimeField("允许施工至")

    class Meta:
        verbose_name = verbose_name_plural = "工地"
        indexes = [models.Index(fields=["region_code", "starts"], name="construction_region")]
        constraints = [
            models.CheckConstraint(
                name="construction_forward", condition=models.Q(ends=None) | models.Q(ends__gte=models.F("starts"))
            ),
            models.CheckConstraint(name="construction_hours", condition=models.Q(work_to__gt=models.F("work_from"))),
        ]


class Thing(Placed):
    """Something that stands about and somebody keeps (部件). kind: a name of the policy `sites`, in one of five classes."""

    class State(models.TextChoices):
        GOOD = "good", "完好"
        REPORTED = "reported", "有人报修"
        REPAIR = "repair", "维修中"
        DAMAGED = "damaged", "损坏"
        MISSING = "missing", "缺失"

    kind = models.CharField("类别", max_length=40)
    mark = models.CharField("标识码", max_length=30, blank=True)
    state = models.CharField("状态", max_length=10, choices=State, default=State.GOOD)
    keeper = models.CharField("养护单位", max_length=80, blank=True)

    class Meta:
        verbose_name = verbose_name_plural = "部件"
        indexes = [models.Index(fields=["region_code", "kind"], name="thing_region")]
        constraints = [
            models.UniqueConstraint(
                fields=["mark"], condition=models.Q(valid_to=None) & ~models.Q(mark=""), name="thing_mark_once"
            )
        ]
