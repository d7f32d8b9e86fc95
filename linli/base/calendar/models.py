from django.db import models


class CalendarDay(models.Model):
    """A day the office decided otherwise than the published calendar: 台风停工, a local holiday, extra duty."""

    class Kind(models.TextChoices):
        HOLIDAY = "holiday", "放假"
        WORKDAY = "workday", "上班"

    date = models.DateField("日期", unique=True)
    kind = models.CharField("类别", max_length=10, choices=Kind)
    reason = models.CharField("原因", max_length=60)
    basis = models.CharField("依据", max_length=300)

    class Meta:
        verbose_name = verbose_name_plural = "日历调整"

    def __str__(self) -> str:
        return f"{self.date} {self.get_kind_display()}：{self.reason}"


class CalendarChange(models.Model):
    """Every override and every removal of one, in order, never edited: a clock's calendar can be found again by it."""

    date = models.DateField("日期")
    kind = models.CharField("类别", max_length=10, blank=True)  # empty: the override was removed
    reason = models.CharField("原因", max_length=60)
    basis = models.CharField("依据", max_length=300, blank=True)
    at = models.DateTimeField("时间")
    changed_by = models.CharField("操作人", max_length=80)

    class Meta:
        verbose_name = verbose_name_plural = "日历调整记录"

    def __str__(self) -> str:
        return f"{self.date} {self.reason}"
