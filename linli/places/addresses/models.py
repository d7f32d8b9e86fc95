"""Where people live: compounds and their buildings. Both are public facts; dwellings come with the registers."""

from django.db import models


class Compound(models.Model):
    """A residential compound or courtyard (小区/楼院), lying in one grid."""

    class Kind(models.TextChoices):
        COMPOUND = "compound", "小区"
        OLD = "old", "老旧小区"
        COURTYARD = "courtyard", "楼院"
        VILLAGE = "village", "村民组"

    name = models.CharField("名称", max_length=60)
    # As `rules.searchable` makes it: one spelling, no spaces, so that full-width letters and gaps do not matter.
    search_name = models.CharField("检索名", max_length=60)
    region_code = models.CharField("所在网格", max_length=24, db_collation="C")
    longitude = models.FloatField("经度")
    latitude = models.FloatField("纬度")
    kind = models.CharField("类别", max_length=20, choices=Kind, default=Kind.COMPOUND)
    managed = models.BooleanField("有物业管理", default=True)
    source = models.CharField("来源", max_length=120, blank=True)
    # From this day on nobody is offered it any more; cases that lie there keep it.
    valid_to = models.DateField("停用日期", null=True, blank=True)

    class Meta:
        verbose_name = verbose_name_plural = "小区"
        constraints = [
            models.UniqueConstraint(
                fields=["region_code", "name"], condition=models.Q(valid_to=None), name="compound_once"
            ),
            models.CheckConstraint(name="compound_named", condition=~models.Q(name="") & ~models.Q(search_name="")),
            models.CheckConstraint(
                name="compound_position",
                condition=models.Q(longitude__range=(-180, 180), latitude__range=(-90, 90)),
            ),
        ]
        indexes = [models.Index(fields=["longitude", "latitude"], name="compound_place")]

    def __str__(self) -> str:
        return self.name


class Building(models.Model):
    """A building of a compound (楼栋)."""

    compound = models.ForeignKey(Compound, models.PROTECT, verbose_name="小区", related_name="buildings")
    name = models.CharField("楼号", max_length=30)
    order = models.PositiveSmallIntegerField("次序", default=0)
    longitude = models.FloatField("经度")
    latitude = models.FloatField("纬度")
    valid_to = models.DateField("停用日期", null=True, blank=True)

    class Meta:
        verbose_name = verbose_name_plural = "楼栋"
        constraints = [
            models.UniqueConstraint(
                fields=["compound", "name"], condition=models.Q(valid_to=None), name="building_once"
            )
        ]
        ordering = ["order", "id"]

    def __str__(self) -> str:
        return f"{self.compound} {self.name}"
