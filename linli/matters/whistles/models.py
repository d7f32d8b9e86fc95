"""A whistle beside its proceeding, and the marks both sides give each other."""

from django.db import models
from django.db.models import F, Q

from linli.matters.cases.models import Case
from linli.people.organisations.models import Organisation
from linli.procedures.models import Proceeding


class Whistle(models.Model):
    """A community calls departments to a place. Kind and arrival limits are the classes of its procedure."""

    proceeding = models.OneToOneField(
        Proceeding, models.PROTECT, primary_key=True, verbose_name="办件", related_name="whistle"
    )
    text = models.TextField("现场情况")
    place_text = models.CharField("地点", max_length=200)
    longitude = models.FloatField("经度", null=True)
    latitude = models.FloatField("纬度", null=True)
    case = models.ForeignKey(
        Case, models.PROTECT, verbose_name="来自诉求", related_name="whistles", null=True, db_index=False
    )
    whistled_at = models.DateTimeField("吹哨时间")
    result = models.CharField("结果", max_length=20, blank=True)
    outcome = models.TextField("确认意见", blank=True)

    class Meta:
        verbose_name = verbose_name_plural = "吹哨"
        indexes = [
            models.Index(F("case"), name="whistle_of_case", condition=Q(case__isnull=False)),
            models.Index(fields=["whistled_at"], name="whistle_moment"),
        ]

    def __str__(self) -> str:
        return str(self.proceeding_id)


class Rating(models.Model):
    """One side's mark for the other, once for each whistle."""

    whistle = models.ForeignKey(Whistle, models.PROTECT, verbose_name="吹哨", related_name="ratings", db_index=False)
    by = models.ForeignKey(Organisation, models.PROTECT, verbose_name="评价方", related_name="+", db_index=False)
    of = models.ForeignKey(Organisation, models.PROTECT, verbose_name="被评价方", related_name="+", db_index=False)
    score = models.PositiveSmallIntegerField("分数")
    note = models.CharField("意见", max_length=500, blank=True)
    at = models.DateTimeField("时间")

    class Meta:
        verbose_name = verbose_name_plural = "互评"
        ordering = ["at", "id"]
        constraints = [
            models.UniqueConstraint(fields=["whistle", "by", "of"], name="rating_once"),
            models.CheckConstraint(condition=Q(score__gte=1, score__lte=5), name="rating_score"),
        ]

    def __str__(self) -> str:
        return f"{self.by_id} → {self.of_id}: {self.score}"
