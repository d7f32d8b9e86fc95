"""Where people live: compounds, their buildings and dwellings. Compounds and buildings are public facts; dwellings are seen
by those who answer for their grid."""

from django.db import models

from linli.base.facts.models import Sourced


class Compound(Sourced):
    """A residential compound or courtyard (小区/楼院), lying in one grid."""

    class Kind(models.TextChoices):
        COMPOUND = "compound", "小区"
        OLD = "old", "老旧小区"
        COURTYARD = "courtyard", "楼院"
        VILLAGE = "village", "村民组"

    name = models.CharField("名称", max_length=60)
    # As `rules.searchable` makes it: one spelling, no spaces, so that full-width letters and gaps do not matter.
    search_name = models.CharField("检索名", max_length=60)
    # What it was called before and is called by those who live there; as written, and each as `rules.searchable` makes it.
    other_names = models.CharField("曾用名、俗称", max_length=200, blank=True, default="")
    other_search = models.CharField("其他检索名", max_length=200, blank=True, default="")
    region_code = models.CharField("所在网格", max_length=24, db_collation="C")
    longitude = models.FloatField("经度")
    latitude = models.FloatField("纬度")
    kind = models.CharField("类别", max_length=20, choices=Kind, default=Kind.COMPOUND)
    built_in = models.PositiveSmallIntegerField("建成年份", null=True, blank=True)
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


class Building(Sourced):
    """A building of a compound (楼栋). It lies in one grid, but for the units that `BuildingPart` puts into others."""

    compound = models.ForeignKey(Compound, models.PROTECT, verbose_name="小区", related_name="buildings")
    name = models.CharField("楼号", max_length=30)
    # As `rules.building_key` makes it, so that 3号楼, 三栋 and 3# find the same building.
    key = models.CharField("检索号", max_length=30, db_collation="C", default="")
    region_code = models.CharField("所在网格", max_length=24, db_collation="C", default="")
    order = models.PositiveSmallIntegerField("次序", default=0)
    longitude = models.FloatField("经度")
    latitude = models.FloatField("纬度")
    built_in = models.PositiveSmallIntegerField("建成年份", null=True, blank=True)
    floors = models.PositiveSmallIntegerField("地上层数", null=True, blank=True)
    valid_to = models.DateField("停用日期", null=True, blank=True)

    class Meta:
        verbose_name = verbose_name_plural = "楼栋"
        constraints = [
            models.UniqueConstraint(
                fields=["compound", "name"], condition=models.Q(valid_to=None), name="building_once"
            )
        ]
        indexes = [
            models.Index(fields=["key", "compound"], name="building_key"),
            models.Index(fields=["region_code"], name="building_region"),
        ]
        ordering = ["order", "id"]

    def __str__(self) -> str:
        return f"{self.compound} {self.name}"


class BuildingPart(models.Model):
    """A unit of a building that lies in another grid than the building (跨网格楼栋)."""

    building = models.ForeignKey(Building, models.PROTECT, verbose_name="楼栋", related_name="parts")
    unit_name = models.CharField("单元", max_length=12)
    region_code = models.CharField("所在网格", max_length=24, db_collation="C")

    class Meta:
        verbose_name = verbose_name_plural = "楼栋分格"
        constraints = [models.UniqueConstraint(fields=["building", "unit_name"], name="building_part_once")]

    def __str__(self) -> str:
        return f"{self.building} {self.unit_name}"


class Dwelling(Sourced):
    """A home, shop or office behind one door (房屋). unit_name and room_name as `rules.door_key` makes them: 2, 501."""

    class Use(models.TextChoices):
        HOME = "home", "自住"
        LET = "let", "出租"
        SHOP = "shop", "商铺"
        OFFICE = "office", "办公"
        EMPTY = "empty", "空置"
        UNKNOWN = "unknown", "未核实"

    building = models.ForeignKey(Building, models.PROTECT, verbose_name="楼栋", related_name="dwellings")
    unit_name = models.CharField("单元", max_length=12, blank=True, db_collation="C")
    floor = models.SmallIntegerField("楼层", null=True, blank=True)
    room_name = models.CharField("房号", max_length=12, db_collation="C")
    region_code = models.CharField("所在网格", max_length=24, db_collation="C")
    use = models.CharField("用途", max_length=10, choices=Use, default=Use.UNKNOWN)
    valid_to = models.DateField("停用日期", null=True, blank=True)

    class Meta:
        verbose_name = verbose_name_plural = "房屋"
        constraints = [
            models.UniqueConstraint(
                fields=["building", "unit_name", "room_name"], condition=models.Q(valid_to=None), name="dwelling_once"
            ),
            models.CheckConstraint(name="dwelling_named", condition=~models.Q(room_name="")),
        ]
        indexes = [
            models.Index(fields=["building", "unit_name", "floor", "room_name"], name="dwelling_place"),
            models.Index(fields=["region_code", "building"], name="dwelling_region"),
            models.Index(fields=["room_name", "unit_name", "region_code"], name="dwelling_door"),
        ]

    def __str__(self) -> str:
        return f"{self.building} {self.door}"

    @property
    def door(self) -> str:
        """2单元 501, or 501 where there are no units."""
        return f"{self.unit_name.upper()}单元{self.room_name.upper()}" if self.unit_name else self.room_name.upper()
